"""The search page, and looking for tickets by who filed them."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from complaints.actions import reporters
from complaints.forms.searching import ReporterForm, SearchForm
from complaints.models import Ticket
from complaints.queries import home_shown, words_listed
from complaints.search_permissions import may_look_up_reporters
from complaints.searching import MOST_SHOWN, Found, Question, search
from complaints.views import due_times, showing
from complaints.views.doors import at_a_desk
from people.actors import Actor
from people.http import HttpRequest
from tenancy import clock
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, Refusal


@require_safe
@at_a_desk
def page(request: HttpRequest) -> HttpResponse:
    """What was found for `q`; without it, what can be looked for."""
    form = SearchForm(request.GET, auto_id="search_%s")
    question = Question.read(form.typed())
    found = search(request.actor, question) if question.typed and not question.too_short else Found([], more=False)
    return _answer(request, form, question=question, found=found, rows=_rows(request.actor, found))


@require_POST
@at_a_desk
def by_reporter(request: HttpRequest) -> HttpResponse:
    """Tickets of one name or phone number. Sent with POST, for it is recorded and no address is to hold it."""
    form = ReporterForm(request.POST, auto_id="reporter_%s")
    tickets: list[Ticket] = []
    status = 200
    if not form.is_valid():
        status = 400
    else:
        try:
            tickets = reporters.find(form.cleaned_data["who"], by=request.actor)
        except NotAllowed as refusal:
            raise PermissionDenied(str(refusal.message)) from refusal
        except Refusal as refusal:
            put(form, refusal)
            status = refusal.status
    now = clock.now()
    rows = [_plain_row(request.actor, row, now) for row in tickets]
    context: dict[str, Any] = {"reporter_form": form, "rows": rows, "looked_up": status == 200, "most": reporters.MOST}
    return _answer(request, SearchForm(auto_id="search_%s"), status=status, **context)


def _answer(request: HttpRequest, form: SearchForm, *, status: int = 200, **context: Any) -> HttpResponse:
    found = {
        "form": form,
        "reporter_form": ReporterForm(auto_id="reporter_%s"),
        "by_reporter": may_look_up_reporters(request.actor),
        "most": MOST_SHOWN,
        **context,
    }
    return render(request, "complaints/search.html", found, status=status)


def _rows(actor: Actor, found: Found) -> list[dict[str, Any]]:
    now = clock.now()
    return [
        {**_facts(hit.ticket, now), "text": hit.text, "place": hit.place, "folded": words_listed(actor, hit.ticket).abusive}
        for hit in found.hits
    ]


def _plain_row(actor: Actor, ticket: Ticket, now: datetime) -> dict[str, Any]:
    words = words_listed(actor, ticket)
    place = showing.place_of(ticket, words.spot, with_home=home_shown(actor, ticket))
    return {
        **_facts(ticket, now),
        "text": [{"text": words.text[:240]}],
        "place": [{"text": place}],
        "folded": words.abusive,
    }


def _facts(ticket: Ticket, now: datetime) -> dict[str, Any]:
    due = due_times.next_due(ticket, now)
    return {
        "number": ticket.number,
        "url": reverse("complaints:ticket", args=(ticket.number,)),
        "state": ticket.state,
        "due_kind": due.kind if due else "",
        "due_at": due.at if due else None,
        "who": ticket.lead.name if ticket.lead else "",
        "filed_at": ticket.filed_at,
    }
