"""Timeline, record and notices of a ticket's change: written by every action in the same transaction as the change."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from audit import actions as audit
from complaints.actions import exchange_news
from complaints.models import Follow, Ticket, TicketEvent
from complaints.permissions import is_reporter, speaks_for_lead
from complaints.states import EventKind, State
from notices import actions as notices
from people.actors import Actor
from people.models import Organisation, User, UserKind
from people.queries import holders
from people.roles import OF_AN_ORGANISATION, STREET, Role


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
    organisation: Organisation | None = None,
) -> None:
    """Append to the timeline and to the record. `organisation` is whom `by` acts for, where that is not the lead."""
    reporting = is_reporter(by, ticket)
    acting_for = organisation.pk if organisation else ticket.lead_id if speaks_for_lead(by, ticket) and not reporting else None
    TicketEvent.objects.create(
        area=ticket.area,
        ticket=ticket,
        by_id=by.id,
        by_reporter=reporting,
        organisation_id=acting_for,
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
    if old != ticket.state:
        tell_followers(ticket)
        exchange_news.tell_partner(ticket)


FOLLOWED: dict[str, str] = {
    State.ACCEPTED: "ticket_followed_accepted",
    State.RESOLVED: "ticket_followed_resolved",
    State.CLOSED: "ticket_followed_ended",
    State.CANCELLED: "ticket_followed_ended",
    State.REFUSED: "ticket_followed_ended",
}
"""What those are told who follow a ticket, by the state it comes to."""


def tell_followers(ticket: Ticket) -> None:
    """Those who follow it, while it is public. Without a word of what was written on it."""
    if ticket.public and ticket.state in FOLLOWED:
        tell(User.objects.filter(pk__in=Follow.objects.filter(ticket=ticket).values("user")), FOLLOWED[ticket.state], ticket)


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


def tell(people: Iterable[User], kind: str, ticket: Ticket, *, once: str = "", **more: str) -> None:
    """Notify these people of the ticket's present version; the same version is never told twice.

    `once` tells apart what may be said several times of one version; `more` are further facts.
    """
    notices.tell(
        people,
        kind,
        area=ticket.area,
        key=f"{ticket.number}:{ticket.version}:{kind}{once}",
        facts=facts_of(ticket) | more,
        url=f"/tickets/{ticket.number}/",
    )


def tell_reporter(ticket: Ticket, kind: str, *, once: str = "") -> None:
    if ticket.reporter is not None and ticket.reporter.kind == UserKind.PERSON:
        tell([ticket.reporter], kind, ticket, once=once)


def tell_lead(ticket: Ticket, kind: str, *, once: str = "", **more: str) -> None:
    """Everybody who acts for the lead organisation in this place."""
    if ticket.lead is not None:
        tell(holders(OF_AN_ORGANISATION, ticket.area, organisation=ticket.lead), kind, ticket, once=once, **more)


def tell_assistant(ticket: Ticket, organisation: Organisation, kind: str) -> None:
    """Everybody who acts for an assisting organisation in this place."""
    tell(holders(OF_AN_ORGANISATION, ticket.area, organisation=organisation), kind, ticket)


def tell_street(ticket: Ticket, kind: str) -> None:
    tell(holders(STREET, ticket.area), kind, ticket)


def tell_county(ticket: Ticket, kind: str) -> None:
    tell(holders([Role.COUNTY_CLERK], ticket.area), kind, ticket)
