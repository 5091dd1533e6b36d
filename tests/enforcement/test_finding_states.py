"""The life of a finding is sound, drawn as it is, and held by the database."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from enforcement.actions import findings
from enforcement.finding_permissions import RULES
from enforcement.finding_states import FINDING_FINAL, FINDING_FIRST, FINDING_TRANSITIONS, UNDER_ORDER, FindingState
from enforcement.models import Finding
from tenancy import clock, scope
from tests.factories import findings as factory
from tests.factories import visits
from tests.factories.checks import county_of
from tests.factories.world import World


@pytest.fixture(autouse=True)
def _in_the_county(request: pytest.FixtureRequest) -> Iterator[None]:
    if "world" not in request.fixturenames:
        yield
        return
    with scope.place(county_of(request.getfixturevalue("world"))):
        yield


def test_every_state_is_reached_and_only_final_ones_are_dead_ends() -> None:
    found, frontier = {FINDING_FIRST}, [FINDING_FIRST]
    while frontier:
        fresh = set(FINDING_TRANSITIONS[frontier.pop()]) - found
        found |= fresh
        frontier += fresh
    assert found == set(FindingState)
    assert {state for state, to in FINDING_TRANSITIONS.items() if not to} == FINDING_FINAL


def test_every_step_is_an_action_allowed_in_its_state_and_drawn() -> None:
    edges = [(f"{old}", f"{new}", act) for old, to in FINDING_TRANSITIONS.items() for new, act in to.items()]
    for old, _new, action in edges:
        assert callable(getattr(findings, action))
        assert old in RULES[action][1]
    page = Path(__file__).resolve().parents[2] / "docs" / "findings.md"
    drawn = re.findall(r"^  (\w+) --> (\w+): (\w+)$", page.read_text(encoding="utf-8"), re.M)
    assert sorted(drawn) == sorted(edges)


@pytest.mark.parametrize("old", list(FindingState))
def test_the_database_refuses_every_other_step(world: World, old: FindingState) -> None:
    row = factory.finding(world, old)
    by, went, refusals = visits.head(world, "UM").id, set(), list[str]()
    for new in set(FindingState) - {old}:
        whole: dict[str, object] = {"ended_by": None, "ended_at": None}
        if new in FINDING_FINAL:
            whole = {"ended_by": by, "ended_at": clock.now()}
        if new in UNDER_ORDER:
            whole |= {"ordered_by": by, "ordered_at": clock.now(), "due_on": clock.today(), "demand": "x"}
        try:
            with transaction.atomic():
                Finding.objects.filter(pk=row.pk).update(state=new, **whole)
                went.add(new)
                transaction.set_rollback(True)
        except DatabaseError as refused:
            refusals.append(str(refused).lower())
    assert went == set(FINDING_TRANSITIONS[old])
    assert all("transition" in said for said in refusals), refusals
