"""No route tells anybody anything of a place they do not stand in: every route × role × place × method."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from people.roles import Role
from tests.factories.world import CANARY, PLACES, World
from tests.isolation.walker import (
    ABSENT,
    EVERYWHERE,
    PAYLOAD,
    Answer,
    Estate,
    Route,
    build,
    fingerprint,
    may_know,
    routes,
    values,
    visit,
)

ROUTES = sorted(set(routes()), key=lambda route: route.name)
READERS: tuple[Role | None, ...] = (None, *Role)
OPEN_TO_ALL = {
    "complaints:file_here": "the page behind the QR code at a compound's gate; names of places are public",
}
METHODS = ("GET", "POST")
cells: Counter[str] = Counter()


@pytest.fixture(scope="module")
def estate(django_db_setup: None, django_db_blocker: Any) -> Iterator[Estate]:
    """Built once; every request is undone."""
    from django.db import transaction

    from tests.conftest import _built

    with django_db_blocker.unblock(), transaction.atomic():
        world: World = _built["world"]
        yield build(world)
        transaction.set_rollback(True)


def client_of(estate: Estate, role: Role | None) -> Client:
    client = Client(raise_request_exception=True)
    if role is not None:
        client.force_login(estate.world.user(role), backend="people.backends.NameOrPhoneBackend")
    return client


def foreign_marks(estate: Estate, role: Role | None, route: Route) -> list[str]:
    return [f"{CANARY}{place}" for place in PLACES if place != "own" and not may_know(estate, role, place, route)]


@pytest.mark.parametrize("role", READERS, ids=str)
def test_nothing_of_another_place_is_told(estate: Estate, role: Role | None, django_db_blocker: Any) -> None:
    leaks = []
    with django_db_blocker.unblock():
        client = client_of(estate, role)
        for route in ROUTES:
            for method in METHODS:
                leaks += walk_one(estate, client, role, route, method)
    assert leaks == []


def walk_one(estate: Estate, client: Client, role: Role | None, route: Route, method: str) -> list[str]:
    """All places of one route for one reader; returns what leaked, in words."""
    leaks = []
    places = EVERYWHERE if route.parameters else ("own",)
    answers: dict[str, Answer] = {}
    for place in places:
        answer = visit(client, route, method, values(estate, route, place), PAYLOAD)
        answers[place] = answer
        cells[str(role)] += 1
        cell = f"{method} {route.name} as {role} with ids of {place}"
        if answer.status >= 500:
            leaks.append(f"{cell}: {answer.status}")
        leaks += [f"{cell}: shows {mark}" for mark in foreign_marks(estate, role, route) if mark in answer.body]
    if ABSENT not in answers or route.name in OPEN_TO_ALL:
        return leaks
    for place in PLACES:
        if not may_know(estate, role, place, route) and answers[place] != answers[ABSENT]:
            leaks.append(
                f"{method} {route.name} as {role}: {place} differs from absent ({answers[place].status}/{answers[ABSENT].status})"
            )
    return leaks


@pytest.mark.parametrize("role", READERS, ids=str)
def test_nothing_of_another_place_is_changed(estate: Estate, role: Role | None, django_db_blocker: Any) -> None:
    """As above for writing: the requests are not undone one by one, and no foreign row may have changed at the end."""
    from django.db import transaction

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
