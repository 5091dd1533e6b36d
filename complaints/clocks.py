"""The clocks of a ticket, replayed from its ledger: when each falls due, whether it stands still, and whose turn it was.

A pure function of the ledger's lines and the calendars they name: the same ledger gives the same deadlines for ever, and
the due times on a ticket's row are only a copy. How the lines are counted is our own rule (no law sets it); what counts
as a working day is in `tenancy.calendar`. `docs/deadlines.md` explains it with examples.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.calendar import WorkingCalendar, add_working_days, add_working_minutes, worked_between

MINUTE = timedelta(minutes=1)


class Clock(models.TextChoices):
    """What a clock measures. `TURN` has no deadline: it says whose time it is, so that each minute is charged once."""

    TURN = "turn", _("whose turn")
    SORT = "sort", _("sort")
    ACCEPT = "accept", _("accept")
    CONTACT = "contact", _("first contact")
    ONSITE = "onsite", _("on site")
    RESOLVE = "resolve", _("resolve")


class Mark(models.TextChoices):
    """What a line of the ledger says."""

    START = "start", _("started")
    STOP = "stop", _("stopped")
    PAUSE = "pause", _("paused")
    RESUME = "resume", _("resumed")
    EXTEND = "extend", _("extended")
    BUDGET = "budget", _("new time allowed")
    CALENDAR = "calendar", _("calendar revised")
    HAND_OVER = "hand_over", _("handed over")


class Unit(models.TextChoices):
    """How an allowance is counted: minutes of day and night, working minutes, or working days."""

    WALL = "wall", _("minutes")
    MINUTES = "minutes", _("working minutes")
    DAYS = "days", _("working days")


class Party(models.TextChoices):
    """Whose turn it is."""

    SYSTEM = "system", _("the system")
    STREET = "street", _("the street office")
    COUNTY = "county", _("the county desk")
    LEAD = "lead", _("the lead organisation")
    REPORTER = "reporter", _("the reporter")


class Step(models.IntegerChoices):
    """Who hears that something is late: each step once for one deadline."""

    WARNING = 1, _("reminded before the deadline")
    LATE = 2, _("overdue")
    STREET = 3, _("escalated to the street's leader")
    COUNTY = 4, _("escalated to the county")


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many of a unit."""

    amount: int
    unit: Unit

    def after(self, start: datetime, calendar: WorkingCalendar) -> datetime:
        """When it is used up, counted from `start`."""
        if self.unit == Unit.WALL:
            return start + self.amount * MINUTE
        if self.unit == Unit.DAYS:
            return add_working_days(start, self.amount, calendar)
        return add_working_minutes(start, self.amount, calendar)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger. `party` is set on START and HAND_OVER of the turn; `allowed` on START, EXTEND and BUDGET of a
    deadline; `calendar` (a version's key) on START and CALENDAR."""

    clock: Clock
    mark: Mark
    at: datetime
    party: str = ""
    allowed: Allowance | None = None
    calendar: int = 0


@dataclass(slots=True)
class Standing:
    """How one clock stands. `due_at` is None while it stands still and when it has no deadline."""

    clock: Clock
    started_at: datetime
    allowed: Allowance
    calendar: WorkingCalendar
    shifts: list["_Pause | Allowance"] = field(default_factory=list)
    paused_at: datetime | None = None
    stopped_at: datetime | None = None

    @property
    def running(self) -> bool:
        return self.stopped_at is None and self.paused_at is None

    @property
    def due_at(self) -> datetime | None:
        """When it runs out, every pause and extension counted; what stopped keeps the moment that it was measured by."""
        if self.paused_at is not None:
            return None
        return self.measured_by

    @property
    def measured_by(self) -> datetime:
        """The deadline as far as is known: of a clock that stands still, as if it went on at the moment of its pause."""
        due = self.allowed.after(self.started_at, self.calendar)
        for shift in self.shifts:
            due = shift.after(due, self.calendar) if isinstance(shift, Allowance) else shift.moved(due, self)
        return due

    @property
    def late(self) -> bool:
        """Of a stopped clock: was it stopped after its deadline?"""
        return self.stopped_at is not None and self.stopped_at > self.measured_by


@dataclass(frozen=True, slots=True)
class _Pause:
    """A stretch that does not count: the deadline moves on by its working time, rounded up to a minute."""

    since: datetime
    until: datetime

    def moved(self, due: datetime, clock: Standing) -> datetime:
        if clock.allowed.unit == Unit.WALL:
            return due + (self.until - self.since)
        lost = worked_between(self.since, self.until, clock.calendar)
        return add_working_minutes(due, -(-lost // MINUTE), clock.calendar) if lost else due


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch during which it was one party's turn: wall-clock time and working time of it."""

    party: str
    since: datetime
    until: datetime
    worked: timedelta

    @property
    def wall(self) -> timedelta:
        return self.until - self.since


class LedgerError(ValueError):
    """The ledger says something impossible: a pause of a clock that stands still, a line about a clock never started."""


@dataclass(slots=True)
class Replay:
    """What a ledger comes to."""

    clocks: dict[Clock, Standing] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)
    party: str = ""

    def due(self, clock: Clock) -> datetime | None:
        """When a clock that runs falls due, or by what one that stopped was measured; None if there is none."""
        standing = self.clocks.get(clock)
        return standing.due_at if standing else None


def replay(lines: Iterable[Line], calendars: Mapping[int, WorkingCalendar], *, until: datetime | None = None) -> Replay:
    """Go through the ledger in order. `until` closes the turn that still runs. Raises LedgerError on an impossible line."""
    found = Replay()
    turn_since: datetime | None = None
    calendar = calendars.get(0, WorkingCalendar())
    last: datetime | None = None
    for line in lines:
        if last is not None and line.at < last:
            raise LedgerError(f"{line} lies before the line above it")
        last = line.at
        if line.clock != Clock.TURN:
            _apply(found.clocks, line, calendars)
            continue
        if line.calendar:
            calendar = calendars[line.calendar]
        if turn_since is not None:
            found.turns.append(_turn(found.party, turn_since, line.at, calendar))
        turn_since = None if line.mark == Mark.STOP else line.at
        found.party = "" if line.mark == Mark.STOP else line.party
    if turn_since is not None and until is not None:
        found.turns.append(_turn(found.party, turn_since, max(until, turn_since), calendar))
    return found


def _turn(party: str, since: datetime, until: datetime, calendar: WorkingCalendar) -> Turn:
    return Turn(party, since, until, worked_between(since, until, calendar))


def _apply(clocks: dict[Clock, Standing], line: Line, calendars: Mapping[int, WorkingCalendar]) -> None:
    if line.mark == Mark.START:
        if line.allowed is None:
            raise LedgerError(f"{line} starts a deadline without saying how long")
        clocks[line.clock] = Standing(line.clock, line.at, line.allowed, calendars[line.calendar])
        return
    standing = clocks.get(line.clock)
    if standing is None or standing.stopped_at is not None:
        raise LedgerError(f"{line} is about a clock that does not run")
    match line.mark:
        case Mark.PAUSE if standing.paused_at is None:
            standing.paused_at = line.at
        case Mark.RESUME if standing.paused_at is not None:
            standing.shifts.append(_Pause(standing.paused_at, line.at))
            standing.paused_at = None
        case Mark.EXTEND if line.allowed is not None:
            standing.shifts.append(line.allowed)
        case Mark.BUDGET if line.allowed is not None:
            standing.allowed = line.allowed
        case Mark.CALENDAR:
            standing.calendar = calendars[line.calendar]
        case Mark.STOP:
            if standing.paused_at is not None:
                standing.shifts.append(_Pause(standing.paused_at, line.at))
                standing.paused_at = None
            standing.stopped_at = line.at
        case _:
            raise LedgerError(f"{line} does not fit how the clock stands")


def warn_at(standing: Standing) -> datetime | None:
    """When to remind before the deadline: a fifth of the stretch before it, at most one day (own rule)."""
    due = standing.due_at
    if due is None:
        return None
    return due - min((due - standing.started_at) / 5, timedelta(days=1))


def charges(turns: Sequence[Turn]) -> list[tuple[str, timedelta, timedelta]]:
    """(party, wall-clock time, working time), the parties in the order of their first turn."""
    wall: dict[str, timedelta] = {}
    worked: dict[str, timedelta] = {}
    for turn in turns:
        wall[turn.party] = wall.get(turn.party, timedelta()) + turn.wall
        worked[turn.party] = worked.get(turn.party, timedelta()) + turn.worked
    return [(party, wall[party], worked[party]) for party in wall]
