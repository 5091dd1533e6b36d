"""The words of a step before it is taken: standard words put in, and a preview of exactly what would be sent."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from complaints import queries, standard_words
from complaints.actions.previewing import preview
from complaints.forms.desk import StepForm
from complaints.models import Ticket
from complaints.note_states import Worded
from complaints.permissions import RULES
from complaints.views import showing, step_forms
from complaints.views.case import wants_fragment
from complaints.views.doors import ticket_or_404
from complaints.views.steps import next_address
from people.http import HttpRequest
from tenancy.form_fields import put
from tenancy.refusals import NotThere, Refusal

ANSWER = step_forms.Window(_("Answer"), _("Send the answer"), "resolved", _("Send the answer"))


@require_POST
@login_required
def draft(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """With `put`, the chosen standard words after what was typed; otherwise a preview. Neither changes anything."""
    ticket = ticket_or_404(request, number)
    if action not in Worded.values:
        raise Http404
    if not RULES[action](request.actor, ticket) or not queries.reads_as_staff(request.actor, ticket):
        raise PermissionDenied
    offers = standard_words.offered(ticket, [action])[action]
    if "put" in request.POST:
        form = _with_words(request, ticket, action, offers)
        return _answer(request, ticket, action, form, offers)
    form = step_forms.form_for(action, ticket, request.actor, request.POST)
    if not form.is_valid():
        return _answer(request, ticket, action, form, offers, status=400)
    sent = form.cleaned_data
    try:
        found = preview(number, action, by=request.actor, version=sent["version"], text=sent["text"])
    except NotThere as gone:
        raise Http404 from gone
    except Refusal as refusal:
        put(form, refusal)
        return _answer(request, ticket, action, form, offers, status=refusal.status)
    shown = {"entries": showing.lines(found.events), "message": found.message, "others": found.others}
    return _answer(request, ticket, action, form, offers, preview=shown)


def _with_words(request: HttpRequest, ticket: Ticket, action: str, offers: list[standard_words.Offer]) -> StepForm:
    """The form with what was typed and the chosen words, and with the version that was looked at."""
    form = step_forms.form_for(action, ticket, request.actor)
    words = next((offer.text for offer in offers if offer.key == request.POST.get("standard")), "")
    form.initial["text"] = standard_words.put_after(request.POST.get("text", ""), words)
    form.initial["version"] = request.POST.get("version", "")
    return form


def _answer(
    request: HttpRequest,
    ticket: Ticket,
    action: str,
    form: StepForm,
    offers: list[standard_words.Offer],
    *,
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    """The part of the form with its words, or (without script) the whole step on a page of its own."""
    window = step_forms.WINDOWS.get(action, ANSWER)
    context = {
        "ticket": ticket,
        "action": action,
        "form": form,
        "standard": offers,
        "chosen": request.POST.get("standard", ""),
        "problem": " ".join(str(error) for error in [*form.non_field_errors(), *form.errors.get("version", ())]),
        "title": window.title,
        "word": window.word or window.title,
        "url": reverse(f"complaints:{action}", args=[ticket.number]),
        "back": next_address(request),
        "photos": "photos" in form.fields,
        **shown,
    }
    template = "complaints/_draft.html" if wants_fragment(request) else "complaints/draft.html"
    response = render(request, template, context, status=status)
    response["Vary"] = "HX-Request"
    return response
