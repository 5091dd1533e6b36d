"""What another system learns of the cases that it handed over: a row in the transaction of the change, sent by a worker."""

from typing import Any

from complaints.models import Delivery, PartnerCase, Ticket
from complaints.states import Channel
from tenancy import bell


def told(ticket: Ticket) -> dict[str, Any]:
    """What a partner learns of its case: where it stands, who leads, and the answer once there is one."""
    return {
        "number": ticket.number,
        "state": ticket.state,
        "version": ticket.version,
        "organisation": ticket.lead.name if ticket.lead else None,
        "answer": ticket.answer if ticket.resolved_at else "",
        "resolve_due_at": ticket.resolve_due_at.isoformat() if ticket.resolve_due_at else None,
    }


def tell_partner(ticket: Ticket) -> None:
    """Its state has changed: whoever handed it over is told. Called in the change's own transaction."""
    if ticket.channel != Channel.PARTNER:
        return
    case = PartnerCase.objects.filter(ticket=ticket).first()
    if case is None:  # it is just being filed: the answer to the message says so
        return
    queue(case, ticket)


def queue(case: PartnerCase, ticket: Ticket) -> None:
    body = {"kind": "state", "case": case.case, **told(ticket)}
    Delivery.objects.create(area=ticket.area, partner=case.partner, ticket=ticket, body=body)
    bell.ring("complaints.deliver")
