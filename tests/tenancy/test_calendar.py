"""Working days and minutes, holidays and make-up days included."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

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

CALENDAR = WorkingCalendar()
NAIVE = datetime(2026, 3, 3, 9, 0)  # noqa: DTZ001


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 3, 3), True),  # a Tuesday
        (date(2026, 3, 7), False),  # a Saturday
        (date(2026, 10, 1), False),  # National Day
        (date(2026, 10, 7), False),  # its last day
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # the Saturday that makes up for it
        (date(2026, 9, 20), True),  # the Sunday that does
        (date(2026, 2, 14), True),  # the Saturday before the Spring Festival
        (date(2026, 2, 17), False),  # Spring Festival
        (date(2026, 2, 28), True),  # the Saturday after it
        (date(2025, 1, 26), True),
    ],
)
def test_holidays_and_make_up_days_follow_the_state_council(day: date, worked: bool) -> None:
    assert known_year(day)
    assert is_workday(day) is worked


def test_a_year_without_notice_goes_by_the_week_and_says_so() -> None:
    assert not known_year(date(2040, 10, 1))
    assert is_workday(date(2040, 10, 1))  # a Monday
    assert not is_workday(date(2040, 10, 6))  # a Saturday
    assert not known_year(date(1999, 1, 1))
    assert is_workday(date(1999, 1, 1))


def test_a_county_closes_for_a_typhoon_and_works_a_sunday_instead() -> None:
    overrides = {date(2026, 7, 28): False, date(2026, 8, 2): True}
    county = WorkingCalendar(overrides=overrides)
    assert is_workday(date(2026, 7, 28))
    assert not is_workday(date(2026, 7, 28), overrides=overrides)
    assert add_working_days(at(2026, 7, 27, 10, 0), 1, county) == at(2026, 7, 29, 17, 30)
    assert add_working_minutes(at(2026, 8, 1, 10, 0), 30, county) == at(2026, 8, 2, 9, 0)


def test_minutes_stop_for_lunch_and_for_the_night() -> None:
    assert add_working_minutes(at(2026, 3, 3, 11, 30), 30, CALENDAR) == at(2026, 3, 3, 12, 0)
    assert add_working_minutes(at(2026, 3, 3, 11, 30), 31, CALENDAR) == at(2026, 3, 3, 14, 31)
    assert add_working_minutes(at(2026, 3, 3, 17, 0), 60, CALENDAR) == at(2026, 3, 4, 9, 0)
    assert add_working_minutes(at(2026, 3, 3, 13, 0), 10, CALENDAR) == at(2026, 3, 3, 14, 40)


def test_the_last_minute_before_a_holiday_counts_from_the_first_opening_after_it() -> None:
    assert add_working_minutes(at(2026, 9, 30, 23, 59), 60, CALENDAR) == at(2026, 10, 8, 9, 30)
    assert add_working_days(at(2026, 9, 30, 23, 59), 1, CALENDAR) == at(2026, 10, 8, 17, 30)
    assert add_working_minutes(at(2026, 9, 30, 17, 29), 2, CALENDAR) == at(2026, 10, 8, 8, 31)


def test_days_count_a_make_up_saturday_and_skip_the_spring_festival() -> None:
    # Friday 13 February; Saturday 14 is worked; the festival runs from 15 to 23.
    assert add_working_days(at(2026, 2, 13, 9, 0), 1, CALENDAR) == at(2026, 2, 14, 17, 30)
    assert add_working_days(at(2026, 2, 13, 9, 0), 2, CALENDAR) == at(2026, 2, 24, 17, 30)
    assert add_working_days(at(2026, 10, 9, 9, 0), 1, CALENDAR) == at(2026, 10, 10, 17, 30)
    assert add_working_days(at(2026, 10, 9, 9, 0), 2, CALENDAR) == at(2026, 10, 12, 17, 30)


def test_the_day_of_the_event_is_not_counted_whatever_its_hour() -> None:
    early = add_working_days(at(2026, 3, 3, 0, 1), 1, CALENDAR)
    late = add_working_days(at(2026, 3, 3, 23, 59), 1, CALENDAR)
    assert early == late == at(2026, 3, 4, 17, 30)


def test_no_days_at_all_is_the_close_of_today_or_of_the_next_working_day() -> None:
    assert add_working_days(at(2026, 3, 3, 9, 0), 0, CALENDAR) == at(2026, 3, 3, 17, 30)
    assert add_working_days(at(2026, 3, 3, 18, 0), 0, CALENDAR) == at(2026, 3, 4, 17, 30)
    assert add_working_days(at(2026, 3, 7, 9, 0), 0, CALENDAR) == at(2026, 3, 9, 17, 30)


def test_a_time_in_another_zone_is_counted_on_the_shanghai_day() -> None:
    # 17:00 UTC on 3 March is already 01:00 on 4 March in Shanghai.
    assert add_working_days(datetime(2026, 3, 3, 17, 0, tzinfo=UTC), 1, CALENDAR) == at(2026, 3, 5, 17, 30)
    assert add_working_minutes(datetime(2026, 3, 3, 1, 0, tzinfo=UTC), 60, CALENDAR) == at(2026, 3, 3, 10, 0)


def test_a_full_day_is_390_minutes_and_backwards_is_negative() -> None:
    assert WorkingHours().minutes_a_day == 390
    assert working_minutes_between(at(2026, 3, 3, 0, 0), at(2026, 3, 4, 0, 0), CALENDAR) == 390
    assert working_minutes_between(at(2026, 3, 4, 0, 0), at(2026, 3, 3, 0, 0), CALENDAR) == -390
    assert working_minutes_between(at(2026, 10, 1, 0, 0), at(2026, 10, 8, 0, 0), CALENDAR) == 0


def test_other_hours_are_a_setting() -> None:
    summer = WorkingCalendar(hours=WorkingHours(((time(8, 0), time(12, 0)), (time(15, 0), time(18, 0))), source="own"))
    assert add_working_minutes(at(2026, 7, 1, 12, 0), 1, summer) == at(2026, 7, 1, 15, 1)
    assert add_working_days(at(2026, 7, 1, 12, 0), 1, summer) == at(2026, 7, 2, 18, 0)


@pytest.mark.parametrize(
    "spans",
    [
        (),
        ((time(9), time(9)),),
        ((time(12), time(9)),),
        ((time(8), time(12)), (time(11), time(17))),
        ((time(14), time(17)), (time(8), time(12))),
        ((time(8, tzinfo=UTC), time(12, tzinfo=UTC)),),
    ],
)
def test_hours_that_make_no_sense_are_refused(spans: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="working hours"):
        WorkingHours(spans)


def test_times_without_zone_and_negative_counts_are_refused() -> None:
    for attempt in (
        lambda: add_working_minutes(NAIVE, 1, CALENDAR),
        lambda: add_working_days(NAIVE, 1, CALENDAR),
        lambda: working_minutes_between(NAIVE, at(2026, 3, 3, 9, 0), CALENDAR),
        lambda: working_minutes_between(at(2026, 3, 3, 9, 0), NAIVE, CALENDAR),
    ):
        with pytest.raises(ValueError, match="no time zone"):
            attempt()
    with pytest.raises(ValueError, match="negative"):
        add_working_minutes(at(2026, 3, 3, 9, 0), -1, CALENDAR)
    with pytest.raises(ValueError, match="negative"):
        add_working_days(at(2026, 3, 3, 9, 0), -1, CALENDAR)


def test_a_county_that_never_works_is_an_error_not_an_endless_search() -> None:
    closed = WorkingCalendar(overrides={date(2026, 1, 1) + timedelta(days=n): False for n in range(4000)})
    with pytest.raises(ValueError, match="check the overrides"):
        add_working_days(at(2026, 3, 3, 9, 0), 1, closed)
    with pytest.raises(ValueError, match="check the overrides"):
        add_working_minutes(at(2026, 3, 3, 9, 0), 1, closed)


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 6, 1), timezones=st.just(SHANGHAI))  # noqa: DTZ001
MINUTES = st.integers(0, 5000)


@given(MOMENTS, MINUTES)
@settings(deadline=None)
def test_between_undoes_adding(start: datetime, minutes: int) -> None:
    assert working_minutes_between(start, add_working_minutes(start, minutes, CALENDAR), CALENDAR) == minutes


@given(MOMENTS, MINUTES, MINUTES)
@settings(deadline=None)
def test_more_minutes_are_never_earlier_and_in_two_steps_arrive_together(start: datetime, a: int, b: int) -> None:
    once = add_working_minutes(start, a + b, CALENDAR)
    assert add_working_minutes(start, a, CALENDAR) <= once
    if b:  # after a step that ends at closing time, no minutes more would still be the next opening
        assert add_working_minutes(add_working_minutes(start, a, CALENDAR), b, CALENDAR) == once


@given(MOMENTS, st.integers(0, 100_000), MINUTES, st.integers(0, 30))
@settings(deadline=None)
def test_a_later_start_is_never_due_earlier(start: datetime, later: int, minutes: int, days: int) -> None:
    after = start + timedelta(minutes=later)
    assert add_working_minutes(start, minutes, CALENDAR) <= add_working_minutes(after, minutes, CALENDAR)
    assert add_working_days(start, days, CALENDAR) <= add_working_days(after, days, CALENDAR)


@given(MOMENTS, st.integers(0, 60))
@settings(deadline=None)
def test_a_deadline_in_days_is_a_closing_time_with_as_many_working_days_before_it(start: datetime, days: int) -> None:
    due = add_working_days(start, days, CALENDAR)
    assert due >= start
    assert is_workday(due.date())
    assert due.time() == time(17, 30)
    span = (due.date() - start.date()).days
    worked = sum(is_workday(start.date() + timedelta(days=n)) for n in range(1, span + 1))
    if days:
        assert worked == days
