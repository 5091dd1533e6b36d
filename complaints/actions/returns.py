"""退单: an organisation says that a ticket is not for it. Once to the street, twice to the county desk, never a third time."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.actions import confirming, merging, telling, timing
from complaints.actions.routing import SENT_FIELDS, send_to
from complaints.actions.step import answering_here, begin, finish, reason_of
from complaints.clocks import Party
from complaints.models import Ticket
from complaints.states import MOST_RETURNS, Confirmed, EventKind, ReturnReason, State
from people.actors import Actor
from tenancy import clock
from tenancy.refusals import Refusal, WrongState


@transaction.atomic
def give_back(number: str, *, by: Actor, version: int, text: str, reason: str = ReturnReason.NOT_OURS) -> Ticket:
    """退单, within the time to accept, with a reason of the list and in words.

    The first return goes to the street, which dispatches it elsewhere or insists; the second to the county desk, whose
    decision is final. Raises Refusal on `reason` or `text`; WrongState after the time to accept, after arbitration.
    """
    ticket = begin(number, "give_back", by=by, version=version)
    if ticket.arbitrated or ticket.returns >= MOST_RETURNS:
        raise WrongState(_("The county desk has decided that it is for you; it cannot be returned again. Please accept it."))
    if ticket.accept_due_at is not None and clock.now() > ticket.accept_due_at:
        raise WrongState(_("The time to return it has passed. Please accept it; the street can still be asked for assistance."))
    if reason not in ReturnReason.values:
        raise Refusal(_("Choose why it is not for you."), field="reason", code="not_found")
    said = f"{ReturnReason(reason).label}: {reason_of(text)}"
    ticket.returns += 1
    last = ticket.returns == MOST_RETURNS
    timing.to_sort(ticket, by=by, party=Party.COUNTY if last else Party.STREET)
    new = State.ARBITRATION if last else State.TRIAGE
    facts = {"reason": reason, "return": ticket.returns, "organisation": ticket.lead_id}
    finish(ticket, new, EventKind.GIVEN_BACK, ["returns", *timing.DUE_FIELDS], by=by, text=said, told=False, facts=facts)
    telling.tell_street(ticket, "ticket_triage")
    if last:
        telling.tell_county(ticket, "ticket_arbitration")
    return ticket


@transaction.atomic
def arbitrate(number: str, *, by: Actor, version: int, organisation: int, text: str) -> Ticket:
    """终审: the county desk says who leads, with its reason. It stands: nobody may return the ticket again.

    Raises Refusal on `organisation` that does not answer for this place, or on `text`.
    """
    ticket = begin(number, "arbitrate", by=by, version=version)
    reason = reason_of(text)
    lead = answering_here(ticket, organisation)
    ticket.arbitrated = True
    send_to(ticket, lead, by=by)
    ticket.why_here = {
        **ticket.why_here,
        "source": "arbitration",
        "by": by.label,
        "record": {"kind": "organisation", "id": lead.pk, "name": lead.name},
    }
    at = ticket.dispatched_at or clock.now()
    confirming.confirm(ticket, Confirmed.ARBITRATED, by=by, at=at, before=ticket.leaf_id)
    fields = [*SENT_FIELDS, "arbitrated", "why_here"]
    finish(ticket, State.DISPATCHED, EventKind.ARBITRATED, fields, by=by, text=reason, told=False, facts={"lead": lead.pk})
    telling.tell_lead(ticket, "ticket_arbitrated")
    telling.tell_street(ticket, "ticket_arbitrated")
    telling.tell_reporter(ticket, "ticket_told_dispatched")
    merging.main_sent(ticket)
    return ticket
