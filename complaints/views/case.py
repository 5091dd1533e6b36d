"""One ticket as staff see it: what the case pane shows, whichever page or step asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from complaints import catalogue, explain, queries, routing
from complaints.forms import desk as forms
from complaints.models import Ticket, TicketEvent
from complaints.permissions import may_reveal, possible_actions, speaks_for, speaks_for_lead
from complaints.rule_permissions import may_read_rules
from complaints.states import FINAL, OPEN, UNSORTED, AssistState, EventKind, PhotoKind, State
from complaints.views import showing
from people.actors import Actor
from people.http import HttpRequest
from tenancy import clock

ICONS = {
    EventKind.FILED: "file",
    EventKind.ROUTED: "dispatched",
    EventKind.TRIAGED: "triage",
    EventKind.DISPATCHED: "dispatched",
    EventKind.GIVEN_BACK: "back",
    EventKind.ACCEPTED: "accepted",
    EventKind.RESOLVED: "resolved",
    EventKind.RATED: "rated",
    EventKind.REDONE: "redo",
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
}
STOPS = frozenset(
    {EventKind.GIVEN_BACK, EventKind.REFUSED, EventKind.CANCELLED, EventKind.REDONE, EventKind.OVERDUE, EventKind.ESCALATED}
)
EMERGENCY_NUMBERS = (("110", _("police")), ("119", _("fire and rescue")), ("120", _("ambulance")))


@dataclass(frozen=True)
class Due:
    """A deadline as the `due` component shows it; `name` says what is due."""

    name: Any
    kind: str
    at: datetime | None


def _due(name: Any, at: datetime | None, done_at: datetime | None, now: datetime) -> Due | None:
    if at is None:
        return None
    if done_at is not None:
        return Due(name, "met" if done_at <= at else "missed", at)
    if now > at:
        return Due(name, "late", at)
    return Due(name, "soon" if at - now < showing.SOON else "on_time", at)


def deadlines(ticket: Ticket, now: datetime) -> list[Due]:
    """All deadlines of a dispatched ticket. What ended without an answer, or went back, has none."""
    if ticket.state in UNSORTED or (ticket.state in FINAL and ticket.resolved_at is None):
        return []
    accepted, resolved = ticket.accepted_at, ticket.resolved_at
    found = [_due(_("Accept"), ticket.accept_due_at, accepted, now)]
    if resolved is None:
        found.append(_due(_("First contact"), ticket.contact_due_at, None, now))
        found.append(_due(_("On site"), ticket.onsite_due_at, None, now))
    found.append(_due(_("Answer"), ticket.resolve_due_at, resolved, now))
    return [due for due in found if due is not None]


def next_due(ticket: Ticket, now: datetime) -> Due | None:
    """The deadline a list shows: acceptance until it is accepted, then the answer. None once answered in time."""
    if ticket.state == State.DISPATCHED:
        return _due(_("Accept"), ticket.accept_due_at, None, now)
    if ticket.state == State.ACCEPTED:
        return _due(_("Answer"), ticket.resolve_due_at, None, now)
    answered = _due(_("Answer"), ticket.resolve_due_at, ticket.resolved_at, now) if ticket.resolved_at else None
    return answered if answered and answered.kind == "missed" else None


def row(ticket: Ticket, *, actor: Actor, now: datetime, url: str, photos: int) -> dict[str, Any]:
    """A ticket for the `ticket_row` component. Not the home: in a list it would tell who filed it.

    Who leads, or what it is about where the reader leads it, or nobody does yet.
    """
    waits = ticket.state in UNSORTED
    about = explain.leaf_name(ticket.leaf_id) if ticket.leaf_id else ""
    due = next_due(ticket, now)
    return {
        "number": ticket.number,
        "url": url,
        "text": ticket.text[:120],
        "place": showing.place_of(ticket, with_home=False),
        "state": ticket.state,
        "level": "U1" if ticket.emergency else ticket.urgency_id or "",
        "due_kind": due.kind if due else "",
        "due_at": due.at if due else None,
        "who": about if waits or ticket.lead is None or speaks_for_lead(actor, ticket) else ticket.lead.name,
        "filed_at": ticket.filed_at,
        "photo_count": photos,
        "waiting": timesince(ticket.filed_at, now, depth=1) if waits else "",
    }


def _timeline(ticket: Ticket, events: list[TicketEvent], now: datetime) -> list[showing.Entry]:
    standing = (
        max((event.pk for event in events if event.kind == EventKind.RESOLVED), default=None) if ticket.resolved_at else None
    )
    entries = []
    for event in events:
        kind = EventKind(event.kind)
        who = str(_("the reporter")) if event.by_reporter else event.by.label
        entries.append(
            {
                "title": kind.label,
                "at": event.at,
                "who": f"{event.organisation.name} · {who}" if event.organisation else who,
                "text": "" if event.pk == standing else event.text,  # the answer that stands is shown above
                "icon": ICONS[kind],
                "kind": "stop" if kind in STOPS else "",
                "photos": None,
            }
        )
    ahead = {State.DISPATCHED: (_("To be accepted"), "accepted"), State.ACCEPTED: (_("To be answered"), "resolved")}
    due = next_due(ticket, now)
    if due is not None and State(ticket.state) in ahead:
        title, icon = ahead[State(ticket.state)]
        entries.append({"title": title, "at": due.at, "who": "", "text": "", "icon": icon, "kind": "ahead", "photos": None})
    return entries


def suggestion(ticket: Ticket, leaf: str | None) -> routing.Responsible:
    """Who would lead for this leaf here, so that the clerk need not look it up. Never who has just returned it."""
    if not leaf:
        return routing.Responsible(None)
    try:
        kind = catalogue.Catalogue.load().leaf(leaf).lead
    except KeyError:
        return routing.Responsible(None)
    found = routing.responsible(kind, ticket.area, on=timezone.localdate())
    if found.organisation is not None and found.organisation.pk == ticket.lead_id:
        return routing.Responsible(None, reason="returned")
    return found


def dispatch_form(ticket: Ticket, sent: Any = None) -> forms.DispatchForm:
    suggested = explain.suggested_leaves(ticket)
    leaf = suggested[0] if suggested else None
    likely = suggestion(ticket, leaf).organisation if sent is None else None
    return forms.DispatchForm(
        sent,
        organisations=list(queries.answering_for(ticket.area)),
        suggested=suggested,
        suggest_url=reverse("complaints:suggest", args=[ticket.number]),
        initial={"version": ticket.version, "leaf": leaf, "organisation": likely.pk if likely else None},
        auto_id="dispatch_%s",
    )


REASON_HELP = {
    "give_back": _("Say why it is not yours and who might answer. The street office dispatches it anew."),
    "refuse": _("The reporter reads this."),
    "redo": _("Say what is still missing. The lead organisation and the reporter read this."),
    "cancel": _("Say why, for instance which other ticket it repeats. The reporter reads this."),
    "unpublish": _("Say why. The reporter reads this; neighbours see the ticket no more."),
}


def form_for(action: str, ticket: Ticket, actor: Actor, sent: Any = None) -> forms.StepForm:
    """The form of a step for this actor, empty or with what was sent."""
    if action == "dispatch":
        return dispatch_form(ticket, sent)
    start = {"version": ticket.version}
    if action == "assist":
        others = [row for row in queries.answering_for(ticket.area) if row.pk != ticket.lead_id]
        return forms.AssistForm(sent, initial=start, auto_id="assist_%s", organisations=others)
    if action in ("answer_assist", "end_assist"):
        asked = list(queries.live_assists(ticket))
        if action == "answer_assist":
            open_ones = [assist for assist in asked if assist.state == AssistState.OPEN]
            asked = [assist for assist in open_ones if speaks_for(actor, ticket, assist.organisation_id)]
        made = forms.AnswerAssistForm if action == "answer_assist" else forms.EndAssistForm
        return made(sent, initial=start, auto_id=f"{action}_%s", assists=asked)
    if action == "resolve":
        return forms.ResolveForm(sent, initial=start, auto_id="resolve_%s")
    if action in REASON_HELP:
        return forms.ReasonForm(sent, initial=start, auto_id=f"{action}_%s", help_text=REASON_HELP[action])
    return forms.StepForm(sent, initial=start, auto_id=f"{action}_%s")


WITHOUT_FORM = frozenset({"rate", "route", "publish", "reply"})
"""Steps that are taken elsewhere: by the reporter, by a worker, on a page of their own."""


def pane(
    actor: Actor,
    ticket: Ticket,
    *,
    back: str = "",
    failed: Mapping[str, forms.StepForm] | None = None,
    revealed: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """Everything the case pane shows. `back` is the address of the list; `failed` is the form of a step that was refused."""
    now = clock.now()
    failed = failed or {}
    events = queries.timeline(actor, ticket)
    found, links = list(queries.photos(actor, ticket)), showing.Links(ticket.number)
    photos = {kind: showing.photo_entries([each for each in found if each.kind == kind], links) for kind in PhotoKind}
    possible = possible_actions(actor, ticket)
    hidden = revealed is None and not queries.home_shown(actor, ticket)
    return {
        "ticket": ticket,
        "back": back,
        "possible": possible,
        "steps": {name: failed.get(name) or form_for(name, ticket, actor) for name in possible if name not in WITHOUT_FORM},
        "lost": {name: form for name, form in failed.items() if name not in possible},
        "failed": next(iter(failed), ""),
        "due": next_due(ticket, now),
        "deadlines": deadlines(ticket, now),
        "level": "U1" if ticket.emergency else ticket.urgency_id or "",
        "leaf_name": explain.leaf_name(ticket.leaf_id) if ticket.leaf_id else "",
        "why": explain.why_here(ticket, events),
        "reads_rules": may_read_rules(actor, ticket.why_here.get("owner", 0)),
        "entries": _timeline(ticket, events, now),
        "answer_photos": photos[PhotoKind.ANSWER],
        "photos": photos[PhotoKind.FILED],
        "home": "" if hidden else str(ticket.home or ""),
        "home_hidden": hidden and ticket.home_id is not None,
        "reporter": queries.reporter_shown(actor, ticket),
        "revealed": revealed,
        "may_reveal": revealed is None and may_reveal(actor, ticket) and bool(ticket.reporter_name or ticket.reporter_phone),
        "assists": list(queries.live_assists(ticket)),
        "emergency_numbers": EMERGENCY_NUMBERS if ticket.emergency and ticket.state in OPEN else (),
    }


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
