"""Reads over call-backs (回访): whom the street's desk has to call, and who cannot be called at all."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from complaints import worklist
from complaints.models import CallBack, CallTry, Ticket
from complaints.rating_states import CallReason, CallState
from complaints.states import Channel, State
from people.actors import Actor
from people.roles import DESKS, Role
from tenancy.refusals import NotThere

SHOWN = ("open", "mine", "late", "ended")
"""Named selections of the list."""
WATCHING = DESKS | {Role.SUPERVISOR}

UNCALLED = Q(reporter_phone="") | Q(anonymous=True) | Q(confidential=True) | Q(restricted=True)
"""Nobody calls these: there is no phone, or only the officer in charge may look up who it was."""
ASKED = Q(parent=None) & ~Q(channel=Channel.PATROL)
"""Somebody reported these: a part is judged with its whole, and what a firm found itself has no reporter."""


def reads_calls(actor: Actor) -> bool:
    return not actor.roles.isdisjoint(WATCHING)


def visible_to(actor: Actor) -> QuerySet[CallBack]:
    """Call-backs of the tickets on somebody's desk, within the scope in force: street, county desk and supervision."""
    tickets = worklist.watched_by(actor)
    found: QuerySet[CallBack] = CallBack.objects.filter(ticket__in=tickets.values("pk"))
    return found


def listed(actor: Actor, shown: str, today: date) -> QuerySet[CallBack]:
    """One of SHOWN, what is due first on top; of what has ended the newest."""
    conditions: dict[str, Q] = {
        "open": Q(state=CallState.OPEN),
        "mine": Q(state=CallState.OPEN, taken_by=actor.id),
        "late": Q(state=CallState.OPEN, due_on__lt=today),
        "ended": ~Q(state=CallState.OPEN),
    }
    found = visible_to(actor).filter(conditions[shown])
    found = found.select_related("ticket__compound", "ticket__lead", "taken_by", "ended_by")
    return found.order_by("-ended_at", "-pk") if shown == "ended" else found.order_by("due_on", "pk")


def get(actor: Actor, call_back_id: int, *, lock: bool = False) -> CallBack:
    """One call-back. Raises NotThere for an absent, foreign or hidden one alike."""
    found = visible_to(actor).filter(pk=call_back_id)
    if lock:
        found = found.select_for_update(of=("self",))
    row = found.select_related("taken_by", "ended_by").first()
    if row is None:
        raise NotThere
    return row


def calls_of(row: CallBack) -> QuerySet[CallTry]:
    """The calls that were made, oldest first."""
    found: QuerySet[CallTry] = CallTry.objects.filter(call_back=row).select_related("by").order_by("pk")
    return found


def last_try(row: CallBack) -> CallTry | None:
    return calls_of(row).last()


def waiting() -> QuerySet[Ticket]:
    """Answered tickets whose reporter can be called and was not asked about this answer yet, within the scope in force."""
    made = CallBack.objects.filter(ticket=OuterRef("pk"), answered_at=OuterRef("resolved_at"), reason=CallReason.SILENT)
    found: QuerySet[Ticket] = Ticket.objects.filter(ASKED, ~UNCALLED, ~Exists(made), state=State.RESOLVED)
    return found


def uncalled_count(actor: Actor) -> int:
    """Answered and not rated, and nobody can be called."""
    found: Any = worklist.watched_by(actor).filter(ASKED, UNCALLED, state=State.RESOLVED)
    return int(found.count())
