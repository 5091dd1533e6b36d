"""What a ticket's ledger comes to, for reading: how each clock stands, whose time it was, and every line. Staff only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from complaints import clocks, deadlines
from complaints.catalogue import Catalogue
from complaints.clocks import Clock, Party, Replay, Standing
from complaints.models import ClockLine, Ticket
from complaints.states import FINAL, UNSORTED, State
from people import queries as people

DEADLINES = (Clock.SORT, Clock.ACCEPT, Clock.CONTACT, Clock.ONSITE, Clock.RESOLVE)
SOON = timedelta(hours=4)
"""From when on a due time is called near (own rule)."""


@dataclass(frozen=True)
class Account:
    """The ledger of one ticket and what it comes to at one moment."""

    lines: Sequence[ClockLine]
    found: Replay

    @property
    def resolve(self) -> Standing | None:
        """The clock of the answer, if one was ever started."""
        return self.found.clocks.get(Clock.RESOLVE)


@dataclass(frozen=True)
class Stand:
    """A clock in a word: on_time, soon, late, met, missed or paused; `at` is its deadline, or since when it stands still."""

    clock: Clock
    kind: str
    at: datetime


@dataclass(frozen=True)
class Charge:
    """What was one party's time. `organisation` is the lead's id, None for the other parties."""

    party: Party
    organisation: int | None
    name: str
    wall: timedelta
    worked: timedelta


def account(ticket: Ticket, *, now: datetime) -> Account:
    """Read the ledger, in one query (and one for calendars that were not used before)."""
    rows = ClockLine.objects.filter(ticket=ticket, assist=None).select_related("by", "organisation").order_by("pk")
    lines = list(rows)
    calendars = people.calendars({line.calendar for line in lines})
    return Account(lines, clocks.replay([line.line() for line in lines], calendars, until=now))


def kind_of(due: datetime, now: datetime) -> str:
    """How near a deadline is that still runs."""
    return "late" if now > due else "soon" if due - now < SOON else "on_time"


def stands(ticket: Ticket, kept: Account, *, now: datetime) -> list[Stand]:
    """The clocks that mean something now: none that a return, a merger or an end without an answer stopped."""
    known = kept.found.clocks
    resolve = known.get(Clock.RESOLVE)
    before = resolve.stopped_at if resolve else None
    answered_with_another = bool(before and ticket.resolved_at and before < ticket.resolved_at)
    if ticket.state in UNSORTED:
        shown: tuple[Clock, ...] = (Clock.SORT,)
    elif ticket.state == State.MERGED or answered_with_another or (ticket.state in FINAL and ticket.resolved_at is None):
        shown = ()
    else:
        shown = DEADLINES
    return [_stand(known[clock], now) for clock in shown if clock in known]


def _stand(standing: Standing, now: datetime) -> Stand:
    if standing.paused_at is not None:
        return Stand(standing.clock, "paused", standing.paused_at)
    due = standing.measured_by
    if standing.stopped_at is not None:
        return Stand(standing.clock, "missed" if standing.late else "met", due)
    return Stand(standing.clock, kind_of(due, now), due)


def charges(kept: Account) -> list[Charge]:
    """Whose time it was so far, the parties in the order of their first turn."""
    names = {line.whose: line.organisation.name for line in kept.lines if line.organisation is not None}
    found = []
    for whose, wall, worked in clocks.charges(kept.found.turns):
        party, _colon, organisation = whose.partition(":")
        name = names.get(whose) or str(Party(party).label)
        found.append(Charge(Party(party), int(organisation) if organisation else None, name, wall, worked))
    return found


def by_whom(line: ClockLine, ticket: Ticket) -> str:
    """Who wrote a line. The reporter is never named here."""
    return _("the reporter") if line.by_id == ticket.reporter_id else line.by.label


def with_more_days(resolve: Standing, days: int) -> datetime:
    """When the answer would fall due with so many working days more."""
    return clocks.Allowance(days, clocks.Unit.DAYS).after(resolve.measured_by, resolve.calendar)


def as_another_kind(ticket: Ticket, kept: Account, leaf: str) -> list[Stand]:
    """How the clocks that run would stand if the ticket were about `leaf`. Raises KeyError for a leaf that does not exist."""
    known = Catalogue.load()
    level = deadlines.level_of(known.leaf(leaf).urgency, emergency=ticket.emergency, raised=ticket.why_here.get("urgency", ""))
    allowed = deadlines.allowances(known.urgency(level))
    running = [each for each in kept.found.clocks.values() if each.stopped_at is None and each.clock in allowed]
    return [
        Stand(each.clock, "paused" if each.paused_at else "on_time", replace(each, allowed=allowed[each.clock]).measured_by)
        for each in running
    ]


def in_words(length: timedelta) -> str:
    """A stretch of time: the two largest units of days, hours and minutes; 0 is less than a minute."""
    minutes = int(length / timedelta(minutes=1))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)d min") % {"minutes": minutes}
