"""Talking to the reporter: the first contact, being on site, a question that stops the clock, and its answer."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.actions import telling, timing
from complaints.actions.step import begin, finish, reason_of, remark_of
from complaints.clocks import Clock
from complaints.models import Ticket
from complaints.states import EventKind, State
from people.actors import Actor
from tenancy.refusals import WrongState


@transaction.atomic
def contact(number: str, *, by: Actor, version: int, text: str) -> Ticket:
    """首次联系: the reporter was reached; `text` says how and what was agreed. The reporter reads it."""
    ticket = begin(number, "contact", by=by, version=version)
    said = reason_of(text)
    timing.reached(ticket, Clock.CONTACT, by=by)
    finish(ticket, State(ticket.state), EventKind.CONTACTED, timing.DUE_FIELDS, by=by, text=said)
    return ticket


@transaction.atomic
def arrive(number: str, *, by: Actor, version: int, text: str = "") -> Ticket:
    """到场: somebody is on site."""
    ticket = begin(number, "arrive", by=by, version=version)
    said = remark_of(text)
    timing.reached(ticket, Clock.ONSITE, by=by)
    finish(ticket, State(ticket.state), EventKind.ARRIVED, timing.DUE_FIELDS, by=by, text=said)
    return ticket


@transaction.atomic
def ask(number: str, *, by: Actor, version: int, text: str) -> Ticket:
    """Ask the reporter for what is missing. The time to answer stands still until the reply, or until it is taken up again."""
    ticket = begin(number, "ask", by=by, version=version)
    if ticket.paused_at is not None:
        raise WrongState(_("The reporter has been asked already and has yet to reply."))
    ticket.question = reason_of(text)
    timing.paused(ticket, by=by, reason=ticket.question)
    finish(ticket, State(ticket.state), EventKind.ASKED, ["question", *timing.DUE_FIELDS], by=by, text=ticket.question)
    telling.tell_reporter(ticket, "ticket_told_asked")
    return ticket


@transaction.atomic
def reply(number: str, *, by: Actor, version: int, text: str) -> Ticket:
    """The reporter answers the question; the clock goes on."""
    ticket = begin(number, "reply", by=by, version=version)
    said = reason_of(text)
    _go_on(ticket, EventKind.REPLIED, by=by, text=said)
    telling.tell_lead(ticket, "ticket_replied")
    return ticket


@transaction.atomic
def resume(number: str, *, by: Actor, version: int, text: str = "") -> Ticket:
    """Take it up again without a written reply: the lead was told by telephone, or (the system) has waited long enough."""
    ticket = begin(number, "resume", by=by, version=version)
    said = remark_of(text)
    _go_on(ticket, EventKind.RESUMED, by=by, text=said)
    if by.is_system:
        telling.tell_lead(ticket, "ticket_not_replied")
    return ticket


def _go_on(ticket: Ticket, kind: EventKind, *, by: Actor, text: str) -> None:
    if ticket.paused_at is None:
        raise WrongState(_("Nothing was asked that is still open."))
    ticket.question = ""
    timing.resumed(ticket, by=by)
    finish(ticket, State(ticket.state), kind, ["question", *timing.DUE_FIELDS], by=by, text=text)
