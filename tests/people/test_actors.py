"""Who one is, and where: worked out from appointments and grants, anew for each request."""

from datetime import timedelta

import pytest
from django.utils import timezone

from people import actors
from people.actions import appointments
from people.models import AreaGrant, User
from people.roles import ADMINISTRATORS, Role
from tenancy import areas
from tests.factories.world import World

TODAY = timezone.localdate


@pytest.fixture
def newcomer(world: World) -> User:
    return appointments.open_account(username="new", name="新人", by=actors.system())


def street(world: World, place: str = "own") -> int:
    return areas.ancestor(world.area(place), areas.Level.STREET)


def test_an_account_without_appointment_sees_nowhere(newcomer: User) -> None:
    actor = actors.of_user(newcomer)
    assert (actor.scope.ranges, actor.roles, actor.is_staff) == ((), frozenset(), False)


def test_the_scope_is_the_union_of_the_places(world: World, newcomer: User) -> None:
    for place in ("own", "sibling", "county"):
        appointments.appoint(newcomer, Role.SUPERVISOR, area=world.area(place), by=actors.system())
    scope = actors.of_user(newcomer).scope
    assert [scope.covers(world.area(place)) for place in ("own", "sibling", "street", "county")] == [True, True, False, True]
    assert len(scope.ranges) == 2  # neighbours are merged


@pytest.mark.parametrize(
    ("first", "last", "holds"), [(0, None, True), (-3, 0, True), (1, None, False), (-3, -1, False), (0, 0, True)]
)
def test_an_appointment_holds_from_its_first_day_through_its_last(
    world: World, newcomer: User, first: int, last: int | None, holds: bool
) -> None:
    appointments.appoint(
        newcomer,
        Role.SUPERVISOR,
        area=world.area(),
        starts_on=TODAY() + timedelta(days=first),
        ends_on=None if last is None else TODAY() + timedelta(days=last),
        by=actors.system(),
    )
    assert actors.of_user(newcomer).holds(world.area(), {Role.SUPERVISOR}) is holds


def test_a_revoked_appointment_is_gone_with_the_next_request(world: World, sign_in) -> None:
    client = sign_in(Role.STREET_CLERK)
    assert client.get("/compounds/").context["actor"].scope.covers(world.area())
    held = world.user(Role.STREET_CLERK).appointments.get()
    appointments.revoke(held.pk, by=actors.system())
    assert client.get("/accounts/sessions/").context["actor"].scope.ranges == ()


def test_a_closed_account_holds_nothing_and_is_signed_out(world: World, sign_in) -> None:
    client = sign_in(Role.STREET_CLERK)
    User.objects.filter(pk=world.users[Role.STREET_CLERK, "own"]).update(is_active=False)
    assert client.get("/accounts/sessions/").status_code == 302
    assert actors.of_user(world.user(Role.STREET_CLERK)).posts == ()


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_administrators_see_no_business_place(world: World, role: Role) -> None:
    actor = world.actor(role)
    assert actor.scope.ranges == ()
    assert actor.administrative_scope(role).covers(world.area())
    assert not any(actor.administrative_scope(other).ranges for other in ADMINISTRATORS - {role})


def test_a_grant_to_watch_opens_one_place_for_reading(world: World, newcomer: User) -> None:
    appointments.grant(newcomer, "watch_area", area=world.area(), by=actors.system())
    actor = actors.of_user(newcomer)
    assert actor.roles == {Role.SUPERVISOR}
    assert [actor.scope.covers(world.area(place)) for place in ("own", "sibling")] == [True, False]


def test_a_grant_to_serve_counts_only_for_people_of_a_firm(world: World, newcomer: User) -> None:
    appointments.grant(newcomer, "serve_area", area=world.area("sibling"), by=actors.system())
    assert actors.of_user(newcomer).posts == ()
    manager = world.user(Role.PROPERTY_MANAGER)
    appointments.grant(manager, "serve_area", area=world.area("sibling"), by=actors.system())
    assert actors.of_user(manager).organisations_at(world.area("sibling"), {Role.PROPERTY_STAFF}) == {world.firms["own"]}


def test_a_grant_ends_with_its_day_and_when_taken_back(world: World, newcomer: User) -> None:
    given = appointments.grant(newcomer, "watch_area", area=world.area(), until=TODAY(), by=actors.system())
    assert actors.of_user(newcomer).scope.covers(world.area())
    AreaGrant.objects.filter(pk=given.pk).update(until=TODAY() - timedelta(days=1))
    assert not actors.of_user(newcomer).scope.ranges
    AreaGrant.objects.filter(pk=given.pk).update(until=None)
    appointments.take_back(given.pk, by=actors.system())
    assert not actors.of_user(newcomer).scope.ranges


def test_an_actor_costs_one_query(world: World, django_assert_num_queries) -> None:
    user = world.user(Role.PROPERTY_MANAGER)
    with django_assert_num_queries(1):
        actor = actors.of_user(user)
        assert actor.scope.covers(world.area())
        assert actor.is_staff
