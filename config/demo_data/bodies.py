"""Organisations of the demo: every kind in the catalogue, in both counties.

Bureaus bear the names that such bureaus have; firms, utilities, committees and squads are invented and say so. Nobody has a
telephone number: the demo must not send anyone to a real desk.
"""

from dataclasses import dataclass

from config.demo_data.places import COUNTIES, FIRMS, INVENTED, compounds

BUREAUS: dict[str, str] = {
    "UM": "{}城市管理和综合执法局",
    "HC": "{}住房和城乡建设局",
    "FR": "{}消防救援大队",
    "PS": "{}公安机关（示例）",
    "TP": "{}公安交警大队",
    "MR": "{}市场监督管理局",
    "EE": "{}生态环境局",
    "NR": "{}自然资源局",
    "CA": "{}民政局",
    "DR": "{}发展和改革局",
    "JU": "{}司法局",
    "CT": "{}人民法院法官工作站（示例）",
    "PR": "{}人民检察院",
    "EM": "{}应急管理局",
    "DI": "{}纪委监委",
    "HL": "{}卫生健康局",
    "AG": "{}农业农村局",
    "CD": "{}国防动员办公室",
    "WS": "{}示例供水公司",
    "PW": "{}示例供电公司",
    "GS": "{}示例燃气公司",
    "TC": "{}示例通信公司",
    "SO": "{}示例国有资产运营公司",
    "HOTLINE": "{}12345 受理中心（示例）",
}
SQUAD_STREET = 350505_102_000_000
"""后龙镇 has a squad and a police station of its own, so that the narrower body answers there before the county's bureau."""


@dataclass(frozen=True)
class Body:
    name: str
    kind: str
    area: int

    @property
    def invented(self) -> bool:
        return INVENTED in self.name


def bodies() -> dict[str, Body]:
    """All organisations, by key: `KIND:area`, for a property firm `PM:slug`."""
    found: dict[str, Body] = {}
    for county in COUNTIES:
        for kind, pattern in BUREAUS.items():
            found[f"{kind}:{county.code}"] = Body(pattern.format(county.name), kind, county.code)
        for street in county.streets:
            found[f"ST:{street.code}"] = Body(street.office, "ST", street.code)
    found[f"UM:{SQUAD_STREET}"] = Body("后龙镇综合执法队（示例）", "UM", SQUAD_STREET)
    found[f"PS:{SQUAD_STREET}"] = Body("后龙派出所（示例）", "PS", SQUAD_STREET)
    for slug, (name, county) in FIRMS.items():
        found[f"PM:{slug}"] = Body(name, "PM", county.code)
    for _, _, neighbourhood, compound in compounds():
        committee = Body(f"{neighbourhood.name}居民委员会", "CM", neighbourhood.code)
        found[f"CM:{neighbourhood.code}"] = committee
        if compound.committee:
            found[f"OC:{compound.code}"] = Body(f"{compound.name}业主委员会（示例）", "OC", compound.code)
        if compound.branch:
            found[f"PB:{compound.code}"] = Body(f"{compound.name}党支部（示例）", "PB", compound.code)
    return found
