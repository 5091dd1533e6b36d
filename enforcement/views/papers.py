"""Papers of joint visits: issued, downloaded, voided, listed; and verified by everybody."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from complaints.views.rules import for_readers
from enforcement import paper_queries as queries
from enforcement import paper_register, visit_queries
from enforcement.actions import papers as actions
from enforcement.forms.papers import DigestForm, IssueForm, VoidForm
from enforcement.paper_permissions import may_issue, may_void
from enforcement.paper_rendering import TYPE
from enforcement.views.paper_part import TriedPaper
from enforcement.views.visits import page
from people.http import HttpRequest
from people.throttling import throttled
from tenancy import scope, sheets
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal

LOOKS_A_MINUTE = 60
"""For each address (own rule): a guesser of codes gets nowhere."""


@require_POST
@for_readers
def issue(request: HttpRequest, visit: str) -> HttpResponse:
    """Issue a paper; the visit's page again with the reason when it cannot be issued."""
    row = visit_queries.get(request.actor, visit)
    if not any(may_issue(request.actor, member) for member in visit_queries.members(row)):
        raise PermissionDenied
    form = IssueForm(request.POST)
    if not form.is_valid():
        problem = " ".join(dict.fromkeys(str(error) for errors in form.errors.values() for error in errors))
        return page(request, row, paper=TriedPaper(form, problem=problem), status=400)
    try:
        paper = actions.issue(visit, by=request.actor, **form.cleaned_data)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        fresh = visit_queries.get(request.actor, visit)
        return page(request, fresh, paper=TriedPaper(form, problem=str(refusal.message)), status=refusal.status)
    messages.success(request, _("Issued: %(number)s. Download it, print it and have it signed.") % {"number": paper.printed})
    return redirect("enforcement:visit", visit)


@require_safe
@for_readers
def file(request: HttpRequest, paper: str) -> HttpResponse:
    """The paper as it was issued."""
    row, body = actions.file_of(paper, by=request.actor)
    return attachment(body, TYPE, f"{row.printed}.docx")


def attachment(body: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(body, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@for_readers
def void(request: HttpRequest, paper: str) -> HttpResponse:
    """It does not count any more."""
    row = queries.get(request.actor, paper)
    if not may_void(request.actor, row):
        raise PermissionDenied
    form = VoidForm(request.POST, auto_id=f"void_{row.pk}_%s")
    status = 400
    if form.is_valid():
        try:
            actions.void(paper, by=request.actor, reason=form.cleaned_data["reason"])
        except (NotThere, NotAllowed):
            raise
        except Refusal as refusal:
            put(form, refusal)
            status = refusal.status
        else:
            messages.success(request, _("%(number)s does not count any more.") % {"number": row.printed})
            return redirect("enforcement:visit", row.visit.number)
    problem = " ".join(map(str, form.non_field_errors()))
    visit = visit_queries.get(request.actor, row.visit.number)
    return page(request, visit, paper=TriedPaper(form, code=row.code, problem=problem), status=status)


@require_safe
@for_readers
def registers(request: HttpRequest) -> HttpResponse:
    """The series of numbers that the reader may look into, by bureau and year."""
    rows: dict[tuple[int, int], dict[str, Any]] = {}
    for counter in queries.registers(request.actor):
        if counter.last:
            row = rows.setdefault(
                (counter.year, counter.bureau_id), {"bureau": counter.bureau, "year": counter.year, "series": []}
            )
            row["series"].append(counter)
    leads = bool(queries.bureaus_led_by(request.actor))
    if not rows and not leads and not queries.reads_registers(request.actor):
        raise NotThere
    return render(request, "enforcement/papers/registers.html", {"rows": list(rows.values()), "leads": leads})


@require_safe
@for_readers
def register(request: HttpRequest, organisation_id: int, year: int) -> HttpResponse:
    """The register (登记簿) of a bureau and year as an Excel workbook: every number from 1 on."""
    bureau, series = queries.register(request.actor, organisation_id, year)
    name = _("papers-%(bureau)s-%(year)s.xlsx") % {"bureau": bureau.name, "year": year}
    return attachment(paper_register.workbook(series), sheets.TYPE, name)


@require_safe
@throttled("papers", most=LOOKS_A_MINUTE, seconds=60)
def verified(request: HttpRequest, paper: str) -> HttpResponse:
    """What the code on a paper opens, for everybody; `?sha256=` is compared with what was issued."""
    form = DigestForm(request.GET if "sha256" in request.GET else None)
    given = "".join(form.cleaned_data["sha256"].split()).lower() if form.is_valid() else ""
    try:
        with scope.place(queries.place_of(paper)):
            row = queries.verified(paper)
            context = {"paper": row, "form": form, "given": given, "same": given == row.sha256}
            answer = render(request, "enforcement/papers/verified.html", context)
    except NotThere as gone:
        raise Http404 from gone
    answer["X-Robots-Tag"] = "noindex"
    return answer
