"""One ticket as staff see it: what the case pane shows, whichever page or step asks for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from complaints import abuse, case_parts, explain, queries, timekeeping
from complaints.actions.recalling import still_possible
from complaints.alike import Alike, alike
from complaints.forms import desk as forms
from complaints.models import Ticket, TicketEvent
from complaints.permissions import may_reveal, possible_actions, speaks_for_lead
from complaints.rating_reasons import named
from complaints.rule_permissions import may_read_rules
from complaints.states import FROM, OPEN, UNSORTED, EventKind, PhotoKind, State
from complaints.views import due_times, remarks_shown, showing
from complaints.views.due_times import next_due
from complaints.views.step_forms import WITHOUT_FORM, form_for, offers
from people.actors import Actor
from people.http import HttpRequest
from tenancy import clock

ICONS = {
    EventKind.FILED: "file",
    EventKind.ROUTED: "dispatched",
    EventKind.TRIAGED: "triage",
    EventKind.DISPATCHED: "dispatched",
    EventKind.GIVEN_BACK: "back",
    EventKind.RECALLED: "back",
    EventKind.ACCEPTED: "accepted",
    EventKind.RESOLVED: "resolved",
    EventKind.RATED: "rated",
    EventKind.REDONE: "redo",
    EventKind.SECOND: "redo",
    EventKind.CALLED_BACK: "phone",
    EventKind.CLOSED: "closed",
    EventKind.CANCELLED: "cancelled",
    EventKind.REFUSED: "refused",
    EventKind.REVEALED: "person",
    EventKind.PUBLISHED: "people",
    EventKind.UNPUBLISHED: "eye-off",
    EventKind.CONTACTED: "phone",
    EventKind.ARRIVED: "place",
    EventKind.ASKED: "help",
    EventKind.REPLIED: "reply",
    EventKind.RESUMED: "redo",
    EventKind.EXTENSION_ASKED: "clock",
    EventKind.EXTENDED: "clock",
    EventKind.EXTENSION_REFUSED: "clock",
    EventKind.RECATEGORISED: "filter",
    EventKind.ARBITRATED: "dispatched",
    EventKind.REMINDED: "clock",
    EventKind.OVERDUE: "late",
    EventKind.ESCALATED: "late",
    EventKind.NUDGED: "bell",
    EventKind.SUPERVISED: "shield",
    EventKind.CALENDAR_REVISED: "clock",
    EventKind.ASSIST_ASKED: "people",
    EventKind.ASSISTED: "reply",
    EventKind.ASSIST_ENDED: "remove",
    EventKind.SPLIT: "list",
    EventKind.PART_DONE: "check",
    EventKind.MERGED: "merged",
    EventKind.UNMERGED: "redo",
    EventKind.TOOK_IN: "merged",
}
STOPS = frozenset(
    {
        *(EventKind.GIVEN_BACK, EventKind.REFUSED, EventKind.CANCELLED, EventKind.REDONE, EventKind.SECOND),
        *(EventKind.OVERDUE, EventKind.ESCALATED),
    }
)
EMERGENCY_NUMBERS = (("110", _("police")), ("119", _("fire and rescue")), ("120", _("ambulance")))


def row(ticket: Ticket, *, actor: Actor, now: datetime, url: str, photos: int) -> dict[str, Any]:
    """A ticket for the `ticket_row` component. Not the home: in a list it would tell who filed it.

    Who leads, or what it is about where the reader leads it, or nobody does yet.
    """
    waits = ticket.state in UNSORTED
    about = explain.leaf_name(ticket.leaf_id) if ticket.leaf_id else ""
    due, words = next_due(ticket, now), queries.words_listed(actor, ticket)
    return {
        "number": ticket.number,
        "url": url,
        "text": words.text[:120],
        "folded": words.abusive,
        "place": showing.place_of(ticket, words.spot, with_home=False),
        "state": ticket.state,
        "level": "U1" if ticket.emergency else ticket.urgency_id or "",
        "due_kind": due.kind if due else "",
        "due_at": due.at if due else None,
        "who": about if waits or ticket.lead is None or speaks_for_lead(actor, ticket) else ticket.lead.name,
        "filed_at": ticket.filed_at,
        "photo_count": photos,
        "waiting": timesince(ticket.filed_at, now, depth=1) if waits else "",
        "supervised": ticket.supervised_at is not None,
    }


def _timeline(ticket: Ticket, events: list[TicketEvent], now: datetime) -> list[showing.Entry]:
    standing = (
        max((event.pk for event in events if event.kind == EventKind.RESOLVED), default=None) if ticket.resolved_at else None
    )
    entries = []
    for event in events:
        kind = EventKind(event.kind)
        text = "" if event.pk == standing else event.text  # the answer that stands is shown above
        who = str(_("the reporter")) if event.by_reporter else event.by.label
        entries.append(
            {
                "title": kind.label,
                "at": event.at,
                "who": f"{event.organisation.name} · {who}" if event.organisation else who,
                "text": text,
                "folded": abuse.abusive(text),
                "icon": ICONS[kind],
                "kind": "stop" if kind in STOPS else "",
                "photos": None,
            }
        )
    ahead = {State.DISPATCHED: (_("To be accepted"), "accepted"), State.ACCEPTED: (_("To be answered"), "resolved")}
    due = next_due(ticket, now)
    if due is not None and due.kind != "paused" and State(ticket.state) in ahead:
        title, icon = ahead[State(ticket.state)]
        entries.append({"title": title, "at": due.at, "who": "", "text": "", "icon": icon, "kind": "ahead", "photos": None})
    return entries


def pane(
    actor: Actor,
    ticket: Ticket,
    *,
    back: str = "",
    failed: Mapping[str, forms.StepForm] | None = None,
    revealed: bool = False,
    internal: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Everything the case pane shows. `back` is the address of the list; `failed` is the form of a step that was refused."""
    now, words = clock.now(), queries.words_shown(actor, ticket)
    failed = failed or {}
    events = queries.timeline(actor, ticket)
    found, links = list(queries.photos(actor, ticket)), showing.Links(ticket.number)
    photos = {kind: showing.photo_entries([each for each in found if each.kind == kind], links) for kind in PhotoKind}
    kept = timekeeping.account(ticket, now=now)
    extension = queries.extension_asked(ticket) if ticket.state == State.ACCEPTED else None
    gone = {"ask_extension": extension is not None, "recall": not still_possible(ticket)}
    possible = [name for name in possible_actions(actor, ticket) if not gone.get(name)]
    steps = {name: failed.get(name) or form_for(name, ticket, actor, kept=kept) for name in possible if name not in WITHOUT_FORM}
    hidden = not revealed and not queries.home_shown(actor, ticket)
    return {
        "ticket": ticket,
        "words": words,
        "reasons": named(ticket.rating_reasons),
        "back": back,
        "possible": possible,
        "steps": steps,
        **offers(ticket, possible, steps),
        "lost": {name: form for name, form in failed.items() if name not in possible},
        "failed": next(iter(failed), ""),
        "due": next_due(ticket, now),
        "clocks": due_times.section(actor, ticket, kept, now),
        "extension": extension,
        "extension_reason": queries.as_read(actor, ticket, extension.reason) if extension else "",
        "extended_to": timekeeping.with_more_days(kept.resolve, extension.days) if extension and kept.resolve else None,
        "returns": [event for event in events if event.kind == EventKind.GIVEN_BACK],
        "level": "U1" if ticket.emergency else ticket.urgency_id or "",
        "leaf_name": explain.leaf_name(ticket.leaf_id) if ticket.leaf_id else "",
        "why": explain.why_here(ticket, queries.why_shown(actor, ticket), events),
        "also": [explain.leaf_name(code) for code in queries.also_about(ticket)] if ticket.state in OPEN else [],
        "reads_rules": may_read_rules(actor, ticket.why_here.get("owner", 0)),
        "entries": _timeline(ticket, events, now),
        "case_parts": case_parts.of(actor, ticket),
        "internal": internal or remarks_shown.section(actor, ticket),
        "answer_photos": photos[PhotoKind.ANSWER],
        "photos": photos[PhotoKind.FILED],
        "home": "" if hidden else str(ticket.home or ""),
        "home_hidden": hidden and ticket.home_id is not None,
        "reporter": queries.reporter_shown(actor, ticket),
        "revealed": revealed,
        "may_reveal": not revealed and may_reveal(actor, ticket) and bool(ticket.reporter_name or ticket.reporter_phone),
        "may_unmask": words.masked and may_reveal(actor, ticket),
        "followers": ticket.follows.count() if ticket.public else 0,
        "assists": list(queries.live_assists(ticket)),
        **showing.divided(actor, ticket),
        **showing.merged(actor, ticket),
        "likely": _likely(actor, ticket, words.text) if "merge" in possible and ticket.state == State.TRIAGE else [],
        "emergency_numbers": EMERGENCY_NUMBERS if ticket.emergency and ticket.state in OPEN else (),
    }


def _likely(actor: Actor, ticket: Ticket, text: str) -> list[Alike]:
    """Open reports that it may be merged with."""
    return [row for row in alike(actor, ticket.area, text, besides=ticket.pk) if row.ticket.state in FROM["merge"]]


def wants_fragment(request: HttpRequest) -> bool:
    """Is only the case pane asked for? Not when the browser's history asks for the whole page."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def answer(request: HttpRequest, ticket: Ticket, *, status: int = 200, **details: Any) -> HttpResponse:
    """The case as a page of its own, or as a fragment for the pane."""
    back = str(details.pop("back", "") or reverse("complaints:desk"))
    context = pane(request.actor, ticket, back=back, **details)
    template = "complaints/_case.html" if wants_fragment(request) else "complaints/desk_case.html"
    response = render(request, template, context, status=status)
    response["Vary"] = "HX-Request"
    return response
