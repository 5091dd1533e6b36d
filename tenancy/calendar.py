"""Working time: which days are worked, and counting working minutes and working days along them.

Days come from the State Council's holiday notices as published in `chinesecalendar`, make-up workdays included. Where
the notice for a year is not out yet, Monday to Friday are worked and `known_year` says that this is only a guess. A
county's own days (a local holiday, a typhoon closure) are overrides. Counting rules: 民法典 201 and 203, see
`docs/law.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo

import chinese_calendar
from chinese_calendar.constants import holidays as _published_holidays

SHANGHAI = ZoneInfo("Asia/Shanghai")
_PUBLISHED_YEARS = frozenset(day.year for day in _published_holidays)
# A deadline further away than this is a slip (an override map that closes every day), not a deadline.
_FURTHEST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The hours an office is open on a working day, as (start, end) pairs of local time, in order.

    The default 08:30–12:00 and 14:30–17:30 is common in government offices of Fujian (own: no national rule; summer
    hours and single counties differ, so this is a setting). `source` says where a county's hours come from.
    Raises ValueError for spans that are empty, overlap or are out of order.
    """

    spans: tuple[tuple[time, time], ...] = ((time(8, 30), time(12, 0)), (time(14, 30), time(17, 30)))
    source: str = "own"

    def __post_init__(self) -> None:
        edges = [edge for span in self.spans for edge in span]
        if not edges or any(edge.tzinfo for edge in edges):
            raise ValueError("working hours need at least one span of plain local times")
        if any(later <= earlier for earlier, later in pairwise(edges)):
            raise ValueError("working hours must be in order and must not overlap")

    @property
    def minutes_a_day(self) -> int:
        """Working minutes in one working day (390 by default)."""
        return sum((_minutes(end) - _minutes(start)) for start, end in self.spans)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Hours and a county's own days: `overrides` maps a date to True (worked) or False (closed), above any notice."""

    hours: WorkingHours = field(default_factory=WorkingHours)
    overrides: Mapping[date, bool] = field(default_factory=lambda: MappingProxyType({}))

    def is_workday(self, day: date) -> bool:
        """Whether this county works on `day`."""
        return is_workday(day, overrides=self.overrides)

    def spans_of(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The open spans of `day`, aware; empty on a day off."""
        if not self.is_workday(day):
            return ()
        return tuple(
            (datetime.combine(day, start, SHANGHAI), datetime.combine(day, end, SHANGHAI)) for start, end in self.hours.spans
        )


def known_year(day: date) -> bool:
    """Whether the holiday notice for the year of `day` is known; if not, `is_workday` goes by Monday to Friday."""
    return day.year in _PUBLISHED_YEARS


def is_workday(day: date, *, overrides: Mapping[date, bool] | None = None) -> bool:
    """Whether `day` is worked: the override if there is one, else the State Council's notice, else Monday to Friday."""
    if overrides and day in overrides:
        return overrides[day]
    if known_year(day):
        return _noticed(day)
    return day.weekday() < 5


@lru_cache(4096)
def _noticed(day: date) -> bool:
    """What the notice says; the library looks through all its years anew each time, and a deadline asks for weeks of days."""
    return bool(chinese_calendar.is_workday(day))


def add_working_minutes(start: datetime, minutes: int, calendar: WorkingCalendar) -> datetime:
    """The moment at which `minutes` working minutes after `start` have passed.

    A start outside working hours begins to count when the office next opens. A span that is used up exactly ends at its
    closing time, not at the next opening. Raises ValueError for a naive `start` or negative minutes.
    """
    local = _local(start)
    if minutes < 0:
        raise ValueError("working minutes cannot be negative")
    left = timedelta(minutes=minutes)
    for opens, closes in _open_spans(local, calendar):
        begin = max(opens, local)
        if left <= closes - begin:
            return begin + left
        left -= closes - begin
    raise ValueError("no working time left within ten years: check the overrides")


def add_working_days(start: datetime, days: int, calendar: WorkingCalendar) -> datetime:
    """Close of business on the `days`-th working day after the day of `start`.

    The day of the event is not counted (民法典 201); the last day ends with business hours where there are such hours
    (民法典 203), and a last day that is a day off moves to the next working day, which counting working days does by
    itself. `days` 0 is the close of the first working day not before `start`. Raises ValueError for a naive `start` or
    negative days.
    """
    local = _local(start)
    if days < 0:
        raise ValueError("working days cannot be negative")
    day = local.date() if days == 0 else local.date() + timedelta(days=1)
    left = max(days, 1)
    for _ in range(_FURTHEST_DAYS):
        spans = calendar.spans_of(day)
        if spans and spans[-1][1] >= local:
            left -= 1
            if left == 0:
                return spans[-1][1]
        day += timedelta(days=1)
    raise ValueError("no working day left within ten years: check the overrides")


def working_minutes_between(a: datetime, b: datetime, calendar: WorkingCalendar) -> int:
    """Whole working minutes from `a` to `b`, rounded down; negative when `b` is earlier.

    Raises ValueError if either is naive.
    """
    first, last = _local(a), _local(b)
    if last < first:
        return -working_minutes_between(b, a, calendar)
    return worked_between(first, last, calendar) // timedelta(minutes=1)


def worked_between(a: datetime, b: datetime, calendar: WorkingCalendar) -> timedelta:
    """Exact working time from `a` to a `b` that is not earlier: parts of a stretch add up to the whole.

    Raises ValueError if either is naive.
    """
    first, last = _local(a), _local(b)
    worked = timedelta()
    for opens, closes in _open_spans(first, calendar, until=last.date()):
        worked += max(min(closes, last) - max(opens, first), timedelta())
    return worked


def _open_spans(since: datetime, calendar: WorkingCalendar, *, until: date | None = None) -> Iterator[tuple[datetime, datetime]]:
    """Open spans that end after `since`, in order, to the end of `until` (or ten years on)."""
    day = since.date()
    last = until or day + timedelta(days=_FURTHEST_DAYS)
    while day <= last:
        for opens, closes in calendar.spans_of(day):
            if closes > since:
                yield opens, closes
        day += timedelta(days=1)


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError(f"{moment!r} has no time zone; deadlines are counted on aware times only")
    return moment.astimezone(SHANGHAI)


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute
