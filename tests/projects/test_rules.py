"""Who may do what and who sees what, written down as tables: everybody who is not named may not, and sees nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from people import actors
from people.actors import Actor
from people.models import Organisation
from people.roles import Role
from projects import months, permissions, queries
from projects.actions import drafting, plans
from projects.models import MonthPlan, Project
from projects.states import PlanState, ProjectState, Side
from tenancy import clock, scope
from tests.factories.projects import drafted, noon, plan, project, speaker, this_month
from tests.factories.world import World

STREET = {"street_clerk", "street_leader"}
SIDES = {"property_manager", "committee", "neighbourhood"}
PLANNERS = STREET | SIDES | {"system"}
INSIDE = PLANNERS | {"property_staff", "county_clerk", "supervisor"}
FIRM = {"property_staff", "property_manager"}
BUREAU = {"department_handler", "department_lead"}
OF_THE_FIRM = {
    "change": PLANNERS,
    "start": FIRM,
    "report": FIRM,
    "deliver": FIRM,
    "say": {"resident"},
    "confirm": {"neighbourhood"},
    "send_back": {"neighbourhood"} | STREET,
    "close": STREET,
    "reopen": {"resident"} | PLANNERS,
}
PLANS = {
    "take_in": PLANNERS,
    "take_out": PLANNERS,
    "agree": SIDES,
    "propose": SIDES,
    "return": STREET,
    "publish": STREET,
    "close": STREET,
}


@pytest.fixture
def everybody(world: World) -> dict[str, Actor]:
    """One of each at home, the system, a visitor, and people who have the same roles elsewhere."""
    found = {role.value: world.actor(role) for role in Role}
    found |= {side.value: speaker(world, side) for side in (Side.COMMITTEE, Side.NEIGHBOURHOOD)}
    found |= {f"{role} elsewhere": world.actor(role, "county") for role in Role}
    found |= {f"{role} next door": world.actor(role, "sibling") for role in (Role.RESIDENT, Role.PROPERTY_MANAGER)}
    found["committee next door"] = speaker(world, Side.COMMITTEE, "sibling")
    return found | {"system": actors.system(), "visitor": actors.visitor("a-session")}


def those(everybody: dict[str, Actor], rule: Callable[[Actor], Any]) -> set[str]:
    with scope.everything(reason="tests: ask the rules"):
        return {name for name, actor in everybody.items() if rule(actor)}


def led_by(row: Project, kind: str) -> Project:
    """The same project carried out by somebody else, in memory only."""
    with scope.everything(reason="tests: look for an organisation"):
        row.lead = Organisation.objects.filter(kind=kind, name__endswith={"CM": "社区居委会", "UM": "城市管理局"}[kind]).get()
    return row


@pytest.mark.parametrize("name", [*OF_THE_FIRM])
def test_who_may_take_a_step_on_a_project_of_the_firm(world: World, everybody: dict[str, Actor], name: str) -> None:
    row = drafted(world)
    assert those(everybody, lambda actor: permissions.RULES[name](actor, row)) == OF_THE_FIRM[name]


def test_a_draft_is_dropped_by_whoever_plans_and_a_promise_by_the_street(world: World, everybody: dict[str, Actor]) -> None:
    row = drafted(world)
    assert those(everybody, lambda actor: permissions.may_drop(actor, row)) == PLANNERS
    for state in (ProjectState.PLANNED, ProjectState.WORKING):
        row.state = state
        assert those(everybody, lambda actor: permissions.may_drop(actor, row)) == STREET


def test_the_neighbourhood_committee_never_confirms_its_own_work(world: World, everybody: dict[str, Actor]) -> None:
    row = led_by(drafted(world), "CM")
    assert those(everybody, lambda actor: permissions.may_work(actor, row)) == {"neighbourhood"}
    assert those(everybody, lambda actor: permissions.may_confirm(actor, row)) == set()
    assert those(everybody, lambda actor: permissions.may_send_back(actor, row)) == STREET


def test_a_bureau_works_on_what_it_carries_out_and_reads_it_inside(world: World, everybody: dict[str, Actor]) -> None:
    row = drafted(world)
    assert those(everybody, lambda actor: permissions.reads_inside(actor, row)) == INSIDE
    row = led_by(row, "UM")
    assert those(everybody, lambda actor: permissions.may_work(actor, row)) == BUREAU
    assert those(everybody, lambda actor: permissions.reads_inside(actor, row)) == INSIDE | BUREAU


def test_drafts_are_read_by_whoever_plans_checks_or_watches(world: World, everybody: dict[str, Actor]) -> None:
    assert those(everybody, lambda actor: permissions.may_read_drafts(actor, world.area())) == INSIDE
    assert those(everybody, lambda actor: permissions.may_plan(actor, world.area())) == PLANNERS


@pytest.mark.parametrize("name", [*PLANS])
def test_who_may_take_a_step_on_a_plan(world: World, everybody: dict[str, Actor], name: str) -> None:
    row = plan(world, projects=0)
    assert those(everybody, lambda actor: permissions.PLAN_RULES[name](actor, row)) == PLANS[name]


def test_somebody_with_two_hats_speaks_for_both_sides(world: World) -> None:
    manager, committee = world.actor(Role.PROPERTY_MANAGER), speaker(world, Side.COMMITTEE)
    both = Actor(manager.user, manager.posts + committee.posts)
    with scope.everything(reason="tests: ask the rules"):
        assert set(permissions.sides_of(both, world.area())) == {Side.FIRM, Side.COMMITTEE}


@pytest.mark.parametrize("state", list(ProjectState))
def test_only_steps_of_the_present_state_are_offered(world: World, state: ProjectState) -> None:
    row = drafted(world)
    row.state = state
    offered = {
        ProjectState.DRAFTED: ["change", "drop"],
        ProjectState.PLANNED: ["drop"],
        ProjectState.WORKING: ["drop"],
        ProjectState.DELIVERED: ["send_back"],
        ProjectState.ACCEPTED: ["send_back", "close"],
        ProjectState.CLOSED: ["reopen"],
        ProjectState.DROPPED: [],
    }
    assert permissions.possible_actions(world.actor(Role.STREET_CLERK), row) == offered[state]


def seen(everybody: dict[str, Actor], row: Project) -> set[str]:
    return those(everybody, lambda actor: queries.visible_to(actor).filter(pk=row.pk).exists())


def plan_seen(everybody: dict[str, Actor], row: MonthPlan) -> set[str]:
    return those(everybody, lambda actor: queries.plans_visible_to(actor).filter(pk=row.pk).exists())


def test_residents_see_promises_also_broken_ones_and_nobody_elsewhere_anything(world: World, everybody: dict[str, Actor]) -> None:
    draft, dropped = drafted(world), project(world, ProjectState.DROPPED)
    assert seen(everybody, draft) == seen(everybody, dropped) == INSIDE
    promised = project(world, ProjectState.PLANNED)
    assert seen(everybody, promised) == INSIDE | {"resident"}
    clerk = world.actor(Role.STREET_CLERK)
    with scope.place(promised.area), clock.standing_at(noon(months.last_day(this_month()))):
        drafting.drop(promised.number, by=clerk, version=promised.version, text="改由市政实施")
        assert seen(everybody, promised) == INSIDE | {"resident"}
        held = MonthPlan.objects.get(items__project=promised)
        plans.close(held.area, held.month, by=clerk, version=held.version, review="小结", reasons={})
    assert seen(everybody, promised) == INSIDE | {"resident"}  # also after its month was closed


def test_a_bureau_sees_what_it_carries_out_once_it_is_promised(world: World, everybody: dict[str, Actor]) -> None:
    bureau = world.bureau("UM").pk
    assert seen(everybody, drafted(world, lead=bureau)) == INSIDE
    assert seen(everybody, project(world, ProjectState.PLANNED, lead=bureau)) == INSIDE | {"resident"} | BUREAU


def test_residents_see_plans_once_published_and_after_their_month(world: World, everybody: dict[str, Actor]) -> None:
    row = plan(world, PlanState.PROPOSED)
    assert plan_seen(everybody, row) == INSIDE
    clerk = world.actor(Role.STREET_CLERK)
    with scope.place(row.area), clock.standing_at(noon(months.last_day(this_month()))):
        row = plans.publish(row.area, row.month, by=clerk, version=row.version)
        assert plan_seen(everybody, row) == INSIDE | {"resident"}
        why = dict.fromkeys(row.items.values_list("project__number", flat=True), "续办")
        row = plans.close(row.area, row.month, by=clerk, version=row.version, review="小结", reasons=why)
    assert plan_seen(everybody, row) == INSIDE | {"resident"}
