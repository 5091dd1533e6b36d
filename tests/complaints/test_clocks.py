"""The ledger of clocks: what a deadline comes to after pauses, extensions, a new kind, a new calendar; and who is charged."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.clocks import (
    Allowance,
    Clock,
    LedgerError,
    Line,
    Mark,
    Unit,
    charges,
    replay,
    warn_at,
)
from tenancy.calendar import SHANGHAI, WorkingCalendar

USUAL = WorkingCalendar()
TYPHOON = WorkingCalendar(overrides={date(2026, 9, 21): False})
CALENDARS = {0: USUAL, 7: TYPHOON}
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def started(when: str, amount: int, unit: Unit, clock: Clock = Clock.RESOLVE) -> Line:
    return Line(clock, Mark.START, at(when), allowed=Allowance(amount, unit))


def marked(mark: Mark, when: str, clock: Clock = Clock.RESOLVE, **more: object) -> Line:
    return Line(clock, mark, at(when), **more)


def due(*lines: Line, clock: Clock = Clock.RESOLVE) -> datetime | None:
    return replay(lines, CALENDARS).due(clock)


# Five working days from Monday 21 September 2026 would be 28 September, but for Mid-Autumn (25–27) and the make-up
# Sunday before it (20).
FIVE_DAYS = started("2026-09-21T09:00", 5, Unit.DAYS)

HARD = {
    "five working days over Mid-Autumn": ((FIVE_DAYS,), "2026-09-29T17:30"),
    "National Day: seven days off, a make-up Saturday counts": (
        (started("2026-09-30T16:00", 3, Unit.DAYS),),
        "2026-10-10T17:30",
    ),
    "Spring Festival: filed on its eve, nine days off": ((started("2026-02-14T23:59", 1, Unit.DAYS),), "2026-02-24T17:30"),
    "23:59 on a holiday's eve, in working minutes": ((started("2026-09-30T23:59", 60, Unit.MINUTES),), "2026-10-08T09:30"),
    "an emergency runs by the wall clock through the holiday": (
        (started("2026-10-01T23:59", 15, Unit.WALL),),
        "2026-10-02T00:14",
    ),
    "a pause across a holiday costs only its working time": (
        (
            FIVE_DAYS,
            marked(Mark.PAUSE, "2026-09-24T16:30"),
            marked(Mark.RESUME, "2026-09-28T09:30"),
        ),
        "2026-09-30T10:30",
    ),
    "two pauses add up": (
        (
            started("2026-09-21T09:00", 60, Unit.MINUTES),
            marked(Mark.PAUSE, "2026-09-21T09:30"),
            marked(Mark.RESUME, "2026-09-21T10:00"),
            marked(Mark.PAUSE, "2026-09-21T10:10"),
            marked(Mark.RESUME, "2026-09-21T10:40"),
        ),
        "2026-09-21T11:00",
    ),
    "an extension counts from the deadline, not from the asking": (
        (FIVE_DAYS, marked(Mark.EXTEND, "2026-09-22T09:00", allowed=Allowance(2, Unit.DAYS))),
        "2026-10-08T17:30",
    ),
    "re-categorised: the new time counts from the same start": (
        (FIVE_DAYS, marked(Mark.BUDGET, "2026-09-22T09:00", allowed=Allowance(2, Unit.DAYS))),
        "2026-09-23T17:30",
    ),
    "re-categorised while it stood still: the pause is not lost": (
        (
            FIVE_DAYS,
            marked(Mark.PAUSE, "2026-09-22T08:30"),
            marked(Mark.BUDGET, "2026-09-22T15:00", allowed=Allowance(2, Unit.DAYS)),
            marked(Mark.RESUME, "2026-09-23T08:30"),
        ),
        "2026-09-24T17:30",
    ),
    "a table revised after the ticket exists: the closed day no longer counts": (
        (started("2026-09-20T09:00", 1, Unit.DAYS), marked(Mark.CALENDAR, "2026-09-20T15:00", calendar=7)),
        "2026-09-22T17:30",
    ),
    "a county's override from the start": (
        (Line(Clock.RESOLVE, Mark.START, at("2026-09-20T09:00"), allowed=Allowance(1, Unit.DAYS), calendar=7),),
        "2026-09-22T17:30",
    ),
    "a wall clock that stood still moves by the wall clock": (
        (
            started("2026-10-01T10:00", 30, Unit.WALL),
            marked(Mark.PAUSE, "2026-10-01T10:05"),
            marked(Mark.RESUME, "2026-10-01T10:25"),
        ),
        "2026-10-01T10:50",
    ),
    "stopped while it stood still: measured with the pause counted": (
        (
            started("2026-09-21T09:00", 60, Unit.MINUTES),
            marked(Mark.PAUSE, "2026-09-21T09:30"),
            marked(Mark.STOP, "2026-09-21T10:00"),
        ),
        "2026-09-21T10:30",
    ),
}


@pytest.mark.parametrize(("lines", "expected"), HARD.values(), ids=HARD.keys())
def test_a_ledger_comes_to_this_deadline(lines: tuple[Line, ...], expected: str) -> None:
    assert due(*lines) == at(expected)


def test_a_clock_that_stands_still_has_no_deadline() -> None:
    assert due(FIVE_DAYS, marked(Mark.PAUSE, "2026-09-22T08:30")) is None


def test_late_is_judged_by_the_deadline_as_moved() -> None:
    hour = started("2026-09-21T09:00", 60, Unit.MINUTES)
    plain = replay([hour, marked(Mark.STOP, "2026-09-21T10:30")], CALENDARS)
    paused = replay(
        [
            hour,
            marked(Mark.PAUSE, "2026-09-21T09:10"),
            marked(Mark.RESUME, "2026-09-21T09:50"),
            marked(Mark.STOP, "2026-09-21T10:30"),
        ],
        CALENDARS,
    )
    assert plain.clocks[Clock.RESOLVE].late
    assert not paused.clocks[Clock.RESOLVE].late


@pytest.mark.parametrize(
    "lines",
    [
        (marked(Mark.PAUSE, "2026-09-21T09:00"),),
        (FIVE_DAYS, marked(Mark.RESUME, "2026-09-21T10:00")),
        (FIVE_DAYS, marked(Mark.PAUSE, "2026-09-21T10:00"), marked(Mark.PAUSE, "2026-09-21T11:00")),
        (FIVE_DAYS, marked(Mark.STOP, "2026-09-21T10:00"), marked(Mark.STOP, "2026-09-21T11:00")),
        (FIVE_DAYS, marked(Mark.STOP, "2026-09-20T10:00")),
        (FIVE_DAYS, marked(Mark.EXTEND, "2026-09-21T10:00")),
    ],
    ids=["pause of nothing", "resume of a running one", "paused twice", "stopped twice", "back in time", "extended by nothing"],
)
def test_an_impossible_line_is_refused(lines: tuple[Line, ...]) -> None:
    with pytest.raises(LedgerError):
        replay(lines, CALENDARS)


def test_a_warning_comes_a_fifth_before_and_at_most_a_day() -> None:
    short = replay([started("2026-09-21T09:00", 60, Unit.MINUTES)], CALENDARS).clocks[Clock.RESOLVE]
    long = replay([FIVE_DAYS], CALENDARS).clocks[Clock.RESOLVE]
    assert warn_at(short) == at("2026-09-21T09:48")
    assert warn_at(long) == at("2026-09-28T17:30")


moments = st.lists(st.integers(min_value=0, max_value=60 * 24 * 40), min_size=2, max_size=12).map(sorted)


@given(minutes=moments, parties=st.lists(st.sampled_from(["street", "org:1", "org:2", "reporter"]), min_size=12, max_size=12))
def test_every_minute_is_charged_to_exactly_one_party(minutes: list[int], parties: list[str]) -> None:
    began = at("2026-09-20T00:00")
    times = [began + timedelta(minutes=n) for n in minutes]
    lines = [Line(Clock.TURN, Mark.HAND_OVER, when, party=party) for when, party in zip(times[:-1], parties, strict=False)]
    lines.append(Line(Clock.TURN, Mark.STOP, times[-1]))
    turns = replay(lines, CALENDARS).turns
    total = charges(turns)
    assert sum((wall for _, wall, _ in total), timedelta()) == times[-1] - times[0]
    whole = replay(
        [Line(Clock.TURN, Mark.HAND_OVER, times[0], party="one"), Line(Clock.TURN, Mark.STOP, times[-1])], CALENDARS
    ).turns
    assert sum((worked for _, _, worked in total), timedelta()) == sum((turn.worked for turn in whole), timedelta())
    assert all(earlier.until == later.since for earlier, later in pairwise(turns))


def test_a_turn_that_still_runs_is_charged_until_now() -> None:
    lines = [Line(Clock.TURN, Mark.HAND_OVER, at("2026-09-21T09:00"), party="org:1")]
    assert replay(lines, CALENDARS).turns == []
    assert charges(replay(lines, CALENDARS, until=at("2026-09-21T10:00")).turns) == [("org:1", HOUR, HOUR)]
