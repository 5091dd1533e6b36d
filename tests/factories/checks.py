"""Check lists in any state, made through the actions by those who may."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from communities.actions import postings
from config.demo_data.pictures import picture
from enforcement import queries
from enforcement.actions import check_lists, shown_lists
from enforcement.models import CheckList, ShownList
from enforcement.queries import content_of
from people import actors
from people.actions import appointments
from people.actors import Actor
from people.models import Organisation, User
from people.roles import COUNTY_DESK, Role
from tenancy import areas, clock, scope
from tests.factories.world import PASSWORD, SINCE, World, mark


def county_of(world: World, place: str = "own") -> int:
    return areas.ancestor(world.area(place), areas.Level.COUNTY)


def second_clerk(world: World, place: str = "own") -> Actor:
    """Another person of the county's desk, hired when first asked for."""
    county, system = county_of(world, place), actors.system()
    name = f"county2_{county}"
    with scope.everything(reason="tests: hire a second person"):
        user = User.objects.filter(username=name).first()
        if user is None:
            user = appointments.open_account(username=name, name=name, phone="", email="", password=PASSWORD, by=system)
            desk = Organisation.objects.get(kind=COUNTY_DESK, area=county)
            appointments.appoint(user, Role.COUNTY_CLERK, area=county, organisation=desk, starts_on=SINCE, by=system)
    return actors.of_user(user)


def draft(world: World, *, place: str = "own") -> CheckList:
    """A draft of the shipped list whose first item bears the place's mark."""
    clerk = world.actor(Role.COUNTY_CLERK, place)
    row = check_lists.draft(area=county_of(world, place), by=clerk, shipped=True)
    first = content_of(row).items[0]
    named = replace(first, name=f"占绿{mark(place)}", violation=f"种菜{mark(place)}")
    return check_lists.change_item(row.pk, first.code, by=clerk, revision=row.revision, item=named)


def proposed(world: World, *, place: str = "own") -> CheckList:
    row = draft(world, place=place)
    return check_lists.propose(row.pk, by=world.actor(Role.COUNTY_CLERK, place), revision=row.revision)


def published(world: World, *, place: str = "own") -> CheckList:
    row = proposed(world, place=place)
    return check_lists.publish(row.pk, by=second_clerk(world, place), revision=row.revision)


def in_force(world: World, place: str = "own") -> CheckList:
    """The county's list in force, published when there is none."""
    return queries.in_force(county_of(world, place)) or published(world, place="county" if place == "county" else "own")


def shown(world: World, *, place: str = "own", up_from: date | None = None) -> ShownList:
    """The list in force, hanging in the place's compound."""
    in_force(world, place)
    area, staff = world.area(place), world.actor(Role.PROPERTY_STAFF, place)
    with scope.place(area):
        due = clock.today() + timedelta(days=3)
        row = shown_lists.put_on_show(area=area, by=world.actor(Role.STREET_CLERK, place), due_on=due, contact=f"问{mark(place)}")
        said: dict[str, Any] = {"spot": f"南门公告栏{mark(place)}", "photos": [picture("board")], "up_from": up_from}
        postings.put_up(row.posting_id, by=staff, version=row.posting.version, **said)
        return row
