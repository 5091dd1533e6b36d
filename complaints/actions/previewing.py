"""A preview: the step itself is taken and taken back, so that what is shown is exactly what would be said."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from complaints import queries
from complaints.actions import talks, tickets
from complaints.models import Ticket, TicketEvent
from complaints.note_states import Worded
from notices.actions import as_mail
from notices.models import Notice
from notices.states import Channel
from people.actors import Actor
from tenancy.refusals import NotAllowed


def _resolve(number: str, **given: Any) -> Ticket:
    return tickets.resolve(number, photos=[], **given)


STEPS: dict[str, Callable[..., Ticket]] = {
    Worded.CONTACT: talks.contact,
    Worded.ARRIVE: talks.arrive,
    Worded.ASK: talks.ask,
    Worded.RESUME: talks.resume,
    Worded.RESOLVE: _resolve,
    Worded.REPLY_DIRECTLY: tickets.reply_directly,
    Worded.REFUSE: tickets.refuse,
    Worded.REDO: tickets.redo,
    Worded.CANCEL: tickets.cancel,
}
ANSWERS = frozenset({Worded.RESOLVE, Worded.REPLY_DIRECTLY})
"""Steps whose words go to the reporters of merged tickets, too."""


@dataclass(frozen=True)
class Message:
    """A notice in the reporter's language, as it goes into the bell and, to whoever has given an address, out as an e-mail."""

    subject: str
    body: str


@dataclass(frozen=True)
class Preview:
    """What a step would tell whoever filed the ticket.

    `events` are the lines that the page of the ticket gains; `message` is None where nobody is notified: somebody without an
    account reads the page, and not every step sends a notice. `others` are reporters of merged tickets who get the same.
    """

    events: list[TicketEvent]
    message: Message | None
    others: int


def preview(number: str, step: str, *, by: Actor, version: int, text: str) -> Preview:
    """What this step with these words would say. Nothing is kept and nobody is told.

    `step` is a value of `Worded`. Raises what the step's own action raises, and NotAllowed for whoever filed it.
    """
    with transaction.atomic():
        ticket = queries.get(by, number)
        if not queries.reads_as_staff(by, ticket):
            raise NotAllowed
        others = len(queries.merged_with(ticket)) if step in ANSWERS else 0
        before = TicketEvent.objects.filter(ticket=ticket).order_by("-pk").values_list("pk", flat=True)[0]
        changed = STEPS[step](number, by=by, version=version, text=text)
        events = TicketEvent.objects.filter(ticket=changed, pk__gt=before, told=True).select_related("organisation", "by")
        found = Preview(list(events.order_by("pk")), _message(changed), others)
        transaction.set_rollback(True)
    return found


def _message(ticket: Ticket) -> Message | None:
    of_now = f"{ticket.number}:{ticket.version}:"
    told = Notice.objects.filter(user_id=ticket.reporter_id, channel=Channel.BELL, key__startswith=of_now)
    notice = told.select_related("user").first() if ticket.reporter_id else None
    if notice is None:
        return None
    mail = as_mail(notice)
    return Message(str(mail.subject), str(mail.body).strip())
