"""Re-checks: they carry only what failed, decide on it when they are over, and count as no visit of their own."""

from collections.abc import Iterator

import pytest

from enforcement import visit_queries
from enforcement.actions import rechecks, visits
from enforcement.finding_states import FindingState
from enforcement.models import Finding, Line, Visit
from enforcement.visit_states import Result, VisitKind, VisitState
from people.roles import Role
from tenancy import clock, scope
from tenancy.refusals import NotAllowed, Refusal
from tests.factories import findings as factory
from tests.factories import visits as visit_factory
from tests.factories.checks import county_of
from tests.factories.findings import again, officer, to_look_at
from tests.factories.world import World


@pytest.fixture(autouse=True)
def _in_the_county(world: World) -> Iterator[None]:
    with scope.place(county_of(world)):
        yield


def ended(world: World, visit: Visit, result: Result | None) -> Visit:
    """The re-check, with this result of its only item, signed."""
    (line,) = Line.objects.filter(visit=visit)
    if result is not None:
        visit_factory.field.take(visit.number, [visit_factory.said(line, result, text="看过")], by=officer(world))
    fresh = Visit.objects.get(pk=visit.pk)
    return visits.sign(visit.number, world.bureaus["UM", "own"], by=officer(world), version=fresh.version)


def carried(world: World) -> tuple[Finding, Visit]:
    row = to_look_at(world)
    factory.concluded_with(world, row)
    return row, factory.recheck(world, row)


def test_it_carries_only_what_failed_and_is_no_further_visit(world: World) -> None:
    row, visit = carried(world)
    assert (visit.kind, visit.recheck_of_id) == (VisitKind.RECHECK, row.visit_id)
    assert [line.item.code for line in Line.objects.filter(visit=visit)] == [row.item.code]
    assert visit_queries.visits_near(row.area, clock.today(), 90).count() == 1


@pytest.mark.parametrize(
    ("result", "state"),
    [(Result.PASS, FindingState.ACCEPTED), (Result.VIOLATION, FindingState.ORDERED), (None, FindingState.RECHECK)],
)
def test_its_results_decide(world: World, result: Result | None, state: FindingState) -> None:
    row, visit = carried(world)
    assert ended(world, visit, result).state == VisitState.CONCLUDED
    row = again(row)
    assert row.state == state
    if state == FindingState.ACCEPTED:
        assert visit.number in row.end_words
    if state == FindingState.ORDERED:
        assert (row.rounds, row.recheck_id) == (1, visit.pk)
    if state == FindingState.RECHECK:
        assert row.recheck_id is None


def test_called_off_lets_go_of_what_it_carried(world: World) -> None:
    row = to_look_at(world)
    before = factory.concluded_with(world, row)
    clerk = world.actor(Role.STREET_CLERK)
    visit = rechecks.plan(
        before.number,
        by=clerk,
        findings=[row.number],
        lead=world.streets["own"],
        planned_on=clock.today(),
        reason="复查",
        announced=True,
    )
    assert again(row).recheck_id == visit.pk
    assert rechecks.to_look_at(clerk, before) == []
    visits.call_off(visit.number, by=clerk, version=visit.version, reason="下雨")
    assert again(row).recheck_id is None
    assert rechecks.to_look_at(clerk, before) == [again(row)]


def test_only_what_waits_is_planned_and_by_whoever_may_plan(world: World) -> None:
    row = factory.answered(world)
    before = factory.concluded_with(world, row)
    said = {"lead": world.streets["own"], "planned_on": clock.today(), "reason": "复查", "announced": True}
    with pytest.raises(Refusal) as refused:
        rechecks.plan(before.number, by=world.actor(Role.STREET_CLERK), findings=[row.number], **said)
    assert refused.value.field == "findings"
    with pytest.raises(NotAllowed):
        rechecks.plan(before.number, by=world.actor(Role.SUPERVISOR), findings=[row.number], **said)
    assert Visit.objects.filter(kind=VisitKind.RECHECK).count() == 0
