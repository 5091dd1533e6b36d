"""The workbench: queues, list and case side by side. What is shown is all in the address."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from communities import queries as communities
from complaints import rule_queries, worklist
from complaints.actions import saved_lists
from complaints.forms.desk import FilterForm
from complaints.models import SavedList, Ticket
from complaints.views import case
from complaints.views.doors import at_a_desk, ticket_or_404
from people.actors import Actor
from people.http import HttpRequest
from people.models import Organisation
from people.roles import STREET
from tenancy import clock

NAMES = {
    "triage": _("Triage"),
    "arbitration": _("Arbitration"),
    "new": _("To accept"),
    "doing": _("In work"),
    "answered": _("Answered"),
    "open": _("Open"),
    "ended": _("Ended"),
    "all": _("All"),
}
ICONS = {
    "triage": "triage",
    "arbitration": "arbitration",
    "new": "dispatched",
    "doing": "accepted",
    "answered": "resolved",
    "open": "inbox",
    "ended": "closed",
    "all": "list",
}
EMPTY = {
    "triage": _("Complaints that nobody is clearly responsible for, and what was returned, wait here to be dispatched."),
    "arbitration": _("What was returned twice waits here for the county desk, whose decision stands."),
    "new": _("Complaints that were dispatched and that the lead organisation has yet to accept would be here."),
    "doing": _("Complaints that were accepted and are waiting for an answer would be here."),
    "answered": _("Complaints that were answered and are not yet closed would be here."),
    "open": _("Everything that still needs somebody to act would be here."),
    "ended": _("Complaints that were closed, withdrawn or not taken up would be here."),
    "all": _("Every complaint of your places would be here."),
}
MARKS = {
    "extension": (_("More time asked for"), "clock"),
    "waiting": (_("Waiting for the reporter"), "wait"),
    "supervised": (_("Supervised"), "shield"),
}
"""Marks of open tickets, counted beside the queues."""
KEPT = ("q", "compound", "building", "leaf", "urgency", "late", "corrected", *MARKS)
"""Filters as they stand in the address."""
SHADES = 4
"""Of the strip of buildings; none is the fifth."""


@require_safe
@at_a_desk
def desk(request: HttpRequest) -> HttpResponse:
    """List left, case right. With htmx only the case pane is answered."""
    actor, given = request.actor, request.GET
    number = given.get("ticket", "")
    opened = ticket_or_404(request, number) if number else None
    if opened is not None and case.wants_fragment(request):
        return case.answer(request, opened, back=address(given, ticket=""))
    now = clock.now()
    form = FilterForm(given, compounds=list(communities.visible_to(actor).values_list("area", "name")), auto_id="filter_%s")
    filters = form.filters()
    tallies = worklist.tallies(actor, filters, now=now)
    names = worklist.queues_of(actor)
    queue = given.get("queue", "")
    if queue not in names:
        queue = worklist.first_queue(actor, tallies)
    if queue in worklist.GROWING:
        tallies[queue] = worklist.count(actor, queue, filters, now=now)
    found = worklist.page(actor, queue, filters, now=now, after=given.get("after", ""), before=given.get("before", ""))
    pane = case.pane(actor, opened, back=address(given, queue=queue, ticket="")) if opened else {}
    context = {
        **pane,
        "opened": opened,
        "place": _place(actor),
        "queues": [_queue(name, tallies.get(name), given, current=name == queue) for name in names],
        "marks": [mark for mark in (_mark(name, tallies[name], given) for name in MARKS) if mark["count"] or mark["current"]],
        "queue": queue,
        "heading": NAMES[queue],
        "tally": tallies[queue],
        "strip": strip(actor, filters, given, now),
        "saved": [_saved(row) for row in saved_lists.readable(actor)],
        "rules_aside": rule_queries.set_aside_count(actor),
        "rows": rows_of(found.rows, actor, given, queue, now),
        "ticking": queue == "triage" and not actor.roles.isdisjoint(STREET),
        "empty_text": EMPTY[queue],
        "form": form,
        "narrowed": sum(1 for name in KEPT if given.get(name)),
        "narrowed_more": sum(1 for name in KEPT if name != "q" and given.get(name)),
        "reset_url": address({}, queue=queue),
        "save_url": address(given, to="complaints:saved_lists", queue=queue, ticket="", after="", before=""),
        "board_url": address(given, to="complaints:board", queue="", ticket="", after="", before=""),
        "previous_url": address(given, queue=queue, after="", before=found.before) if found.before else "",
        "next_url": address(given, queue=queue, before="", after=found.after) if found.after else "",
    }
    response = render(request, "complaints/desk.html", context)
    response["Vary"] = "HX-Request"
    return response


def strip(actor: Actor, filters: worklist.Filters, given: Any, now: Any) -> list[dict[str, Any]]:
    """The buildings of the chosen compound with what is open in each, the more the darker. Empty without a compound."""
    if filters.compound is None:
        return []
    found = worklist.by_building(actor, filters.compound, filters, now=now)
    most = max((each.total for each in found if each.id is not None), default=0)
    return [
        {
            "name": each.name,
            "total": each.total,
            "late": each.late,
            "shade": -(-each.total * SHADES // most) if most and each.id is not None else 0,
            "current": each.id is not None and each.id == filters.building,
            "url": address(given, queue="open", building=str(each.id or ""), after="", before="", ticket=""),
        }
        for each in found
    ]


def _saved(row: SavedList) -> dict[str, Any]:
    return {"name": row.name, "shared": row.shared, "url": address(row.filters, queue=row.queue)}


def address(given: Any, *, to: str = "complaints:desk", **changed: str) -> str:
    """The desk's address with some parameters changed; empty ones go. `to` names another page that takes the same filters."""
    kept = {name: given.get(name, "") for name in ("queue", *KEPT, "after", "before", "ticket")} | changed
    parameters = urlencode({name: value for name, value in kept.items() if value})
    return reverse(to) + (f"?{parameters}" if parameters else "")


def _queue(name: str, tally: worklist.Tally | None, given: Any, *, current: bool) -> dict[str, Any]:
    return {
        "name": name,
        "label": NAMES[name],
        "icon": ICONS[name],
        "url": address(given, queue=name, after="", before="", ticket=""),
        "tally": tally,
        "current": current,
    }


def _mark(name: str, tally: worklist.Tally, given: Any) -> dict[str, Any]:
    """A mark among what is open; chosen once more it is taken off."""
    label, icon = MARKS[name]
    on = bool(given.get(name))
    narrowed = {name: "" if on else "on"}
    return {
        "label": label,
        "icon": icon,
        "url": address(given, queue="open", after="", before="", ticket="", **narrowed),
        "count": tally.total,
        "late": tally.late,
        "current": on,
    }


def rows_of(tickets: Sequence[Ticket], actor: Actor, given: Any, queue: str, now: Any) -> list[dict[str, Any]]:
    return [
        case.row(
            ticket,
            actor=actor,
            now=now,
            url=address(given, queue=queue, ticket=ticket.number),
            photos=ticket.photo_count,  # type: ignore[attr-defined]  # annotated by `worklist.page`
        )
        for ticket in tickets
    ]


def _place(actor: Actor) -> str:
    """The organisation somebody works for, beside the brand."""
    ids = [post.organisation_id for post in actor.posts if post.role in worklist.WORKING and post.organisation_id]
    return Organisation.objects.filter(pk__in=ids[:1]).values_list("name", flat=True).first() or ""
