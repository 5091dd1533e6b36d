"""What the worker does by itself: once for each compound and period, whoever asks how often."""

from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from notices.models import Notice
from people.roles import Role
from projects import figures, months
from projects.actions import jobs, work
from projects.models import JobRun, MonthFigures, Project, ProjectEvent
from projects.states import PlanState, ProjectState
from projects.tasks import sweep
from tenancy import areas, clock, scope
from tests.factories.acting import acting
from tests.factories.projects import noon, plan, project, this_month, whole
from tests.factories.world import PLACES, World


def on(day: date) -> AbstractContextManager[None]:
    return clock.standing_at(noon(day))


def told(kind: str) -> list[str]:
    """Who was told this of the compound at home, each as often as it was said."""
    with scope.place(PLACES["own"]):
        names = Notice.objects.filter(kind=kind, channel="bell").values_list("user__username", flat=True)
        return sorted(name.rsplit("_", 1)[0] for name in names)


def monday() -> date:
    return months.week_of(timezone.localdate())


FRIDAY, SUNDAY, NEXT_MONDAY = (timedelta(days=days) for days in (4, 6, 7))


def test_every_period_that_has_come_has_one_row_per_compound_whoever_asks_how_often(world: World) -> None:
    day = date(2026, 11, 27)  # a Friday, after the 25th
    assert jobs.make_rows(day) > 0
    assert jobs.make_rows(day) == 0
    with scope.place(world.area()):
        rows = set(JobRun.objects.values_list("job", "period"))
    weeks = {("silent", date(2026, 11, 16) - timedelta(weeks=back)) for back in range(jobs.BACK_WEEKS)}
    closing = {("plan_to_close", date(2026, 10, 1)), ("plan_to_close", date(2026, 9, 1))}
    this = {
        ("remind", date(2026, 11, 23)),
        ("plan_due", date(2026, 12, 1)),
        ("plan_missing", date(2026, 11, 1)),
        ("nightly", day),
    }
    assert rows == weeks | closing | this


def test_a_clock_that_goes_back_makes_nothing_anew(world: World) -> None:
    jobs.make_rows(date(2026, 11, 27))
    with scope.everything(reason="tests: count"):
        before = set(JobRun.objects.values_list("job", "period", "area"))
        jobs.make_rows(date(2026, 11, 26))
        added = set(JobRun.objects.values_list("job", "period", "area")) - before
    assert {job for job, _period, _area in added} == {"nightly"}  # a day that had none yet


def test_the_database_holds_one_row_of_each(world: World) -> None:
    with scope.place(world.area()):
        JobRun.objects.create(area=world.area(), job="remind", period=monday())
        with pytest.raises(DatabaseError), transaction.atomic():
            JobRun.objects.create(area=world.area(), job="remind", period=monday())


def test_a_piece_of_work_is_done_once(world: World) -> None:
    project(world, ProjectState.WORKING)
    with on(monday() + FRIDAY):
        jobs.make_rows(clock.today())
        claimed = jobs.claim(1000)
        assert sum(jobs.run(*row) for row in claimed) == len(claimed)
        assert not any(jobs.run(*row) for row in claimed)
        assert jobs.claim(1000) == []


def test_on_friday_those_who_are_silent_are_reminded_once(world: World) -> None:
    project(world, ProjectState.WORKING)
    with on(monday() + FRIDAY - timedelta(days=1)):
        sweep()
    assert told("project_lead_remind") == []
    for day in (FRIDAY, FRIDAY, SUNDAY):
        with on(monday() + day):
            sweep()
    assert told("project_lead_remind") == ["property_manager", "property_staff"]


def test_who_reported_is_not_reminded(world: World) -> None:
    row = project(world, ProjectState.WORKING)
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        work.report(row.number, by=manager, version=row.version, text="进场", percents={1: 10})
    with on(monday() + FRIDAY):
        sweep()
    assert told("project_lead_remind") == []


def test_a_silent_week_is_marked_and_the_street_hears_also_after_a_day_down(world: World) -> None:
    row = project(world, ProjectState.WORKING)
    with scope.place(row.area):
        assert not ProjectEvent.objects.filter(kind="silent").exists()
    began = timezone.localdate() - months.week_of(timezone.localdate())
    late_start = began > FRIDAY  # begun at a weekend, it owes no word for that week
    with on(monday() + NEXT_MONDAY + timedelta(days=1)):  # Monday itself was missed
        sweep()
        sweep()
    with scope.place(row.area):
        weeks = list(ProjectEvent.objects.filter(project=row, kind="silent").values_list("text", flat=True))
    assert weeks == ([] if late_start else [f"{monday()}"])
    assert ("street_clerk" in told("project_street_silent")) is not late_start


def test_plans_are_asked_for_missed_and_to_be_closed(world: World) -> None:
    row = plan(world, PlanState.PUBLISHED)
    following = months.after(row.month)
    with on(row.month + timedelta(days=24)):
        sweep()
    assert "property_manager" in told("plan_due")
    assert told("plan_missing") == []
    with on(following + timedelta(days=2)):
        sweep()
    assert "street_clerk" in told("plan_missing")
    assert "street_clerk" in told("plan_to_close")


def test_what_is_late_is_said_once(world: World) -> None:
    row = project(world, ProjectState.WORKING)
    for days in (1, 2, 3):
        with on(row.ends_on + timedelta(days=days)):
            sweep()
    assert told("project_lead_late") == ["property_manager", "property_staff"]
    assert told("project_street_late") == ["street_leader"] * 2  # the street has two


def test_work_that_fails_says_why_and_is_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(area: int, period: date, by: object) -> None:
        raise ValueError("broken on purpose")

    jobs.make_rows(timezone.localdate())
    monkeypatch.setitem(jobs.JOBS, "nightly", jobs.Job(lambda day: [day], fail))
    for row in jobs.claim(1000):
        jobs.run(*row)
    with scope.place(world.area()):
        (kept,) = JobRun.objects.filter(job="nightly")
        assert (kept.done_at, kept.tries, kept.problem) == (None, 1, "ValueError: broken on purpose")
        assert kept.try_after > timezone.now()


def test_the_figures_of_a_compound_a_street_and_a_county(world: World) -> None:
    month, today = this_month(), timezone.localdate()
    for place in ("own", "sibling", "county"):
        whole(world, place)
    with scope.everything(reason="tests: sums"):
        landed = Project.objects.get(area=world.area("sibling"))
        Project.objects.filter(pk=landed.pk).update(state=ProjectState.ACCEPTED)
        figures.roll_up(world.area("sibling"), month, today=today)
        street = figures.sums(areas.ancestor(world.area(), areas.Level.STREET), month)
        county = figures.sums(areas.ancestor(world.area("county"), areas.Level.COUNTY), month)
    assert (street.planned, street.landed, street.open, street.budget_fen) == (2, 1, 1, 600_000)
    assert (county.planned, county.landed) == (1, 0)
    with acting(world, Role.PROPERTY_MANAGER):  # the same question asked by a neighbour's firm
        assert figures.sums(areas.ancestor(world.area("county"), areas.Level.COUNTY), month).planned == 0


def test_702_planned_and_627_landed_reads_as_893_thousandths() -> None:
    assert figures.Sums(702, 627, 0, 0, 0).tenths_of_percent == 893
    assert figures.Sums(702, 627, 0, 0, 0).open == 75
    assert figures.Sums(0, 0, 0, 0, 0).tenths_of_percent == 0
    assert figures.Sums(3, 2, 0, 0, 0).tenths_of_percent == 667


def test_a_month_without_a_published_plan_has_no_figures(world: World) -> None:
    plan(world, PlanState.PROPOSED)
    with scope.place(world.area()):
        figures.roll_up(world.area(), this_month(), today=timezone.localdate())
        assert not MonthFigures.objects.exists()


def test_the_rows_of_daily_work_that_is_done_do_not_pile_up(world: World) -> None:
    old = timezone.localdate() - timedelta(days=jobs.KEEP_DAYS + 1)
    with scope.place(world.area()):
        JobRun.objects.create(area=world.area(), job="nightly", period=old, done_at=timezone.now())
        JobRun.objects.create(area=world.area(), job="nightly", period=old - timedelta(days=1))
    jobs.make_rows(timezone.localdate())
    with scope.place(world.area()):
        kept = set(JobRun.objects.filter(period__lt=timezone.localdate(), job="nightly").values_list("period", flat=True))
    assert kept == {old - timedelta(days=1)}  # what was never done stays in sight
