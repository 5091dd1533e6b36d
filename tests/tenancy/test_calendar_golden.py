"""A golden table over three years: the State Council's notices typed by hand, and a slow way of counting beside the quick one.

Nothing here asks the library what a holiday is, nor the code under test how to count: days come from `NOTICES`, time from
walking through every minute. Own days of a county lie above both.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenancy.calendar import (
    SHANGHAI,
    WorkingCalendar,
    WorkingHours,
    add_working_days,
    add_working_minutes,
    is_workday,
    known_year,
    working_minutes_between,
)

# 国务院办公厅关于部分节假日安排的通知: (first day off, last day off, days worked instead), as month-day.
NOTICES: dict[int, list[tuple[str, str, list[str]]]] = {
    2024: [  # 国办发明电〔2023〕7号
        ("01-01", "01-01", []),
        ("02-10", "02-17", ["02-04", "02-18"]),
        ("04-04", "04-06", ["04-07"]),
        ("05-01", "05-05", ["04-28", "05-11"]),
        ("06-10", "06-10", []),
        ("09-15", "09-17", ["09-14"]),
        ("10-01", "10-07", ["09-29", "10-12"]),
    ],
    2025: [  # 国办发明电〔2024〕12号
        ("01-01", "01-01", []),
        ("01-28", "02-04", ["01-26", "02-08"]),
        ("04-04", "04-06", []),
        ("05-01", "05-05", ["04-27"]),
        ("05-31", "06-02", []),
        ("10-01", "10-08", ["09-28", "10-11"]),
    ],
    2026: [  # 国办发明电〔2025〕7号
        ("01-01", "01-03", ["01-04"]),
        ("02-15", "02-23", ["02-14", "02-28"]),
        ("04-04", "04-06", []),
        ("05-01", "05-05", ["05-09"]),
        ("06-19", "06-21", []),
        ("09-25", "09-27", []),
        ("10-01", "10-07", ["09-20", "10-10"]),
    ],
}
WORKING_DAYS_OF_YEAR = {2024: 251, 2025: 248, 2026: 248}
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
OPEN_MINUTES = frozenset([*range(8 * 60 + 30, 12 * 60), *range(14 * 60 + 30, 17 * 60 + 30)])
CALENDAR = WorkingCalendar()


def day_of(year: int, month_day: str) -> date:
    return date.fromisoformat(f"{year}-{month_day}")


OFF: set[date] = set()
WORKED_INSTEAD: set[date] = set()
for _year, _breaks in NOTICES.items():
    for _first, _last, _instead in _breaks:
        span = (day_of(_year, _last) - day_of(_year, _first)).days
        OFF |= {day_of(_year, _first) + n * DAY for n in range(span + 1)}
        WORKED_INSTEAD |= {day_of(_year, each) for each in _instead}
EVERY_DAY = [date(2024, 1, 1) + n * DAY for n in range(366 + 365 + 365)]


def worked(day: date, own: Mapping[date, bool]) -> bool:
    """By the notices typed above; the years around them go by the week."""
    if day in own:
        return own[day]
    if day in OFF:
        return False
    return day in WORKED_INSTEAD or day.weekday() < 5


class Oracle:
    """Counts by walking through every minute."""

    def __init__(self, own: Mapping[date, bool] | None = None, open_minutes: frozenset[int] = OPEN_MINUTES) -> None:
        self.own, self.open_minutes = own or {}, open_minutes

    def is_open(self, moment: datetime) -> bool:
        return moment.hour * 60 + moment.minute in self.open_minutes and worked(moment.date(), self.own)

    def after_minutes(self, start: datetime, minutes: int) -> datetime:
        moment, left = start, minutes
        while left or not self.is_open(moment):
            left -= self.is_open(moment)
            moment += MINUTE
            if not left and minutes:
                break
        return moment

    def after_days(self, start: datetime, days: int) -> datetime:
        day = start.date()
        while days:
            day += DAY
            days -= worked(day, self.own)
        return datetime.combine(day, time(), SHANGHAI) + (max(self.open_minutes) + 1) * MINUTE

    def between(self, a: datetime, b: datetime) -> int:
        found = 0
        while a < b:
            found += self.is_open(a)
            a += MINUTE
        return found


ORACLE = Oracle()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_the_library_says_what_the_notices_say_on_every_day_of_three_years() -> None:
    assert all(known_year(day) for day in EVERY_DAY)
    assert [day for day in EVERY_DAY if is_workday(day) != worked(day, {})] == []


def test_the_table_itself_is_sound() -> None:
    assert not OFF & WORKED_INSTEAD
    assert all(day.weekday() >= 5 for day in WORKED_INSTEAD), "only days of a weekend are worked instead"
    counted = {year: sum(worked(day, {}) for day in EVERY_DAY if day.year == year) for year in NOTICES}
    assert counted == WORKING_DAYS_OF_YEAR


HARD_MINUTES = [
    # National Day 2026, from the eve: one minute before midnight, at closing time, a minute before it, inside the lunch break
    ("2026-09-30 23:59", 60, "2026-10-08 09:30"),
    ("2026-09-30 17:30", 1, "2026-10-08 08:31"),
    ("2026-09-30 17:29", 1, "2026-09-30 17:30"),
    ("2026-09-30 17:29", 2, "2026-10-08 08:31"),
    ("2026-09-30 12:00", 0, "2026-09-30 14:30"),
    ("2026-09-30 12:00", 1, "2026-09-30 14:31"),
    ("2026-09-30 11:59", 1, "2026-09-30 12:00"),
    ("2026-09-30 11:59", 2, "2026-09-30 14:31"),
    ("2026-09-30 13:15", 180, "2026-09-30 17:30"),
    ("2026-09-30 13:15", 181, "2026-10-08 08:31"),
    ("2026-09-30 08:30", 0, "2026-09-30 08:30"),
    ("2026-09-30 08:30", 390, "2026-09-30 17:30"),
    ("2026-09-30 08:30", 391, "2026-10-08 08:31"),
    ("2026-10-04 03:00", 780, "2026-10-09 17:30"),
    # its make-up Sunday before and Saturday after
    ("2026-09-19 10:00", 30, "2026-09-20 09:00"),
    ("2026-09-20 17:15", 30, "2026-09-21 08:45"),
    ("2026-10-10 10:00", 120, "2026-10-10 12:00"),
    ("2026-10-10 10:00", 121, "2026-10-10 14:31"),
    ("2026-10-10 17:00", 60, "2026-10-12 09:00"),
    # Spring Festival 2026: two worked Saturdays around nine days off
    ("2026-02-13 17:00", 30, "2026-02-13 17:30"),
    ("2026-02-13 17:00", 31, "2026-02-14 08:31"),
    ("2026-02-14 17:30", 1, "2026-02-24 08:31"),
    ("2026-02-14 23:59", 390, "2026-02-24 17:30"),
    ("2026-02-20 12:00", 390, "2026-02-24 17:30"),
    ("2026-02-27 17:00", 60, "2026-02-28 09:00"),
    ("2026-02-28 17:30", 1, "2026-03-02 08:31"),
    # over New Year, where the notices of two years meet
    ("2025-12-31 17:00", 60, "2026-01-04 09:00"),
    ("2026-01-03 09:00", 30, "2026-01-04 09:00"),
    ("2024-12-31 17:30", 1, "2025-01-02 08:31"),
    # 2025
    ("2025-01-25 09:00", 1, "2025-01-26 08:31"),
    ("2025-01-27 17:30", 1, "2025-02-05 08:31"),
    ("2025-02-07 17:00", 31, "2025-02-08 08:31"),
    ("2025-04-26 12:00", 5, "2025-04-27 08:35"),
    ("2025-04-30 17:30", 390, "2025-05-06 17:30"),
    ("2025-05-30 16:30", 61, "2025-06-03 08:31"),
    ("2025-09-27 10:00", 10, "2025-09-28 08:40"),
    ("2025-09-30 23:59", 60, "2025-10-09 09:30"),
    ("2025-10-10 17:29", 2, "2025-10-11 08:31"),
    # 2024: New Year's Eve of the old calendar was no day off
    ("2024-02-03 08:00", 1, "2024-02-04 08:31"),
    ("2024-02-09 17:29", 2, "2024-02-18 08:31"),
    ("2024-04-03 17:00", 60, "2024-04-07 09:00"),
    ("2024-04-30 17:30", 1, "2024-05-06 08:31"),
    ("2024-05-10 17:15", 30, "2024-05-11 08:45"),
    ("2024-06-07 17:30", 1, "2024-06-11 08:31"),
    ("2024-09-13 17:30", 1, "2024-09-14 08:31"),
    ("2024-09-14 17:30", 1, "2024-09-18 08:31"),
    ("2024-09-28 09:00", 1, "2024-09-29 08:31"),
    ("2024-09-30 17:30", 1, "2024-10-08 08:31"),
    ("2024-10-12 17:30", 1, "2024-10-14 08:31"),
]
HARD_DAYS = [
    ("2026-09-30 23:59", 1, "2026-10-08"),
    ("2026-09-30 00:00", 1, "2026-10-08"),
    ("2026-09-30 23:59", 3, "2026-10-10"),
    ("2026-09-30 23:59", 4, "2026-10-12"),
    ("2026-09-28 09:00", 5, "2026-10-10"),
    ("2026-09-21 09:00", 15, "2026-10-19"),
    ("2026-10-03 12:00", 1, "2026-10-08"),
    ("2026-02-13 09:00", 1, "2026-02-14"),
    ("2026-02-13 09:00", 2, "2026-02-24"),
    ("2026-02-13 09:00", 6, "2026-02-28"),
    ("2026-02-13 09:00", 7, "2026-03-02"),
    ("2026-02-16 12:00", 1, "2026-02-24"),
    ("2026-04-03 17:30", 1, "2026-04-07"),
    ("2026-04-30 17:30", 3, "2026-05-08"),
    ("2026-04-30 17:30", 4, "2026-05-09"),
    ("2026-04-30 17:30", 5, "2026-05-11"),
    ("2026-06-18 12:30", 1, "2026-06-22"),
    ("2026-09-24 12:30", 1, "2026-09-28"),
    ("2025-12-31 23:59", 1, "2026-01-04"),
    ("2025-12-31 23:59", 2, "2026-01-05"),
    ("2025-01-24 09:00", 1, "2025-01-26"),
    ("2025-01-24 09:00", 3, "2025-02-05"),
    ("2025-09-30 23:59", 3, "2025-10-11"),
    ("2025-09-24 09:00", 15, "2025-10-21"),
    ("2024-12-31 10:00", 1, "2025-01-02"),
    ("2024-02-09 10:00", 1, "2024-02-18"),
    ("2024-02-09 10:00", 2, "2024-02-19"),
    ("2024-09-27 10:00", 1, "2024-09-29"),
    ("2024-09-27 10:00", 3, "2024-10-08"),
    # a whole year, and all three: from a day off to the last day of the year, by the counts above
    ("2024-01-01 00:00", 251, "2024-12-31"),
    ("2025-01-01 23:59", 248, "2025-12-31"),
    ("2024-01-01 12:00", 747, "2026-12-31"),
]


@pytest.mark.parametrize(("start", "minutes", "due"), HARD_MINUTES)
def test_minutes_of_the_hard_cases(start: str, minutes: int, due: str) -> None:
    assert add_working_minutes(at(start), minutes, CALENDAR) == at(due) == ORACLE.after_minutes(at(start), minutes)
    assert working_minutes_between(at(start), at(due), CALENDAR) == minutes


@pytest.mark.parametrize(("start", "days", "due"), HARD_DAYS)
def test_days_of_the_hard_cases(start: str, days: int, due: str) -> None:
    assert add_working_days(at(start), days, CALENDAR) == at(f"{due} 17:30") == ORACLE.after_days(at(start), days)


def eves() -> Iterator[date]:
    """The last working day before each break, every day worked instead, and a first day off in each break."""
    for year, breaks in NOTICES.items():
        for first, _, instead in breaks:
            eve = day_of(year, first) - DAY
            while not worked(eve, {}):
                eve -= DAY
            yield from {eve, day_of(year, first), *(day_of(year, each) for each in instead)}


MOMENTS = [time(8, 29), time(11, 59), time(13, 15), time(17, 29), time(17, 30), time(23, 59)]
STARTS = [datetime.combine(day, moment, SHANGHAI) for day in sorted(set(eves())) for moment in MOMENTS]


@pytest.mark.parametrize("start", STARTS, ids=lambda start: f"{start:%Y-%m-%d %H:%M}")
def test_around_every_break_the_quick_way_and_the_slow_way_agree(start: datetime) -> None:
    for minutes in (1, 240, 480):
        due = add_working_minutes(start, minutes, CALENDAR)
        assert due == ORACLE.after_minutes(start, minutes)
        assert working_minutes_between(start, due, CALENDAR) == ORACLE.between(start, due) == minutes
    for days in (1, 3, 5, 15):
        assert add_working_days(start, days, CALENDAR) == ORACLE.after_days(start, days)


def test_the_table_is_as_long_as_it_should_be() -> None:
    assert len(STARTS) * 7 + len(HARD_MINUTES) + len(HARD_DAYS) >= 200
    assert {start.year for start in STARTS} >= {2024, 2025, 2026}


TYPHOON, MAKE_UP, SUNDAY = date(2026, 7, 28), date(2026, 10, 10), date(2026, 8, 2)
OWN = {TYPHOON: False, MAKE_UP: False, SUNDAY: True, date(2026, 10, 11): True, date(2026, 10, 7): True}
COUNTY_MINUTES = [
    ("2026-07-27 17:29", 2, "2026-07-29 08:31"),  # a typhoon closes the Tuesday
    ("2026-07-28 10:00", 1, "2026-07-29 08:31"),
    ("2026-07-31 17:30", 1, "2026-08-02 08:31"),  # a Sunday is worked for it
    ("2026-08-02 17:30", 1, "2026-08-03 08:31"),
    ("2026-10-09 17:30", 1, "2026-10-11 08:31"),  # the make-up Saturday is closed and the Sunday worked
    ("2026-09-30 23:59", 1, "2026-10-07 08:31"),  # the last day of the holiday is worked
]


@pytest.mark.parametrize(("start", "minutes", "due"), COUNTY_MINUTES)
def test_a_countys_own_days_lie_above_the_notices(start: str, minutes: int, due: str) -> None:
    county = WorkingCalendar(overrides=OWN)
    assert add_working_minutes(at(start), minutes, county) == at(due) == Oracle(OWN).after_minutes(at(start), minutes)
    assert add_working_days(at("2026-10-09 09:00"), 1, county) == at("2026-10-11 17:30")
    assert add_working_days(at("2026-07-27 09:00"), 1, county) == at("2026-07-29 17:30")


def test_seconds_are_neither_lost_nor_won() -> None:
    assert add_working_minutes(at("2026-09-30 17:29:30"), 1, CALENDAR) == at("2026-10-08 08:30:30")
    assert add_working_minutes(at("2026-09-30 11:59:59"), 1, CALENDAR) == at("2026-09-30 14:30:59")
    assert working_minutes_between(at("2026-09-30 17:28:31"), at("2026-10-08 08:30:00"), CALENDAR) == 1


SUMMER = WorkingHours(((time(8), time(12)), (time(15), time(18))))
SUMMER_MINUTES = frozenset([*range(8 * 60, 12 * 60), *range(15 * 60, 18 * 60)])
ANY_START = st.integers(0, 1050 * 1440).map(lambda n: datetime(2024, 1, 1, tzinfo=SHANGHAI) + n * MINUTE)


@given(
    start=ANY_START, minutes=st.integers(0, 1500), days=st.integers(1, 12), own=st.dictionaries(st.integers(0, 14), st.booleans())
)
@settings(deadline=None, max_examples=120, derandomize=True)
def test_any_start_with_any_own_days_and_other_hours(start: datetime, minutes: int, days: int, own: dict[int, bool]) -> None:
    overrides = {start.date() + n * DAY: is_worked for n, is_worked in own.items()}
    county, oracle = WorkingCalendar(SUMMER, overrides), Oracle(overrides, SUMMER_MINUTES)
    due = add_working_minutes(start, minutes, county)
    assert due == oracle.after_minutes(start, minutes)
    assert working_minutes_between(start, due, county) == oracle.between(start, due) == minutes
    assert add_working_days(start, days, county) == oracle.after_days(start, days)
