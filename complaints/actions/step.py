"""What every step on a ticket has in common: the checks before it, and what is written after it."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints import queries
from complaints.actions import telling
from complaints.models import Ticket, TicketEvent
from complaints.permissions import RULES
from complaints.states import POSSIBLE, EventKind, State
from people.actors import Actor
from people.models import Organisation
from tenancy.refusals import NotAllowed, Refusal, Stale, WrongState
from tenancy.text import clean

LONGEST_REASON = 500


def begin(number: str, action: str, *, by: Actor, version: int) -> Ticket:
    """The ticket, locked and checked: visible, allowed, unchanged since `version`, and in a state that allows the action."""
    ticket = queries.get(by, number, lock=True)
    if not RULES[action](by, ticket):
        raise NotAllowed
    if ticket.version != version:
        changes = TicketEvent.objects.filter(ticket=ticket).exclude(kind=EventKind.REVEALED)  # a look changes nothing
        last = changes.select_related("by").order_by("-pk").first()
        who = "" if last is None else str(_("the reporter")) if last.by_reporter else last.by.label
        raise Stale(who=who, when=last.at if last else None, version=ticket.version)
    if ticket.state not in POSSIBLE[action]:
        raise WrongState(_("This cannot be done now: the ticket is “%(state)s”.") % {"state": ticket.get_state_display()})
    return ticket


def finish(
    ticket: Ticket,
    new: State,
    kind: EventKind,
    fields: Sequence[str],
    *,
    by: Actor,
    text: str = "",
    told: bool = True,
    **details: Any,
) -> None:
    """Save the changed row as the next version and append the event; `details` go on to `telling.note`."""
    old, ticket.state = ticket.state, new
    ticket.version += 1
    ticket.save(update_fields=[*fields, "state", "version"])
    telling.note(ticket, kind, by=by, old=old, text=text, told=told, **details)


def answering_here(ticket: Ticket, organisation: int) -> Organisation:
    """An organisation that answers for the ticket's place. Raises Refusal (field `organisation`) for any other id."""
    found = queries.answering_for(ticket.area).filter(pk=organisation).first()
    if found is None:
        raise Refusal(
            _("This organisation does not answer for this place. Choose one from the list."),
            field="organisation",
            code="not_found",
        )
    return found


def reason_of(text: str) -> str:
    """The words that a step needs, cleaned. Raises Refusal (field `text`)."""
    return clean(text, field="text", longest=LONGEST_REASON, lines=True)


def remark_of(text: str) -> str:
    """Words that may be left out, cleaned. Raises Refusal (field `text`)."""
    return clean(text, field="text", longest=LONGEST_REASON, required=False, lines=True)
