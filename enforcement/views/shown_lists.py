"""Where a check list hangs: its compounds, the sheet for the board, and what the code on it opens."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from communities import qr
from communities import queries as communities
from communities.models import Compound
from complaints.views.rules import for_readers
from enforcement import queries, shown_queries, summaries
from enforcement.actions import shown_lists as actions
from enforcement.forms.shown_lists import ShowForm
from enforcement.models import CheckList
from enforcement.shown_queries import Row
from enforcement.states import PUBLIC_LISTS, ListState, Showing
from people.actors import Actor
from people.http import HttpRequest
from tenancy import areas, clock, scope, sheets
from tenancy.form_fields import put
from tenancy.models import Area, AreaAlias
from tenancy.refusals import NotAllowed, NotThere, Refusal

PAGE = 50
USUAL_DAYS = 7
"""The day by which it must hang, as the form proposes it (own)."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def compounds(request: HttpRequest, list_id: int) -> HttpResponse:
    """The compounds of a version: `?showing=` those that hang it, `?after=` the last code of the page before. POST asks."""
    row = shown_queries.watched_list(request.actor, list_id)
    rows = shown_queries.compounds(request.actor, row, clock.today())
    places = shown_queries.within(request.actor, row, rows) if row.state == ListState.PUBLISHED else []
    if request.method != "POST":
        proposed = {"due_on": clock.today() + timedelta(days=USUAL_DAYS), "place": request.GET.get("place", "")}
        return _page(request, row, rows, ShowForm(initial=proposed, places=places) if places else None)
    if not places:
        raise PermissionDenied
    form = ShowForm(request.POST, places=places)
    if not form.is_valid():
        return _page(request, row, rows, form, status=400)
    try:
        asked = len(actions.put_on_show_at(by=request.actor, check_list=row.pk, **form.cleaned_data))
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(form, refusal)
        return _page(request, row, rows, form, status=refusal.status)
    said = ngettext("Asked for in %(n)d compound.", "Asked for in %(n)d compounds.", asked) % {"n": asked}
    messages.success(request, said)
    return redirect("enforcement:check_list_compounds", row.pk)


def _page(request: HttpRequest, row: CheckList, rows: list[Row], form: ShowForm | None, *, status: int = 200) -> HttpResponse:
    wanted = request.GET.get("showing", "")
    chosen = [each for each in rows if not wanted or each.showing == wanted]
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit() and len(after) < 19:
        chosen = [each for each in chosen if each.compound.area > int(after)]
    context = {
        "row": row,
        "place": queries.county(request.actor, row.area),
        "rows": chosen[:PAGE],
        "figures": figures(row, rows),
        "wanted": wanted,
        "form": form,
        "asks": {code for code, _name in form.fields["place"].choices} if form else set(),  # type: ignore[attr-defined]
        "previous_url": f"?showing={wanted}" if after else "",
        "next_url": f"?showing={wanted}&after={chosen[PAGE - 1].compound.area}" if len(chosen) > PAGE else "",
    }
    return render(request, "enforcement/compounds.html", context, status=status)


def figures(row: CheckList, rows: list[Row]) -> list[dict[str, Any]]:
    """How many compounds of each, as links to them."""
    url = reverse("enforcement:check_list_compounds", args=[row.pk])
    return [
        {"value": many, "name": each.label, "url": f"{url}?showing={each.value}", "late": bool(many) and each == Showing.OVERDUE}
        for each, many in shown_queries.counted(rows).items()
    ]


@require_safe
@for_readers
def compounds_sheet(request: HttpRequest, list_id: int) -> HttpResponse:
    """The compounds of a version as an Excel workbook."""
    row = shown_queries.watched_list(request.actor, list_id)
    rows = shown_queries.compounds(request.actor, row, clock.today())
    headings = [_("Compound"), _("Street or town"), _("Place code"), _("State"), _("It must hang by"), _("Since when")]
    headings += [_("Where"), _("Whom to ask"), _("Other version")]
    table = sheets.Table(_("Compounds"), headings, WIDTHS, [_cells(each) for each in rows])
    answer = HttpResponse(sheets.written(table), content_type=sheets.TYPE)
    name = _("check-list-%(area)s-v%(version)s-compounds.xlsx") % {"area": f"{row.area}"[:6], "version": row.version}
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


WIDTHS = (24, 18, 18, 12, 12, 12, 24, 30, 10)


def _cells(each: Row) -> list[sheets.Value]:
    compound, posting = each.compound, each.posting
    first: list[sheets.Value] = [compound.name, each.street, str(compound.area), str(each.showing.label)]
    told = [posting.due_on, posting.up_from, posting.spot, posting.contact] if posting else [None, None, "", ""]
    return [*first, *told, each.other]


@require_safe
@for_readers
def board(request: HttpRequest, list_id: int, place: int) -> HttpResponse:
    """To print and put up in a compound: the items bureau by bureau, whom to ask, and the code that opens the page of it."""
    compound = communities.visible_to(request.actor).filter(area=place).first()
    row = queries.get_list(request.actor, list_id)
    if compound is None or row.state not in PUBLIC_LISTS or areas.ancestor(place, areas.Level.COUNTY) != row.area:
        raise NotThere
    address = qr.public_url(reverse("enforcement:checks_here", args=[place]))
    posting = shown_queries.posting_of(row, place)
    context = {
        **_items(compound, row),
        "contact": posting.contact if posting else actions.office_of(place),
        "law": actions.LAW,
        "svg": qr.svg(address),
        "address": address,
    }
    return render(request, "enforcement/board.html", context)


@require_safe
def here(request: HttpRequest, place: int) -> HttpResponse:
    """What the code on the board opens, for everybody: the list that hangs in a compound today. Old codes lead to new ones."""
    if not Area.objects.filter(code=place, level=areas.Level.COMPOUND).exists():
        moved = AreaAlias.objects.filter(old_code=place).first()
        if moved is None:
            raise Http404
        return redirect("enforcement:checks_here", moved.new_code)
    with scope.place(place):
        compound = _or_404(lambda: communities.compound(place))
        shown = queries.usable(place, clock.today())
        context: dict[str, Any] = {"compound": compound, "posting": None}
        if shown is not None:
            context = {**_items(compound, shown.check_list), "posting": shown.posting}
        context["summaries"] = summaries.newest(place)
        return render(request, "enforcement/here.html", context)


def _or_404(find: Callable[[], Compound]) -> Compound:
    try:
        return find()
    except NotThere as gone:
        raise Http404 from gone


def _items(compound: Compound, row: CheckList) -> dict[str, Any]:
    today = clock.today()
    bureaus = [
        {"name": name, "entries": [{"item": each, "bases": queries.bases_on(each, today)} for each in found]}
        for name, found in shown_queries.by_bureau(row)
    ]
    return {"compound": compound, "row": row, "bureaus": bureaus, "total": sum(len(each["entries"]) for each in bureaus)}


def part(actor: Actor, compound: Compound) -> dict[str, Any] | None:
    """What the compound's page says of it: the list that hangs, for everybody who may open the page."""
    shown = queries.usable(compound.area, clock.today())
    return {"compound": compound, "row": shown.check_list, "posting": shown.posting} if shown else None
