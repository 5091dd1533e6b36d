"""撤回派单: a dispatch that was a slip is taken back, for a few minutes and until it is accepted."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.actions import telling, timing
from complaints.actions.step import begin, finish
from complaints.models import Ticket
from complaints.states import EventKind, State
from people.actors import Actor
from people.queries import holders
from people.roles import OF_AN_ORGANISATION
from tenancy import clock
from tenancy.refusals import WrongState

WITHIN = timedelta(minutes=10)
"""From the dispatch on (own)."""


def still_possible(ticket: Ticket) -> bool:
    """Whether its dispatch is so fresh."""
    return ticket.dispatched_at is not None and clock.now() - ticket.dispatched_at <= WITHIN


@transaction.atomic
def recall(number: str, *, by: Actor, version: int) -> Ticket:
    """Back to triage, as if it had not been dispatched; nobody leads it, and the time to sort it goes on.

    What was said about its kind by that dispatch no longer counts as confirmed. Lead and reporter are told. Raises WrongState
    after WITHIN, and as any step does once it is accepted.
    """
    ticket = begin(number, "recall", by=by, version=version)
    if not still_possible(ticket):
        raise WrongState(
            _("A dispatch can be taken back for %(minutes)d minutes. Ask whoever leads to return it.")
            % {"minutes": WITHIN.seconds // 60}
        )
    timing.to_sort(ticket, by=by)
    kept = {name: value for name, value in ticket.why_here.items() if name not in ("confirmed", "reason")}
    ticket.why_here = {**kept, "reason": "recalled"}
    lead, ticket.lead = ticket.lead, None
    facts = {"lead": lead.pk if lead else None}
    finish(ticket, State.TRIAGE, EventKind.RECALLED, ["lead", "why_here", *timing.DUE_FIELDS], by=by, facts=facts)
    telling.tell(holders(OF_AN_ORGANISATION, ticket.area, organisation=lead), "ticket_recalled", ticket)
    telling.tell_reporter(ticket, "ticket_told_recalled")
    return ticket
