"""Knowledge notes: the list, one note with the tickets it would fit, and writing, changing, withdrawing, putting back."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints import explain, note_queries, prepared, queries
from complaints.actions import notes
from complaints.forms.notes import DUE, ChangeForm, FilterForm, OwnerForm, VersionForm, WriteForm, initial
from complaints.models import KnowledgeNote, Ticket
from complaints.note_permissions import may_keep_notes, reads_some_notes
from complaints.note_states import NoteState, Way, Worded
from complaints.states import State
from complaints.views.rules import for_readers
from people.actors import Actor
from people.http import HttpRequest
from tenancy import areas
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal

PAGE = 30
TRIED_ON = 100
"""How many of the newest tickets that wait for triage a note is tried on (own)."""


@require_safe
@for_readers
def overview(request: HttpRequest) -> HttpResponse:
    """The notes that the reader reads, newest first; `?q=`, `?way=`, `?shown=`, `?before=` the last id of the page before."""
    return listed(request)


def listed(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    """The list; `more` are forms that were refused."""
    if not reads_some_notes(request.actor):
        raise NotThere
    filters = FilterForm(request.GET, auto_id="filter_%s")
    kept = {name: value for name, value in filters.cleaned_data.items() if value} if filters.is_valid() else {}
    before = request.GET.get("before", "")
    found = chosen(request.actor, kept).order_by("-pk")
    if before.isascii() and before.isdigit() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    rows = list(found[: PAGE + 1])
    without = note_queries.without_own(request.actor)
    context = {
        "entries": entries_of(rows[:PAGE]),
        "filters": filters,
        "filtered": bool(kept),
        "previous_url": f"?{urlencode(kept)}" if before else "",
        "next_url": f"?{urlencode({**kept, 'before': rows[PAGE - 1].pk})}" if len(rows) > PAGE else "",
        "keeps": note_queries.kept_by(request.actor),
        "without": [{"owner": owner, "may_keep": may_keep_notes(request.actor, owner.code)} for owner in without],
        "shipped": prepared.shipped() if without and not kept else (),
        **more,
    }
    return render(request, "complaints/notes/list.html", context, status=status)


def chosen(actor: Actor, kept: dict[str, str]) -> Any:
    """The notes that the filters ask for."""
    found = note_queries.searched(note_queries.readable(actor), kept.get("q", ""))
    if kept.get("way"):
        found = found.filter(way=kept["way"])
    if kept.get("shown") == DUE:
        return found.filter(note_queries.overdue(), state=NoteState.LIVE)
    return found.filter(state=kept.get("shown") or NoteState.LIVE)


def entries_of(rows: Iterable[KnowledgeNote]) -> list[dict[str, Any]]:
    """Each note with its owner's name and as it is offered."""
    rows = list(rows)
    names = note_queries.names_of(row.area for row in rows)
    offers, today = {row.pk: prepared.of_row(row) for row in rows}, note_queries.today()
    return [
        {"note": row, "owner": names.get(row.area, ""), "offer": offers[row.pk], "overdue": offers[row.pk].overdue(today)}
        for row in rows
    ]


@require_safe
@for_readers
def note(request: HttpRequest, note_id: int) -> HttpResponse:
    """One note in full."""
    return page(request, note_id)


def page(request: HttpRequest, note_id: int, *, status: int = 200) -> HttpResponse:
    """The note's page, with the tickets waiting for triage that it would fit."""
    row = note_queries.get_note(request.actor, note_id)
    keeps = may_keep_notes(request.actor, row.area)
    live = row.state == NoteState.LIVE
    context = {
        **entries_of([row])[0],
        "keeps": keeps,
        "live": live,
        "waiting": fitted(request.actor, row) if keeps and live and row.way != Way.STANDARD else None,
        "steps": [label for value, label in Worded.choices if value in row.steps],
        "leaves": [explain.leaf_name(code) for code in row.leaves],
        "tried_on": TRIED_ON,
    }
    return render(request, "complaints/notes/note.html", context, status=status)


def fitted(actor: Actor, row: KnowledgeNote) -> list[Ticket]:
    """Tickets waiting for triage here that the note would fit.

    Asked of the masked text, as rules are: words in a note must not tell what somebody wrote of themselves.
    """
    low, high = areas.subtree(row.area)
    waiting = queries.visible_to(actor).filter(area__gte=low, area__lt=high, state=State.TRIAGE)
    newest = waiting.select_related("compound").order_by("-pk")[:TRIED_ON]
    offer = prepared.of_row(row)
    return [each for each in newest if prepared.fits(offer, each.why_here.get("action", ""), queries.masked_text(each))]


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def write(request: HttpRequest) -> HttpResponse:
    """A new note of a place whose notes the reader keeps."""
    if not reads_some_notes(request.actor):
        raise NotThere
    owners = note_queries.kept_by(request.actor)
    if not owners:
        raise PermissionDenied
    if request.method != "POST":
        start = {"way": Way.QUESTION, "review_on": note_queries.today() + notes.CHECK_AFTER}
        return _form(request, None, WriteForm(owners=owners, initial=start))
    form = WriteForm(request.POST, owners=owners)
    if not form.is_valid():
        return _form(request, None, form, status=400)
    try:
        made = notes.write(area=form.cleaned_data["area"], content=form.content(), by=request.actor)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(form, refusal)
        return _form(request, None, form, status=refusal.status)
    messages.success(request, _("“%(name)s” is offered from now on.") % {"name": made.name})
    return redirect("complaints:note", made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def change(request: HttpRequest, note_id: int) -> HttpResponse:
    """A note's content."""
    row = note_queries.get_note(request.actor, note_id)
    if not may_keep_notes(request.actor, row.area):
        raise PermissionDenied
    if row.state != NoteState.LIVE:
        messages.error(request, _("This note is withdrawn. Put it back before you change it."))
        return page(request, note_id, status=409)
    if request.method != "POST":
        return _form(request, row, ChangeForm(initial=initial(row)))
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return _form(request, row, form, status=400)
    try:
        notes.change(note_id, content=form.content(), by=request.actor, version=form.cleaned_data["version"])
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        return _refused(request, note_id, form, refusal)
    messages.success(request, _("The note is changed; it is offered so from now on."))
    return redirect("complaints:note", note_id)


def _refused(request: HttpRequest, note_id: int, form: ChangeForm, refusal: Refusal) -> HttpResponse:
    """What was typed again. After a conflict the form takes the present version, so sending it once more is then meant."""
    row = note_queries.get_note(request.actor, note_id)
    if refusal.status == 409:
        sent = request.POST.copy()
        sent["version"] = str(row.version)
        form = ChangeForm(sent)
    put(form, refusal)
    return _form(request, row, form, status=refusal.status, present=row if refusal.status == 409 else None)


def _form(
    request: HttpRequest, row: KnowledgeNote | None, form: Any, *, status: int = 200, present: KnowledgeNote | None = None
) -> HttpResponse:
    """The form of a note; `present` is what stands there now, after somebody else was quicker."""
    owner = note_queries.names_of([row.area])[row.area] if row else ""
    without = (
        [] if row else [each for each in note_queries.without_own(request.actor) if may_keep_notes(request.actor, each.code)]
    )
    context = {"row": row, "owner": owner, "form": form, "present": present, "without": without}
    return render(request, "complaints/notes/edit.html", context, status=status)


Step = Callable[..., KnowledgeNote]
STEPS: dict[str, tuple[Step, Any]] = {
    "withdraw": (
        notes.withdraw,
        gettext_lazy("“%(name)s” is withdrawn. It stands among the withdrawn ones and can be put back."),
    ),
    "put_back": (notes.put_back, gettext_lazy("“%(name)s” is offered again.")),
}


@require_POST
@for_readers
def step(request: HttpRequest, note_id: int, *, action: str) -> HttpResponse:
    """Withdraw a note or put it back. What is refused is said above the note as it stands now."""
    form = VersionForm(request.POST)
    if not form.is_valid():
        note_queries.get_note(request.actor, note_id)
        messages.error(request, form.problem)
        return page(request, note_id, status=400)
    act, done = STEPS[action]
    try:
        changed = act(note_id, by=request.actor, version=form.cleaned_data["version"])
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return page(request, note_id, status=refusal.status)
    messages.success(request, done % {"name": changed.name})
    return redirect("complaints:note", note_id)


@require_POST
@for_readers
def take_over(request: HttpRequest) -> HttpResponse:
    """The notes that come with Mulin as a county's own."""
    if not reads_some_notes(request.actor):
        raise NotThere
    owners = note_queries.kept_by(request.actor)
    if not owners:
        raise PermissionDenied
    form = OwnerForm(request.POST, owners=owners)
    if not form.is_valid():
        messages.error(request, _("Only the county desk takes them over, for its own county."))
        return listed(request, status=400)
    try:
        made = notes.take_over(area=form.cleaned_data["area"], by=request.actor)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return listed(request, status=refusal.status)
    messages.success(
        request, _("%(n)d notes are yours now. They are examples: look each over, change it or withdraw it.") % {"n": len(made)}
    )
    return redirect("complaints:notes")
