"""What counts as late, silent and landed, and on which days the worker has work: the last day before, and the first."""

from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from django.utils import timezone

from complaints.states import State
from notices.models import Notice
from people.roles import Role
from projects import figures, months
from projects.actions import acceptance, jobs, plans, work
from projects.listing import Filters, Only, listed
from projects.models import JobRun, MonthFigures, PlanItem, Project, ProjectEvent
from projects.states import PlanState, ProjectState
from projects.tasks import sweep
from tenancy import clock, scope
from tests.factories.acting import acting
from tests.factories.projects import drafted, noon, plan, project, this_month
from tests.factories.tickets import ticket
from tests.factories.world import PLACES, World


def on(day: date) -> AbstractContextManager[None]:
    return clock.standing_at(noon(day))


def told(kind: str) -> list[str]:
    """Who was told this of the compound at home, each as often as it was said."""
    with scope.place(PLACES["own"]):
        names = Notice.objects.filter(kind=kind, channel="bell").values_list("user__username", flat=True)
        return sorted(name.rsplit("_", 1)[0] for name in names)


def counted(world: World, today: date, month: date | None = None) -> dict[str, int]:
    """The rolled-up figures, which must be what the lists of the month show."""
    month = month or this_month()
    with scope.place(world.area()):
        figures.roll_up(world.area(), month, today=today)
        row = MonthFigures.objects.get(month=month)
    found = {"open": row.planned - row.landed, "landed": row.landed, "late": row.late, "silent": row.silent}
    with acting(world, Role.STREET_CLERK) as clerk:
        shown = {only.value: listed(clerk, Filters(month=month, only=only), today).count() for only in Only}
    assert shown == found
    return found


def test_late_is_what_is_past_its_day_and_neither_landed_nor_dropped(world: World) -> None:
    row = project(world, ProjectState.WORKING)
    assert counted(world, row.ends_on)["late"] == 0
    assert counted(world, row.ends_on + timedelta(days=1))["late"] == 1
    with scope.place(row.area):
        Project.objects.filter(pk=row.pk).update(state=ProjectState.DROPPED)
    assert counted(world, row.ends_on + timedelta(days=1)) == {"open": 1, "landed": 0, "late": 0, "silent": 0}


def test_what_has_landed_is_never_late_nor_silent(world: World) -> None:
    row = project(world, ProjectState.ACCEPTED)
    assert counted(world, row.ends_on + timedelta(days=9)) == {"open": 0, "landed": 1, "late": 0, "silent": 0}
    with acting(world, Role.STREET_CLERK) as clerk:
        late = listed(clerk, Filters(only=Only.LATE), row.ends_on + timedelta(days=9))
        assert not late.exists()


def test_silent_is_what_is_under_way_without_a_word_last_week_or_this(world: World) -> None:
    row = project(world, ProjectState.WORKING)
    today = timezone.localdate()
    assert counted(world, today)["silent"] == 1
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        work.report(row.number, by=manager, version=row.version, text="到货", percents={1: 10})
    monday = months.week_of(today)
    for days, silent in ((0, 0), (13, 0), (14, 1)):
        assert counted(world, monday + timedelta(days=days))["silent"] == silent, days
    with scope.place(row.area):
        Project.objects.filter(pk=row.pk).update(state=ProjectState.DELIVERED)
    assert counted(world, monday + timedelta(days=14))["silent"] == 0  # its residents have the word


def test_what_a_closed_month_said_stays_whatever_becomes_of_the_project(world: World) -> None:
    landed, left = project(world, ProjectState.CLOSED), drafted(world, title="第二件")
    month, end = this_month(), months.last_day(this_month())
    with scope.place(world.area()):
        held = plans.queries.plan(world.actor(Role.STREET_CLERK), world.area(), month)
        item = {"area": held.area, "plan": held, "project": left, "added_by_id": world.users[Role.STREET_CLERK, "own"]}
        PlanItem.objects.create(**item)
        for state in (ProjectState.PLANNED, ProjectState.WORKING):
            Project.objects.filter(pk=left.pk).update(state=state)
    with on(end), acting(world, Role.STREET_CLERK) as clerk:
        plans.close(held.area, month, by=clerk, version=held.version, review="小结", reasons={left.number: "雨天"})
        acceptance.reopen(landed.number, by=clerk, version=landed.version, text="又坏了")
    with scope.place(world.area()):
        for state in (ProjectState.DELIVERED, ProjectState.ACCEPTED):
            Project.objects.filter(pk=left.pk).update(state=state)
    assert counted(world, end) == {"open": 1, "landed": 1, "late": 0, "silent": 0}
    with acting(world, Role.STREET_CLERK) as clerk:
        rows = {row.month: (row.planned, row.landed) for row in plans.queries.months_of(clerk, world.area())}
    assert rows == {month: (2, 1), months.after(month): (1, 1)}


def test_a_plan_that_is_not_published_is_in_no_month_and_its_figures_go(world: World) -> None:
    row = plan(world, PlanState.PROPOSED)
    with acting(world, Role.STREET_CLERK) as clerk:
        assert not listed(clerk, Filters(month=row.month), timezone.localdate()).exists()
    with scope.place(row.area):
        MonthFigures.objects.create(area=row.area, month=row.month, planned=9, landed=9, late=0, silent=0, counted_at=clock.now())
        figures.roll_up(row.area, row.month, today=timezone.localdate())
        assert not MonthFigures.objects.exists()


def test_half_a_tenth_of_a_percent_is_rounded_up() -> None:
    assert figures.Sums(2000, 1, 0, 0, 0).tenths_of_percent == 1
    assert figures.Sums(2001, 1, 0, 0, 0).tenths_of_percent == 0
    assert figures.Sums(8, 1, 0, 0, 0).tenths_of_percent == 125


def test_months_go_over_the_new_year_both_ways() -> None:
    assert months.after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert months.after(date(2026, 1, 1), -1) == date(2025, 12, 1)
    assert months.after(date(2026, 11, 1), 14) == date(2028, 1, 1)
    assert months.after(date(2026, 2, 1), -14) == date(2024, 12, 1)
    assert months.last_day(date(2028, 2, 1)) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("day", "job", "newest"),
    [
        (date(2026, 11, 19), "remind", None),  # a Thursday
        (date(2026, 11, 20), "remind", date(2026, 11, 16)),
        (date(2026, 11, 22), "remind", date(2026, 11, 16)),
        (date(2026, 11, 23), "remind", None),
        (date(2026, 11, 22), "silent", date(2026, 11, 9)),
        (date(2026, 11, 23), "silent", date(2026, 11, 16)),
        (date(2026, 12, 24), "plan_due", None),
        (date(2026, 12, 25), "plan_due", date(2027, 1, 1)),
        (date(2026, 12, 1), "plan_missing", date(2026, 12, 1)),
        (date(2027, 1, 2), "plan_to_close", date(2026, 11, 1)),
        (date(2027, 1, 3), "plan_to_close", date(2026, 12, 1)),
        (date(2026, 12, 31), "nightly", date(2026, 12, 31)),
    ],
)
def test_each_job_has_its_days(day: date, job: str, newest: date | None) -> None:
    assert next((period for name, period in jobs.due(day) if name == job), None) == newest


def test_work_that_failed_eight_times_waits_for_somebody_to_look(world: World) -> None:
    with scope.place(world.area()):
        given_up = JobRun.objects.create(area=world.area(), job="nightly", period=date(2026, 11, 1), tries=jobs.MOST_TRIES)
        waits = {"try_after": timezone.now() + timedelta(hours=1)}
        later = JobRun.objects.create(area=world.area(), job="nightly", period=date(2026, 11, 2), **waits)
        last = JobRun.objects.create(area=world.area(), job="nightly", period=date(2026, 11, 3), tries=7)
    claimed = {pk for pk, _area in jobs.claim(1000)}
    assert last.pk in claimed
    assert not claimed & {given_up.pk, later.pk}


@pytest.mark.parametrize(("began", "weeks"), [(0, 2), (4, 2), (5, 1)])
def test_a_week_without_a_word_is_marked_when_work_had_begun_by_its_friday(world: World, began: int, weeks: int) -> None:
    monday = months.week_of(this_month() + timedelta(days=13))
    reported = ticket(world, State.ACCEPTED)
    with on(monday + timedelta(days=began)):
        row = project(world, ProjectState.WORKING, tickets=[reported.number])
    for day in (7, 14):
        with on(monday + timedelta(days=day)):
            sweep()
    with scope.place(row.area):
        said = list(ProjectEvent.objects.filter(project=row, kind="silent").order_by("pk").values_list("text", flat=True))
    assert said == [f"{monday + timedelta(days=each)}" for each in (0, 7)][2 - weeks :]
    assert told("project_street_silent").count("street_clerk") == weeks * 2  # the street has two of each
    assert told("project_lead_silent") == ["property_manager"] * weeks + ["property_staff"] * weeks
    assert told("project_silent") == []  # whoever reported it hears of steps, not of silence


@pytest.mark.parametrize(
    ("state", "due", "missing", "to_close"),
    [
        (None, True, True, False),
        (PlanState.DRAFTING, True, True, False),
        (PlanState.PROPOSED, False, True, False),
        (PlanState.PUBLISHED, False, False, True),
    ],
)
def test_of_a_plan_is_asked_what_it_lacks(
    world: World, state: PlanState | None, due: bool, missing: bool, to_close: bool
) -> None:
    month = this_month()
    if state is not None:
        plan(world, state)
    with scope.place(world.area()):
        system = jobs.system()
        jobs.ask_for_plan(world.area(), month, system)
        jobs.miss_plan(world.area(), month, system)
        jobs.ask_to_close(world.area(), month, system)
    assert bool(told("plan_due")) is due
    assert bool(told("plan_missing")) is missing
    assert bool(told("plan_to_close")) is to_close


def test_a_month_that_is_closed_is_not_asked_for_again(world: World) -> None:
    row = project(world, ProjectState.ACCEPTED)
    with on(months.last_day(this_month())), acting(world, Role.STREET_CLERK) as clerk:
        held = plans.queries.plan(clerk, row.area, this_month())
        plans.close(held.area, held.month, by=clerk, version=held.version, review="小结", reasons={})
    with scope.place(row.area):
        for ask in (jobs.ask_for_plan, jobs.miss_plan, jobs.ask_to_close):
            ask(row.area, this_month(), jobs.system())
    assert told("plan_due") + told("plan_missing") + told("plan_to_close") == []


@pytest.mark.parametrize(
    ("state", "days", "late"),
    [
        (ProjectState.PLANNED, 1, True),
        (ProjectState.WORKING, 1, True),
        (ProjectState.WORKING, 0, False),
        (ProjectState.DELIVERED, 1, False),
    ],
)
def test_what_is_not_delivered_by_its_day_is_late_the_day_after(world: World, state: ProjectState, days: int, late: bool) -> None:
    row = project(world, state)
    with scope.place(row.area):
        jobs.nightly(row.area, row.ends_on + timedelta(days=days), jobs.system())
    assert bool(told("project_lead_late")) is late


def test_the_night_counts_this_month_and_the_last(world: World) -> None:
    project(world, ProjectState.WORKING)
    with scope.place(world.area()):
        jobs.nightly(world.area(), months.after(this_month()), jobs.system())
        assert [row.month for row in MonthFigures.objects.all()] == [this_month()]
