"""Two people at once on one project or plan: one wins, the other is told. Real connections, real locks."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from people.roles import Role
from projects import months
from projects.actions import plans, work
from projects.models import MonthPlan, PlanItem, ProjectEvent
from projects.states import PlanState, ProjectState, Side
from tenancy import clock, scope
from tenancy.refusals import Refusal
from tests.factories.acting import acting
from tests.factories.projects import drafted, noon, plan, project, speaker, this_month
from tests.factories.world import World

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def at_once(calls: list[Callable[[], object]]) -> list[str]:
    """Run all calls in threads of their own, let go at the same moment; how each ended."""
    barrier = threading.Barrier(len(calls))
    ends = ["hung"] * len(calls)

    def run(number: int) -> None:
        try:
            barrier.wait(timeout=30)
            calls[number]()
            ends[number] = "done"
        except Refusal as refused:
            ends[number] = refused.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(ends)


def test_of_reports_from_the_same_page_one_counts(transactional_db: None, world: World) -> None:
    row = project(world, ProjectState.WORKING)

    def report() -> None:
        with acting(world, Role.PROPERTY_MANAGER) as manager:
            work.report(row.number, by=manager, version=row.version, text="到货", percents={1: 10})

    assert at_once([report] * 6) == ["done"] + ["stale_version"] * 5
    with scope.place(row.area):
        assert ProjectEvent.objects.filter(project=row, kind="reported").count() == 1


def test_of_sides_that_agree_from_the_same_page_one_counts(transactional_db: None, world: World) -> None:
    row = plan(world)
    sides = [speaker(world, side) for side in Side]

    def agree(number: int) -> None:
        with scope.limited_to(sides[number].scope):
            plans.agree(row.area, row.month, by=sides[number], version=row.version)

    assert at_once([lambda n=n: agree(n) for n in range(3)]) == ["done", "stale_version", "stale_version"]


def test_what_is_carried_over_does_not_undo_what_is_done_to_the_next_month_meanwhile(
    transactional_db: None, world: World
) -> None:
    row = project(world, ProjectState.WORKING)
    end, following = noon(months.last_day(this_month())), months.after(this_month())
    extra = drafted(world, title="下月")
    with acting(world, Role.STREET_CLERK) as clerk:
        held, after = plans.queries.plan(clerk, row.area, this_month()), plans.open_month(row.area, following, by=clerk)

    def close() -> None:
        with clock.standing_at(end), acting(world, Role.STREET_CLERK) as clerk:
            why = {row.number: "雨天"}
            plans.close(held.area, held.month, by=clerk, version=held.version, review="小结", reasons=why)

    def take_in() -> None:
        with acting(world, Role.PROPERTY_MANAGER) as manager:
            plans.take_in(row.area, following, extra.number, by=manager, version=after.version)

    ends = at_once([close, take_in])
    with scope.place(row.area):
        kept = MonthPlan.objects.get(month=following)
        changes = PlanItem.objects.filter(plan=kept).count()
        assert MonthPlan.objects.get(pk=held.pk).state == PlanState.CLOSED
    assert ends in (["done", "done"], ["done", "stale_version"])
    assert (kept.version, kept.revision) == (after.version + changes, after.revision + changes)
