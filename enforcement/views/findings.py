"""Findings (问题): the list with its filters, one finding with its timeline, and the steps from found to put right."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from communities.views.compounds import base_for
from complaints import queries as complaints
from complaints.views.rules import for_readers
from enforcement import finding_queries as queries
from enforcement import finding_sheets, paper_queries
from enforcement import queries as lists
from enforcement.actions import finding_links as links
from enforcement.actions import findings as actions
from enforcement.finding_permissions import RULES, answers, possible_steps
from enforcement.finding_states import UNDER_ORDER, FindingEventKind
from enforcement.forms import findings as parts
from enforcement.forms.visits import VersionForm
from enforcement.models import Finding, FindingEvent
from enforcement.views.meetings import download
from files import serving, taking
from people.actors import Actor
from people.http import HttpRequest
from projects.permissions import may_plan
from tenancy import clock, sheets
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal

PAGE = 30


@require_safe
@for_readers
def findings(request: HttpRequest) -> HttpResponse:
    """What is open first, filtered as the address says; `?page=`."""
    form = parts.FindingFilter(request.GET)
    only, today = form.only(), clock.today()
    page = Paginator(only.rows(queries.listed(request.actor), today), PAGE).get_page(request.GET.get("page"))
    rows = list(page)
    repeated = queries.before_in(rows)
    context = {
        "base": base_for(request),
        "form": form,
        "filtered": bool(only.query()),
        "rows": [shown_row(request.actor, row, today, repeated.get(row.pk, 0)) for row in rows],
        "total": page.paginator.count,
        "asked": only.query(),
        "previous_url": f"?{only.query(page=page.previous_page_number())}" if page.has_previous() else "",
        "next_url": f"?{only.query(page=page.next_page_number())}" if page.has_next() else "",
    }
    return render(request, "enforcement/findings/list.html", context)


def shown_row(actor: Actor, row: Finding, today: Any, before: int = 0) -> dict[str, Any]:
    """One line of a list; what a reader may not know is left out of it."""
    return {
        "finding": row,
        "place": row.visit.compound.name,
        "spot": row.spot if queries.reads_spot(actor, row) else (row.building.name if row.building else ""),
        "late": row.state in UNDER_ORDER and row.due_on is not None and row.due_on < today,
        "before": before,
    }


@require_safe
@for_readers
def sheet(request: HttpRequest) -> HttpResponse:
    """The list as a workbook, with the filter and the rights of the page."""
    only = parts.FindingFilter(request.GET).only()
    content = finding_sheets.workbook(request.actor, only)
    return download(content, sheets.TYPE, _("findings-%(day)s.xlsx") % {"day": clock.today()})


Act = Callable[..., object]
Words = str | Promise


@dataclass(frozen=True)
class Step:
    """Its form, the action it calls, what is said when it is done; `photos` when photos come along."""

    form: type[VersionForm]
    act: Act
    done: Words
    photos: bool = False


STEPS: dict[str, Step] = {
    "fix": Step(parts.FixForm, actions.fix, gettext_lazy("Noted as put right on the spot."), photos=True),
    "order": Step(parts.OrderForm, actions.order, gettext_lazy("Ordered. Whoever answers for it has been told.")),
    "answer": Step(parts.AnswerForm, actions.answer, gettext_lazy("Sent. The bureau has been told."), photos=True),
    "accept": Step(parts.AcceptForm, actions.accept, gettext_lazy("Accepted as put right.")),
    "send_back": Step(parts.SendBackForm, actions.send_back, gettext_lazy("Sent back. Whoever answers for it has been told.")),
    "ask_recheck": Step(parts.RecheckForm, actions.ask_recheck, gettext_lazy("It waits for a re-check.")),
    "transfer": Step(parts.TransferForm, actions.transfer, gettext_lazy("Handed over.")),
    "drop": Step(parts.DropForm, actions.drop, gettext_lazy("Taken back.")),
    "ask_time": Step(parts.AskTimeForm, actions.ask_time, gettext_lazy("Asked. The head of the bureau decides.")),
    "decide_time": Step(parts.DecideTimeForm, actions.decide_time, gettext_lazy("Decided. Whoever asked has been told.")),
    "lift": Step(parts.LiftForm, actions.lift, gettext_lazy("It is not published any more.")),
    "open_ticket": Step(VersionForm, links.open_ticket, gettext_lazy("Filed. It is routed like every other ticket.")),
    "link_ticket": Step(parts.TicketForm, links.link_ticket, gettext_lazy("Linked.")),
    "link_project": Step(parts.ProjectForm, links.link_project, gettext_lazy("Linked.")),
}


@dataclass(frozen=True)
class Tried:
    """A step that did not go through, with its form."""

    name: str
    form: forms.Form
    status: int = 400


@require_safe
@for_readers
def finding(request: HttpRequest, finding: str) -> HttpResponse:
    """One finding: what was found, what must be done by when, and what became of it."""
    return page(request, queries.get(request.actor, finding))


def page(request: HttpRequest, row: Finding, tried: Tried | None = None) -> HttpResponse:
    """The page, with the forms of the steps that this reader may take."""
    actor, today = request.actor, clock.today()
    asked = queries.time_asked(row)
    shown: dict[str, forms.Form] = {
        name: step_form(name, row) for name in possible_steps(actor, row, time_asked=asked is not None)
    }
    if tried is not None:
        shown[tried.name] = tried.form
    spot = queries.reads_spot(actor, row)
    names = queries.reads_names(actor, row)
    inside = names or answers(actor, row)
    context = {
        "base": base_for(request),
        **shown_row(actor, row, today, queries.before_in([row]).get(row.pk, 0)),
        "names": names,
        "inside": inside,
        "day": row.found_at.date(),
        "bases": lists.bases_on(row.item, row.found_at.date()),
        **(_photos(row) if spot else {}),
        "entries": [_entry(each, names=names, inside=inside) for each in queries.events(row)],
        "asked": asked,
        "papers": paper_queries.naming(actor, row),
        "forms": shown,
        "tried": tried,
        "ticket": row.ticket if row.ticket_id and complaints.visible_to(actor).filter(pk=row.ticket_id).exists() else None,
        "drafts": may_plan(actor, row.area) and row.project_id is None,
        "origin": urlencode({"origin": "finding", "words": f"{row.number} {row.item.name}"}),
    }
    return render(request, "enforcement/findings/finding.html", context, status=tried.status if tried else 200)


def step_form(name: str, row: Finding, sent: Any = None) -> VersionForm:
    initial: dict[str, Any] = {"version": row.version, "party": row.party, "party_name": row.party_name}
    if name in {"order", "send_back"}:
        initial |= {"days": row.days or row.item.days}
    return STEPS[name].form(sent, initial=initial, auto_id=f"{name}_%s")


def _photos(row: Finding) -> dict[str, Any]:
    before, after = queries.photos_before(row), queries.photos_after(row)
    return {
        "photos_before": [_photo(row, each.photo_id, _("As it was found")) for each in before],
        "photos_after": [_photo(row, each.photo_id, _("Put right")) for each in after],
    }


def _photo(row: Finding, photo_id: UUID, alt: str) -> dict[str, Any]:
    return {
        "url": reverse("enforcement:finding_photo", args=[row.number, photo_id]),
        "thumbnail_url": reverse("enforcement:finding_small_photo", args=[row.number, photo_id]),
        "alt": alt,
    }


def _entry(event: FindingEvent, *, names: bool, inside: bool) -> dict[str, Any]:
    late = event.kind == FindingEventKind.LATE
    return {
        "title": _("%(days)s days late") % {"days": event.text} if late else event.get_kind_display(),
        "at": event.at,
        "who": event.by.label if names and not late else "",
        "text": "" if late or not inside else event.text,
        "icon": "late" if late else "",
        "kind": "stop" if late or event.kind in {FindingEventKind.SENT_BACK, FindingEventKind.NOT_EXTENDED} else "",
        "photos": [],
    }


@require_POST
@for_readers
def step(request: HttpRequest, finding: str, *, action: str) -> HttpResponse:
    """Take one step. 404 as for the finding, 403 where the role does not allow it, 400 and 409 with the page again."""
    row, how = queries.get(request.actor, finding), STEPS[action]
    if not RULES[action][0](request.actor, row):
        raise PermissionDenied
    form = step_form(action, row, request.POST)
    if not form.is_valid():
        return page(request, row, Tried(action, form))
    sent = {name: value for name, value in form.cleaned_data.items() if name != "photos"}
    if how.photos:
        sent["photos"], problems = taking.read(request.FILES.getlist("photos"))
        for problem in problems:
            form.add_error("photos", problem)
        if problems:
            return page(request, row, Tried(action, form))
    try:
        how.act(finding, by=request.actor, **sent)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(form, refusal)
        return page(request, queries.get(request.actor, finding), Tried(action, form, refusal.status))
    messages.success(request, str(how.done))
    return redirect("enforcement:finding", finding)


@require_safe
@for_readers
def photo(request: HttpRequest, finding: str, photo_id: UUID, small: bool = False) -> HttpResponse:
    """A photo of how it was found or put right, for those who may read the spot."""
    row = queries.get(request.actor, finding)
    if not queries.reads_spot(request.actor, row):
        raise Http404
    found = queries.photo(row, photo_id)
    if found is None:
        raise Http404
    return serving.answer(found, name=row.number, small=small)
