"""Timeline, record and notices of a ticket's change: written by every action in the same transaction as the change."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from audit import actions as audit
from complaints.models import Ticket, TicketEvent
from complaints.permissions import is_reporter
from complaints.states import EventKind
from notices import actions as notices
from people.actors import Actor
from people.models import User, UserKind
from people.queries import holders
from people.roles import OF_AN_ORGANISATION, STREET


class Unnamed:
    """Stands in the record for the reporter of an anonymous or confidential ticket."""

    id = 0

    def __init__(self, number: str) -> None:
        self.label = f"reporter of {number}"


def note(
    ticket: Ticket,
    kind: EventKind,
    *,
    by: Actor,
    old: str,
    text: str = "",
    told: bool = True,
    facts: dict[str, Any] | None = None,
) -> None:
    """Append to the timeline and to the record."""
    reporting = is_reporter(by, ticket)
    organisation = (
        ticket.lead_id if not reporting and ticket.lead_id in by.organisations_at(ticket.area, OF_AN_ORGANISATION) else None
    )
    TicketEvent.objects.create(
        area=ticket.area,
        ticket=ticket,
        by_id=by.id,
        by_reporter=reporting,
        organisation_id=organisation,
        kind=kind,
        old_state=old,
        new_state=ticket.state,
        version=ticket.version,
        text=text,
        told=told,
    )
    hidden = reporting and (ticket.anonymous or ticket.confidential)
    audit.record(
        ticket,
        f"ticket.{kind}",
        by=Unnamed(ticket.number) if hidden else by,
        area=ticket.area,
        before={"state": old},
        after={"state": ticket.state, "version": ticket.version, **({"text": text} if text else {}), **(facts or {})},
    )


def facts_of(ticket: Ticket) -> dict[str, Any]:
    """What notices may say: nothing of the text, for mail is read by more than one."""
    return {
        "number": ticket.number,
        "place": ticket.compound.name,
        "organisation": ticket.lead.name if ticket.lead else "",
        "accept_due": _local(ticket.accept_due_at),
        "resolve_due": _local(ticket.resolve_due_at),
    }


def _local(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%m-%d %H:%M}" if moment else "—"


def tell(people: Iterable[User], kind: str, ticket: Ticket) -> None:
    """Notify these people of the ticket's present version; the same version is never told twice."""
    notices.tell(
        people,
        kind,
        area=ticket.area,
        key=f"{ticket.number}:{ticket.version}:{kind}",
        facts=facts_of(ticket),
        url=f"/tickets/{ticket.number}/",
    )


def tell_reporter(ticket: Ticket, kind: str) -> None:
    if ticket.reporter is not None and ticket.reporter.kind == UserKind.PERSON:
        tell([ticket.reporter], kind, ticket)


def tell_lead(ticket: Ticket, kind: str) -> None:
    """Everybody who acts for the lead organisation in this place."""
    if ticket.lead is not None:
        tell(holders(OF_AN_ORGANISATION, ticket.area, organisation=ticket.lead), kind, ticket)


def tell_street(ticket: Ticket, kind: str) -> None:
    tell(holders(STREET, ticket.area), kind, ticket)
