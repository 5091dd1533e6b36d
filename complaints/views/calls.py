"""回访: whom to call, what to ask, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from complaints import call_queries, call_sheets, queries
from complaints.actions import calling, calls, tickets
from complaints.forms.calls import CallsFilter, NotReachedForm, ReachedForm, RefusedForm, TakeForm
from complaints.models import CallBack, Ticket
from complaints.permissions import may_call_back, may_reveal
from complaints.rating_reasons import named
from complaints.rating_states import MOST_TRIES, CallState
from complaints.views.rules import for_readers
from people.http import HttpRequest
from tenancy import clock, sheets
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal

PAGE = 30


@require_safe
@for_readers
def overview(request: HttpRequest) -> HttpResponse:
    """Those that wait, what is due first on top; `?shown=`, `?from=` how many stand before."""
    shown, form = _asked(request)
    given = request.GET.get("from", "")
    start = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 0
    today = clock.today()
    rows = call_queries.listed(request.actor, shown, today)
    found = list(rows[start : start + PAGE + 1])
    context = {
        "form": form,
        "shown": shown,
        "filtered": shown != "open",
        "rows": found[:PAGE],
        "today": today,
        "most": MOST_TRIES,
        "uncalled": call_queries.uncalled_count(request.actor),
        "previous_url": f"?shown={shown}&from={max(0, start - PAGE)}" if start else "",
        "next_url": f"?shown={shown}&from={start + PAGE}" if len(found) > PAGE else "",
    }
    return render(request, "complaints/calls/list.html", context)


def _asked(request: HttpRequest) -> tuple[str, CallsFilter]:
    if not call_queries.reads_calls(request.actor):
        raise NotThere
    form = CallsFilter(request.GET, auto_id="filter_%s")
    return form.chosen(), form


@require_safe
@for_readers
def sheet(request: HttpRequest) -> HttpResponse:
    """The list as a workbook, without names and phones."""
    shown, _form = _asked(request)
    answer = HttpResponse(call_sheets.workbook(request.actor, shown), content_type=sheets.TYPE)
    name = _("call-backs-%(day)s.xlsx") % {"day": clock.today()}
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


@require_safe
@for_readers
def call(request: HttpRequest, call_back_id: int) -> HttpResponse:
    """Whom it is about, what to ask, and what was tried."""
    return _page(request, call_back_id)


def _of(request: HttpRequest, call_back_id: int) -> tuple[CallBack, Ticket]:
    """Raises NotThere for whatever this reader does not see."""
    if not call_queries.reads_calls(request.actor):
        raise NotThere
    row = call_queries.get(request.actor, call_back_id)
    return row, queries.get(request.actor, row.ticket.number)


def _page(
    request: HttpRequest,
    call_back_id: int,
    *,
    tried: str = "",
    form: Any = None,
    revealed: Ticket | None = None,
    status: int = 200,
) -> HttpResponse:
    row, ticket = _of(request, call_back_id)
    ticket = revealed or ticket
    open_ = row.state == CallState.OPEN and may_call_back(request.actor, ticket)
    shown = (
        {name: step.form(initial={"version": row.version}, auto_id=f"{name}_%s") for name, step in STEPS.items()} if open_ else {}
    )
    if tried in shown:
        shown[tried] = form
    context = {
        "row": row,
        "ticket": ticket,
        "words": queries.words_shown(request.actor, ticket),
        "reporter": queries.reporter_shown(request.actor, ticket),
        "revealed": revealed is not None,
        "may_reveal": open_ and may_reveal(request.actor, ticket),
        "forms": shown,
        "tried": form if tried else None,
        "calls": list(call_queries.calls_of(row)),
        "reasons": named(ticket.rating_reasons),
        "left": MOST_TRIES - row.tries,
        "today": clock.today(),
    }
    return render(request, "complaints/calls/call.html", context, status=status)


@require_POST
@for_readers
def phone(request: HttpRequest, call_back_id: int) -> HttpResponse:
    """Name and number in full, shown once; each look is recorded as on the ticket itself."""
    row, _ticket = _of(request, call_back_id)
    try:
        found = tickets.reveal(row.ticket.number, by=request.actor)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal.message)) from refusal
    return _page(request, call_back_id, revealed=found)


@dataclass(frozen=True)
class Step:
    """A step on a call-back: its form, the action it calls, and what is said when it is done."""

    form: type[forms.Form]
    act: Callable[..., CallBack]
    done: str | Promise


STEPS = {
    "reached": Step(ReachedForm, calling.reached, gettext_lazy("The rating is written down; the reporter has been told.")),
    "not_reached": Step(NotReachedForm, calls.not_reached, gettext_lazy("The call is written down.")),
    "refused": Step(RefusedForm, calls.refused, gettext_lazy("It is written down; nobody asks again about this answer.")),
    "take": Step(TakeForm, calls.take, gettext_lazy("It is yours to call.")),
}


@require_POST
@for_readers
def step(request: HttpRequest, call_back_id: int, *, action: str) -> HttpResponse:
    """Take one of STEPS; a refusal comes back with all that was typed."""
    _row, ticket = _of(request, call_back_id)
    if not may_call_back(request.actor, ticket):
        raise PermissionDenied
    form = STEPS[action].form(request.POST, auto_id=f"{action}_%s")
    if not form.is_valid():
        return _page(request, call_back_id, tried=action, form=form, status=400)
    try:
        STEPS[action].act(call_back_id, by=request.actor, **form.cleaned_data)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        if refusal.status == 409:
            sent = request.POST.copy()
            sent["version"] = str(_of(request, call_back_id)[0].version)
            form = STEPS[action].form(sent, auto_id=f"{action}_%s")
            form.is_valid()
        put(form, refusal)
        return _page(request, call_back_id, tried=action, form=form, status=refusal.status)
    messages.success(request, str(STEPS[action].done))
    return redirect("complaints:call", call_back_id) if action == "take" else redirect("complaints:calls")
