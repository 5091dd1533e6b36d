"""公开 and 撤回公开: neighbours get to read a clerk's wording of a ticket, and nothing else that was written on it."""

from django.db import transaction

from complaints import indexing, personal
from complaints.actions import telling
from complaints.actions.filing import LONGEST_TEXT
from complaints.actions.step import begin, finish, reason_of
from complaints.models import Ticket
from complaints.states import EventKind, State
from people.actors import Actor
from tenancy.text import clean


@transaction.atomic
def publish(number: str, *, by: Actor, version: int, text: str) -> Ticket:
    """公开: the residents of the compound see it, with `text`, masked, as its whole wording. Once more changes the wording.

    Raises Refusal on `text`; NotAllowed for a confidential ticket and for whoever is not of the street office.
    """
    ticket = begin(number, "publish", by=by, version=version)
    ticket.public_text = personal.masked(clean(text, field="text", longest=LONGEST_TEXT, lines=True))
    ticket.public = True
    finish(ticket, State(ticket.state), EventKind.PUBLISHED, ["public", "public_text"], by=by, text=ticket.public_text)
    indexing.keep(ticket)
    telling.tell_reporter(ticket, "ticket_told_published")
    return ticket


@transaction.atomic
def unpublish(number: str, *, by: Actor, version: int, text: str) -> Ticket:
    """撤回公开, with a reason that the reporter reads. The wording is kept for the next time."""
    ticket = begin(number, "unpublish", by=by, version=version)
    reason = reason_of(text)
    ticket.public = False
    finish(ticket, State(ticket.state), EventKind.UNPUBLISHED, ["public"], by=by, text=reason)
    telling.tell_reporter(ticket, "ticket_told_unpublished")
    return ticket
