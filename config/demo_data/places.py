"""Places of the demo: 泉港区 and 晋江市, their streets, and the compounds that public reports name, beside invented ones.

Street codes are those of the 统计用区划代码. Neighbourhood codes from 901 on and the street code 950 are invented, and so are
the compounds' own three digits.
"""

from collections.abc import Iterator
from dataclasses import dataclass

INVENTED = "示例"


@dataclass(frozen=True)
class DemoCompound:
    """A compound; `slug` names its accounts, `firm` is a slug in FIRMS, None for a compound that no firm serves (弃管)."""

    code: int
    name: str
    slug: str
    kind: str = "commercial"
    buildings: int = 4
    floors: int = 18
    firm: str | None = None
    committee: bool = False
    branch: bool = False

    @property
    def invented(self) -> bool:
        return INVENTED in self.name

    @property
    def homes_count(self) -> int:
        return self.buildings * self.floors * 2

    @property
    def lifts(self) -> int:
        """Per building; low houses have none."""
        return 2 if self.floors > 7 else 0


@dataclass(frozen=True)
class Neighbourhood:
    code: int
    name: str
    compounds: tuple[DemoCompound, ...]


@dataclass(frozen=True)
class Street:
    """A street or town; `slug` names its accounts. `invented_code`: the place is real, its code is not."""

    code: int
    name: str
    slug: str
    neighbourhoods: tuple[Neighbourhood, ...]
    invented_code: bool = False

    @property
    def office(self) -> str:
        """What the office is called that governs it."""
        if self.name.endswith("镇"):
            return f"{self.name}人民政府"
        return f"{self.name.partition('（')[0]}{'办事处' if self.name.endswith('街道') else '管委会'}"


@dataclass(frozen=True)
class County:
    code: int
    name: str
    suffix: str
    """Ends the user names of a county that is not the first."""
    streets: tuple[Street, ...]


QUANGANG = County(
    350505_000_000_000,
    "泉港区",
    "",
    (
        Street(
            350505_102_000_000,
            "后龙镇",
            "houlong",
            (
                Neighbourhood(
                    350505_102_901_000,
                    "福炼示例社区",
                    (
                        DemoCompound(
                            350505_102_901_001, "福炼小区", "fulian", buildings=6, firm="haisi", committee=True, branch=True
                        ),
                        DemoCompound(350505_102_901_002, "海湾示例花园", "haiwan", firm="anju", floors=11),
                    ),
                ),
                Neighbourhood(
                    350505_102_902_000,
                    "后龙示例社区",
                    (DemoCompound(350505_102_902_001, "渔港示例公寓", "yugang", kind="old", buildings=3, floors=6),),
                ),
            ),
        ),
        Street(
            350505_101_000_000,
            "界山镇",
            "jieshan",
            (
                Neighbourhood(
                    350505_101_901_000,
                    "界山示例社区",
                    (
                        DemoCompound(350505_101_901_001, "天马华耀城", "huayao", buildings=8, firm="haisi", committee=True),
                        DemoCompound(350505_101_901_002, "玉湖示例家园", "yuhu", floors=11, firm="xinghe"),
                    ),
                ),
            ),
        ),
        Street(
            350505_001_000_000,
            "山腰街道",
            "shanyao",
            (
                Neighbourhood(
                    350505_001_901_000,
                    "锦祥示例社区",
                    (
                        DemoCompound(
                            350505_001_901_001,
                            "锦祥安置小区",
                            "jinxiang",
                            kind="resettlement",
                            firm="anju",
                            committee=True,
                            branch=True,
                        ),
                    ),
                ),
                Neighbourhood(
                    350505_001_902_000,
                    "圭东示例社区",
                    (
                        DemoCompound(350505_001_902_001, "圭东小区", "guidong", kind="old", floors=7, firm="anju", branch=True),
                        DemoCompound(
                            350505_001_902_002, "逸涛步行街", "yitao", kind="mixed", buildings=5, floors=9, firm="haisi"
                        ),
                    ),
                ),
            ),
        ),
    ),
)
JINJIANG = County(
    350582_000_000_000,
    "晋江市",
    "_jj",
    (
        Street(
            350582_004_000_000,
            "罗山街道",
            "luoshan",
            (
                Neighbourhood(
                    350582_004_901_000,
                    "罗山示例社区",
                    (
                        DemoCompound(
                            350582_004_901_001, "书香名府", "shuxiang", buildings=7, firm="mulan", committee=True, branch=True
                        ),
                    ),
                ),
            ),
        ),
        Street(
            350582_001_000_000,
            "青阳街道",
            "qingyang",
            (
                Neighbourhood(
                    350582_001_901_000,
                    "青阳示例社区",
                    (DemoCompound(350582_001_901_001, "青阳示例花园", "huayuan", firm="mulan", committee=True, branch=True),),
                ),
            ),
        ),
        Street(
            350582_006_000_000,
            "灵源街道",
            "lingyuan",
            (
                Neighbourhood(
                    350582_006_901_000,
                    "灵源示例社区",
                    (
                        DemoCompound(350582_006_901_001, "长盛小区", "changsheng", floors=11, firm="wuyuan", committee=True),
                        DemoCompound(350582_006_901_002, "灵水示例家园", "lingshui", kind="resettlement", firm="mulan"),
                    ),
                ),
            ),
        ),
        Street(
            350582_100_000_000,
            "安海镇",
            "anhai",
            (
                Neighbourhood(
                    350582_100_901_000,
                    "安海示例社区",
                    (
                        DemoCompound(350582_100_901_001, "金沙城威德苑", "weideyuan", firm="wuyuan", committee=True, branch=True),
                        DemoCompound(350582_100_901_002, "捷龙盛世", "jielong", buildings=5, firm="wuyuan"),
                    ),
                ),
            ),
        ),
        Street(
            350582_102_000_000,
            "陈埭镇",
            "chendai",
            (
                Neighbourhood(
                    350582_102_901_000,
                    "陈埭示例社区",
                    (DemoCompound(350582_102_901_001, "陈埭示例新城", "xincheng", buildings=9, firm="mulan", branch=True),),
                ),
            ),
        ),
        Street(
            350582_109_000_000,
            "永和镇",
            "yonghe",
            (
                Neighbourhood(
                    350582_109_901_000,
                    "永和示例社区",
                    (DemoCompound(350582_109_901_001, "永和示例新村", "xincun", kind="old", buildings=3, floors=6, branch=True),),
                ),
            ),
        ),
        Street(
            350582_950_000_000,
            "经济开发区（代码为示例）",
            "kaifaqu",
            (
                Neighbourhood(
                    350582_950_901_000,
                    "开发区示例社区",
                    (DemoCompound(350582_950_901_001, "开发区示例公寓", "gongyu", kind="mixed", firm="wuyuan"),),
                ),
            ),
            invented_code=True,
        ),
    ),
)
COUNTIES = (QUANGANG, JINJIANG)

FIRMS: dict[str, tuple[str, County]] = {
    "haisi": ("海丝示例物业服务有限公司", QUANGANG),
    "anju": ("安居示例物业服务有限公司", QUANGANG),
    "xinghe": ("星河示例物业服务有限公司", QUANGANG),
    "mulan": ("木兰示例物业服务有限公司", JINJIANG),
    "wuyuan": ("五源示例物业服务有限公司", JINJIANG),
}
"""Slug → name and the county where the firm is at home."""


def compounds() -> Iterator[tuple[County, Street, Neighbourhood, DemoCompound]]:
    """Every compound with what it lies in, the story's own one first."""
    for county in COUNTIES:
        for street in county.streets:
            for neighbourhood in street.neighbourhoods:
                for compound in neighbourhood.compounds:
                    yield county, street, neighbourhood, compound
