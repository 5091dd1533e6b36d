"""The system page: numbers without business content, and a second try for what was given up."""

from datetime import timedelta

import pytest
from django.utils import timezone

from complaints.models import Ticket
from complaints.states import State
from notices.models import Notice
from people.roles import Role
from tenancy import scope
from tests.factories.tickets import ticket
from tests.factories.world import CANARY, World


@pytest.fixture
def waiting(world: World) -> World:
    for place in ("own", "sibling", "county"):
        row = ticket(world, State.SUBMITTED, place=place)
        with scope.everything(reason="test"):
            Ticket.objects.filter(pk=row.pk).update(filed_at=timezone.now() - timedelta(minutes=5))
        ticket(world, State.DISPATCHED, place=place)
    with scope.everything(reason="test"):
        Notice.objects.filter(channel="email").update(state="failed", problem="ConnectionRefusedError", tries=8)
    return world


def test_it_counts_what_waits_in_the_administrator_s_places(waiting: World, sign_in) -> None:
    page = sign_in(Role.SYSTEM_ADMIN).get("/system/")
    assert (page.context["routing"]["count"], page.context["routing"]["late"]) == (2, True)
    assert page.context["walls"] == []
    text = page.content.decode()
    assert "ConnectionRefusedError" in text
    assert CANARY not in text
    assert "电梯" not in text


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM_ADMIN}))
def test_to_everybody_else_it_is_not_there(waiting: World, sign_in, role: Role) -> None:
    client = sign_in(role)
    assert client.get("/system/").status_code == 404
    assert client.post("/system/notices/try-again/").status_code == 404


def test_given_up_notices_are_tried_again_within_the_places_only(waiting: World, sign_in) -> None:
    sign_in(Role.SYSTEM_ADMIN).post("/system/notices/try-again/")
    with scope.everything(reason="test"):
        states = {
            place: set(Notice.objects.filter(channel="email", area=waiting.area(place)).values_list("state", flat=True))
            for place in ("own", "sibling", "county")
        }
    assert states == {"own": {"queued"}, "sibling": {"queued"}, "county": {"failed"}}


def test_the_page_stands_when_valkey_is_away(waiting: World, sign_in, settings) -> None:
    settings.VALKEY_URL = "redis://127.0.0.1:1/0"
    page = sign_in(Role.SYSTEM_ADMIN).get("/system/")
    assert (page.status_code, page.context["valkey"]["up"]) == (200, False)
