"""One meeting with what it decided, and what can be done with it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from communities import queries as compounds
from communities.posting_forms import VersionForm
from complaints.queries import words_listed
from complaints.views.rules import for_readers
from enforcement import meeting_queries as queries
from enforcement.actions import decisions, meetings
from enforcement.forms.meetings import (
    CancelMeetingForm,
    DecideForm,
    DropForm,
    FileForm,
    HoldForm,
    MoveForm,
    NoteForm,
    as_typed,
)
from enforcement.meeting_permissions import RULES, decision_steps, possible_steps
from enforcement.meeting_states import DecisionKind, DecisionState
from enforcement.models import Meeting, MeetingDecision
from enforcement.visit_permissions import planning_organisations
from people.actors import Actor
from people.http import HttpRequest
from tenancy import areas, clock
from tenancy.areas import Level
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal

Words = str | Promise


@dataclass(frozen=True)
class Tried:
    """A step that did not go through, with its form; `decision` is the one it was about."""

    name: str
    form: forms.Form
    status: int = 400
    decision: int = 0


@dataclass
class Table:
    """A meeting with what its page and its forms offer, read once."""

    actor: Actor
    meeting: Meeting
    invites: list[Any] = field(init=False)
    compounds: list[tuple[int, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.invites = queries.invites(self.meeting)
        self.compounds = []
        if areas.level_of(self.meeting.area) != Level.COMPOUND:
            low, high = areas.subtree(self.meeting.area)
            within = compounds.visible_to(self.actor).filter(area__gte=low, area__lt=high)
            self.compounds = list(within.values_list("area", "name"))

    def form(self, name: str, sent: Any = None, *, prefix: str = "") -> forms.Form:
        """The form of a step, filled with what was sent, or as it is first shown."""
        options: dict[str, Any] = {"auto_id": f"{prefix or name}_%s"}
        if sent is None:
            options["initial"] = {
                "version": self.meeting.version,
                "starts_at": as_typed(self.meeting.starts_at),
                "spot": self.meeting.spot,
                "came": [each.organisation_id for each in self.invites],
            }
        if name == "hold":
            return HoldForm(sent, invites=self.invites, **options)
        if name == "decide":
            table = [self.meeting.host, *(each.organisation for each in self.invites)]
            return DecideForm(sent, table=table, compounds=self.compounds, **options)
        if name == "file_ticket":
            return FileForm(sent, compounds=self.compounds, **options)
        return PLAIN[name](sent, **options)


PLAIN: dict[str, type[forms.Form]] = {
    "move": MoveForm,
    "cancel": CancelMeetingForm,
    "close": VersionForm,
    "report_done": NoteForm,
    "drop": DropForm,
}


@dataclass(frozen=True)
class Step:
    """The action it calls, and what is said when it is done."""

    act: Callable[..., object]
    done: Words


STEPS = {
    "move": Step(meetings.move, gettext_lazy("Moved. Everybody invited has been told.")),
    "cancel": Step(meetings.cancel, gettext_lazy("It is not held. Everybody invited has been told.")),
    "hold": Step(meetings.hold, gettext_lazy("The minutes stand. Now write down what was decided.")),
    "decide": Step(decisions.decide, gettext_lazy("Written down. Whoever does it has been told.")),
    "close": Step(meetings.close, gettext_lazy("The meeting is closed.")),
}
DECISION_STEPS = {
    "file_ticket": Step(decisions.file_ticket, gettext_lazy("Filed. It is routed like every other ticket.")),
    "report_done": Step(decisions.report_done, gettext_lazy("Reported done.")),
    "drop": Step(decisions.drop, gettext_lazy("Dropped. Whoever was to do it has been told.")),
}


@require_safe
@for_readers
def meeting(request: HttpRequest, meeting: str) -> HttpResponse:
    """One meeting, with the forms of the steps that this reader may take."""
    return page(request, queries.get(request.actor, meeting))


def page(request: HttpRequest, row: Meeting, tried: Tried | None = None) -> HttpResponse:
    """The page; `tried` is a step that did not go through."""
    table = Table(request.actor, row)
    shown = {name: table.form(name) for name in possible_steps(request.actor, row)}
    if "close" in shown and not queries.ready_to_close(row):
        del shown["close"]
    if tried is not None and not tried.decision:
        shown[tried.name] = tried.form
    held, today = queries.decisions(row), clock.today()
    context = {
        "meeting": row,
        "seen": queries.tickets_seen(request.actor, held),
        "place": queries.place_name(row.area),
        "invites": table.invites,
        "topics": [_topic(request.actor, number, ticket) for number, ticket in queries.topics(request.actor, row)],
        "decisions": [_decision(table, each, tried, today) for each in held],
        "forms": shown,
        "tried": tried,
    }
    return render(request, "enforcement/meetings/meeting.html", context, status=tried.status if tried else 200)


def _topic(actor: Actor, number: str, ticket: Any) -> dict[str, Any]:
    return {"number": number, "ticket": ticket, "text": words_listed(actor, ticket).text if ticket else ""}


def _decision(table: Table, each: MeetingDecision, tried: Tried | None, today: date) -> dict[str, Any]:
    shown = {}
    for name in decision_steps(table.actor, table.meeting, each):
        meant = tried is not None and tried.name == name and tried.decision == each.pk
        prefix = f"{name}_{each.pk}"
        shown[name] = tried.form if tried is not None and meant else table.form(name, prefix=prefix)
    late = each.state == "open" and each.due_on < today
    open_here = tried.name if tried is not None and tried.decision == each.pk else ""
    return {"decision": each, "late": late, "forms": shown, "tried": open_here, "plan_url": _plan_url(table, each)}


def _plan_url(table: Table, each: MeetingDecision) -> str:
    """Where whoever may plan takes up a visit that was decided on; of a street, where a visit is needed most."""
    waits = each.kind == DecisionKind.VISIT and each.state == DecisionState.OPEN and not each.visit
    if not waits or not planning_organisations(table.actor, each.area):
        return ""
    if areas.level_of(each.area) != Level.COMPOUND:
        return reverse("enforcement:visits_needed")
    return f"{reverse('enforcement:visit_plan', args=[each.area])}?decision={each.pk}"


@require_POST
@for_readers
def step(request: HttpRequest, meeting: str, *, action: str) -> HttpResponse:
    """Take one step. 404 as for the meeting, 403 where the role does not allow it, 400 and 409 with the page again."""
    row = queries.get(request.actor, meeting)
    if not RULES[action][0](request.actor, row):
        raise PermissionDenied
    form = Table(request.actor, row).form(action, request.POST)
    if not form.is_valid():
        return page(request, row, Tried(action, form))
    return _done(request, row, STEPS[action], Tried(action, form), (meeting,))


@require_POST
@for_readers
def decision_step(request: HttpRequest, meeting: str, decision_id: int, *, action: str) -> HttpResponse:
    """As `step`, for something that the meeting decided."""
    row = queries.get(request.actor, meeting)
    queries.decision(row, decision_id)
    form = Table(request.actor, row).form(action, request.POST, prefix=f"{action}_{decision_id}")
    tried = Tried(action, form, decision=decision_id)
    if not form.is_valid():
        if action not in decision_steps(request.actor, row, queries.decision(row, decision_id)):
            raise PermissionDenied
        return page(request, row, tried)
    return _done(request, row, DECISION_STEPS[action], tried, (meeting, decision_id))


def _done(request: HttpRequest, row: Meeting, step: Step, tried: Tried, ids: tuple[object, ...]) -> HttpResponse:
    try:
        step.act(*ids, by=request.actor, **tried.form.cleaned_data)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(tried.form, refusal)
        again = Tried(tried.name, tried.form, refusal.status, tried.decision)
        return page(request, queries.get(request.actor, row.number), again)
    messages.success(request, str(step.done))
    return redirect("enforcement:meeting", row.number)
