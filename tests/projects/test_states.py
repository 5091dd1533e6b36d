"""The lives of projects and plans are sound, drawn as they are, and held by the database."""

import inspect
import re
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import override_settings
from django.utils import timezone

from people.roles import Role
from projects import permissions
from projects.actions import acceptance, drafting, plans, work
from projects.models import MonthPlan, Project
from projects.states import (
    PLAN_EDGES,
    PLAN_FINAL,
    PLAN_FIRST,
    PLAN_POSSIBLE,
    PLAN_TRANSITIONS,
    POSSIBLE,
    PROJECT_EDGES,
    PROJECT_FINAL,
    PROJECT_FIRST,
    PROJECT_TRANSITIONS,
    PlanState,
    ProjectState,
    Side,
)
from tenancy import clock, scope
from tests.factories.projects import drafted, plan, speaker
from tests.factories.world import World

LIVES = [(PROJECT_FIRST, PROJECT_TRANSITIONS, PROJECT_FINAL), (PLAN_FIRST, PLAN_TRANSITIONS, PLAN_FINAL)]
CALLED_OTHERWISE = {"return": plans.give_back}
DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize(("first", "transitions", "final"), LIVES, ids=["project", "plan"])
def test_every_state_is_reached_and_only_final_ones_are_dead_ends(first, transitions, final) -> None:
    found, frontier = {first}, [first]
    while frontier:
        fresh = transitions[frontier.pop()] - found
        found |= fresh
        frontier += fresh
    assert found == set(transitions)
    assert {state for state, to in transitions.items() if not to} == final


def test_every_step_has_an_action_and_a_rule() -> None:
    assert set(POSSIBLE) == set(permissions.RULES)
    assert set(PLAN_POSSIBLE) == set(permissions.PLAN_RULES)
    modules = (acceptance, drafting, work)
    for name in POSSIBLE:
        action = next(getattr(module, name) for module in modules if hasattr(module, name))
        assert inspect.signature(action).parameters["version"].kind is inspect.Parameter.KEYWORD_ONLY
    for name in PLAN_POSSIBLE:
        action = CALLED_OTHERWISE.get(name) or getattr(plans, name)
        assert inspect.signature(action).parameters["by"].kind is inspect.Parameter.KEYWORD_ONLY


def test_every_step_has_somebody_who_may_take_it_and_administrators_take_none(world: World) -> None:
    row, month = drafted(world), plan(world)
    people = [world.actor(role) for role in Role] + [speaker(world, side) for side in Side]
    administrators = [world.actor(role) for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SUPERVISOR)]
    for rule in permissions.RULES.values():
        assert any(rule(actor, row) for actor in people)
        assert not any(rule(actor, row) for actor in administrators)
    for check in permissions.PLAN_RULES.values():
        assert any(check(actor, month) for actor in people)
        assert not any(check(actor, month) for actor in administrators)


@pytest.mark.parametrize("old", list(ProjectState))
@pytest.mark.parametrize("new", list(ProjectState))
def test_the_database_refuses_every_other_step_of_a_project(world: World, old: ProjectState, new: ProjectState) -> None:
    row = drafted(world)
    with scope.place(world.area()), connection.cursor() as cursor:
        fields = {"state": old, "closed_at": timezone.now(), "warranty_until": timezone.localdate()}
        for step in way(PROJECT_FIRST, old):
            Project.objects.filter(pk=row.pk).update(**fields | {"state": step})
        try:
            with transaction.atomic():
                cursor.execute("UPDATE projects_project SET state = %s WHERE id = %s", [new, row.pk])
            went = True
        except DatabaseError:
            went = False
    assert went == (new in PROJECT_TRANSITIONS[old] or new == old)


def way(first: ProjectState, to: ProjectState) -> list[ProjectState]:
    """The shortest way from the first state."""
    ways = {first: [first]}
    frontier = [first]
    while to not in ways:
        here = frontier.pop(0)
        for new in PROJECT_TRANSITIONS[here]:
            if new not in ways:
                ways[new] = [*ways[here], new]
                frontier.append(new)
    return ways[to]


def test_the_database_refuses_to_skip_the_street(world: World) -> None:
    row = plan(world)
    for new in (PlanState.PUBLISHED, PlanState.CLOSED):
        with scope.place(world.area()), pytest.raises(DatabaseError), transaction.atomic():
            MonthPlan.objects.filter(pk=row.pk).update(state=new)


@pytest.mark.parametrize("edges", [PROJECT_EDGES, PLAN_EDGES], ids=["project", "plan"])
def test_the_drawn_life_is_the_real_one(edges) -> None:
    text = (DOCS / "projects.md").read_text(encoding="utf-8")
    drawn = set(re.findall(r"^  (\w+) --> (\w+): (\w+)$", text, re.M))
    assert {(edge.old.value, edge.new.value, edge.action) for edge in edges} <= drawn
    assert len(drawn) == len(PROJECT_EDGES) + len(PLAN_EDGES)


def test_the_clock_never_stands_still_in_production() -> None:
    with override_settings(IS_PRODUCTION=True), pytest.raises(RuntimeError), clock.standing_at(timezone.now()):
        pass
    with clock.standing_at(moment := timezone.now()):
        assert clock.now() == moment
    assert clock._standing.get() is None
