"""A request sees its actor's places, from the first query to the last rendered line, and leaves nothing behind."""

from collections.abc import Callable

import pytest
from django.test import Client, override_settings

from complaints.models import Ticket
from people.actions import appointments
from people.actors import system
from people.models import Appointment
from people.roles import Role
from tenancy import scope
from tests.factories.tickets import ticket
from tests.factories.world import World

pytestmark = [pytest.mark.urls("tests.people.scope_probe")]
SignIn = Callable[..., Client]


@pytest.mark.parametrize("view", ["plain", "sql", "lazy", "wander"])
def test_a_view_sees_the_actors_places_only(world: World, sign_in: SignIn, view: str) -> None:
    mine, foreign = ticket(world), ticket(world, place="county")
    body = sign_in(Role.STREET_CLERK).get(f"/{view}").content.decode()
    assert mine.number in body
    assert foreign.number not in body


def test_a_stream_runs_outside_the_scope_and_sees_nothing(world: World, sign_in: SignIn) -> None:
    ticket(world)
    answer = sign_in(Role.STREET_CLERK).get("/stream")
    assert b"".join(answer.streaming_content) == b""


def test_a_crashing_view_leaves_nothing_behind(world: World, sign_in: SignIn) -> None:
    row = ticket(world)
    client = sign_in(Role.STREET_CLERK, raise_request_exception=False)
    assert client.get("/crash").status_code == 500
    with scope.place(world.area()):
        assert Ticket.objects.get(pk=row.pk).spot == ""


def test_a_revoked_appointment_opens_nothing_from_the_next_request_on(world: World, sign_in: SignIn) -> None:
    row = ticket(world)
    client = sign_in(Role.STREET_CLERK)
    assert row.number in client.get("/plain").content.decode()
    held = Appointment.objects.get(user=world.user(Role.STREET_CLERK))
    appointments.revoke(held.pk, by=system())
    assert row.number not in client.get("/plain").content.decode()


def test_a_disabled_account_is_a_stranger_from_the_next_request_on(world: World, sign_in: SignIn) -> None:
    ticket(world)
    client = sign_in(Role.STREET_CLERK)
    user = world.user(Role.STREET_CLERK)
    user.is_active = False
    user.save()
    assert client.get("/plain").content == b""


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_administrators_see_no_business_rows(world: World, sign_in: SignIn, role: Role) -> None:
    ticket(world)
    assert sign_in(role).get("/sql").content == b""


def test_every_answer_says_it_is_private(world: World, sign_in: SignIn) -> None:
    answer = sign_in(Role.STREET_CLERK).get("/plain")
    assert "no-store" in answer["Cache-Control"]
    assert len(answer["X-Request-Id"]) == 32


@override_settings(DEBUG=False)
def test_a_stranger_without_an_account_sees_nothing(world: World) -> None:
    ticket(world)
    assert Client().get("/sql").content == b""
