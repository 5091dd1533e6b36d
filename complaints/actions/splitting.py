"""拆单: a ticket that holds several matters is divided; each part is a ticket of its own, and the whole waits for them."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.actions import telling, timing
from complaints.actions.filing import LONGEST_TEXT, insert
from complaints.actions.step import answering_here, begin, finish, reason_of
from complaints.actions.tickets import dispatch
from complaints.models import Leaf, Ticket
from complaints.states import EventKind, State
from people.actors import Actor
from tenancy import clock
from tenancy.refusals import Refusal
from tenancy.text import clean

MOST_PARTS = 10
"""Parts of one ticket in all (own)."""


@dataclass(frozen=True)
class Part:
    """One matter: what it is about, who leads, and a clerk's wording of it."""

    leaf: str
    organisation: int
    text: str


@transaction.atomic
def split(number: str, *, by: Actor, version: int, parts: list[Part], text: str) -> Ticket:
    """拆单, with a reason. Each part is dispatched at once, with clocks of its own; the reporter follows the whole.

    Raises Refusal naming `parts`, or the field of the part that must change; WrongState and Stale as every step does.
    """
    ticket = begin(number, "split", by=by, version=version)
    reason = reason_of(text)
    there = Ticket.objects.filter(parent=ticket).count()
    if not parts:
        raise Refusal(_("Give at least one part."), field="parts")
    if there + len(parts) > MOST_PARTS:
        raise Refusal(_("A ticket has at most %(most)d parts.") % {"most": MOST_PARTS}, field="parts", code="too_many")
    made = [_part(ticket, part, by=by) for part in parts]
    facts = {"parts": [part.number for part in made]}
    finish(ticket, State(ticket.state), EventKind.SPLIT, [], by=by, text=reason, facts=facts)
    telling.tell_lead(ticket, "ticket_split")
    telling.tell_reporter(ticket, "ticket_told_split")
    return ticket


def _part(whole: Ticket, part: Part, *, by: Actor) -> Ticket:
    """A ticket of its own in triage, dispatched at once. Who filed it stands on the whole, and is looked up there."""
    text = clean(part.text, field="text", longest=LONGEST_TEXT, lines=True)
    if not Leaf.objects.filter(pk=part.leaf).exists():
        raise Refusal(_("Choose what the part is about."), field="leaf", code="not_found")
    answering_here(whole, part.organisation)
    row = insert(
        Ticket(
            area=whole.area,
            state=State.TRIAGE,
            parent=whole,
            compound=whole.compound,
            building=whole.building,
            home=whole.home,
            spot=whole.spot,
            text=text,
            channel=whole.channel,
            reporter_name=whole.reporter_name,
            reporter_phone=whole.reporter_phone,
            anonymous=whole.anonymous,
            confidential=whole.confidential,
            filed_at=clock.now(),
            filed_by_id=by.id,
        )
    )
    timing.filed(row, by=by)
    row.save(update_fields=timing.DUE_FIELDS)
    telling.note(row, EventKind.FILED, by=by, old="", told=False, facts={"whole": whole.number})
    return dispatch(row.number, by=by, version=row.version, leaf=part.leaf, organisation=part.organisation)
