"""Lists of the desk under a name: the page that keeps them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from communities import queries as communities
from complaints import worklist
from complaints.actions import saved_lists as actions
from complaints.forms.desk import FilterForm
from complaints.forms.exporting import described
from complaints.forms.saved_lists import SaveForm
from complaints.models import SavedList
from complaints.views.desk import KEPT, NAMES, address
from complaints.views.doors import at_a_desk
from people.http import HttpRequest
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal

Compounds = list[tuple[int, str]]


@require_http_methods(["GET", "HEAD", "POST"])
@at_a_desk
def saved_lists(request: HttpRequest) -> HttpResponse:
    """The reader's lists; with a queue and filters in the address, a form that keeps them."""
    actor, given = request.actor, request.GET
    compounds: Compounds = list(communities.visible_to(actor).values_list("area", "name"))
    queue = given.get("queue", "")
    if request.method != "POST":
        form = SaveForm(shares=bool(actions.shares_in(actor))) if queue in worklist.queues_of(actor) else None
        return _page(request, compounds, form)
    form = SaveForm(request.POST, shares=bool(actions.shares_in(actor)))
    if not form.is_valid():
        return _page(request, compounds, form, status=400)
    said = form.cleaned_data
    try:
        kept = FilterForm(given, compounds=compounds).kept()
        row = actions.save(said["name"], queue, kept, share=said.get("share", False), by=actor)
    except NotThere as gone:
        raise Http404 from gone
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal.message)) from refusal
    except Refusal as refusal:
        put(form, refusal)
        return _page(request, compounds, form, status=refusal.status)
    messages.success(request, _("“%(name)s” stands in the menu from now on.") % {"name": row.name})
    return redirect(address(row.filters, queue=row.queue))


def _page(request: HttpRequest, compounds: Compounds, form: SaveForm | None, *, status: int = 200) -> HttpResponse:
    actor, given = request.actor, request.GET
    rows = [
        {
            "row": row,
            "url": address(row.filters, queue=row.queue),
            "said": _said(row.queue, row.filters, compounds),
            "may_remove": actions.may_remove(actor, row),
        }
        for row in actions.readable(actor)
    ]
    said = _said(given.get("queue", ""), given, compounds) if form else ""
    context = {"rows": rows, "form": form, "said": said, "back": address(given), "most": actions.MOST}
    return render(request, "complaints/saved_lists.html", context, status=status)


def _said(queue: str, filters: Any, compounds: Compounds) -> str:
    """Queue and filters in words."""
    sent = QueryDict(mutable=True)
    sent.update({name: filters[name] for name in KEPT if filters.get(name)})
    form = FilterForm(sent, compounds=compounds)
    form.is_valid()
    return described(form, NAMES.get(queue, queue))


@require_POST
@at_a_desk
def remove(request: HttpRequest, saved_id: int) -> HttpResponse:
    """Take a list away."""
    try:
        row: SavedList = actions.remove(saved_id, by=request.actor)
    except NotThere as gone:
        raise Http404 from gone
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal.message)) from refusal
    messages.success(request, _("“%(name)s” is removed.") % {"name": row.name})
    return redirect("complaints:saved_lists")
