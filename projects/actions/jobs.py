"""What the worker does by itself: reminders, marks and figures, once for each compound and period.

The row is the job (`JobRun`): there is one for each (job, period, compound), and what it does commits with it, so several
beats, a lost message or a clock that was moved change nothing. A sweep makes the rows of periods that have come, also of
those that passed while everything was down, and does what is not done.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import Q

from people.actors import Actor, system
from people.queries import holders
from people.roles import OF_AN_ORGANISATION, STREET, Role
from projects import figures, months
from projects.actions import telling
from projects.actions.plans import planners
from projects.actions.step import note
from projects.models import JobRun, MonthPlan, Project, WeekReport
from projects.states import PROMISED, EventKind, PlanState, ProjectState
from tenancy import clock, scope

FRIDAY = 4
PLAN_BY = 25
"""Day of the month by which the next month's plan should be with the street (own)."""
CLOSE_BY = 3
"""Day of the month by which the month before should be closed (own)."""
MOST_TRIES = 8
BACK_WEEKS, BACK_MONTHS = 4, 2
"""How far back what was missed is made good (own): older reminders help nobody."""
KEEP_DAYS = 40
"""How long the rows of daily work that is done are kept."""


@dataclass(frozen=True)
class Job:
    """A kind of work: the periods that have come by a day, newest first, and what to do for one compound and period."""

    periods: Callable[[date], list[date]]
    work: Callable[[int, date, Actor], None]


def due(today: date) -> Iterator[tuple[str, date]]:
    """Every (job, period) that has come by this day and is not too old."""
    for name, job in JOBS.items():
        for period in job.periods(today):
            yield name, period


def make_rows(today: date) -> int:
    """Make the rows that are missing, for every compound; returns how many were made."""
    made = 0
    with scope.everything(reason="make the rows of the projects' jobs"), connection.cursor() as cursor:
        for job, period in due(today):
            cursor.execute(
                """INSERT INTO projects_jobrun (area, job, period, tries, problem)
                   SELECT area, %s, %s, 0, '' FROM communities_compound compound
                    WHERE NOT EXISTS (SELECT 1 FROM projects_jobrun kept
                                       WHERE kept.job = %s AND kept.period = %s AND kept.area = compound.area)
                       ON CONFLICT (job, period, area) DO NOTHING""",
                [job, period, job, period],
            )
            made += cursor.rowcount
        JobRun.objects.filter(job=NIGHTLY, period__lt=today - timedelta(days=KEEP_DAYS), done_at__isnull=False).delete()
    return made


CLAIM = """
UPDATE projects_jobrun SET tries = tries + 1,
       try_after = statement_timestamp() + LEAST(interval '30 seconds' * power(2, LEAST(tries, 10)), interval '1 hour')
 WHERE id IN (SELECT id FROM projects_jobrun
               WHERE done_at IS NULL AND tries < %s AND try_after <= statement_timestamp()
               ORDER BY try_after LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING id, area
"""


def claim(most: int) -> list[tuple[int, int]]:
    """Take up to so many rows that wait: (id, area). The try is counted and committed first."""
    with transaction.atomic(), scope.everything(reason="claim the projects' jobs"), connection.cursor() as cursor:
        cursor.execute(CLAIM, [MOST_TRIES, most])
        return list(cursor.fetchall())


def run(job_id: int, area: int) -> bool:
    """Do one claimed piece of work and mark it done, in one transaction; False when another worker did it."""
    try:
        with transaction.atomic(), scope.place(area):
            row = JobRun.objects.select_for_update(skip_locked=True).filter(pk=job_id, done_at=None).first()
            if row is None:
                return False
            JOBS[row.job].work(area, row.period, system())
            row.done_at, row.problem = clock.now(), ""
            row.save(update_fields=["done_at", "problem"])
            return True
    except Exception as problem:  # whatever it is, the row says so and is tried again, later and later
        with transaction.atomic(), scope.place(area):
            JobRun.objects.filter(pk=job_id).update(problem=f"{type(problem).__name__}: {problem}"[:200])
        return False


def _weeks(today: date) -> list[date]:
    this = months.week_of(today)
    return [this - timedelta(weeks=back) for back in range(BACK_WEEKS)]


def _friday_weeks(today: date) -> list[date]:
    """This week from Friday on; a reminder of a week that is over would come too late."""
    return [months.week_of(today)] if today.weekday() >= FRIDAY else []


def _past_weeks(today: date) -> list[date]:
    return [week - timedelta(weeks=1) for week in _weeks(today)]


def _plan_months(today: date) -> list[date]:
    this = months.month_of(today)
    return [months.after(this)] if today.day >= PLAN_BY else []


def _begun_months(today: date) -> list[date]:
    return [months.month_of(today)]


def _ended_months(today: date) -> list[date]:
    this = months.month_of(today)
    first = 1 if today.day >= CLOSE_BY else 2
    return [months.after(this, -back) for back in range(first, BACK_MONTHS + 1)]


def _working(area: int) -> list[Project]:
    return list(Project.objects.filter(area=area, state=ProjectState.WORKING).select_related("compound", "lead").order_by("pk"))


def _without_word(area: int, week: date) -> list[Project]:
    """Projects at work of which nothing was reported in that week, and that were at work before its Friday."""
    said = WeekReport.objects.filter(area=area, week=week).values("project")
    began = Q(events__kind=EventKind.STARTED, events__at__date__lte=week + timedelta(days=FRIDAY))
    rows = Project.objects.filter(began, area=area, state=ProjectState.WORKING).exclude(pk__in=said)
    return list(rows.select_related("compound", "lead").distinct().order_by("pk"))


def remind(area: int, week: date, by: Actor) -> None:
    """周五提醒: ask for the week's word."""
    for project in _without_word(area, week):
        people = holders(OF_AN_ORGANISATION, area, organisation=project.lead)
        telling.tell_once(people, "project_lead_remind", project, once=f"{week}")


def mark_silent(area: int, week: date, by: Actor) -> None:
    """Write on the timeline that a week passed without a word, and tell the lead and the street."""
    for project in _without_word(area, week):
        note(project, EventKind.SILENT, by=by, old=project.state, text=f"{week}")
        telling.tell(project, EventKind.SILENT, once=f"{week}")


def ask_for_plan(area: int, month: date, by: Actor) -> None:
    """Next month's plan should be with the street by now."""
    plan = MonthPlan.objects.filter(area=area, month=month).select_related("compound").first()
    if plan is None or plan.state == PlanState.DRAFTING:
        telling.tell_month(planners(area), "plan_due", area, month)


def miss_plan(area: int, month: date, by: Actor) -> None:
    """The month has begun: without a published plan, the street is told."""
    if not MonthPlan.objects.filter(area=area, month=month, state__in=sorted(PROMISED)).exists():
        telling.tell_month([*holders(STREET, area), *planners(area)], "plan_missing", area, month)


def ask_to_close(area: int, month: date, by: Actor) -> None:
    if MonthPlan.objects.filter(area=area, month=month, state=PlanState.PUBLISHED).exists():
        telling.tell_month(holders(STREET, area), "plan_to_close", area, month)


def nightly(area: int, day: date, by: Actor) -> None:
    """Roll up the figures of this month, the last, and every other that is not closed; say once what has become late."""
    this = months.month_of(day)
    open_ones = MonthPlan.objects.filter(area=area, state=PlanState.PUBLISHED).values_list("month", flat=True)
    for month in sorted({months.after(this, -1), this, *open_ones}):
        figures.roll_up(area, month, today=day)
    late = Project.objects.filter(area=area, state__in=["planned", "working"], ends_on__lt=day).select_related("compound", "lead")
    for project in late.order_by("pk"):
        once = f"{project.ends_on}"
        telling.tell_once(holders(OF_AN_ORGANISATION, area, organisation=project.lead), "project_lead_late", project, once=once)
        telling.tell_once(holders([Role.STREET_LEADER], area), "project_street_late", project, once=once)


NIGHTLY = "nightly"
JOBS = {
    "remind": Job(_friday_weeks, remind),
    "silent": Job(_past_weeks, mark_silent),
    "plan_due": Job(_plan_months, ask_for_plan),
    "plan_missing": Job(_begun_months, miss_plan),
    "plan_to_close": Job(_ended_months, ask_to_close),
    NIGHTLY: Job(lambda today: [today], nightly),
}
