"""并单: the page on which a clerk says with which report another one is worked on."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from complaints import alike, queries
from complaints.actions import merging
from complaints.forms.merging import MergeForm
from complaints.models import Ticket
from complaints.permissions import RULES
from complaints.states import FROM
from complaints.views.doors import ticket_or_404
from complaints.views.steps import onward
from people.actors import Actor
from people.http import HttpRequest
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal

MOST_SHOWN = 20
MOST_COMPARED = alike.MOST_COMPARED


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def merge(request: HttpRequest, number: str) -> HttpResponse:
    """GET: open reports of the compound, the likeliest first. POST: merged."""
    ticket = ticket_or_404(request, number)
    if not RULES["merge"](request.actor, ticket):
        raise PermissionDenied
    offered = _offered(request.actor, ticket)
    numbers = [each["number"] for each in offered]
    if request.method != "POST":
        likely = numbers[0] if offered and offered[0]["likely"] else None
        form = MergeForm(numbers=numbers, initial={"version": ticket.version, "into": likely})
        return _page(request, ticket, form, offered)
    form = MergeForm(request.POST, numbers=numbers)
    if not form.is_valid():
        return _page(request, ticket, form, offered, status=400)
    said = form.cleaned_data
    try:
        merging.merge(number, by=request.actor, version=said["version"], into=said["into"])
    except NotThere as gone:
        raise Http404 from gone
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal.message)) from refusal
    except Refusal as refusal:
        if refusal.field == "into" and said["other"]:
            refusal.field = "other"
        put(form, refusal)
        if refusal.status == 409:
            form.data = {**request.POST.dict(), "version": str(ticket_or_404(request, number).version)}
        return _page(request, ticket, form, offered, status=refusal.status)
    messages.success(request, _("%(number)s is worked on together with %(main)s.") % {"number": number, "main": said["into"]})
    return onward(request, number)


def _offered(actor: Actor, ticket: Ticket) -> list[dict[str, Any]]:
    """What it may be merged with, as the radio buttons show it."""
    able = queries.marked(actor, queries.visible_to(actor)).filter(
        area=ticket.area, state__in=sorted(FROM["merge"]), restricted=False, confidential=False, parent=None
    )
    if ticket.emergency:
        able = able.filter(emergency=True)
    rows = list(able.exclude(pk=ticket.pk).select_related("compound", "building", "lead").order_by("-pk")[:MOST_COMPARED])
    asked = alike.gist(queries.words_shown(actor, ticket).text)
    read = [(row, queries.words_listed(actor, row)) for row in rows]
    found = [(alike.likeness(asked, alike.gist(words.text)), row, words) for row, words in read]
    found.sort(key=lambda each: (-each[0], -each[1].pk))
    return [
        {"number": row.number, "row": row, "text": words.text, "likely": score >= alike.ENOUGH}
        for score, row, words in found[:MOST_SHOWN]
    ]


def _page(
    request: HttpRequest, ticket: Ticket, form: MergeForm, offered: list[dict[str, Any]], *, status: int = 200
) -> HttpResponse:
    words = queries.words_shown(request.actor, ticket)
    chosen = str(form["into"].value() or "")
    context = {"ticket": ticket, "words": words, "form": form, "offered": offered, "chosen": chosen}
    return render(request, "complaints/merge.html", context, status=status)
