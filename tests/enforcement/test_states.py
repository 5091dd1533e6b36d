"""The life of a check list is sound, drawn as it is, and held by the database."""

import re
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from enforcement.actions import check_lists
from enforcement.models import CheckList
from enforcement.states import LIST_FINAL, LIST_FIRST, LIST_TRANSITIONS, PUBLIC_LISTS, ListState
from people.roles import Role
from tests.factories.checks import draft, proposed, published, second_clerk
from tests.factories.world import World

DOCS = Path(__file__).resolve().parents[2] / "docs"
EDGES = {(old.value, new.value, action) for old, to in LIST_TRANSITIONS.items() for new, action in to.items()}


def test_every_state_is_reached_and_only_final_ones_are_dead_ends() -> None:
    found, frontier = {LIST_FIRST}, [LIST_FIRST]
    while frontier:
        fresh = set(LIST_TRANSITIONS[frontier.pop()]) - found
        found |= fresh
        frontier += fresh
    assert found == set(ListState)
    assert {state for state, to in LIST_TRANSITIONS.items() if not to} == LIST_FINAL


def test_every_step_is_an_action_and_drawn() -> None:
    assert all(callable(getattr(check_lists, action)) for _old, _new, action in EDGES)
    drawn = re.findall(r"^  (\w+) --> (\w+): (\w+)$", (DOCS / "enforcement.md").read_text(encoding="utf-8"), re.M)
    assert set(drawn) == EDGES


def standing(world: World, state: ListState) -> CheckList:
    """A version in this state, by the actions."""
    clerk = world.actor(Role.COUNTY_CLERK)
    match state:
        case ListState.DRAFT:
            return draft(world)
        case ListState.PROPOSED:
            return proposed(world)
        case ListState.WITHDRAWN:
            row = draft(world)
            return check_lists.withdraw(row.pk, by=clerk, revision=row.revision)
        case _:
            row = published(world)
            if state == ListState.RETIRED:
                newer = check_lists.draft(area=row.area, by=clerk)
                newer = check_lists.propose(newer.pk, by=clerk, revision=newer.revision)
                check_lists.publish(newer.pk, by=second_clerk(world), revision=newer.revision)
            return CheckList.objects.get(pk=row.pk)


@pytest.mark.parametrize("old", list(ListState))
def test_the_database_refuses_every_other_step(world: World, old: ListState) -> None:
    row, second = standing(world, old), second_clerk(world).id
    assert row.state == old
    went, refusals = set(), list[str]()
    for new in set(ListState) - {old}:
        public = new in PUBLIC_LISTS
        fields = {
            "state": new,
            "proposed_by": row.created_by_id,
            "proposed_at": row.created_at,
            "published_by": second if public else None,
            "published_at": row.created_at if public else None,
        }
        try:
            with transaction.atomic():
                CheckList.objects.filter(pk=row.pk).update(**fields)
                went.add(new)
                transaction.set_rollback(True)
        except DatabaseError as refused:
            refusals.append(str(refused).lower())
    assert went == set(LIST_TRANSITIONS[old])
    assert all("transition" in said for said in refusals), refusals
