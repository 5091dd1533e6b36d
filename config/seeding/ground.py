"""Places, compounds, firms, offices and people under the seeded tickets. Made once; a second run finds them."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from communities.models import Building, Compound, Home, Service
from people import actors
from people.models import Appointment, Organisation, User
from people.roles import Role
from tenancy.actions import sort_key
from tenancy.areas import level_of
from tenancy.models import Area

COUNTIES = {350505: "泉港区", 350582: "晋江市"}
FIRST = 801
"""Seeded streets and neighbourhoods count from here, where no real code is."""
PER_NEIGHBOURHOOD = 10
BUILDINGS, FLOORS, RESIDENTS = 4, 6, 5
OFFICES = ("UM", "HC", "FR", "PS", "MR", "DI", "CA", "WS", "PW", "GS", "TC")
ROLES = {"PM": Role.PROPERTY_MANAGER, "ST": Role.STREET_CLERK}
SINCE = timedelta(days=800)
BATCH = 5000
Post = tuple[int, Role, int | None, int]
"""User, role, organisation, place."""


@dataclass(frozen=True)
class Size:
    """How wide the ground is: streets per county, compounds per street, property firms per county."""

    streets: int = 12
    compounds: int = 20
    firms: int = 25

    def __post_init__(self) -> None:
        if not (1 <= self.streets <= 99 and 1 <= self.compounds <= 990 and 1 <= self.firms <= 999):
            raise ValueError("1–99 streets, 1–990 compounds per street and 1–999 firms per county fit the codes")


@dataclass(frozen=True)
class Plot:
    """A compound that tickets are sown in; `bodies` are ids by kind, with the person who acts for each."""

    area: int
    compound: int
    buildings: list[int]
    residents: list[int]
    firm: int
    firm_person: int
    street: int
    street_person: int


@dataclass(frozen=True)
class Ground:
    plots: list[Plot]
    offices: dict[tuple[int, str], tuple[int, int]]
    """(county's six digits, kind) → organisation, person."""


def prepare(size: Size) -> Ground:
    """Make what is missing, within the scope in force (everything)."""
    codes = _places(size)
    _organisations(size)
    bodies = {
        (one.kind_id, one.area, one.name): one
        for one in Organisation.objects.filter(invented=True, name__startswith="测量示例").order_by("pk")
    }
    firms = {
        county: [b for (kind, area, _), b in bodies.items() if kind == "PM" and area == county * 10**9] for county in COUNTIES
    }
    streets = {area: body for (kind, area, _), body in bodies.items() if kind == "ST"}
    serving = {code: firms[code // 10**9][position % size.firms] for position, code in enumerate(codes)}
    compounds = _compounds(codes, serving)
    buildings = _buildings(compounds)
    persons = _persons(list(bodies.values()), serving)
    residents = _residents(codes)
    plots = [
        Plot(
            area=code,
            compound=compounds[code],
            buildings=buildings[code],
            residents=residents[code],
            firm=serving[code].pk,
            firm_person=persons[serving[code].pk],
            street=streets[code - code % 10**6].pk,
            street_person=persons[streets[code - code % 10**6].pk],
        )
        for code in codes
    ]
    offices = {(area // 10**9, kind): (body.pk, persons[body.pk]) for (kind, area, _), body in bodies.items() if kind in OFFICES}
    return Ground(plots, offices)


def _codes(size: Size) -> list[int]:
    return [
        county * 10**9 + (FIRST + street) * 10**6 + (FIRST + number // PER_NEIGHBOURHOOD) * 10**3 + number % PER_NEIGHBOURHOOD + 1
        for county in COUNTIES
        for street in range(size.streets)
        for number in range(size.compounds)
    ]


def _places(size: Size) -> list[int]:
    """The codes of all compounds, every place above them made known."""
    codes = _codes(size)
    named = {county * 10**9: (name, False) for county, name in COUNTIES.items()}
    for code in codes:
        street, neighbourhood = code - code % 10**6, code - code % 10**3
        named[street] = (f"测量示例街道{street // 10**6 % 1000}", True)
        named[neighbourhood] = (f"测量示例社区{neighbourhood // 10**3 % 10**6}", True)
        named[code] = (f"测量示例小区{code % 10**9}", True)
    Area.objects.bulk_create(
        [
            Area(code=code, name=name, level=level_of(code), pinyin=sort_key(name), invented=invented)
            for code, (name, invented) in sorted(named.items())
        ],
        ignore_conflicts=True,
        batch_size=BATCH,
    )
    return codes


def _organisations(size: Size) -> None:
    rows = [
        Organisation(name=f"测量示例物业{number:03d}", kind_id="PM", area=county * 10**9, invented=True)
        for county in COUNTIES
        for number in range(size.firms)
    ]
    rows += [
        Organisation(name=f"测量示例机构{kind}", kind_id=kind, area=county * 10**9, invented=True)
        for county in COUNTIES
        for kind in OFFICES
    ]
    rows += [
        Organisation(name="测量示例街道办事处", kind_id="ST", area=county * 10**9 + (FIRST + street) * 10**6, invented=True)
        for county in COUNTIES
        for street in range(size.streets)
    ]
    for row in rows:
        row.pinyin = sort_key(row.name)
    Organisation.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)


def _compounds(codes: list[int], serving: dict[int, Organisation]) -> dict[int, int]:
    """Ids by code; each compound served by its firm for all the time that tickets are spread over."""
    rows = [
        Compound(area=code, name=f"测量示例小区{code % 10**9}", homes_count=BUILDINGS * FLOORS, invented=True) for code in codes
    ]
    Compound.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
    ids = dict(Compound.objects.filter(area__in=codes).values_list("area", "pk"))
    served = set(Service.objects.filter(area__in=codes).values_list("area", flat=True))
    since = timezone.localdate() - SINCE
    Service.objects.bulk_create(
        [Service(area=code, compound_id=ids[code], firm=serving[code], starts_on=since) for code in codes if code not in served],
        batch_size=BATCH,
    )
    return ids


def _buildings(compounds: dict[int, int]) -> dict[int, list[int]]:
    rows = [
        Building(area=code, compound_id=compound, name=f"{number}号楼", floors=FLOORS, lifts=1)
        for code, compound in compounds.items()
        for number in range(1, BUILDINGS + 1)
    ]
    Building.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
    found = list(Building.objects.filter(area__in=list(compounds)).order_by("area", "pk").values_list("area", "pk"))
    homes = [
        Home(area=area, building_id=building, name=f"{floor}01", floor_area=9_000)
        for area, building in found
        for floor in range(1, FLOORS + 1)
    ]
    Home.objects.bulk_create(homes, ignore_conflicts=True, batch_size=BATCH)
    return {area: [building for _, building in group] for area, group in groupby(found, key=lambda row: row[0])}


def _persons(bodies: list[Organisation], serving: dict[int, Organisation]) -> dict[int, int]:
    """One person acts for each body; a firm's in every compound that the firm serves. Ids by organisation."""
    names = {body.pk: f"seed_{body.kind_id.lower()}_{body.pk}" for body in bodies}
    ids = _users(list(names.values()))
    posts: list[Post] = [
        (ids[names[body.pk]], ROLES.get(body.kind_id, Role.DEPARTMENT_HANDLER), body.pk, area)
        for body in bodies
        for area in ([code for code, firm in serving.items() if firm.pk == body.pk] if body.kind_id == "PM" else [body.area])
    ]
    _appoint(posts)
    return {body: ids[name] for body, name in names.items()}


def _residents(codes: list[int]) -> dict[int, list[int]]:
    names = {code: [f"seed_resident_{code}_{number}" for number in range(RESIDENTS)] for code in codes}
    ids = _users([name for group in names.values() for name in group])
    _appoint([(ids[name], Role.RESIDENT, None, code) for code, group in names.items() for name in group])
    return {code: [ids[name] for name in group] for code, group in names.items()}


def _users(names: list[str]) -> dict[str, int]:
    """Ids of accounts nobody can sign in to."""
    there = dict(User.objects.filter(username__in=names).values_list("username", "pk"))
    locked = make_password(None)
    made = User.objects.bulk_create(
        [User(username=name, name="测量示例", password=locked) for name in names if name not in there], batch_size=BATCH
    )
    return there | {user.username: user.pk for user in made}


def _appoint(posts: list[Post]) -> None:
    users = {user for user, *_ in posts}
    there = set(Appointment.objects.filter(user__in=users).values_list("user_id", "role", "organisation_id", "area"))
    first, system = timezone.localdate() - SINCE, actors.system().id
    Appointment.objects.bulk_create(
        [
            Appointment(user_id=user, role=role, organisation_id=body, area=area, starts_on=first, made_by_id=system)
            for user, role, body, area in posts
            if (user, role.value, body, area) not in there
        ],
        batch_size=BATCH,
    )
