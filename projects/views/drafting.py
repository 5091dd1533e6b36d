"""Drafting: what residents complain of, by matter, and the form of a draft."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communities import queries as communities
from communities.models import Compound
from communities.views.compounds import base_for
from complaints import queries as complaints
from complaints.models import Ticket
from people.actors import Actor
from people.http import HttpRequest
from projects import months, suggestions
from projects.actions import drafting
from projects.actions.drafting import LONGEST_WORDS
from projects.forms.drafting import DraftForm, initial_of
from projects.models import Matter, Project
from projects.permissions import RULES, may_plan, may_read_drafts
from projects.states import POSSIBLE, OriginKind, ProjectState
from projects.views.doors import compound_or_404, project_or_404
from tenancy import clock
from tenancy.refusals import NotThere, Refusal

SHORT = 60
MOST_OFFERED = 40
SOON = 10
"""Days: what is drafted later in a month than this many before its end is promised for the next (own)."""


def _words(actor: Actor, ticket: Ticket) -> str:
    text = complaints.words_listed(actor, ticket).text
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"


def _inside(request: HttpRequest, area: int) -> Compound:
    """The compound for whoever reads drafts there; for others there is nothing here."""
    compound = compound_or_404(request, area)
    if not may_read_drafts(request.actor, area):
        raise Http404
    return compound


@require_safe
@login_required
def hot(request: HttpRequest, area: int) -> HttpResponse:
    """The hot spots of the last 90 days, each with its numbers, its complaints, and the way to a draft."""
    compound, actor = _inside(request, area), request.actor
    spots = [
        {
            "spot": spot,
            "tickets": [
                {
                    "number": ticket.number,
                    "url": reverse("complaints:ticket", args=[ticket.number]),
                    "text": _words(actor, ticket),
                    "state": ticket.state,
                }
                for ticket in spot.tickets
            ],
        }
        for spot in suggestions.hot_spots(actor, area, clock.today())
    ]
    context = {"base": base_for(request), "compound": compound, "spots": spots, "drafting": may_plan(actor, area)}
    return render(request, "projects/suggestions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def draft(request: HttpRequest, area: int) -> HttpResponse:
    """A new draft; `?matter=P04` begins it with that matter, and with its complaints where it is a hot spot for the reader."""
    compound, actor = _inside(request, area), request.actor
    if not may_plan(actor, area):
        raise PermissionDenied
    spots = suggestions.hot_spots(actor, area, clock.today())
    wanted = request.GET.get("matter", "")
    chosen = next((spot for spot in spots if spot.matter.code == wanted), None)
    offered = [ticket for spot in ([chosen] if chosen else spots) for ticket in spot.tickets][:MOST_OFFERED]
    choices = [(ticket.number, f"{ticket.number} {_words(actor, ticket)}") for ticket in offered]
    if request.method != "POST":
        matter = next((row for row in Matter.objects.all() if row.code == wanted), None) if wanted else None
        begun = _begun(compound, matter, chosen) | _grown_from(request.GET)
        form = _form(compound, choices, None, begun)
        return _page(request, compound, form)
    form = _form(compound, choices, request.POST, {})
    if not form.is_valid():
        return _page(request, compound, form, status=400)
    try:
        project = drafting.draft(area, form.draft(), by=actor)
    except NotThere as gone:
        raise Http404 from gone
    except Refusal as refusal:
        form.put(refusal)
        return _page(request, compound, form, status=refusal.status)
    messages.success(request, _("%(number)s is drafted. Take it into the plan of a month.") % {"number": project.number})
    return redirect("projects:project", project.number)


def _begun(compound: Compound, matter: Matter | None, chosen: suggestions.HotSpot | None) -> dict[str, Any]:
    """What a fresh form says already."""
    service = communities.firm_serving(compound.area)
    begun: dict[str, Any] = {
        "version": 0,
        "ends_on": _month_end(clock.today()),
        "lead": service.firm_id if service else "",
    }
    if matter is not None:
        begun |= {"matter": matter.code, "title": matter.name, "text": matter.problem}
    if chosen is not None:
        begun["picked"] = [ticket.number for ticket in chosen.tickets[:MOST_OFFERED]]
    return begun


def _grown_from(asked: QueryDict) -> dict[str, Any]:
    """`?origin=finding&words=…`: what another page began it from. What is no kind of origin counts as not said."""
    kind, words = asked.get("origin", ""), asked.get("words", "")
    if kind not in set(OriginKind) - {OriginKind.TICKET}:
        return {}
    return {"origin_kind_0": kind, "origin_words_0": words[:LONGEST_WORDS]}


def _month_end(today: date) -> date:
    this = months.month_of(today)
    end = months.last_day(this)
    return end if (end - today).days >= SOON else months.last_day(months.after(this))


def _form(compound: Compound, choices: list[tuple[str, str]], sent: Any, initial: dict[str, Any]) -> DraftForm:
    return DraftForm(
        sent,
        matters=Matter.objects.order_by("no"),
        leads=complaints.answering_for(compound.area),
        buildings=[(row.pk, row.name) for row in communities.buildings(compound.area)],
        complaints=choices,
        initial=initial,
    )


def _page(
    request: HttpRequest,
    compound: Compound,
    form: DraftForm,
    *,
    project: Project | None = None,
    unseen: int = 0,
    status: int = 200,
) -> HttpResponse:
    context = {"base": base_for(request), "compound": compound, "form": form, "project": project, "unseen": unseen}
    return render(request, "projects/draft.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change(request: HttpRequest, project: str) -> HttpResponse:
    """A draft written anew. Complaints that the reader does not see stay linked."""
    row, actor = project_or_404(request, project), request.actor
    if not RULES["change"](actor, row):
        raise PermissionDenied
    if request.method != "POST" and ProjectState(row.state) not in POSSIBLE["change"]:
        messages.warning(request, _("This cannot be done now: the project is “%(state)s”.") % {"state": row.get_state_display()})
        return redirect("projects:project", project)
    linked = list(row.origins.exclude(ticket=None).order_by("pk").values_list("ticket__number", flat=True))
    seen = {each.number: each for each in complaints.visible_to(actor).filter(number__in=linked, restricted=False)}
    unseen = [number for number in linked if number not in seen]
    choices = [(number, f"{number} {_words(actor, seen[number])}") for number in linked if number in seen]
    if request.method != "POST":
        begun = {**initial_of(row), "version": row.version, "picked": list(seen)}
        return _page(request, row.compound, _form(row.compound, choices, None, begun), project=row, unseen=len(unseen))
    form = _form(row.compound, choices, request.POST, {})
    if not form.is_valid():
        return _page(request, row.compound, form, project=row, unseen=len(unseen), status=400)
    try:
        drafting.change(project, form.draft(unseen), by=actor, version=form.cleaned_data["version"])
    except NotThere as gone:
        raise Http404 from gone
    except Refusal as refusal:
        if refusal.status == 409:
            row = project_or_404(request, project)
            sent = request.POST.copy()
            sent["version"] = str(row.version)
            form = _form(row.compound, choices, sent, {})
            form.is_valid()
        form.put(refusal)
        return _page(request, row.compound, form, project=row, unseen=len(unseen), status=refusal.status)
    messages.success(request, _("The draft is changed."))
    return redirect("projects:project", project)
