"""A ticket in the words of whoever reported it: where it is, who has it, until when, and what happened so far."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.models import Compound
from complaints import abuse, queries, reporting
from complaints.actions.closing import SILENCE
from complaints.models import Ticket, TicketEvent, TicketPhoto
from complaints.permissions import is_reporter
from complaints.states import FINAL, UNSORTED, EventKind, PhotoKind, State
from complaints.timekeeping import kind_of
from people.actors import Actor

Entry = dict[str, Any]


@dataclass(frozen=True)
class Links:
    """Addresses of a ticket's photos and steps: for somebody signed in, or for whoever holds number and code."""

    number: str
    code: str = ""

    def to(self, name: str, *args: object) -> str:
        if self.code:
            return reverse(f"complaints:track_{name}", args=(self.number, self.code, *args))
        return reverse(f"complaints:{name}", args=(self.number, *args))

    def page(self) -> str:
        if self.code:
            return reverse("complaints:track", args=(self.number, self.code))
        return reverse("complaints:ticket", args=(self.number,))


def place_of(ticket: Ticket, spot: str, *, with_home: bool) -> str:
    """Compound, building, home and spot, as far as the reader may know them: the spot comes from the words shown."""
    parts = [ticket.compound.name, ticket.building.name if ticket.building else ""]
    if with_home and ticket.home is not None:
        parts.append(ticket.home.name)
    return " ".join(part for part in [*parts, spot] if part)


def due_of(ticket: Ticket, now: datetime) -> tuple[str, datetime | None]:
    """The kind (as `components/due.html` names it) and time of what somebody must do next; ("", None) when nothing is due."""
    if ticket.state == State.ACCEPTED and ticket.paused_at is not None:
        return "paused", ticket.paused_at
    at = {State.DISPATCHED: ticket.accept_due_at, State.ACCEPTED: ticket.resolve_due_at}.get(State(ticket.state))
    return (kind_of(at, now), at) if at else ("", None)


def rows(tickets: Iterable[Ticket]) -> list[Entry]:
    """The reader's own tickets, as `components/ticket_row.html` wants them."""
    now = timezone.now()
    return [
        {
            **_row(ticket, now),
            "text": ticket.text,
            "place": place_of(ticket, ticket.spot, with_home=False),
            "photo_count": getattr(ticket, "photo_count", 0),
        }
        for ticket in tickets
    ]


def public_rows(tickets: Iterable[Ticket]) -> list[Entry]:
    """Public tickets in their public wording, whoever reads; the spot and the photos are not public."""
    now = timezone.now()
    return [
        {
            **_row(ticket, now),
            "text": ticket.public_text,
            "folded": abuse.abusive(ticket.public_text),
            "place": public_place(ticket),
            "photo_count": 0,
        }
        for ticket in tickets
    ]


def _row(ticket: Ticket, now: datetime) -> Entry:
    kind, at = due_of(ticket, now)
    return {
        "url": reverse("complaints:ticket", args=(ticket.number,)),
        "number": ticket.number,
        "state": ticket.state,
        "level": "U1" if ticket.emergency and ticket.state not in FINAL else "",
        "due_kind": kind,
        "due_at": at,
        "who": ticket.lead.name if ticket.lead else "",
        "filed_at": ticket.filed_at,
    }


def public_place(ticket: Ticket) -> str:
    """Compound and building: what neighbours may know."""
    return " ".join(part for part in (ticket.compound.name, ticket.building.name if ticket.building else "") if part)


MOST_PUBLIC = 10


def public_part(actor: Actor, compound: Compound) -> Entry | None:
    """Public open tickets for the page of a compound."""
    return {"rows": public_rows(reporting.public_in(actor, compound.area)[:MOST_PUBLIC])}


STAGES: dict[State, tuple[str | Promise, str | Promise]] = {
    State.SUBMITTED: (
        gettext_lazy("Filed"),
        gettext_lazy("We are finding out who must act. This takes a moment; reload to see."),
    ),
    State.TRIAGE: (gettext_lazy("At the street office"), gettext_lazy("A clerk reads it and decides who must act.")),
    State.ARBITRATION: (
        gettext_lazy("At the county desk"),
        gettext_lazy("It was returned twice; the county decides who must act."),
    ),
    State.DISPATCHED: (gettext_lazy("Sent to whom it concerns"), gettext_lazy("It has to be accepted there first.")),
    State.ACCEPTED: (gettext_lazy("Being worked on"), gettext_lazy("It was accepted; an answer follows.")),
    State.MERGED: (
        gettext_lazy("Worked on together with a neighbour's report"),
        gettext_lazy("Others reported the same. You get the answer here as soon as there is one, and rate it yourself."),
    ),
    State.RESOLVED: (gettext_lazy("Answered"), gettext_lazy("Is it right now? Please say so below.")),
    State.RATED: (gettext_lazy("Rated"), gettext_lazy("Thank you. If it comes back, ask for it to be done again.")),
    State.CLOSED: (gettext_lazy("Closed"), gettext_lazy("Nothing more is to come.")),
    State.CANCELLED: (gettext_lazy("Withdrawn"), gettext_lazy("Nobody works on it any more.")),
    State.REFUSED: (gettext_lazy("Not taken up"), gettext_lazy("The reason stands below. You may file again with more detail.")),
}
"""Where a ticket is, as the reporter reads it; for others the second sentence is left out where it asks them to act."""


QUESTION = (
    gettext_lazy("Waiting for your answer"),
    gettext_lazy("There is a question to you. Until you answer it, the time to answer your ticket stands still."),
)


DESKS: dict[State, str | Promise] = {
    State.TRIAGE: gettext_lazy("The street office"),
    State.ARBITRATION: gettext_lazy("The county desk"),
}


def stage(ticket: Ticket, *, mine: bool) -> Entry:
    """Where it is, who has it, until when."""
    title, text = STAGES[State(ticket.state)]
    if not mine and ticket.state in (State.RESOLVED, State.RATED, State.REFUSED):
        text = ""
    if ticket.state == State.ACCEPTED and ticket.paused_at is not None:
        title, text = QUESTION if mine else (title, "")
    kind, at = due_of(ticket, timezone.now())
    if mine and kind == "paused":
        kind, at = "", None  # the title says it
    words = _("To be accepted") if ticket.state == State.DISPATCHED else _("To be answered")
    lead = ticket.lead if ticket.state not in UNSORTED else None
    closes = ticket.resolved_at + SILENCE if ticket.state == State.RESOLVED and ticket.resolved_at else None
    handler = ticket.accepted_by.label if mine and ticket.accepted_by and not ticket.restricted else ""
    return {
        "state": ticket.state,
        "title": title,
        "text": text,
        "who": lead.name if lead else DESKS.get(State(ticket.state), ""),
        "phone": lead.phone if lead else "",
        "handler": handler if lead and ticket.state == State.ACCEPTED else "",
        "due_kind": kind,
        "due_at": at,
        "due_words": words,
        "closes_at": closes if mine else None,
    }


TITLES: dict[str, str | Promise] = {
    EventKind.FILED: gettext_lazy("Filed"),
    EventKind.ROUTED: gettext_lazy("Sent to whom it concerns"),
    EventKind.TRIAGED: gettext_lazy("Given to the street office to decide"),
    EventKind.DISPATCHED: gettext_lazy("Sent on by the street office"),
    EventKind.RECALLED: gettext_lazy("At the street office again"),
    EventKind.ACCEPTED: gettext_lazy("Accepted"),
    EventKind.RESOLVED: gettext_lazy("Answered"),
    EventKind.RATED: gettext_lazy("Rated"),
    EventKind.REDONE: gettext_lazy("To be done again"),
    EventKind.SECOND: gettext_lazy("Sent to the next level up"),
    EventKind.CLOSED: gettext_lazy("Closed"),
    EventKind.CANCELLED: gettext_lazy("Withdrawn"),
    EventKind.REFUSED: gettext_lazy("Not taken up"),
    EventKind.CONTACTED: gettext_lazy("You were contacted"),
    EventKind.ARRIVED: gettext_lazy("On site"),
    EventKind.ASKED: gettext_lazy("A question to you"),
    EventKind.REPLIED: gettext_lazy("You replied"),
    EventKind.RESUMED: gettext_lazy("Taken up again"),
    EventKind.EXTENDED: gettext_lazy("It takes longer"),
    EventKind.RECATEGORISED: gettext_lazy("Filed under another kind"),
    EventKind.MERGED: gettext_lazy("Merged with a neighbour's report of the same"),
    EventKind.UNMERGED: gettext_lazy("Worked on by itself again"),
    EventKind.PUBLISHED: gettext_lazy("Made public for the neighbours"),
    EventKind.UNPUBLISHED: gettext_lazy("No longer public"),
}
ICONS: dict[str, str] = {
    EventKind.FILED: "submitted",
    EventKind.ROUTED: "dispatched",
    EventKind.TRIAGED: "triage",
    EventKind.DISPATCHED: "dispatched",
    EventKind.RECALLED: "back",
    EventKind.ACCEPTED: "accepted",
    EventKind.RESOLVED: "resolved",
    EventKind.RATED: "rated",
    EventKind.REDONE: "redo",
    EventKind.SECOND: "redo",
    EventKind.CLOSED: "closed",
    EventKind.CANCELLED: "cancelled",
    EventKind.REFUSED: "refused",
    EventKind.CONTACTED: "phone",
    EventKind.ARRIVED: "place",
    EventKind.ASKED: "help",
    EventKind.REPLIED: "reply",
    EventKind.RESUMED: "redo",
    EventKind.EXTENDED: "clock",
    EventKind.RECATEGORISED: "filter",
    EventKind.MERGED: "merged",
    EventKind.UNMERGED: "redo",
    EventKind.PUBLISHED: "people",
    EventKind.UNPUBLISHED: "eye-off",
}
AHEAD: dict[State, list[tuple[State, str | Promise]]] = {
    State.SUBMITTED: [(State.ACCEPTED, gettext_lazy("Acceptance")), (State.RESOLVED, gettext_lazy("Answer"))],
    State.TRIAGE: [(State.ACCEPTED, gettext_lazy("Acceptance")), (State.RESOLVED, gettext_lazy("Answer"))],
    State.ARBITRATION: [(State.ACCEPTED, gettext_lazy("Acceptance")), (State.RESOLVED, gettext_lazy("Answer"))],
    State.DISPATCHED: [(State.ACCEPTED, gettext_lazy("Acceptance")), (State.RESOLVED, gettext_lazy("Answer"))],
    State.ACCEPTED: [(State.RESOLVED, gettext_lazy("Answer"))],
    State.MERGED: [(State.RESOLVED, gettext_lazy("Answer"))],
    State.RESOLVED: [(State.RATED, gettext_lazy("Your rating"))],
}
STOPS = {EventKind.REFUSED, EventKind.CANCELLED}
OF_THE_STREET = {
    *(EventKind.DISPATCHED, EventKind.REFUSED, EventKind.CANCELLED, EventKind.REDONE),
    *(EventKind.PUBLISHED, EventKind.UNPUBLISHED, EventKind.RECATEGORISED, EventKind.EXTENDED),
    *(EventKind.MERGED, EventKind.UNMERGED, EventKind.RECALLED),
}


def divided(actor: Actor, ticket: Ticket) -> Entry:
    """The parts of a divided ticket, or the whole of a part; numbers lead only to what the reader may see."""
    parts = queries.parts_shown(actor, ticket) if ticket.parent_id is None else []
    near = Q(parent=ticket) if ticket.parent_id is None else Q(pk=ticket.parent_id)
    seen = queries.visible_to(actor).filter(near).values_list("number", flat=True) if parts or ticket.parent_id else ()
    numbers = set(seen)
    return {"parts": parts, "seen": numbers, "whole": next(iter(numbers), "") if ticket.parent_id else ""}


def merged(actor: Actor, ticket: Ticket) -> Entry:
    """For staff: what is worked on together with this ticket, as far as the reader sees it, or what this one is merged into."""
    into, live = queries.merged_into(ticket), Q(mergers__into=ticket, mergers__ended_at=None)
    found = queries.marked(actor, queries.visible_to(actor)).filter(live) if into is None else Ticket.objects.none()
    rows = [(row, queries.words_listed(actor, row)) for row in found.select_related("compound", "building").order_by("pk")]
    return {"merged": rows, "merged_into": into}


def photo_entries(photos: Iterable[TicketPhoto], links: Links) -> list[Entry]:
    """As `components/photo_strip.html` wants them."""
    return [
        {
            "url": links.to("photo", row.photo_id),
            "thumbnail_url": links.to("small_photo", row.photo_id),
            "alt": _("Photo with the complaint") if row.kind == PhotoKind.FILED else _("Photo with the answer"),
        }
        for row in photos
    ]


def timeline(actor: Actor, ticket: Ticket, photos: list[TicketPhoto], links: Links) -> list[Entry]:
    """What happened and what is still to come, as `components/timeline.html` wants it."""
    mine = is_reporter(actor, ticket)
    events = queries.timeline(actor, ticket)
    answers = [event.pk for event in events if event.kind == EventKind.RESOLVED]
    of_answer = photo_entries([row for row in photos if row.kind == PhotoKind.ANSWER], links)
    entries: list[Entry] = []
    for event in events:
        last = event is events[-1] and ticket.state not in FINAL
        entries.append(
            {
                "title": TITLES.get(event.kind, event.get_kind_display()),
                "at": event.at,
                "who": _who(event, mine=mine),
                "text": event.text,
                "folded": not mine and abuse.abusive(event.text),
                "icon": ICONS.get(event.kind, "check"),
                "kind": "stop" if event.kind in STOPS else "now" if last else "",
                "photos": of_answer if answers and event.pk == answers[-1] else [],
            }
        )
    due = {State.ACCEPTED: ticket.accept_due_at, State.RESOLVED: ticket.resolve_due_at}
    if ticket.state in UNSORTED:
        due = {}  # what is on the row is somebody's who gave it back
    for state, title in AHEAD.get(State(ticket.state), []):
        if state != State.RATED or mine:
            at = due.get(state)
            text = _("by %(at)s") % {"at": f"{timezone.localtime(at):%m-%d %H:%M}"} if at else ""
            entries.append({"title": title, "kind": "ahead", "icon": str(state), "text": text})
    return entries


def lines(events: Iterable[TicketEvent]) -> list[Entry]:
    """Events as the page of the ticket tells them to whoever filed it."""
    return [
        {
            "title": TITLES.get(event.kind, event.get_kind_display()),
            "at": event.at,
            "who": _who(event, mine=True),
            "text": event.text,
            "icon": ICONS.get(event.kind, "check"),
            "kind": "",
        }
        for event in events
    ]


def _who(event: TicketEvent, *, mine: bool) -> str:
    """Organisations by name, people only as what they are."""
    if event.by_reporter:
        return _("You") if mine else _("The reporter")
    if event.organisation is not None:
        return event.organisation.name
    if event.kind in (EventKind.ROUTED, EventKind.TRIAGED, EventKind.SECOND):
        return _("Automatically")
    if event.kind == EventKind.ARBITRATED:
        return _("The county desk")
    if event.kind in OF_THE_STREET:
        return _("The street office")
    return ""
