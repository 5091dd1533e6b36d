"""拆单: the page on which a clerk divides a ticket into parts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from complaints import catalogue, queries, routing
from complaints.actions import splitting
from complaints.forms.splitting import SplitForm
from complaints.models import Ticket
from complaints.permissions import RULES
from complaints.views import showing
from complaints.views.doors import ticket_or_404
from complaints.views.steps import onward
from people.http import HttpRequest
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def split(request: HttpRequest, number: str) -> HttpResponse:
    """GET: a row for each matter that was recognised, else empty ones. POST: done; with `more` another row, all typed kept."""
    ticket = ticket_or_404(request, number)
    if not RULES["split"](request.actor, ticket):
        raise PermissionDenied
    form = _form(ticket, request)
    if request.method != "POST":
        return _page(request, ticket, form)
    if "more" in request.POST:
        form.unbound()
        return _page(request, ticket, form)
    if not form.is_valid():
        return _page(request, ticket, form, status=400)
    sent = form.reason.cleaned_data
    try:
        splitting.split(number, by=request.actor, version=sent["version"], parts=form.wanted(), text=sent["text"])
    except NotThere as gone:
        raise Http404 from gone
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal.message)) from refusal
    except Refusal as refusal:
        put(form.reason, refusal)
        if refusal.status == 409:
            form.reason.data = {**request.POST.dict(), "version": str(ticket_or_404(request, number).version)}
        return _page(request, ticket, form, status=refusal.status)
    messages.success(request, _("%(number)s is divided; each part has been dispatched.") % {"number": number})
    return onward(request, number)


def _form(ticket: Ticket, request: HttpRequest) -> SplitForm:
    able = list(queries.answering_for(ticket.area))
    return SplitForm(ticket.version, able, request.POST or None, suggested=[] if request.POST else _suggested(request, ticket))


def _suggested(request: HttpRequest, ticket: Ticket) -> list[dict[str, Any]]:
    """The matters of a text about several: each with the whole wording, to be cut, and who answers for it here."""
    also = queries.also_about(ticket)
    if not also or ticket.leaf_id is None:
        return []
    known, text = catalogue.Catalogue.load(), queries.words_shown(request.actor, ticket).text
    codes, found = {leaf.code for leaf in known.leaves}, []
    for code in [code for code in (ticket.leaf_id, *also) if code in codes]:
        who = routing.responsible(known.leaf(code).lead, ticket.area, on=timezone.localdate())
        found.append({"text": text, "leaf": code, "organisation": who.organisation.pk if who.organisation else None})
    return found


def _page(request: HttpRequest, ticket: Ticket, form: SplitForm, *, status: int = 200) -> HttpResponse:
    divided = showing.divided(request.actor, ticket)
    words = queries.words_shown(request.actor, ticket)
    context = {"ticket": ticket, "words": words, "form": form, "made": divided["parts"], "seen": divided["seen"]}
    return render(request, "complaints/split.html", context, status=status)
