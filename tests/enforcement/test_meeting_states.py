"""The lives of meetings and of their decisions are sound, drawn as they are, and held by the database."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from enforcement.actions import decisions, meetings
from enforcement.meeting_permissions import RULES
from enforcement.meeting_states import (
    DECISION_FINAL,
    DECISION_FIRST,
    DECISION_TRANSITIONS,
    MEETING_FINAL,
    MEETING_FIRST,
    MEETING_TRANSITIONS,
    OPEN_MEETINGS,
    DecisionState,
    MeetingState,
)
from enforcement.models import Meeting, MeetingDecision
from people.roles import Role
from tenancy import clock
from tests.factories.meetings import decision, meeting
from tests.factories.world import World

pytestmark = pytest.mark.usefixtures("everywhere")
DOCS = Path(__file__).resolve().parents[2] / "docs"
LIVES = [
    (MEETING_FIRST, MEETING_TRANSITIONS, MEETING_FINAL, meetings),
    (DECISION_FIRST, DECISION_TRANSITIONS, DECISION_FINAL, decisions),
]


@pytest.mark.parametrize(("first", "table", "final", "actions"), LIVES, ids=["meeting", "decision"])
def test_every_state_is_reached_only_final_ones_are_dead_ends_and_every_step_is_an_action(
    first: Any, table: Any, final: Any, actions: Any
) -> None:
    found, frontier = {first}, [first]
    while frontier:
        fresh = set(table[frontier.pop()]) - found
        found |= fresh
        frontier += fresh
    assert found == set(table)
    assert {state for state, to in table.items() if not to} == final
    assert all(callable(getattr(actions, action)) for to in table.values() for action in to.values())


def test_open_and_final_meetings_are_all_and_every_rule_is_an_action() -> None:
    assert set(MeetingState) == OPEN_MEETINGS | MEETING_FINAL
    assert OPEN_MEETINGS.isdisjoint(MEETING_FINAL)
    assert all(hasattr(meetings, name) or hasattr(decisions, name) for name in RULES)


def test_what_is_drawn_is_what_the_tables_say() -> None:
    drawn = re.findall(r"^  (\w+) --> (\w+): (\w+)$", (DOCS / "meetings.md").read_text(encoding="utf-8"), re.M)
    tables = (MEETING_TRANSITIONS, DECISION_TRANSITIONS)
    edges = {(old.value, new.value, action) for table in tables for old, to in table.items() for new, action in to.items()}
    assert set(drawn) == edges


@pytest.mark.parametrize("old", list(MeetingState))
def test_the_database_refuses_every_other_step_of_a_meeting(world: World, old: MeetingState) -> None:
    row, who = meeting(world, old), world.users[Role.STREET_CLERK, "own"]
    went, refusals = set(), list[str]()
    for new in set(MeetingState) - {old}:
        held, ended = new in (MeetingState.HELD, MeetingState.CLOSED), new in MEETING_FINAL
        fields = {
            "state": new,
            "held_by": who if held else None,
            "held_at": clock.now() if held else None,
            "ended_by": who if ended else None,
            "ended_at": clock.now() if ended else None,
            "reason": "x" if new == MeetingState.CANCELLED else "",
        }
        if old == MeetingState.CALLED:
            fields["minutes"] = "x" if held else ""
        try:
            with transaction.atomic():
                Meeting.objects.filter(pk=row.pk).update(**fields)
                went.add(new)
                transaction.set_rollback(True)
        except DatabaseError as refused:
            refusals.append(str(refused).lower())
    assert went == set(MEETING_TRANSITIONS[old])
    assert all("transition" in said for said in refusals), refusals


@pytest.mark.parametrize("old", list(DecisionState))
def test_the_database_refuses_every_other_step_of_a_decision(world: World, old: DecisionState) -> None:
    row = meeting(world, MeetingState.HELD)
    made = decision(world, row)
    if old == DecisionState.DONE:
        decisions.report_done(row.number, made.pk, by=world.actor(Role.DEPARTMENT_HANDLER), text="x")
    elif old == DecisionState.DROPPED:
        decisions.drop(row.number, made.pk, by=world.actor(Role.STREET_CLERK), text="x")
    went, refusals = set(), list[str]()
    for new in set(DecisionState) - {old}:
        ended = new in DECISION_FINAL
        fields = {
            "state": new,
            "note": "x" if ended else "",
            "ended_by": row.called_by_id if ended else None,
            "ended_at": clock.now() if ended else None,
        }
        try:
            with transaction.atomic():
                MeetingDecision.objects.filter(pk=made.pk).update(**fields)
                went.add(new)
                transaction.set_rollback(True)
        except DatabaseError as refused:
            refusals.append(str(refused).lower())
    assert went == set(DECISION_TRANSITIONS[old])
    assert all("transition" in said for said in refusals), refusals
