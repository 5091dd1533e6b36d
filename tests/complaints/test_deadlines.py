"""Emergencies run on the wall clock, everything else on working time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from complaints.catalogue import Catalogue, Leaf, Urgency
from complaints.clocks import Clock
from complaints.deadlines import allowances
from tenancy.calendar import SHANGHAI, WorkingCalendar

CALENDAR = WorkingCalendar()
CATALOGUE = Catalogue.load()


def due_times(level: Leaf | Urgency, start: datetime) -> dict[Clock, datetime]:
    return {clock: allowed.after(start, CALENDAR) for clock, allowed in allowances(level).items()}


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)


def test_a_stopped_lift_on_a_tuesday_morning() -> None:
    due = due_times(CATALOGUE.leaf("0202"), at(2026, 3, 3, 9, 0))
    assert due[Clock.ACCEPT] == at(2026, 3, 3, 10, 0)
    assert due[Clock.CONTACT] == due[Clock.ONSITE] == at(2026, 3, 3, 11, 0)
    assert due[Clock.RESOLVE] == at(2026, 3, 5, 17, 30)


def test_a_stopped_lift_just_before_midnight_on_the_eve_of_national_day_waits_until_the_holiday_is_over() -> None:
    due = due_times(CATALOGUE.leaf("0202"), at(2026, 9, 30, 23, 59))
    assert due[Clock.ACCEPT] == at(2026, 10, 8, 9, 30)
    assert due[Clock.RESOLVE] == at(2026, 10, 9, 17, 30)


def test_somebody_trapped_at_the_same_moment_waits_for_nothing() -> None:
    due = due_times(CATALOGUE.leaf("0201"), at(2026, 9, 30, 23, 59))
    assert due[Clock.ACCEPT] == at(2026, 10, 1, 0, 4)
    assert due[Clock.CONTACT] == at(2026, 10, 1, 0, 14)
    assert due[Clock.ONSITE] == at(2026, 10, 1, 0, 29)
    assert due[Clock.RESOLVE] == at(2026, 10, 8, 17, 30)


def test_an_emergency_of_an_ordinary_kind_takes_the_urgency_instead_of_the_leaf() -> None:
    filed = at(2026, 9, 30, 23, 59)
    by_leaf = due_times(CATALOGUE.leaf("0304"), filed)
    by_urgency = due_times(CATALOGUE.urgency("U1"), filed)
    assert by_urgency[Clock.ACCEPT] == filed + timedelta(minutes=5)
    assert by_leaf[Clock.ACCEPT] > by_urgency[Clock.ACCEPT] + timedelta(days=7)


def test_nobody_need_come_at_once_for_a_street_lamp() -> None:
    assert Clock.ONSITE not in due_times(CATALOGUE.leaf("0404"), at(2026, 3, 3, 9, 0))


@pytest.mark.parametrize("leaf", CATALOGUE.leaves, ids=lambda leaf: leaf.code)
def test_for_every_leaf_accepting_comes_before_contact_and_contact_before_resolving(leaf) -> None:
    for filed in (at(2026, 3, 3, 9, 0), at(2026, 2, 14, 17, 29), at(2026, 9, 30, 23, 59)):
        due = due_times(leaf, filed)
        assert filed < due[Clock.ACCEPT] <= due[Clock.CONTACT] <= due[Clock.RESOLVE]
        assert Clock.ONSITE not in due or due[Clock.ACCEPT] <= due[Clock.ONSITE] <= due[Clock.RESOLVE]


@pytest.mark.parametrize("code", ["0201", "0202"])
def test_a_time_without_zone_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        due_times(CATALOGUE.leaf(code), datetime(2026, 3, 3, 9, 0))  # noqa: DTZ001
