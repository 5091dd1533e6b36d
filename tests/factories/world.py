"""The world every test stands in: four compounds, one at home and three that must never show.

`own` and `sibling` share a neighbourhood, `street` is in another street, `county` in another county. Each has its firm,
its homes and one person per role, all made through the actions. Every text of a foreign
place carries CANARY and the place's name.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from communities import actions as communities
from communities.models import Compound, Home
from complaints.actions import catalogue
from people import actors
from people.actions import appointments, places
from people.models import Organisation, User
from people.roles import Role
from projects.actions import matters
from tenancy import areas, scope

CANARY = "金丝雀"
PASSWORD = "a-plain-test-password"
PLACES = {
    "own": 350582_001_001_001,
    "sibling": 350582_001_001_002,
    "street": 350582_002_001_001,
    "county": 350505_001_001_001,
}
LEVELS: dict[Role, areas.Level] = {
    Role.RESIDENT: areas.Level.COMPOUND,
    Role.PROPERTY_STAFF: areas.Level.COMPOUND,
    Role.PROPERTY_MANAGER: areas.Level.COMPOUND,
    Role.STREET_CLERK: areas.Level.STREET,
    Role.STREET_LEADER: areas.Level.STREET,
    Role.DEPARTMENT_HANDLER: areas.Level.COUNTY,
    Role.DEPARTMENT_LEAD: areas.Level.COUNTY,
    Role.SUPERVISOR: areas.Level.COUNTY,
    Role.SYSTEM_ADMIN: areas.Level.COUNTY,
    Role.SECURITY_ADMIN: areas.Level.COUNTY,
    Role.AUDIT_ADMIN: areas.Level.COUNTY,
    Role.COUNTY_CLERK: areas.Level.COUNTY,
}
BUREAUS = {
    "UM": "城市管理局",
    "MR": "市场监督管理局",
    "FR": "消防救援大队",
    "PS": "公安局",
    "DI": "纪委监委",
    "GS": "燃气公司",
    "HOTLINE": "受理中心",
}
SINCE = date(2026, 1, 1)


@dataclass
class World:
    """Ids only, so that it outlives the transaction of a test."""

    compounds: dict[str, int] = field(default_factory=dict)
    homes: dict[str, int] = field(default_factory=dict)
    firms: dict[str, int] = field(default_factory=dict)
    streets: dict[str, int] = field(default_factory=dict)
    bureaus: dict[tuple[str, str], int] = field(default_factory=dict)
    users: dict[tuple[Role, str], int] = field(default_factory=dict)

    def area(self, place: str = "own") -> int:
        return PLACES[place]

    def user(self, role: Role, place: str = "own") -> User:
        return User.objects.get(pk=self.users[role, place])

    def actor(self, role: Role, place: str = "own") -> actors.Actor:
        return actors.of_user(self.user(role, place))

    def firm(self, place: str = "own") -> Organisation:
        return Organisation.objects.get(pk=self.firms[place])

    def street(self, place: str = "own") -> Organisation:
        return Organisation.objects.get(pk=self.streets[place])

    def bureau(self, kind: str, place: str = "own") -> Organisation:
        return Organisation.objects.get(pk=self.bureaus[kind, place])

    def compound(self, place: str = "own") -> Compound:
        compound: Compound = Compound.objects.get(pk=self.compounds[place])
        return compound

    def home(self, place: str = "own") -> Home:
        home: Home = Home.objects.get(pk=self.homes[place])
        return home


HOME = re.compile(r"(?<!\d)502(?!\d)")
"""The home of the own compound as a name, not as three digits of a longer number or of a moment."""


def mark(place: str) -> str:
    """What stands in every text of a foreign place."""
    return "" if place == "own" else f"{CANARY}{place}"


def build() -> World:
    """Make the world, committed; called once per test database."""
    world = World()
    system = actors.system()
    with scope.everything(reason="tests: build the world"):
        catalogue.load(by=system)
        matters.load(by=system)
        _places(system)
        for place in PLACES:
            _organisations(world, place, system)
            _compound(world, place, system)
        for place in PLACES:
            _people(world, place, system)
    return world


def _places(system: actors.Actor) -> None:
    names = {350582: "晋江市", 350505: "泉港区"}  # names of places are public, so they carry no mark
    for county, name in names.items():
        places.add(code=county * 10**9, name=name, by=system)
    for place, code in PLACES.items():
        street = areas.ancestor(code, areas.Level.STREET)
        neighbourhood = areas.ancestor(code, areas.Level.NEIGHBOURHOOD)
        places.add(code=street, name=f"{'青阳' if place in ('own', 'sibling') else place}街道", by=system)
        places.add(code=neighbourhood, name="社区", by=system)
        places.add(code=code, name=f"小区{place}", by=system)


def _organisations(world: World, place: str, system: actors.Actor) -> None:
    code = PLACES[place]
    county = areas.ancestor(code, areas.Level.COUNTY)
    street = areas.ancestor(code, areas.Level.STREET)
    if place == "sibling":
        world.streets[place] = world.streets["own"]
    else:
        world.streets[place] = appointments.found_organisation(
            name=f"{place}街道办事处{mark(place)}", kind="ST", area=street, by=system
        ).pk
    for kind, name in BUREAUS.items():
        if place in ("sibling", "street"):
            world.bureaus[kind, place] = world.bureaus[kind, "own"]
            continue
        world.bureaus[kind, place] = appointments.found_organisation(
            name=f"{name}{mark(place)}", kind=kind, area=county, by=system
        ).pk
    world.firms[place] = appointments.found_organisation(
        name=f"{place}物业公司{mark(place)}", kind="PM", area=county, by=system
    ).pk


def _compound(world: World, place: str, system: actors.Actor) -> None:
    compound = communities.add_compound(
        area=PLACES[place],
        name=f"小区{place}{mark(place)}",
        by=system,
        kind="commercial",
        homes_count=4,
        duty_phone="0595-0000000",
    )
    building = communities.add_building(compound, name=f"3号楼{mark(place)}", by=system, floors=18, lifts=2)
    (home,) = communities.add_homes(building, names=[f"502{mark(place)}"], by=system, floor_area=8_950)
    communities.engage_firm(compound, world.firm(place), by=system, starts_on=SINCE)
    world.compounds[place], world.homes[place] = compound.pk, home.pk


def _people(world: World, place: str, system: actors.Actor) -> None:
    organisations = {
        Role.PROPERTY_STAFF: world.firm(place),
        Role.PROPERTY_MANAGER: world.firm(place),
        Role.STREET_CLERK: world.street(place),
        Role.STREET_LEADER: world.street(place),
        Role.COUNTY_CLERK: world.bureau("HOTLINE", place),
        Role.DEPARTMENT_HANDLER: world.bureau("UM", place),
        Role.DEPARTMENT_LEAD: world.bureau("UM", place),
    }
    for number, (role, level) in enumerate(LEVELS.items()):
        user = appointments.open_account(
            username=f"{role}_{place}",
            name=f"{role}{mark(place)}",
            phone=f"199{list(PLACES).index(place):04d}{number:04d}",
            email=f"{role}_{place}@example.test",
            password=PASSWORD,
            by=system,
        )
        if role == Role.RESIDENT:
            residency = communities.claim_residency(
                world.compound(place), user=user, kind="owner", home=world.home(place), by=system
            )
            communities.verify_residency(residency.pk, by=system)
        else:
            area = areas.ancestor(PLACES[place], level)
            appointments.appoint(user, role, area=area, organisation=organisations.get(role), starts_on=SINCE, by=system)
        world.users[role, place] = user.pk
