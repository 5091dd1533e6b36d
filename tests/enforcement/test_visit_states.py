"""The lives of a visit and of a bureau's part in it are sound, drawn as they are, and held by the database."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from enforcement.actions import visits
from enforcement.models import Member, Visit
from enforcement.visit_states import (
    MEMBER_FINAL,
    MEMBER_FIRST,
    MEMBER_TRANSITIONS,
    VISIT_FINAL,
    VISIT_FIRST,
    VISIT_TRANSITIONS,
    MemberState,
    VisitState,
)
from tenancy import clock, scope
from tests.factories import visits as factory
from tests.factories.checks import county_of
from tests.factories.world import World

TABLES: list[Any] = [
    (VISIT_FIRST, VISIT_TRANSITIONS, VISIT_FINAL, VisitState),
    (MEMBER_FIRST, MEMBER_TRANSITIONS, MEMBER_FINAL, MemberState),
]


@pytest.fixture(autouse=True)
def _in_the_county(request: pytest.FixtureRequest) -> Iterator[None]:
    if "world" not in request.fixturenames:
        yield
        return
    with scope.place(county_of(request.getfixturevalue("world"))):
        yield


@pytest.mark.parametrize(("first", "table", "final", "states"), TABLES)
def test_every_state_is_reached_and_only_final_ones_are_dead_ends(first: Any, table: Any, final: Any, states: Any) -> None:
    found, frontier = {first}, [first]
    while frontier:
        fresh = set(table[frontier.pop()]) - found
        found |= fresh
        frontier += fresh
    assert found == set(states)
    assert {state for state, to in table.items() if not to} == final


def test_every_step_is_an_action_and_drawn() -> None:
    edges = [(f"{old}", f"{new}", act) for _f, table, _e, _s in TABLES for old, to in table.items() for new, act in to.items()]
    assert all(callable(getattr(visits, action)) for _old, _new, action in edges)
    page = Path(__file__).resolve().parents[2] / "docs" / "visits.md"
    drawn = re.findall(r"^  (\w+) --> (\w+): (\w+)$", page.read_text(encoding="utf-8"), re.M)
    assert sorted(drawn) == sorted(edges)


@pytest.mark.parametrize("old", list(VisitState))
def test_the_database_refuses_every_other_step_of_a_visit(world: World, old: VisitState) -> None:
    row = factory.visit(world, old)
    leader = factory.head(world, "UM").id
    went, refusals = set(), list[str]()
    for new in set(VisitState) - {old}:
        whole = {"approved_by": leader, "approved_at": clock.now(), "why_not": "x" if new == VisitState.CANCELLED else ""}
        try:
            with transaction.atomic():
                Visit.objects.filter(pk=row.pk).update(state=new, **whole)
                went.add(new)
                transaction.set_rollback(True)
        except DatabaseError as refused:
            refusals.append(str(refused).lower())
    assert went == set(VISIT_TRANSITIONS[old])
    assert all("transition" in said for said in refusals), refusals


@pytest.mark.parametrize("old", list(MemberState))
def test_the_database_refuses_every_other_step_of_a_bureau(world: World, old: MemberState) -> None:
    row = _member(world, old)
    went, refusals = set(), list[str]()
    for new in set(MemberState) - {old}:
        signed = new == MemberState.SIGNED
        fields = {
            "reason": "x",
            "signed_by": factory.head(world, "UM").id if signed else None,
            "signed_at": clock.now() if signed else None,
        }
        try:
            with transaction.atomic():
                Member.objects.filter(pk=row.pk).update(state=new, **fields)
                went.add(new)
                transaction.set_rollback(True)
        except DatabaseError as refused:
            refusals.append(str(refused).lower())
    assert went == set(MEMBER_TRANSITIONS[old])
    assert all("transition" in said for said in refusals), refusals


def _member(world: World, state: MemberState) -> Member:
    """A bureau's part in this state."""
    if state == MemberState.SIGNED:
        visit = factory.concluded(world)
    elif state == MemberState.JOINED:
        visit = factory.joined(world)
    else:
        visit = factory.asked(world)
    row: Member = visit.members.get(kind="UM")
    if state == MemberState.DECLINED:
        by = factory.head(world, "UM")
        visits.decline(visit.number, row.organisation_id, by=by, version=visit.version, reason="另有任务")
        row.refresh_from_db()
    return row
