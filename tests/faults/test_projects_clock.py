"""Three beats, workers whose clocks disagree by a day and a month, and a week down: all work of projects is done once."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import cycle

import pytest
from django.utils import timezone

from projects import months
from projects.actions import jobs
from tests.faults.installation import Installation, wait_until
from tests.faults.test_beats import BEATS, ask_for, put_off_alarms

SWEPT = "Task projects.sweep["
Periods = set[tuple[str, date]]


@pytest.mark.faults
@pytest.mark.timeout(600)
def test_each_job_of_a_period_runs_once_whatever_the_clocks_say(installation: Installation) -> None:
    wednesday = timezone.localdate() + timedelta(days=(2 - timezone.localdate().weekday()) % 7)
    week = months.week_of(wednesday)
    last_week = week - timedelta(weeks=1)
    put_off_alarms(installation, 60)  # to workers in days to come, every ticket of the tests before this one would be late
    installation.ask("DELETE FROM projects_jobrun")  # of these tests' programs, which found nothing: the projects come now
    installation.run(["-m", "tests.faults.build_projects", f"{last_week + timedelta(days=1)}"])
    day, a_month = timedelta(days=1), timedelta(days=31)

    done = _go(installation, "first", [wednesday, wednesday + day, wednesday - a_month], set())
    assert _silent(installation) == {last_week: 1}
    assert _reminded(installation) == set()

    # Down from Thursday to Thursday: the week is made good, and nobody is reminded of a Friday that has passed.
    done = _go(installation, "later", [wednesday + 8 * day] * 2, done)
    assert _silent(installation) == {last_week: 1, week: 1}
    assert _reminded(installation) == set()

    # Back to the Saturday between: its own reminder goes out, and what was done stays as it is.
    _go(installation, "back", [wednesday + 3 * day, wednesday + 8 * day], done)
    assert _silent(installation) == {last_week: 1, week: 1}
    assert _reminded(installation) == {week}
    doubled = "SELECT count(*) FROM notices_notice WHERE kind ~ '^(project|plan)_' GROUP BY key, kind, user_id, channel"
    assert set(installation.ask(doubled)) == {(1,)}


def _go(installation: Installation, name: str, days: list[date], before: Periods) -> Periods:
    """Let workers that live on these days, and three beats, run till all that is due is done, and twice more; stop everything.

    Gives what has been done so far, having seen that each of it has one row in each compound, done, and that there is no other.
    """
    workers = {f"{name}-{number}": at - timezone.localdate() for number, at in enumerate(days)}
    due = before | {each for at in days for each in jobs.due(at)}
    _start(installation, workers)
    wait_until(lambda: due <= _done(installation), 180, lambda: f"not done: {sorted(due - _done(installation))}")
    swept = {worker: installation.log(worker).count(SWEPT) for worker in workers}

    def all_swept() -> bool:
        if all(installation.log(worker).count(SWEPT) >= many + 4 for worker, many in swept.items()):  # received, succeeded
            return True
        if not installation.messages_waiting():  # a beat's messages end after seconds; these wait for whoever is free
            ask_for(*["projects.sweep"] * 4 * len(workers), installation=installation)
        return False

    wait_until(all_swept, 120, lambda: "a worker did not sweep")
    installation.stop_programs()
    rows = installation.ask("SELECT job, period, area, count(*), count(done_at) FROM projects_jobrun GROUP BY job, period, area")
    compounds = {place.area for place in installation.places}
    ours = [row for row in rows if (row[0], row[1]) in due]
    assert {row[3:] for row in ours} == {(1, 1)}
    assert {row[:3] for row in ours} == {(job, period, area) for job, period in due for area in compounds}
    return due


def _start(installation: Installation, workers: Mapping[str, timedelta]) -> None:
    """Workers first, all of them asked at the same moment by more messages than they have processes; then the beats."""
    for name, shift in workers.items():
        installation.start(name, MULIN_CLOCK_SHIFT=f"{shift.days * 86_400}")
    wait_until(lambda: all("ready." in installation.log(name) for name in workers), 120, lambda: "a worker is not ready")
    ask_for(*["projects.sweep"] * 4 * len(workers), installation=installation)
    for beat, shift in zip(BEATS, cycle(workers.values()), strict=False):
        installation.start(beat, MULIN_CLOCK_SHIFT=f"{shift.days * 86_400}", MULIN_SWEEP_SECONDS="1")


def _done(installation: Installation) -> Periods:
    """What is done in every compound."""
    rows = installation.ask(
        "SELECT job, period FROM projects_jobrun WHERE done_at IS NOT NULL GROUP BY job, period HAVING count(DISTINCT area) = %s",
        len(installation.places),
    )
    return {(job, period) for job, period in rows}


def _silent(installation: Installation) -> dict[date, int]:
    """How often the timeline of each project says that a week was silent: the same number for every project."""
    rows = installation.ask(
        "SELECT text, project_id, count(*) FROM projects_projectevent WHERE kind = 'silent' GROUP BY text, project_id"
    )
    assert len({project for _text, project, _many in rows}) == len(installation.places)
    found: dict[date, int] = {}
    for text, _project, many in rows:
        assert found.setdefault(date.fromisoformat(text), many) == many
    return found


def _reminded(installation: Installation) -> set[date]:
    """The weeks of which somebody was reminded; a notice's key names it."""
    keys = installation.ask("SELECT DISTINCT split_part(key, ':', 2) FROM notices_notice WHERE kind = 'project_lead_remind'")
    return {date.fromisoformat(key) for (key,) in keys}
