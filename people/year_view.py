"""A year of a working calendar as twelve months, each day with what it is and why."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import chinese_calendar
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.office_calendars import Content, OwnDay
from tenancy.calendar import is_workday, known_year

NAMES: dict[str, str | Promise] = {
    "New Year's Day": _("New Year’s Day"),
    "Spring Festival": _("Spring Festival"),
    "Tomb-sweeping Day": _("Tomb-sweeping Day"),
    "Labour Day": _("Labour Day"),
    "Dragon Boat Festival": _("Dragon Boat Festival"),
    "Mid-autumn Festival": _("Mid-Autumn Festival"),
    "National Day": _("National Day"),
}
"""The holidays as chinesecalendar names them."""


class Kind(models.TextChoices):
    """What a day is. Each has a mark of its own, so that none is told by colour alone."""

    WORKED = "worked", _("working day")
    WEEKEND = "weekend", _("weekend")
    HOLIDAY = "holiday", _("holiday by the State Council’s notice")
    MAKE_UP = "make_up", _("make-up day: worked by the notice")
    OWN_CLOSED = "own_closed", _("closed by the county")
    OWN_WORKED = "own_worked", _("worked by the county")


WEEKDAYS: tuple[str | Promise, ...] = (
    pgettext_lazy("weekday, two letters", "Mo"),
    pgettext_lazy("weekday, two letters", "Tu"),
    pgettext_lazy("weekday, two letters", "We"),
    pgettext_lazy("weekday, two letters", "Th"),
    pgettext_lazy("weekday, two letters", "Fr"),
    pgettext_lazy("weekday, two letters", "Sa"),
    pgettext_lazy("weekday, two letters", "Su"),
)
MARKS: dict[str, str | Promise] = {
    Kind.HOLIDAY: pgettext_lazy("mark of a day in the calendar", "H"),
    Kind.MAKE_UP: pgettext_lazy("mark of a day in the calendar", "M"),
    Kind.OWN_CLOSED: pgettext_lazy("mark of a day in the calendar", "C"),
    Kind.OWN_WORKED: pgettext_lazy("mark of a day in the calendar", "W"),
}


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    kind: Kind
    why: str | Promise

    @property
    def mark(self) -> str | Promise:
        return MARKS.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class Month:
    """A month in weeks from Monday on; None pads the first and the last week."""

    first: date
    weeks: list[list[Day | None]]
    worked: int


def day_of(day: date, own: OwnDay | None) -> Day:
    """What a day is, and the words behind it: the county's note, or the holiday's name."""
    if own is not None:
        return Day(day, Kind.OWN_WORKED if own.worked else Kind.OWN_CLOSED, own.note)
    named = chinese_calendar.get_holiday_detail(day)[1] if known_year(day) else None
    if not named:
        return Day(day, Kind.WORKED if is_workday(day) else Kind.WEEKEND, "")
    return Day(day, Kind.MAKE_UP if is_workday(day) else Kind.HOLIDAY, NAMES.get(named, named))


def months(year: int, content: Content) -> list[Month]:
    """The twelve months of a year under a version."""
    own = {each.day: each for each in content.days}
    found = []
    for number in range(1, 13):
        weeks = [
            [day_of(day, own.get(day)) if day.month == number else None for day in week]
            for week in calendar.Calendar().monthdatescalendar(year, number)
        ]
        found.append(Month(date(year, number, 1), weeks, worked_in(weeks)))
    return found


def worked_in(weeks: Iterable[Iterable[Day | None]]) -> int:
    open_kinds = {Kind.WORKED, Kind.MAKE_UP, Kind.OWN_WORKED}
    return sum(day is not None and day.kind in open_kinds for week in weeks for day in week)


def is_known(year: int) -> bool:
    """Whether the notice for a year is out."""
    return known_year(date(year, 1, 1))
