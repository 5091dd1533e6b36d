"""Knowledge notes as Excel sheets, out and in."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from complaints import note_queries, note_sheets
from complaints.actions import notes
from complaints.forms.notes import ImportForm
from complaints.models import KnowledgeNote
from complaints.note_permissions import may_keep_notes
from complaints.note_states import NoteState
from complaints.views.rules import for_readers
from people.http import HttpRequest
from tenancy.models import Area
from tenancy.refusals import NotAllowed, NotThere, Refusal
from tenancy.sheets import TYPE


@require_safe
@for_readers
def download(request: HttpRequest, owner: int) -> HttpResponse:
    """The notes that a street or county offers."""
    place = note_queries.owner(request.actor, owner)
    offered = KnowledgeNote.objects.filter(area=place.code, state=NoteState.LIVE).order_by("pk")
    answer = HttpResponse(note_sheets.written(offered), content_type=TYPE)
    answer["Content-Disposition"] = f'attachment; filename="notes-{place.code}.xlsx"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def upload(request: HttpRequest, owner: int) -> HttpResponse:
    """Notes from a sheet: new ones are written, changed ones changed."""
    place = note_queries.owner(request.actor, owner)
    if not may_keep_notes(request.actor, place.code):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, place, ImportForm())
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, place, form, status=400)
    sheet, rows = form.cleaned_data["sheet"], list[note_sheets.Row]()
    try:
        rows = note_sheets.read(sheet, sheet.size or 0)
        given = [(row.content, row.version) for row in rows]
        written, changed = notes.bring_in(area=place.code, given=given, by=request.actor)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        form.add_error("sheet", note_sheets.where(refusal, rows))
        return _page(request, place, form, status=refusal.status)
    what = {"written": written, "changed": changed, "same": len(rows) - written - changed}
    messages.success(request, _("Read in: %(written)d new, %(changed)d changed, %(same)d as they were.") % what)
    return redirect("complaints:notes")


def _page(request: HttpRequest, place: Area, form: ImportForm, *, status: int = 200) -> HttpResponse:
    return render(request, "complaints/notes/sheet.html", {"owner": place, "form": form}, status=status)
