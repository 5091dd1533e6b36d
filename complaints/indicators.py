"""响应率、解决率、满意率: what each ticket counts for, and sums of that. Pure; the definitions stand in `docs/indicators.md`.

The names come from 北京条例 32, which sets no formula; how they are counted is our own rule, close to the domain's indicators
CP3, CP4 and CP5. Shares are whole numbers: so many of so many.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from django.db import models
from django.utils.translation import pgettext_lazy

from complaints.rating_states import Manner, Result
from complaints.states import UNANSWERED, UNSORTED, Channel, State


class Rate(models.TextChoices):
    RESPONSE = "response", pgettext_lazy("rate", "response rate")
    SOLUTION = "solution", pgettext_lazy("rate", "solution rate")
    SATISFACTION = "satisfaction", pgettext_lazy("rate", "satisfaction rate")


class Why(models.TextChoices):
    """Why a ticket counts for a rate, counts against it, or is left out."""

    IN_TIME = "in_time", pgettext_lazy("rate", "contacted in time")
    TOO_LATE = "too_late", pgettext_lazy("rate", "not contacted in time")
    SOLVED = "solved", pgettext_lazy("rate", "put right")
    PARTLY = "partly", pgettext_lazy("rate", "partly put right")
    UNSOLVED = "unsolved", pgettext_lazy("rate", "not put right")
    GOOD = "good", pgettext_lazy("rate", "satisfied")
    FAIR = "fair", pgettext_lazy("rate", "more or less satisfied")
    BAD = "bad", pgettext_lazy("rate", "not satisfied")
    PART = "part", pgettext_lazy("rate", "left out: a part, counted with its whole")
    PATROL = "patrol", pgettext_lazy("rate", "left out: found by the firm itself")
    ENDED = "ended", pgettext_lazy("rate", "left out: withdrawn or not taken up")
    UNKNOWN = "unknown", pgettext_lazy("rate", "left out: nobody to contact")
    NOT_SENT = "not_sent", pgettext_lazy("rate", "left out: nobody leads it yet")
    MERGED = "merged", pgettext_lazy("rate", "left out: merged, contacted with the main ticket")
    RUNNING = "running", pgettext_lazy("rate", "left out: the time is not up yet")
    OPEN = "open", pgettext_lazy("rate", "left out: not answered yet")
    SILENT = "silent", pgettext_lazy("rate", "left out: answered and not rated")


FOR = frozenset({Why.IN_TIME, Why.SOLVED, Why.GOOD, Why.FAIR})
AGAINST = frozenset({Why.TOO_LATE, Why.PARTLY, Why.UNSOLVED, Why.BAD})
COUNTED = FOR | AGAINST


@dataclass(frozen=True, slots=True)
class Facts:
    """What is asked of one ticket. `contact_stopped_at` is None while the clock of the first contact runs.

    `organisation` is whoever led before second handling, else whoever leads: what was not put right stays theirs. `merged` is
    what is worked on, or was answered, together with another.
    """

    number: str
    area: int
    organisation: int | None
    filed_on: date
    state: str
    channel: str
    part: bool
    merged: bool
    reachable: bool
    contact_due_at: datetime | None
    contact_stopped_at: datetime | None
    result: str
    manner: str


def judged(ticket: Facts, now: datetime) -> dict[Rate, Why]:
    """What a ticket counts for at a moment: one reason for each rate."""
    out = _left_out(ticket)
    if out is not None:
        return dict.fromkeys(Rate, out)
    if not ticket.result or (ticket.result == Result.SOLVED and ticket.state in UNANSWERED):  # to be done again after all
        unrated = Why.OPEN if ticket.state in UNANSWERED else Why.SILENT
        return {Rate.RESPONSE: _response(ticket, now), Rate.SOLUTION: unrated, Rate.SATISFACTION: unrated}
    said, how = Why(Result(ticket.result).value), Why(Manner(ticket.manner).value)
    return {Rate.RESPONSE: _response(ticket, now), Rate.SOLUTION: said, Rate.SATISFACTION: how}


def _left_out(ticket: Facts) -> Why | None:
    """Left out of all three."""
    if ticket.part:
        return Why.PART
    if ticket.channel == Channel.PATROL:
        return Why.PATROL
    return Why.ENDED if ticket.state in (State.CANCELLED, State.REFUSED) else None


def _response(ticket: Facts, now: datetime) -> Why:
    if not ticket.reachable:
        return Why.UNKNOWN
    if ticket.merged:
        return Why.MERGED
    if ticket.state in UNSORTED or ticket.contact_due_at is None:
        return Why.NOT_SENT
    if ticket.contact_stopped_at is None and now <= ticket.contact_due_at:
        return Why.RUNNING
    return Why.IN_TIME if (ticket.contact_stopped_at or now) <= ticket.contact_due_at else Why.TOO_LATE


@dataclass
class Sum:
    """Tickets counted together: how many there are, and how many for each reason of each rate."""

    tickets: int = 0
    reasons: dict[Rate, dict[Why, int]] = field(default_factory=lambda: {rate: {} for rate in Rate})

    def add(self, found: dict[Rate, Why]) -> None:
        self.tickets += 1
        for rate, why in found.items():
            self.reasons[rate][why] = self.reasons[rate].get(why, 0) + 1

    def numerator(self, rate: Rate) -> int:
        return sum(many for why, many in self.reasons[rate].items() if why in FOR)

    def denominator(self, rate: Rate) -> int:
        return sum(many for why, many in self.reasons[rate].items() if why in COUNTED)

    def left_out(self, rate: Rate) -> int:
        return self.tickets - self.denominator(rate)

    def percent(self, rate: Rate) -> str:
        """With one decimal, rounded half up; a dash while nothing counts."""
        of = self.denominator(rate)
        if not of:
            return "—"
        tenths = (Fraction(self.numerator(rate) * 1000, of) + Fraction(1, 2)).__floor__()
        return f"{tenths // 10}.{tenths % 10} %"


def summed(tickets: Iterable[Facts], now: datetime) -> Sum:
    """All of them together."""
    total = Sum()
    for ticket in tickets:
        total.add(judged(ticket, now))
    return total
