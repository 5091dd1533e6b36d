"""Check lists (检查事项清单): the versions of a county, one version with its items, and the steps of its life."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.views.compounds import base_for
from complaints.forms.rules import RevisionForm
from complaints.views.rules import for_readers
from enforcement import check_sheets, queries, shown_queries
from enforcement.actions import check_lists as actions
from enforcement.check_content import Content
from enforcement.forms.check_lists import FilterForm, ImportForm
from enforcement.models import CheckItem, CheckList
from enforcement.permissions import may_keep_list, may_publish_list, reads_drafts
from enforcement.states import OPEN_LISTS, PUBLIC_LISTS, ListState
from enforcement.views import shown_lists
from people.actors import Actor
from people.http import HttpRequest
from tenancy import clock, sheets
from tenancy.models import Area
from tenancy.refusals import NotAllowed, NotThere, Refusal

STEPS: dict[str, tuple[Callable[..., CheckList], Any]] = {
    "propose": (actions.propose, gettext_lazy("Proposed. A second person of the county's desk publishes it.")),
    "send_back": (actions.send_back, gettext_lazy("It is a draft again.")),
    "withdraw": (actions.withdraw, gettext_lazy("Thrown away.")),
    "publish": (actions.publish, gettext_lazy("In force from now on.")),
}


@require_safe
@for_readers
def check_lists(request: HttpRequest) -> HttpResponse:
    """The counties of the reader, each with the version in force and, for those who work with it, drafts and old versions."""
    return listed(request)


def listed(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    """The page of lists; `problem` says why a draft could not be made."""
    places = queries.counties(request.actor)
    if not places:
        raise NotThere
    context = {
        "base": base_for(request),
        "counties": [_county(request.actor, place) for place in places],
        "problem": problem,
    }
    return render(request, "enforcement/lists.html", context, status=status)


def _county(actor: Actor, place: Area) -> dict[str, Any]:
    rows = list(queries.lists_of(actor, place.code))
    return {
        "place": place,
        "in_force": next((row for row in rows if row.state == ListState.PUBLISHED), None),
        "open": [row for row in rows if row.state in OPEN_LISTS],
        "past": [row for row in rows if row.state not in OPEN_LISTS and row.state != ListState.PUBLISHED],
        "keeps": may_keep_list(actor, place.code),
        "reads_drafts": reads_drafts(actor, place.code),
    }


@require_POST
@for_readers
def draft(request: HttpRequest, area: int) -> HttpResponse:
    """A new draft: of the version in force, or of the list that comes with Mulin (`shipped`)."""
    try:
        row = actions.draft(area=area, by=request.actor, shipped="shipped" in request.POST)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        return listed(request, problem=str(refusal.message), status=refusal.status)
    return redirect("enforcement:check_list", row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def bring_in(request: HttpRequest, area: int) -> HttpResponse:
    """A draft from a sheet."""
    place = queries.county(request.actor, area)
    if not may_keep_list(request.actor, area):
        raise PermissionDenied
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    context = {"place": place, "form": form}
    if request.method != "POST":
        return render(request, "enforcement/import.html", context)
    if not form.is_valid():
        return render(request, "enforcement/import.html", context, status=400)
    upload, content = form.cleaned_data["sheet"], Content((), ())
    try:
        content = check_sheets.read(upload, upload.size or 0)
        row = actions.bring_in(area=area, content=content, source=form.cleaned_data["source"], by=request.actor)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        named = refusal.field if refusal.field in form.fields else "sheet"
        form.add_error(named, str(refusal.message) if named == "source" else check_sheets.where(refusal, content))
        return render(request, "enforcement/import.html", context, status=refusal.status)
    messages.success(request, _("Read in: %(n)d items. Look them over, then propose it.") % {"n": len(content.items)})
    return redirect("enforcement:check_list", row.pk)


@require_safe
@for_readers
def check_list(request: HttpRequest, list_id: int) -> HttpResponse:
    """One version with its items; `?q=`, `?bureau=`, `?on=` the day whose law is shown."""
    return page(request, queries.get_list(request.actor, list_id))


def page(request: HttpRequest, row: CheckList, *, problem: str = "", status: int = 200) -> HttpResponse:
    """A version; `problem` says why a step was not taken."""
    actor = request.actor
    bureaus = queries.bureaus(row)
    form = FilterForm(request.GET, bureaus=[(code, f"{name} ({many})") for code, name, many in bureaus])
    kept = form.kept()
    on = kept.get("on") or clock.today()
    found = queries.items(row, bureau=kept.get("bureau", ""), words=kept.get("q", ""))
    keeps = may_keep_list(actor, row.area)
    context = {
        "base": base_for(request),
        "row": row,
        "place": queries.county(actor, row.area),
        "form": form,
        "filtered": bool(kept),
        "on": on if kept.get("on") else None,
        "entries": [entry(each, on) for each in found],
        "total": sum(many for _code, _name, many in bureaus),
        "keeps": keeps,
        "editable": keeps and row.state == ListState.DRAFT,
        "steps": steps_for(actor, row),
        "problem": problem,
        "shown": _shown(actor, row),
    }
    return render(request, "enforcement/list.html", context, status=status)


def _shown(actor: Actor, row: CheckList) -> list[dict[str, Any]]:
    """In how many compounds it hangs, for those who work with it."""
    if row.state not in PUBLIC_LISTS or not reads_drafts(actor, row.area):
        return []
    return shown_lists.figures(row, shown_queries.compounds(actor, row, clock.today()))


def entry(found: CheckItem, on: date) -> dict[str, Any]:
    """An item with the laws in force on a day and those that are not, or not any more."""
    bases = queries.bases_on(found, on)
    return {"item": found, "bases": bases, "others": [basis for basis in queries.held(found) if basis not in bases]}


def steps_for(actor: Actor, row: CheckList) -> list[str]:
    """The steps that this reader may take with a version now."""
    if not may_keep_list(actor, row.area):
        return []
    if row.state == ListState.DRAFT:
        return ["propose", "withdraw"]
    if row.state == ListState.PROPOSED:
        return [*(["publish"] if may_publish_list(actor, row) else []), "send_back", "withdraw"]
    return []


@require_POST
@for_readers
def step(request: HttpRequest, list_id: int, *, action: str) -> HttpResponse:
    """Take one step; the page again with the reason when it cannot be taken."""
    row = queries.get_list(request.actor, list_id)
    form = RevisionForm(request.POST)
    if not form.is_valid():
        return page(request, row, problem=form.problem, status=400)
    act, done = STEPS[action]
    try:
        row = act(list_id, by=request.actor, revision=form.cleaned_data["revision"])
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        return page(request, queries.get_list(request.actor, list_id), problem=str(refusal.message), status=refusal.status)
    messages.success(request, str(done))
    return redirect("enforcement:check_list", row.pk)


@require_safe
@for_readers
def sheet(request: HttpRequest, list_id: int) -> HttpResponse:
    """A version as an Excel workbook."""
    row = queries.get_list(request.actor, list_id)
    content = queries.content_of(row)
    kinds = {kind for item in content.items for kind in (item.bureau, *item.others)}
    answer = HttpResponse(check_sheets.written(content, queries.names_of(kinds)), content_type=sheets.TYPE)
    name = _("check-list-%(area)s-v%(version)s.xlsx") % {"area": f"{row.area}"[:6], "version": row.version}
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer
