"""延期: more time to answer, asked for with a reason before the deadline and decided by the dispatcher."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.actions import telling, timing
from complaints.actions.step import begin, finish, reason_of, remark_of
from complaints.models import Extension, Ticket
from complaints.states import EventKind, ExtensionState, State
from people.actors import Actor
from tenancy import clock
from tenancy.refusals import Refusal, WrongState

MOST_DAYS = 15
MOST_GRANTED = 2
"""Working days in one extension, and extensions of one ticket (own; 信访工作条例 34 knows one of at most 30 days)."""


@transaction.atomic
def ask(number: str, *, by: Actor, version: int, days: int, text: str) -> Ticket:
    """Ask for `days` more working days. Raises Refusal on `days` or `text`; WrongState after the deadline or with one open."""
    ticket = begin(number, "ask_extension", by=by, version=version)
    reason = reason_of(text)
    if not 1 <= days <= MOST_DAYS:
        raise Refusal(_("Ask for 1 to %(most)d working days.") % {"most": MOST_DAYS}, field="days")
    now = clock.now()
    if ticket.paused_at is not None:
        raise WrongState(_("The time to answer stands still while the reporter is asked; more is not needed now."))
    if ticket.resolve_due_at is not None and now > ticket.resolve_due_at:
        raise WrongState(_("The deadline has passed; more time can be asked for only before it."))
    earlier = Extension.objects.filter(ticket=ticket)
    if earlier.filter(state=ExtensionState.ASKED).exists():
        raise WrongState(_("More time has been asked for already; the street office has yet to decide."))
    if earlier.filter(state=ExtensionState.GRANTED).count() >= MOST_GRANTED:
        raise WrongState(_("More time was granted %(most)d times; it cannot be asked for again.") % {"most": MOST_GRANTED})
    Extension.objects.create(area=ticket.area, ticket=ticket, days=days, reason=reason, asked_at=now, asked_by=by.user)
    _finish(ticket, EventKind.EXTENSION_ASKED, by=by, text=reason, days=days, told=False)
    telling.tell_street(ticket, "ticket_extension_asked")
    return ticket


@transaction.atomic
def grant(number: str, *, by: Actor, version: int, text: str = "") -> Ticket:
    """Grant what was asked; the reporter is told the new date and why (信访工作条例 34: the reason is told)."""
    ticket = begin(number, "grant_extension", by=by, version=version)
    row = _open(ticket)
    _decide(row, ExtensionState.GRANTED, by=by, text=remark_of(text))
    timing.extended(ticket, row.days, by=by, reason=row.reason)
    _finish(ticket, EventKind.EXTENDED, by=by, text=row.reason, days=row.days, told=True)
    telling.tell_lead(ticket, "ticket_extended")
    telling.tell_reporter(ticket, "ticket_told_extended")
    return ticket


@transaction.atomic
def refuse(number: str, *, by: Actor, version: int, text: str) -> Ticket:
    """Refuse it, with the reason; the deadline stays."""
    ticket = begin(number, "refuse_extension", by=by, version=version)
    reason = reason_of(text)
    row = _open(ticket)
    _decide(row, ExtensionState.REFUSED, by=by, text=reason)
    _finish(ticket, EventKind.EXTENSION_REFUSED, by=by, text=reason, days=row.days, told=False)
    telling.tell_lead(ticket, "ticket_extension_refused")
    return ticket


def _open(ticket: Ticket) -> Extension:
    found: Extension | None = Extension.objects.filter(ticket=ticket, state=ExtensionState.ASKED).first()
    if found is None:
        raise WrongState(_("Nobody has asked for more time."))
    return found


def _decide(row: Extension, state: ExtensionState, *, by: Actor, text: str) -> None:
    row.state, row.decision = state, text
    row.decided_at, row.decided_by = clock.now(), by.user
    row.save(update_fields=["state", "decision", "decided_at", "decided_by"])


def _finish(ticket: Ticket, kind: EventKind, *, by: Actor, text: str, days: int, told: bool) -> None:
    finish(ticket, State(ticket.state), kind, timing.DUE_FIELDS, by=by, text=text, told=told, facts={"days": days})
