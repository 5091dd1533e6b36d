"""No route tells anybody anything of a place they do not stand in, or writes there: every route × role × place × method."""

import os
from typing import Any

import pytest
from django.db import transaction

from complaints.models import Ticket
from people.roles import Role
from tenancy import scope
from tests.factories.world import PLACES
from tests.isolation import reviewed
from tests.isolation.walker import (
    ABSENT,
    METHODS,
    OPEN_TO_ALL,
    PAYLOAD,
    READERS,
    ROUTES,
    Estate,
    Guard,
    client_of,
    values,
    visit,
    walk,
)

REASON = "run MULIN_REWRITE=1 pytest -n 0 tests/isolation/test_walk.py and read the diff of permissions.tsv"


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("role", READERS, ids=reviewed.named)
def test_nothing_of_another_place_is_told_or_changed(estate: Estate, role: Role | None, django_db_blocker: Any) -> None:
    """And at home every route answers this reader as reviewed. One walk for both: it is long."""
    with django_db_blocker.unblock():
        found = walk(estate, role)
    assert found.leaks == []
    if os.environ.get("MULIN_REWRITE"):
        reviewed.rewrite(reviewed.named(role), found.statuses)
    changed = reviewed.changed(reviewed.named(role), found.statuses)
    assert not changed, "\n".join([REASON, *changed[:20]])


def test_the_table_has_no_other_lines() -> None:
    assert list(reviewed.reviewed()) == reviewed.LINES, REASON


def test_no_route_ever_fails() -> None:
    statuses = {cell for answers in reviewed.reviewed().values() for cell in answers.values()}
    assert not {status for status in statuses if not status.isdigit() or status.startswith("5")}
    assert {"200", "302", "403", "404", "405"} <= statuses


@pytest.mark.parametrize(("place", "hurt"), [("street", True), ("own", False)])
def test_a_write_elsewhere_would_be_seen(estate: Estate, place: str, hurt: bool, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        guard = Guard(estate, ["street", "county"])
        with transaction.atomic():
            with scope.place(PLACES[place]):
                Ticket.objects.filter(area=PLACES[place]).update(spot="somebody was here")
            guard.look()
            transaction.set_rollback(True)
    assert guard.hurt == hurt


BUSIEST_FIRST = sorted(READERS, key=lambda role: role not in (Role.STREET_CLERK, Role.SECURITY_ADMIN, Role.COUNTY_CLERK))


def test_the_walk_is_not_blind(estate: Estate, django_db_blocker: Any) -> None:
    """Every route with ids answers somebody at home otherwise than for an absent id; else the walk would prove nothing."""
    blind = []
    with django_db_blocker.unblock():
        clients = {role: client_of(estate, role) for role in READERS}
        for route in ROUTES:
            if not route.parameters:
                continue
            seen = any(
                visit(clients[role], route, method, values(estate, route, "own"), PAYLOAD)
                != visit(clients[role], route, method, values(estate, route, ABSENT), PAYLOAD)
                for role in BUSIEST_FIRST
                for method in METHODS
            )
            if not seen:
                blind.append(route.name)
    assert blind == []


def test_no_exception_is_stale() -> None:
    assert set(OPEN_TO_ALL) <= {route.name for route in ROUTES}
