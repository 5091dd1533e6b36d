"""Meetings (会商): those of the reader's places, calling one, one of them with what it decided, and the steps of its life."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from complaints.views.rules import for_readers
from enforcement import meeting_papers
from enforcement import meeting_queries as queries
from enforcement.actions import meetings as actions
from enforcement.counsel_permissions import may_refer
from enforcement.forms.meetings import CallForm, MeetingFilter, PlaceForm
from enforcement.meeting_permissions import CALLING, may_call, works_with_meetings
from enforcement.models import Meeting, MeetingDecision
from people.http import HttpRequest
from people.models import Organisation
from projects import papers
from tenancy import clock, sheets
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal

PAGE = 30
MOST_IN_A_SHEET = 2_000


@require_safe
@for_readers
def meetings(request: HttpRequest) -> HttpResponse:
    """Newest first; `?q=`, `?state=`, `?kind=`, `?before=` the last id of the page before."""
    if not works_with_meetings(request.actor):
        raise NotThere
    form = MeetingFilter(request.GET)
    kept = form.kept()
    found = queries.listed(request.actor, state=kept.get("state", ""), kind=kept.get("kind", ""), words=kept.get("q", ""))
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    rows = list(found[: PAGE + 1])
    names = queries.names_of(row.area for row in rows)
    older: dict[str, str] = {**kept, "before": str(rows[PAGE - 1].pk)} if len(rows) > PAGE else {}
    context = {
        "form": form,
        "filtered": bool(kept),
        "rows": [{"meeting": row, "place": names[row.area]} for row in rows[:PAGE]],
        "calls": any(post.role in CALLING and post.organisation_id for post in request.actor.posts),
        "asked": urlencode(kept),
        "previous_url": f"?{urlencode(kept)}" if before else "",
        "next_url": f"?{urlencode(older)}" if older else "",
    }
    return render(request, "enforcement/meetings/meetings.html", context)


@require_safe
@for_readers
def workbook(request: HttpRequest) -> HttpResponse:
    """The list, with what was decided, as an Excel workbook; the filters count."""
    if not works_with_meetings(request.actor):
        raise NotThere
    kept = MeetingFilter(request.GET).kept()
    found = queries.listed(request.actor, state=kept.get("state", ""), kind=kept.get("kind", ""), words=kept.get("q", ""))
    rows = list(found[:MOST_IN_A_SHEET])
    held = MeetingDecision.objects.filter(meeting__in=rows).select_related("meeting", "organisation")
    body = meeting_papers.workbook(rows, held.order_by("-meeting", "position"), queries.names_of(row.area for row in rows))
    return download(body, sheets.TYPE, _("meetings-%(day)s.xlsx") % {"day": clock.today()})


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def call(request: HttpRequest) -> HttpResponse:
    """Call a meeting: first about which place (`?place=`), then all the rest."""
    places = queries.places_to_call(request.actor)
    if not places:
        if works_with_meetings(request.actor):
            raise PermissionDenied
        raise NotThere
    asked = request.GET.get("place", "")
    if not asked:
        return render(request, "enforcement/meetings/call_where.html", {"form": PlaceForm(places=places)})
    named = {str(code): name for code, name in places}
    if asked not in named:
        raise Http404
    area = int(asked)
    hosts = list(Organisation.objects.filter(pk__in=request.actor.organisations_at(area, CALLING)).order_by("pk"))
    invited = list(queries.who_may_be_called(area))
    initial = {"topics": [request.GET["ticket"]]} if request.GET.get("ticket") else {}
    form = CallForm(request.POST if request.method == "POST" else None, invited=invited, hosts=hosts, initial=initial)
    context = {"form": form, "place": named[asked]}
    if request.method != "POST":
        return render(request, "enforcement/meetings/call.html", context)
    if not form.is_valid():
        return render(request, "enforcement/meetings/call.html", context, status=400)
    try:
        meeting = actions.call(area=area, by=request.actor, **form.cleaned_data)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(form, refusal)
        return render(request, "enforcement/meetings/call.html", context, status=refusal.status)
    messages.success(request, _("Called. Everybody invited has been told."))
    return redirect("enforcement:meeting", meeting.number)


@require_safe
@for_readers
def minutes(request: HttpRequest, meeting: str) -> HttpResponse:
    """The minutes as a Word paper, once they are written."""
    row = queries.get(request.actor, meeting)
    if not row.minutes:
        raise Http404
    body = meeting_papers.minutes(
        row,
        queries.place_name(row.area),
        queries.invites(row),
        [number for number, _ticket in queries.topics(request.actor, row)],
        queries.decisions(row),
        sample=settings.MULIN_ENV == "demo",
    )
    return download(body, papers.TYPE, _("minutes-%(number)s.docx") % {"number": row.number})


def download(body: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(body, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


def part(actor: Any, ticket: Any) -> dict[str, Any] | None:
    """Of a ticket: the meetings that talk about it, and the ways to call one or to refer the dispute."""
    if not works_with_meetings(actor):
        return None
    found: list[Meeting] = list(queries.about_ticket(actor, ticket.number))
    calls, refers = may_call(actor, ticket.area), may_refer(actor, ticket.area)
    shown = {"meetings": found, "calls": calls, "refers": refers, "number": ticket.number, "area": ticket.area}
    return shown if found or calls or refers else None
