"""People of the demo and their accounts. The names are plainly nobody's; the password is the demo's and opens nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from config.demo_data.bodies import SQUAD_STREET
from config.demo_data.places import COUNTIES, County, DemoCompound, Neighbourhood, Street, compounds
from people.roles import Role

PASSWORD = "linli-demo-2026"  # noqa: S105  known on purpose: load_demo refuses to run in production
SURNAMES = "林陈王郑黄吴庄蔡许施柯连钟刘肖张李苏洪曾郭谢杨赖叶丁颜何卢江"
GIVEN = ("示例", "样本", "演示", "样例", "例子", "试用")
COUNTY_HANDLERS = ("HC", "MR", "FR", "PS", "DI", "CA", "WS", "PW", "GS", "TC")
"""Bureaus and utilities that lead some leaf and have an officer of their own in the demo, beside UM."""
SIGNING_IN = frozenset({"HC", "MR", "FR", "PS", "DI"})
VISITING, OFFICERS = ("UM", "FR", "MR", "HC", "PS"), 2
"""Bureaus that go along on joint visits, each with a head and so many certified officers."""


@dataclass(frozen=True)
class Person:
    """A person with one main post. `body` is a key of `bodies()`; `also` are more places of the same post.

    `bound` (kind of binding) binds to `bound_to` instead of, or besides, an appointment.
    """

    username: str
    role: Role
    place: int
    body: str = ""
    sign_in: bool = True
    also: tuple[int, ...] = ()
    bound: str = ""
    bound_to: int = 0
    mail: bool = False
    verified: bool = True


@dataclass(frozen=True)
class Roster:
    """Who is in the demo, and what they are called."""

    people: tuple[Person, ...]
    names: dict[str, str] = field(default_factory=dict)

    def accounts(self) -> list[dict[str, str]]:
        """One entry per account that can sign in, as written to `var/demo.json`."""
        return [
            {"role": person.role.value, "username": person.username, "password": PASSWORD, "place": str(person.place)}
            for person in self.people
            if person.sign_in
        ]


def roster() -> Roster:
    """Everybody, the accounts of the story (福炼小区, 后龙镇, 泉港区) first."""
    people = [person for county in COUNTIES for person in _main(county)]
    taken = {person.username for person in people}
    people += [person for person in _others() if person.username not in taken]
    people += [person for county in COUNTIES for person in _visiting(county)]
    names = (f"{SURNAMES[n % len(SURNAMES)]}{GIVEN[n // len(SURNAMES) % len(GIVEN)]}" for n in count())
    return Roster(tuple(people), {person.username: next(names) for person in people})


def _first(county: County) -> tuple[Street, Neighbourhood, DemoCompound]:
    street = county.streets[0]
    neighbourhood = street.neighbourhoods[0]
    return street, neighbourhood, neighbourhood.compounds[0]


def _main(county: County) -> Iterator[Person]:
    """One account per role in the first compound, street and the county itself."""
    street, neighbourhood, compound = _first(county)
    firm, office, bureau = f"PM:{compound.firm}", f"ST:{street.code}", f"UM:{county.code}"
    end = county.suffix
    yield Person(f"resident{end}", Role.RESIDENT, compound.code, mail=True)
    yield Person(f"manager{end}", Role.PROPERTY_MANAGER, compound.code, firm, mail=True)
    yield Person(f"staff{end}", Role.PROPERTY_STAFF, compound.code, firm)
    yield Person(f"clerk{end}", Role.STREET_CLERK, street.code, office, mail=True)
    yield Person(f"leader{end}", Role.STREET_LEADER, street.code, office)
    yield Person(f"county{end}", Role.COUNTY_CLERK, county.code, f"HOTLINE:{county.code}", mail=True)
    yield Person(f"handler{end}", Role.DEPARTMENT_HANDLER, county.code, bureau)
    yield Person(f"lead{end}", Role.DEPARTMENT_LEAD, county.code, bureau)
    yield Person(f"supervisor{end}", Role.SUPERVISOR, county.code)
    yield Person(f"sysadmin{end}", Role.SYSTEM_ADMIN, county.code)
    yield Person(f"secadmin{end}", Role.SECURITY_ADMIN, county.code)
    yield Person(f"auditor{end}", Role.AUDIT_ADMIN, county.code)
    yield Person(f"guakou{end}", Role.SUPERVISOR, compound.code, bound="leader", bound_to=compound.code)
    yield Person(f"shequ{end}", Role.DEPARTMENT_HANDLER, neighbourhood.code, f"CM:{neighbourhood.code}")
    yield Person(f"yeweihui{end}", Role.DEPARTMENT_HANDLER, compound.code, f"OC:{compound.code}")
    for kind in COUNTY_HANDLERS:
        name = f"handler_{kind.lower()}{end}"
        yield Person(name, Role.DEPARTMENT_HANDLER, county.code, f"{kind}:{county.code}", sign_in=kind in SIGNING_IN)


def _visiting(county: County) -> Iterator[Person]:
    """Those who go along on joint visits, and the heads who let them; UM has its head already."""
    for kind in VISITING:
        low, body = kind.lower(), f"{kind}:{county.code}"
        if kind != "UM":
            yield Person(f"lead_{low}{county.suffix}", Role.DEPARTMENT_LEAD, county.code, body)
        for number in range(1, OFFICERS + 1):
            yield Person(f"officer_{low}{number}{county.suffix}", Role.DEPARTMENT_HANDLER, county.code, body)
    for street in county.streets[1:]:
        yield Person(f"leader_{street.slug}", Role.STREET_LEADER, street.code, f"ST:{street.code}")


def _others() -> Iterator[Person]:
    """The squad and the constable of 后龙镇, then a clerk per street, and people in every compound."""
    yield Person("handler_zhifadui", Role.DEPARTMENT_HANDLER, SQUAD_STREET, f"UM:{SQUAD_STREET}")
    yield Person(
        "minjing",
        Role.DEPARTMENT_HANDLER,
        SQUAD_STREET,
        f"PS:{SQUAD_STREET}",
        bound="police",
        bound_to=_first(COUNTIES[0])[2].code,
    )
    for county in COUNTIES:
        # A second person at the county's desk: nobody publishes rules of their own drafting.
        yield Person(f"county2{county.suffix}", Role.COUNTY_CLERK, county.code, f"HOTLINE:{county.code}")
        main_street, main_neighbourhood, main_compound = _first(county)
        for street in county.streets:
            if street is not main_street:
                yield Person(f"clerk_{street.slug}", Role.STREET_CLERK, street.code, f"ST:{street.code}")
            for neighbourhood in street.neighbourhoods:
                if neighbourhood is not main_neighbourhood:
                    name, key = f"shequ_{neighbourhood.code // 1000 % 10**6}{county.suffix}", f"CM:{neighbourhood.code}"
                    yield Person(name, Role.DEPARTMENT_HANDLER, neighbourhood.code, key, sign_in=False)
                for compound in neighbourhood.compounds:
                    yield from _in_compound(compound, main=compound is main_compound)
    for county in COUNTIES:
        yield Person(f"judge{county.suffix}", Role.DEPARTMENT_HANDLER, county.code, f"CT:{county.code}")
        yield Person(f"adviser{county.suffix}", Role.DEPARTMENT_HANDLER, county.code, f"JU:{county.code}")


def _in_compound(compound: DemoCompound, *, main: bool) -> Iterator[Person]:
    if not main:
        yield Person(f"resident_{compound.slug}", Role.RESIDENT, compound.code)
        if compound.committee:
            name = f"yeweihui_{compound.slug}"
            yield Person(name, Role.DEPARTMENT_HANDLER, compound.code, f"OC:{compound.code}", sign_in=False)
        if compound.firm and compound.slug != "yitao":
            # One manager for two compounds of a firm: two short ranges in one scope.
            also = tuple(other.code for *_, other in compounds() if other.slug == "yitao") if compound.slug == "huayao" else ()
            yield Person(f"manager_{compound.slug}", Role.PROPERTY_MANAGER, compound.code, f"PM:{compound.firm}", also=also)
    yield Person(f"resident_{compound.slug}2", Role.RESIDENT, compound.code, sign_in=False)
    yield Person(f"resident_{compound.slug}3", Role.RESIDENT, compound.code, sign_in=False, verified=False)
