"""No route tells anybody anything of a place they do not stand in: every route × role × place × method."""

from typing import Any

import pytest
from django.db import transaction

from people.roles import Role
from tests.factories.world import PLACES
from tests.isolation.walker import (
    ABSENT,
    METHODS,
    OPEN_TO_ALL,
    PAYLOAD,
    READERS,
    ROUTES,
    Estate,
    client_of,
    fingerprint,
    may_know,
    values,
    visit,
    walk_one,
)


@pytest.mark.parametrize("role", READERS, ids=str)
def test_nothing_of_another_place_is_told(estate: Estate, role: Role | None, django_db_blocker: Any) -> None:
    leaks = []
    with django_db_blocker.unblock():
        client = client_of(estate, role)
        for route in ROUTES:
            for method in METHODS:
                leaks += walk_one(estate, client, role, route, method)
    assert leaks == []


@pytest.mark.parametrize("role", READERS, ids=str)
def test_nothing_of_another_place_is_changed(estate: Estate, role: Role | None, django_db_blocker: Any) -> None:
    """As above for writing: the requests are not undone one by one, and no foreign row may have changed at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        client = client_of(estate, role)
        for route in ROUTES:
            foreign = [place for place in PLACES if not may_know(estate, role, place, route)]
            if route.parameters and route.name not in OPEN_TO_ALL and foreign:
                before = fingerprint(foreign)
                for place in foreign:
                    visit(client, route, "POST", values(estate, route, place), PAYLOAD)
                assert fingerprint(foreign) == before, f"{route.name} as {role}"
        transaction.set_rollback(True)


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
                for role in READERS
                for method in METHODS
            )
            if not seen:
                blind.append(route.name)
    assert blind == []


def test_no_exception_is_stale() -> None:
    assert set(OPEN_TO_ALL) <= {route.name for route in ROUTES}
