"""One item of a check list: read by everybody, changed in a draft by the county's desk."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.views.compounds import base_for
from complaints.forms.rules import RevisionForm
from complaints.views.rules import for_readers
from enforcement import queries
from enforcement.actions import check_lists as actions
from enforcement.forms.check_lists import FilterForm, ItemForm, initial
from enforcement.models import CheckItem, CheckList, Law
from enforcement.permissions import may_keep_list
from enforcement.states import ListState
from enforcement.views.check_lists import entry, page
from people.http import HttpRequest
from tenancy import clock
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal


@require_safe
@for_readers
def item(request: HttpRequest, list_id: int, item_code: str) -> HttpResponse:
    """One item with the law of a day (`?on=`), that of the conduct; today's when none is given."""
    row = queries.get_list(request.actor, list_id)
    found = queries.item(row, item_code)
    form = FilterForm(request.GET, bureaus=[])
    on = form.kept().get("on") or clock.today()
    del form.fields["q"], form.fields["bureau"]
    keeps = may_keep_list(request.actor, row.area)
    context = {
        "base": base_for(request),
        "row": row,
        "place": queries.county(request.actor, row.area),
        "form": form,
        "on": on,
        "others_names": queries.names_of(found.others),
        "editable": keeps and row.state == ListState.DRAFT,
        **entry(found, on),
    }
    return render(request, "enforcement/item.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def change(request: HttpRequest, list_id: int, item_code: str = "") -> HttpResponse:
    """Change an item of a draft, or write a new one (no code)."""
    row = queries.get_list(request.actor, list_id)
    found = queries.item(row, item_code) if item_code else None
    if not may_keep_list(request.actor, row.area):
        raise PermissionDenied
    laws = list(Law.objects.filter(check_list=row).order_by("key"))
    if request.method != "POST":
        first = _first(row, found)
        return _form(request, row, found, ItemForm(initial=first, laws=laws))
    form = ItemForm(request.POST, laws=laws)
    if not form.is_valid():
        return _form(request, row, found, form, status=400)
    try:
        typed = form.entry(found.provenance if found else "")
        revision = form.cleaned_data["revision"]
        if item_code:
            actions.change_item(list_id, item_code, by=request.actor, revision=revision, item=typed)
        else:
            actions.add_item(list_id, by=request.actor, revision=revision, item=typed)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(form, refusal)
        return _form(request, row, found, form, status=refusal.status)
    messages.success(request, _("Kept: %(code)s.") % {"code": typed.code})
    return redirect("enforcement:check_list", row.pk)


def _first(row: CheckList, found: CheckItem | None) -> dict[str, Any]:
    if found is None:
        return {"revision": row.revision, "days": 15}
    basis = "\n".join(f"{each.law.key} {each.articles}" for each in queries.held(found))
    return {**initial(found, basis), "revision": row.revision}


def _form(request: HttpRequest, row: CheckList, found: CheckItem | None, form: ItemForm, *, status: int = 200) -> HttpResponse:
    return render(request, "enforcement/item_form.html", {"row": row, "item": found, "form": form}, status=status)


@require_POST
@for_readers
def remove(request: HttpRequest, list_id: int, item_code: str) -> HttpResponse:
    """Take an item out of a draft."""
    row = queries.get_list(request.actor, list_id)
    queries.item(row, item_code)
    form = RevisionForm(request.POST)
    if not form.is_valid():
        return page(request, row, problem=form.problem, status=400)
    try:
        actions.remove_item(list_id, item_code, by=request.actor, revision=form.cleaned_data["revision"])
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        return page(request, queries.get_list(request.actor, list_id), problem=str(refusal.message), status=refusal.status)
    messages.success(request, _("Taken out: %(code)s.") % {"code": item_code})
    return redirect("enforcement:check_list", row.pk)
