"""Taking the desk's list out as a file: asking for it, watching it being written, fetching it."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from communities import queries as communities
from complaints import worklist
from complaints.actions import exports
from complaints.export_states import ExportState, Form
from complaints.forms.desk import FilterForm
from complaints.forms.exporting import described
from complaints.models import Export
from complaints.views.desk import NAMES
from complaints.views.doors import at_a_desk
from people.http import HttpRequest
from tenancy.refusals import NotAllowed, NotThere, Refusal
from tenancy.sheets import TYPE

TYPES = {Form.XLSX: TYPE, Form.CSV: "text/csv; charset=utf-8"}
MOST_LISTED = 20


@require_safe
@at_a_desk
def mine(request: HttpRequest) -> HttpResponse:
    """The reader's own lists, the newest first."""
    return _list(request)


@require_POST
@at_a_desk
def ask(request: HttpRequest) -> HttpResponse:
    """The list as it stands at the desk's address `address`, in `queue`."""
    actor, address = request.actor, request.POST.get("address", "")[:2000]
    queue = request.POST.get("queue", "")
    if queue not in worklist.queues_of(actor):
        raise Http404
    form = FilterForm(QueryDict(address), compounds=list(communities.visible_to(actor).values_list("area", "name")))
    filters = form.filters()
    wanted = request.POST.get("form", "")
    try:
        row = exports.ask(queue, filters, form=wanted, described=described(form, NAMES[queue]), address=address, by=actor)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal.message)) from refusal
    except Refusal as refusal:
        back = f"{reverse('complaints:desk')}?{address}"
        return _list(request, status=refusal.status, refusal=refusal.message, back=back)
    return redirect("complaints:export", row.pk)


def _list(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    rows = Export.objects.filter(made_by=request.actor.user).order_by("-pk")[:MOST_LISTED]
    found = {"rows": rows, "hours": settings.EXPORT_HOURS, "most": settings.EXPORT_MOST_ROWS, **context}
    return render(request, "complaints/exports.html", found, status=status)


@require_safe
@at_a_desk
def one(request: HttpRequest, export_id: int) -> HttpResponse:
    """How far it is; with htmx only that part, again and again until it is done."""
    row = _or_404(request, export_id)
    context = {"row": row, "running": row.state == ExportState.WAITING, "name": _name(row)}
    template = "complaints/_export.html" if request.htmx else "complaints/export.html"
    answer = render(request, template, context)
    answer["Vary"] = "HX-Request"
    return answer


@require_POST
@at_a_desk
def fetch(request: HttpRequest, export_id: int) -> HttpResponse:
    """The file. With POST, for each time is recorded."""
    try:
        row, stored = exports.fetch(export_id, by=request.actor)
    except NotThere as gone:
        raise Http404 from gone
    answer = FileResponse(stored, content_type=TYPES[Form(row.form)])
    answer["Content-Disposition"] = content_disposition_header(True, _name(row)) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer  # type: ignore[return-value]  # every answer is one to the middleware


def _name(row: Export) -> str:
    return _("tickets-%(queue)s-%(when)s.%(form)s") % {
        "queue": NAMES.get(row.queue, row.queue),
        "when": f"{timezone.localtime(row.made_at):%Y%m%d-%H%M}",
        "form": row.form,
    }


def _or_404(request: HttpRequest, export_id: int) -> Export:
    try:
        return exports.get(request.actor, export_id)
    except NotThere as gone:
        raise Http404 from gone
