"""What a county's working calendar (工作日历) holds, what may stand in it, and how two versions differ.

Rules here are our own: no law sets a form for local calendars. What counts as worked at all is in `tenancy.calendar`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext_lazy as _

from people.models import OfficeCalendar
from tenancy.calendar import WorkingCalendar, WorkingHours, is_workday
from tenancy.refusals import Refusal
from tenancy.text import clean

MOST_SPANS = 4
MOST_DAYS = 300
LONGEST_NOTE = 100
LONGEST_SOURCE = 300
YEARS_BACK, YEARS_AHEAD = 1, 3
Span = tuple[time, time]


@dataclass(frozen=True, slots=True, order=True)
class OwnDay:
    """A day that the county decided itself: worked or closed, whatever the notices and the week say."""

    day: date
    worked: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What a version says: hours in order, own days by date, and where both come from."""

    hours: tuple[Span, ...] = field(default_factory=lambda: WorkingHours().spans)
    days: tuple[OwnDay, ...] = ()
    source: str = ""

    def calendar(self) -> WorkingCalendar:
        """As deadlines are counted along it."""
        overrides = {own.day: own.worked for own in self.days}
        return WorkingCalendar(WorkingHours(self.hours, source=self.source or "own"), overrides)


DEFAULT = Content()
"""Version 0: a county that has published nothing."""


def content_of(row: OfficeCalendar | None) -> Content:
    """What a version says; the default for none."""
    if row is None:
        return DEFAULT
    hours = tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in row.hours)
    return Content(hours, own_days(row.days), row.source)


def own_days(kept: Mapping[str, Any]) -> tuple[OwnDay, ...]:
    """Days as they are kept in a row, by date."""
    return tuple(sorted(OwnDay(date.fromisoformat(day), said["worked"], said["note"]) for day, said in kept.items()))


def kept_hours(hours: Iterable[Span]) -> list[list[str]]:
    return [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in hours]


def kept_days(days: Iterable[OwnDay]) -> dict[str, dict[str, Any]]:
    return {own.day.isoformat(): {"worked": own.worked, "note": own.note} for own in days}


def within_reach(day: date, today: date) -> bool:
    """From one year back to three years ahead, whole years."""
    return today.year - YEARS_BACK <= day.year <= today.year + YEARS_AHEAD


def checked(*, hours: Sequence[Span], days: Sequence[OwnDay], source: str, based_on: Content, today: date) -> Content:
    """What may be published, cleaned and in order.

    Raises Refusal naming the field: `hours` or `hours.<n>`, `days` or `days.<n>.date|note`, `source`; n counts from 0. A day
    that the version it is based on has already may stay however old it is.
    """
    _check_hours(hours)
    known = {own.day for own in based_on.days}
    if len(days) > MOST_DAYS:
        raise Refusal(_("At most %(most)d own days fit. Remove old ones.") % {"most": MOST_DAYS}, field="days")
    found: dict[date, OwnDay] = {}
    for number, own in enumerate(days):
        if own.day in found:
            raise Refusal(
                _("%(day)s stands here twice. Remove one.") % {"day": own.day}, field=f"days.{number}.date", code="unique"
            )
        if own.day not in known and not within_reach(own.day, today):
            span = {"first": today.year - YEARS_BACK, "last": today.year + YEARS_AHEAD}
            raise Refusal(_("Only days from %(first)d to %(last)d can be set.") % span, field=f"days.{number}.date")
        note = clean(own.note, field=f"days.{number}.note", longest=LONGEST_NOTE, required=False)
        found[own.day] = OwnDay(own.day, own.worked, note)
    said = clean(source, field="source", longest=LONGEST_SOURCE)
    return Content(tuple(hours), tuple(sorted(found.values())), said)


def _check_hours(hours: Sequence[Span]) -> None:
    if not hours:
        raise Refusal(_("Give at least one span of hours."), field="hours", code="required")
    if len(hours) > MOST_SPANS:
        raise Refusal(_("At most %(most)d spans of hours fit.") % {"most": MOST_SPANS}, field="hours")
    for number, (opens, closes) in enumerate(hours):
        if any(edge.second or edge.microsecond or edge.tzinfo for edge in (opens, closes)):
            raise Refusal(_("Give whole minutes, local time."), field=f"hours.{number}")
        if closes <= opens:
            raise Refusal(_("This ends before it begins."), field=f"hours.{number}")
    for number, (before, after) in enumerate(pairwise(hours), 1):
        if after[0] <= before[1]:
            raise Refusal(_("This begins before the hours above it end. Put them in order."), field=f"hours.{number}")


@dataclass(frozen=True, slots=True)
class DayChange:
    """An own day that was added, taken away, or says something else; and whether the day is worked, before and after."""

    day: date
    old: OwnDay | None
    new: OwnDay | None
    worked_before: bool
    worked_after: bool

    @property
    def matters(self) -> bool:
        return self.worked_before != self.worked_after


@dataclass(frozen=True, slots=True)
class Difference:
    """How a version differs from the one before it."""

    old: Content
    new: Content
    days: tuple[DayChange, ...]

    @property
    def any(self) -> bool:
        return self.old != self.new

    @property
    def hours_changed(self) -> bool:
        return self.old.hours != self.new.hours

    @property
    def source_changed(self) -> bool:
        return self.old.source != self.new.source

    @property
    def closed(self) -> int:
        """Days that were worked and are closed now."""
        return sum(change.matters and change.worked_before for change in self.days)

    @property
    def opened(self) -> int:
        return sum(change.matters and change.worked_after for change in self.days)


def difference(old: Content, new: Content) -> Difference:
    """Own days that differ, by date, with what each comes to."""
    before, after = {own.day: own for own in old.days}, {own.day: own for own in new.days}
    changes = []
    for day in sorted(before.keys() | after.keys()):
        was, now = before.get(day), after.get(day)
        if was == now:
            continue
        worked = [own.worked if own else is_workday(day) for own in (was, now)]
        changes.append(DayChange(day, was, now, *worked))
    return Difference(old, new, tuple(changes))
