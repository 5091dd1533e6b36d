"""Builds places, organisations, compounds and people, in one transaction: all of it or nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from communities import actions as communities
from communities.models import Building, Compound, Home
from config.demo_data import people as demo_people
from config.demo_data.bodies import bodies
from config.demo_data.people import PASSWORD, Person
from config.demo_data.places import COUNTIES, INVENTED, DemoCompound, compounds
from people import actors
from people.actions import appointments, places
from people.models import Organisation, User
from people.roles import Role
from tenancy import scope

Say = Callable[[str], None]
RESIDENCY_KINDS = ("owner", "family", "tenant")


@dataclass
class _Made:
    """What was made so far, by the keys of the plan."""

    bodies: dict[str, Organisation] = field(default_factory=dict)
    compounds: dict[int, Compound] = field(default_factory=dict)
    homes: dict[int, list[int]] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)


def standing() -> bool:
    """Whether the world of the demo was built: it is made whole, so its first account tells."""
    return User.objects.filter(username=demo_people.roster().people[0].username).exists()


def build(say: Say) -> None:
    """Make everything that complaints need to find their way."""
    made = _Made()
    roster = demo_people.roster()
    with scope.everything(reason="build the demo's two counties"):
        _places()
        say(f"places: {len(COUNTIES)} counties, {sum(len(county.streets) for county in COUNTIES)} streets")
        for key, body in bodies().items():
            made.bodies[key] = appointments.found_organisation(
                name=body.name, kind=body.kind, area=body.area, by=actors.system(), invented=body.invented
            )
        say(f"organisations: {len(made.bodies)}")
        for *_, compound in compounds():
            made.compounds[compound.code] = _compound(compound, made)
        say(f"compounds: {len(made.compounds)}")
        for number, person in enumerate(roster.people, 1):
            _person(person, roster.names[person.username], number, made)
            if number % 40 == 0:
                say(f"people: {number} of {len(roster.people)}")
        _verify(roster.people, made)
        say(f"people: {len(roster.people)}")


def _places() -> None:
    by = actors.system()
    for county in COUNTIES:
        places.add(code=county.code, name=county.name, by=by)
        for street in county.streets:
            places.add(code=street.code, name=street.name, by=by, invented=street.invented_code)
            for neighbourhood in street.neighbourhoods:
                places.add(code=neighbourhood.code, name=neighbourhood.name, by=by, invented=INVENTED in neighbourhood.name)
                for compound in neighbourhood.compounds:
                    places.add(code=compound.code, name=compound.name, by=by, invented=compound.invented)


def _compound(plan: DemoCompound, made: _Made) -> Compound:
    by = actors.system()
    compound = communities.add_compound(
        area=plan.code,
        name=plan.name,
        by=by,
        kind=plan.kind,
        address="地址略（示例数据）",
        homes_count=plan.homes_count,
        duty_phone="000-0000000" if plan.firm else "",
        invented=plan.invented,
    )
    made.homes[plan.code] = []
    for number in range(1, plan.buildings + 1):
        building = communities.add_building(compound, name=f"{number}号楼", by=by, floors=plan.floors, lifts=plan.lifts)
        made.homes[plan.code] += _homes(building, plan.floors)
    if plan.firm:
        since = timezone.localdate() - timedelta(days=400)
        communities.engage_firm(compound, made.bodies[f"PM:{plan.firm}"], by=by, starts_on=since)
    return compound


def _homes(building: Building, floors: int) -> list[int]:
    """Two homes to a floor, one of 89.50 m² and one of 118 m²."""
    by = actors.system()
    left = communities.add_homes(building, names=[f"{floor}01" for floor in range(1, floors + 1)], by=by, floor_area=8_950)
    right = communities.add_homes(building, names=[f"{floor}02" for floor in range(1, floors + 1)], by=by, floor_area=11_800)
    return [home.pk for pair in zip(left, right, strict=True) for home in pair]


def _person(person: Person, name: str, number: int, made: _Made) -> None:
    by = actors.system()
    user = made.users[person.username] = appointments.open_account(
        username=person.username,
        name=name,
        phone=f"1000000{number:04d}",  # no mobile number begins with 100
        email=f"{person.username}@example.com" if person.mail else "",
        password=PASSWORD if person.sign_in else None,
        by=by,
    )
    if person.bound:
        communities.bind_official(made.compounds[person.bound_to], user, kind=person.bound, by=by)
    if person.role == Role.RESIDENT or (person.bound and not person.body):
        return
    since = timezone.localdate() - timedelta(days=300)
    for area in (person.place, *person.also):
        appointments.appoint(user, person.role, area=area, by=by, organisation=made.bodies.get(person.body), starts_on=since)


def _verify(people: tuple[Person, ...], made: _Made) -> None:
    """Residents claim their homes; the clerk of their street confirms most of them."""
    clerks = {person.place // 10**6: person.username for person in people if person.role == Role.STREET_CLERK}
    for number, person in enumerate(person for person in people if person.role == Role.RESIDENT):
        user = made.users[person.username]
        homes = Home.objects.filter(pk__in=made.homes[person.place][number % 7 :]).select_related("building").order_by("pk")
        home = homes[number % 5]
        claimed = communities.claim_home(
            area=person.place,
            kind=RESIDENCY_KINDS[number % len(RESIDENCY_KINDS)],
            building=home.building.name,
            home=home.name,
            by=actors.of_user(user),
        )
        if person.verified:
            clerk = actors.of_user(made.users[clerks[person.place // 10**6]])
            communities.verify_residency(claimed.pk, by=clerk, building=home.building_id, home_name=home.name)
