"""Deadlines as lists and cases show them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints import queries, timekeeping
from complaints.clocks import Clock
from complaints.models import ClockLine, Ticket
from complaints.states import TO_SORT, State
from complaints.timekeeping import Account, Stand
from people.actors import Actor

NAMES = {
    Clock.SORT: _("Sort"),
    Clock.ACCEPT: _("Accept"),
    Clock.CONTACT: _("First contact"),
    Clock.ONSITE: _("On site"),
    Clock.RESOLVE: _("Answer"),
}


@dataclass(frozen=True)
class Due:
    """A deadline as the `due` component shows it; `name` says what is due."""

    name: Any
    kind: str
    at: datetime | None


def named(stand: Stand) -> Due:
    return Due(NAMES[stand.clock], stand.kind, stand.at)


def next_due(ticket: Ticket, now: datetime) -> Due | None:
    """The deadline a list shows, from the row alone: to sort, to accept, then to answer. None once answered in time."""
    if ticket.state in TO_SORT:
        return _running(Clock.SORT, ticket.sort_due_at, now)
    if ticket.state == State.DISPATCHED:
        return _running(Clock.ACCEPT, ticket.accept_due_at, now)
    if ticket.state == State.ACCEPTED:
        if ticket.paused_at is not None:
            return Due(NAMES[Clock.RESOLVE], "paused", ticket.paused_at)
        return _running(Clock.RESOLVE, ticket.resolve_due_at, now)
    due, done = ticket.resolve_due_at, ticket.resolved_at
    return Due(NAMES[Clock.RESOLVE], "missed", due) if due and done and done > due else None


def _running(clock: Clock, at: datetime | None, now: datetime) -> Due | None:
    return Due(NAMES[clock], timekeeping.kind_of(at, now), at) if at else None


def section(actor: Actor, ticket: Ticket, kept: Account, now: datetime) -> dict[str, Any]:
    """The clocks of a case, whose time it was, and the ledger line by line."""
    return {
        "dues": [named(stand) for stand in timekeeping.stands(ticket, kept, now=now)],
        "charges": [
            {"name": each.name, "worked": timekeeping.in_words(each.worked), "wall": timekeeping.in_words(each.wall)}
            for each in timekeeping.charges(kept)
        ],
        "ledger": [_line(actor, line, ticket) for line in kept.lines],
    }


def _line(actor: Actor, line: ClockLine, ticket: Ticket) -> dict[str, Any]:
    party = (line.organisation.name if line.organisation else line.get_party_display()) if line.party else ""
    return {
        "at": line.at,
        "clock": line.get_clock_display(),
        "mark": line.get_mark_display(),
        "allowed": f"{line.amount} {line.get_unit_display()}" if line.amount is not None else "",
        "party": party,
        "by": timekeeping.by_whom(line, ticket),
        "reason": queries.as_read(actor, ticket, line.reason),
    }
