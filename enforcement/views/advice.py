"""Legal consultations (法律咨询): the list, a question, one consultation, its steps and paper, the list as a workbook."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities import queries as compounds
from communities.models import Compound
from communities.posting_forms import VersionForm
from communities.views.compounds import base_for
from complaints.views.rules import for_readers
from enforcement import advice_papers as papers
from enforcement import advice_queries as queries
from enforcement.actions import advice as actions
from enforcement.advice_permissions import ASKING, RULES, asked, asks_for, may_ask, possible_steps
from enforcement.advice_states import ConsultationState
from enforcement.forms.advice import AdviceFilter, AnswerForm, AskForm, FurtherForm, RateForm
from enforcement.forms.meetings import PlaceForm
from enforcement.models import Consultation
from enforcement.views.meetings import download
from people.actors import Actor
from people.http import HttpRequest
from people.roles import STREET
from projects import papers as word
from tenancy import clock, sheets
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal

PAGE = 30
MOST_IN_A_SHEET = 5_000


@dataclass(frozen=True)
class Tried:
    """A step that did not go through, with its form."""

    name: str
    form: forms.Form
    status: int = 400


@dataclass(frozen=True)
class Step:
    """The form of a step, the action it calls, and what is said when it is done."""

    form: type[forms.Form]
    act: Callable[..., object]
    done: str | Promise


STEPS = {
    "answer": Step(AnswerForm, actions.answer, gettext_lazy("Answered. Whoever asked has been told.")),
    "ask_further": Step(FurtherForm, actions.ask_further, gettext_lazy("Asked. The advisers have been told.")),
    "rate": Step(RateForm, actions.rate, gettext_lazy("Thank you. The advisers see it.")),
    "withdraw": Step(VersionForm, actions.withdraw, gettext_lazy("Withdrawn. The advisers do not see it any more.")),
}


@require_safe
@for_readers
def consultations(request: HttpRequest) -> HttpResponse:
    """Newest first, filtered as the address says; `?before=` the last id of the page before."""
    form, today = AdviceFilter(request.GET), clock.today()
    only = form.only()
    found = only.rows(queries.visible_to(request.actor), today).select_related("compound", "adviser").order_by("-pk")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    rows = list(found[: PAGE + 1])
    context = {
        "base": base_for(request),
        "form": form,
        "filtered": only != queries.Only(),
        "rows": rows[:PAGE],
        "today": today,
        "asks": not request.actor.roles.isdisjoint(ASKING),
        "counts": queries.counts(request.actor, today),
        "query": only.query(),
        "previous_url": f"?{only.query()}" if before else "",
        "next_url": f"?{only.query(before=rows[PAGE - 1].pk)}" if len(rows) > PAGE else "",
    }
    return render(request, "enforcement/advice/consultations.html", context)


@require_safe
@for_readers
def sheet(request: HttpRequest) -> HttpResponse:
    """The rows of the list as a workbook, at most 5,000."""
    found = AdviceFilter(request.GET).only().rows(queries.visible_to(request.actor), clock.today())
    rows = found.select_related("compound", "adviser").order_by("-pk")[:MOST_IN_A_SHEET]
    return download(papers.workbook(rows), sheets.TYPE, _("legal-consultations.xlsx"))


def _places(actor: Actor) -> dict[int, str]:
    return {row.area: row.name for row in compounds.visible_to(actor) if may_ask(actor, row.area)}


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def ask(request: HttpRequest) -> HttpResponse:
    """Ask: of one's only compound at once, else first of which one (`?place=`)."""
    actor = request.actor
    if actor.roles.isdisjoint(ASKING):
        raise PermissionDenied
    places = _places(actor)
    chosen = request.GET.get("place", "")
    if not chosen and len(places) != 1:
        where = {"base": base_for(request), "form": PlaceForm(places=list(places.items())), "places": places}
        return render(request, "enforcement/advice/ask_where.html", where)
    area = next((code for code in places if not chosen or str(code) == chosen), None)
    if area is None:
        raise Http404
    sent = request.POST if request.method == "POST" else None
    office = asks_for(actor, area) is not None
    form = AskForm(sent, advisers=list(queries.advisers(area)), for_office=office, for_street=actor.holds(area, STREET))
    context = {"base": base_for(request), "form": form, "place": places[area], "days": settings.CONSULTATION_DAYS}
    if sent is None:
        return render(request, "enforcement/advice/ask.html", context)
    if not form.is_valid():
        return render(request, "enforcement/advice/ask.html", context, status=400)
    try:
        row = actions.ask(area=area, by=actor, **form.cleaned_data)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(form, refusal)
        return render(request, "enforcement/advice/ask.html", context, status=refusal.status)
    messages.success(request, _("Asked. The advisers have been told; you are told when they answer."))
    return redirect("enforcement:consultation", row.pk)


@require_safe
@for_readers
def consultation(request: HttpRequest, consultation_id: int) -> HttpResponse:
    """One consultation, with the forms of the steps that this reader may take."""
    return page(request, queries.get(request.actor, consultation_id))


def page(request: HttpRequest, row: Consultation, tried: Tried | None = None) -> HttpResponse:
    actor = request.actor
    shown = {name: form_of(row, name) for name in possible_steps(actor, row)}
    if tried is not None:
        shown[tried.name] = tried.form
    context = {
        "base": base_for(request),
        "consultation": row,
        "lines": queries.lines(row),
        "own": asked(actor, row),
        "late": row.state == ConsultationState.WAITING and row.due_on < clock.today(),
        "caution": papers.CAUTION,
        "forms": shown,
        "tried": tried,
    }
    return render(request, "enforcement/advice/consultation.html", context, status=tried.status if tried else 200)


def form_of(row: Consultation, name: str, sent: Any = None) -> forms.Form:
    """The form of a step, filled with what was sent, or as it is first shown."""
    return STEPS[name].form(sent, auto_id=f"{name}_%s", initial={"version": row.version})


@require_POST
@for_readers
def step(request: HttpRequest, consultation_id: int, *, action: str) -> HttpResponse:
    """Take one step. 404 as for the consultation, 403 where the role does not allow it, 400 and 409 with the page again."""
    row = queries.get(request.actor, consultation_id)
    if not RULES[action][0](request.actor, row):
        raise PermissionDenied
    form = form_of(row, action, request.POST)
    if not form.is_valid():
        return page(request, row, Tried(action, form))
    try:
        STEPS[action].act(consultation_id, by=request.actor, **form.cleaned_data)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(form, refusal)
        return page(request, queries.get(request.actor, row.pk), Tried(action, form, refusal.status))
    messages.success(request, str(STEPS[action].done))
    return redirect("enforcement:consultation", row.pk)


@require_safe
@for_readers
def paper(request: HttpRequest, consultation_id: int) -> HttpResponse:
    """Questions and answers as a Word paper, once there is an answer."""
    row = queries.get(request.actor, consultation_id)
    if row.answered_at is None:
        raise Http404
    body = papers.answer(row, queries.lines(row), sample=settings.MULIN_ENV == "demo")
    return download(body, word.TYPE, _("legal-consultation-%(number)s.docx") % {"number": row.pk})


def part(actor: Actor, compound: Compound) -> dict[str, Any] | None:
    """Of a compound: the way to ask, for who may."""
    return {"compound": compound} if may_ask(actor, compound.area) else None
