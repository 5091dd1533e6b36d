"""Who confirmed or corrected what a ticket is about. It is kept with the decision; the model learns from it."""

from datetime import datetime

from complaints.models import Ticket
from complaints.states import Confirmed
from people.actors import Actor


def confirm(ticket: Ticket, how: Confirmed, *, by: Actor, at: datetime, before: str | None) -> None:
    """Set `why_here["confirmed"]` (not saved) for the leaf that the ticket has now; without one there is nothing to confirm.

    `before` is the leaf it had until now. What was said first, before any person, stays: whoever changes their mind corrects
    the same first guess.
    """
    if ticket.leaf_id is None:
        return
    earlier = ticket.why_here.get("confirmed")
    first = earlier["before"] if earlier else before
    ticket.why_here = {
        **ticket.why_here,
        "confirmed": {
            "how": how.value,
            "by": by.label,
            "at": at.isoformat(),
            "leaf": ticket.leaf_id,
            "before": first,
            "corrected": first is not None and first != ticket.leaf_id,
        },
    }


def confirm_by_use(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """Whoever answers what was never returned, and what nobody has judged yet, confirms it by that (not saved)."""
    if ticket.returns == 0 and "confirmed" not in ticket.why_here:
        confirm(ticket, Confirmed.ANSWERED, by=by, at=at, before=ticket.leaf_id)
