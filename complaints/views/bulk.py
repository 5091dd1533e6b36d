"""Several tickets dispatched at once: looked over on one page, each for itself, and taken back for a few minutes."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from complaints import explain, queries
from complaints.actions import recalling, tickets
from complaints.forms.bulk import RowForm
from complaints.models import Ticket
from complaints.permissions import may_dispatch
from complaints.states import State
from complaints.views import step_forms
from complaints.views.doors import at_a_desk
from people.actors import Actor
from people.http import HttpRequest
from people.models import Organisation
from people.roles import STREET
from tenancy.form_fields import put
from tenancy.refusals import Refusal

MOST = 25
"""A page of the list (own)."""


@require_http_methods(["GET", "HEAD", "POST"])
@at_a_desk
def bulk(request: HttpRequest) -> HttpResponse:
    """GET: the chosen tickets (`?tickets=` several times), each with what is suggested. POST: those that are ticked, one by one.

    What is refused stays on the page with the reason; the others are through all the same.
    """
    actor = request.actor
    if actor.roles.isdisjoint(STREET):
        raise PermissionDenied
    given = request.POST if request.method == "POST" else request.GET
    asked = list(dict.fromkeys(given.getlist("tickets")))
    found = _waiting(actor, asked[:MOST])
    able = {area: list(queries.answering_for(area)) for area in {row.area for row in found}}
    if request.method != "POST":
        entries = [_row(actor, row, able[row.area]) for row in found]
        return _page(request, entries, left_out=len(asked) - len(found))
    entries, done = [], []
    for ticket in found:
        entry = _row(actor, ticket, able[ticket.area], request.POST)
        form: RowForm = entry["form"]
        if form.taken and form.is_valid() and (sent := _dispatched(form, ticket, actor)):
            done.append(sent)
        else:
            entries.append(entry)
    refused = sum(1 for entry in entries if entry["form"].taken)
    return _page(request, entries, done=done, refused=refused, status=400 if refused and not done else 200)


def _waiting(actor: Actor, numbers: Iterable[str]) -> list[Ticket]:
    """Those of these tickets that wait for triage and that the actor dispatches, in the order of the list."""
    rows = queries.marked(actor, queries.visible_to(actor)).filter(number__in=numbers, state=State.TRIAGE)
    wanted = rows.select_related("compound", "building", "lead").order_by("-emergency", "next_due", "pk")
    return [row for row in wanted if may_dispatch(actor, row)]


def _row(actor: Actor, ticket: Ticket, able: list[Organisation], sent: Any = None) -> dict[str, Any]:
    """A ticket with its form; ticked where both fields are known."""
    suggested = explain.suggested_leaves(ticket)
    common = {"prefix": ticket.number, "organisations": able, "suggested": suggested}
    if sent is not None:
        form = RowForm(sent, **common)
        if form.taken:
            return _entry(actor, ticket, form)
        initial = {name: sent.get(form.add_prefix(name)) for name in ("leaf", "organisation")}  # left as it was, and not judged
    else:
        likely = step_forms.suggestion(ticket, suggested[0] if suggested else None).organisation
        initial = {"leaf": suggested[0] if suggested else None, "organisation": likely.pk if likely else None}
        initial["take"] = likely is not None
    return _entry(actor, ticket, RowForm(None, initial={**initial, "version": ticket.version}, **common))


def _entry(actor: Actor, ticket: Ticket, form: RowForm) -> dict[str, Any]:
    return {"ticket": ticket, "words": queries.words_listed(actor, ticket), "form": form}


def _dispatched(form: RowForm, ticket: Ticket, actor: Actor) -> Ticket | None:
    """The ticket as it is now, or None with the refusal on its form."""
    said = form.cleaned_data
    try:
        return tickets.dispatch(
            ticket.number, by=actor, version=said["version"], leaf=said["leaf"], organisation=said["organisation"]
        )
    except Refusal as refusal:
        put(form, refusal)
        if refusal.status == 409:  # sent once more, it is meant for the ticket as it is now
            form.data = {**dict(form.data.items()), form.add_prefix("version"): str(queries.get(actor, ticket.number).version)}
        return None


def _page(request: HttpRequest, entries: list[dict[str, Any]], *, status: int = 200, **shown: Any) -> HttpResponse:
    context = {"entries": entries, "minutes": recalling.WITHIN.seconds // 60, "most": MOST, **shown}
    return render(request, "complaints/bulk.html", context, status=status)


@require_POST
@at_a_desk
def undo(request: HttpRequest) -> HttpResponse:
    """Take back what was dispatched just now: `tickets` are numbers, each with its version in `version-<number>`."""
    actor, results = request.actor, []
    if actor.roles.isdisjoint(STREET):
        raise PermissionDenied
    for number in list(dict.fromkeys(request.POST.getlist("tickets")))[:MOST]:
        sent = request.POST.get(f"version-{number}", "")
        version = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0
        try:
            recalling.recall(number, by=actor, version=version)
            results.append({"number": number, "said": _("taken back; it waits for triage again"), "done": True})
        except Refusal as refusal:
            results.append({"number": number, "said": str(refusal.message), "done": False})
    return render(request, "complaints/bulk_undone.html", {"results": results})
