"""催办 and 督办, by hand, with a text; and a change of kind that does not change who leads."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.actions import confirming, telling, timing
from complaints.actions.routing import urgency_of
from complaints.actions.step import begin, finish, reason_of, remark_of
from complaints.models import Leaf, Ticket
from complaints.states import TO_SORT, Confirmed, EventKind, State
from people.actors import Actor
from tenancy import clock
from tenancy.refusals import Refusal


@transaction.atomic
def nudge(number: str, *, by: Actor, version: int, text: str) -> Ticket:
    """催办: whoever has it is urged on; the text goes to them, not to the reporter."""
    ticket = begin(number, "nudge", by=by, version=version)
    finish(ticket, State(ticket.state), EventKind.NUDGED, [], by=by, text=reason_of(text), told=False)
    _tell_whoever_has_it(ticket, "ticket_nudged")
    return ticket


@transaction.atomic
def supervise(number: str, *, by: Actor, version: int, text: str) -> Ticket:
    """督办: from now on the ticket is marked as supervised by whoever asks; once more adds a further instruction."""
    ticket = begin(number, "supervise", by=by, version=version)
    said = reason_of(text)
    ticket.supervised_at, ticket.supervised_by = clock.now(), by.user
    fields = ["supervised_at", "supervised_by"]
    finish(ticket, State(ticket.state), EventKind.SUPERVISED, fields, by=by, text=said, told=False)
    _tell_whoever_has_it(ticket, "ticket_supervised")
    if State(ticket.state) not in TO_SORT:
        telling.tell_street(ticket, "ticket_supervised")
    return ticket


@transaction.atomic
def recategorise(number: str, *, by: Actor, version: int, leaf: str, text: str = "") -> Ticket:
    """It is about something else, but the same organisation leads. The new kind's times count from the same start.

    Raises Refusal on `leaf` that does not exist or is the present one.
    """
    ticket = begin(number, "recategorise", by=by, version=version)
    chosen = Leaf.objects.filter(pk=leaf).first()
    if chosen is None or chosen.pk == ticket.leaf_id:
        raise Refusal(_("Choose another kind than it has now."), field="leaf", code="not_found")
    before, ticket.leaf = ticket.leaf_id, chosen
    ticket.urgency_id = urgency_of(ticket)
    ticket.restricted = ticket.restricted or chosen.confidential
    ticket.confidential = ticket.confidential or ticket.restricted
    ticket.public = ticket.public and not ticket.confidential
    ticket.why_here = {**ticket.why_here, "leaf": chosen.pk}
    confirming.confirm(ticket, Confirmed.RECATEGORISED, by=by, at=clock.now(), before=before)
    timing.recategorised(ticket, by=by)
    fields = ["leaf", "urgency", "restricted", "confidential", "public", "why_here", *timing.DUE_FIELDS]
    facts = {"leaf": chosen.pk, "leaf_before": before}
    said = remark_of(text)
    finish(ticket, State(ticket.state), EventKind.RECATEGORISED, fields, by=by, text=said, facts=facts)
    telling.tell_lead(ticket, "ticket_recategorised")
    return ticket


def _tell_whoever_has_it(ticket: Ticket, kind: str) -> None:
    if ticket.state == State.ARBITRATION:
        telling.tell_county(ticket, kind)
    elif ticket.state == State.TRIAGE:
        telling.tell_street(ticket, kind)
    else:
        telling.tell_lead(ticket, kind)
