"""Campaigns (专项清理): the list, a new one, and one with its visits."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from complaints.views.rules import for_readers
from enforcement import queries, visit_queries
from enforcement.actions import campaigns as actions
from enforcement.forms.visits import CampaignForm, CampaignVisitsForm
from enforcement.models import Campaign
from enforcement.visit_permissions import PLANNING, WATCHING
from people.http import HttpRequest
from people.queries import place_names
from tenancy import areas, clock
from tenancy.areas import Level
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal


@require_safe
@for_readers
def campaigns(request: HttpRequest) -> HttpResponse:
    """Newest first, with how many visits the reader sees of each."""
    if request.actor.roles.isdisjoint(PLANNING | WATCHING):
        raise NotThere
    rows = list(visit_queries.campaigns(request.actor))
    counted = visit_queries.visible_to(request.actor).filter(campaign__in=rows).values_list("campaign").annotate(many=Count("pk"))
    many = dict(counted.order_by())
    names = place_names(row.area for row in rows)
    shown = [{"row": row, "place": names.get(row.area, ""), "visits": many.get(row.pk, 0)} for row in rows]
    places = _places(request)
    return render(request, "enforcement/visits/campaigns.html", {"rows": shown, "places": places})


def _places(request: HttpRequest) -> list[dict[str, Any]]:
    """Where the reader may begin one."""
    codes = sorted({post.area for post in request.actor.posts if actions.may_run(request.actor, post.area)})
    codes = [code for code in codes if areas.level_of(code) in {Level.COUNTY, Level.STREET}]
    names = place_names(codes)
    return [{"code": code, "name": names.get(code, "")} for code in codes]


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def begin(request: HttpRequest, area: int) -> HttpResponse:
    """Begin one in a street or county."""
    if areas.level_of(area) not in {Level.COUNTY, Level.STREET} or not actions.actor_is_there(request.actor, area):
        raise NotThere
    if not actions.may_run(request.actor, area):
        raise PermissionDenied
    row = queries.in_force(areas.ancestor(area, Level.COUNTY))
    items = [(item.code, f"{item.code} {item.name} · {item.bureau.name}") for item in queries.items(row)] if row else []
    context: dict[str, Any] = {"place": place_names([area]).get(area, ""), "area": area, "row": row}
    if request.method != "POST":
        context["form"] = CampaignForm(items=items, initial={"starts_on": clock.today()})
        return render(request, "enforcement/visits/campaign_form.html", context)
    form = context["form"] = CampaignForm(request.POST, items=items)
    if not form.is_valid():
        return render(request, "enforcement/visits/campaign_form.html", context, status=400)
    try:
        made = actions.begin(area=area, by=request.actor, **form.cleaned_data)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(form, refusal)
        return render(request, "enforcement/visits/campaign_form.html", context, status=refusal.status)
    messages.success(request, _("Begun. Choose the compounds now."))
    return redirect("enforcement:campaign", made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """One campaign with its visits; a POST plans visits to the chosen compounds."""
    row = visit_queries.campaign(request.actor, campaign_id)
    form = _form(request, row)
    if request.method != "POST":
        return _page(request, row, form)
    if form is None:
        raise PermissionDenied
    if not form.is_valid():
        return _page(request, row, form, status=400)
    said = form.cleaned_data
    try:
        made, missed = actions.plan_all(row.pk, said.pop("compounds"), by=request.actor, **said)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(form, refusal)
        return _page(request, row, form, status=refusal.status)
    if made:
        messages.success(request, _("Planned: %(n)d visits. Ask the bureaus of each.") % {"n": len(made)})
    names = place_names(each.area for each in missed)
    for each in missed:
        messages.warning(request, f"{names.get(each.area, '')}: {each.words}")
    return redirect("enforcement:campaign", row.pk)


def _form(request: HttpRequest, row: Campaign) -> CampaignVisitsForm | None:
    """For whoever may plan visits in its place."""
    low, high = areas.subtree(row.area)
    compounds = list(visit_queries.compounds_of(request.actor).filter(area__gte=low, area__lt=high))
    in_force = visit_queries.county_list(row.area)
    if not compounds or in_force is None:
        return None
    leads = visit_queries.leads_for(request.actor, compounds[0].area, in_force)
    if not leads:
        return None
    options: dict[str, Any] = {"compounds": [(each.area, each.name) for each in compounds], "leads": leads}
    return CampaignVisitsForm(request.POST, **options) if request.method == "POST" else CampaignVisitsForm(**options)


def _page(request: HttpRequest, row: Campaign, form: CampaignVisitsForm | None, *, status: int = 200) -> HttpResponse:
    held = visit_queries.listed(request.actor).filter(campaign=row)
    in_force = visit_queries.county_list(row.area)
    items = queries.items(in_force).filter(code__in=row.items) if in_force else []
    context = {"row": row, "place": place_names([row.area]).get(row.area, ""), "visits": held, "items": items, "form": form}
    return render(request, "enforcement/visits/campaign.html", context, status=status)
