"""The monthly plans of a compound: all its months, and one of them with what can be done to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from communities.models import Compound
from communities.views.compounds import base_for
from people.actors import Actor
from people.http import HttpRequest
from projects import figures, months, queries
from projects.actions import plans as actions
from projects.forms.plans import CloseForm, MonthForm, ProjectForm, ProposeForm, ReturnForm
from projects.models import MonthPlan, PlanItem, Project
from projects.money import yuan
from projects.permissions import PLAN_RULES, may_plan, may_read_drafts, possible_plan_actions
from projects.states import LANDED, PROMISED, ProjectState
from projects.views import month_days, showing
from projects.views.doors import compound_or_404, plan_or_404
from tenancy import clock
from tenancy.form_fields import put
from tenancy.refusals import NotThere, Refusal

Words = str | Promise


@dataclass(frozen=True)
class Step:
    """The action it calls with what the form gave, and what is said when it is done."""

    act: Callable[[MonthPlan, Actor, int, Any], MonthPlan]
    done: Words


STEPS: dict[str, Step] = {
    "take_in": Step(
        lambda plan, by, version, form: actions.take_in(
            plan.area, plan.month, form.cleaned_data["project"], by=by, version=version
        ),
        gettext_lazy("Taken in. All sides must agree to the plan as it is now."),
    ),
    "take_out": Step(
        lambda plan, by, version, form: actions.take_out(
            plan.area, plan.month, form.cleaned_data["project"], by=by, version=version
        ),
        gettext_lazy("Taken out. All sides must agree to the plan as it is now."),
    ),
    "agree": Step(
        lambda plan, by, version, form: actions.agree(plan.area, plan.month, by=by, version=version),
        gettext_lazy("You have agreed to the plan as it stands."),
    ),
    "propose": Step(
        lambda plan, by, version, form: actions.propose(plan.area, plan.month, by=by, version=version, **form.cleaned_data),
        gettext_lazy("The plan is with the street office now."),
    ),
    "return": Step(
        lambda plan, by, version, form: actions.give_back(plan.area, plan.month, by=by, version=version, **form.cleaned_data),
        gettext_lazy("The plan went back; the sides have been told what must change."),
    ),
    "publish": Step(
        lambda plan, by, version, form: actions.publish(plan.area, plan.month, by=by, version=version),
        gettext_lazy("Published: the residents have been told what is promised."),
    ),
    "close": Step(
        lambda plan, by, version, form: actions.close(
            plan.area, plan.month, by=by, version=version, review=form.cleaned_data["review"], reasons=form.reasons()
        ),
        gettext_lazy("The month is closed and does not change any more."),
    ),
}


def form_for(name: str, held: list[Project], sent: Any = None) -> forms.Form:
    match name:
        case "take_in" | "take_out":
            return ProjectForm(sent)
        case "propose":
            return ProposeForm(sent, auto_id="propose_%s")
        case "return":
            return ReturnForm(sent, auto_id="return_%s")
        case "close":
            left = [each for each in held if each.state not in LANDED and each.state != ProjectState.DROPPED]
            return CloseForm(sent, left=left, auto_id="close_%s")
        case _:
            return forms.Form(sent)


@require_safe
@login_required
def plans(request: HttpRequest, area: int) -> HttpResponse:
    """The months of a compound with their numbers; whoever plans may open the next."""
    compound = compound_or_404(request, area)
    rows, today = list(queries.months_of(request.actor, area)), clock.today()
    drafting = may_plan(request.actor, area)
    context = {
        "base": base_for(request),
        "compound": compound,
        "rows": [{"plan": row, "next": row.month > today} for row in rows],
        "inside": may_read_drafts(request.actor, area),
        "drafting": drafting,
        "next_month": _next_month({row.month for row in rows}) if drafting else None,
    }
    return render(request, "projects/plans.html", context)


def _next_month(known: set[date]) -> date | None:
    """The first month that may be planned and is not."""
    this = months.month_of(clock.today())
    ahead = (months.after(this, steps) for steps in range(actions.MONTHS_AHEAD + 1))
    return next((month for month in ahead if month not in known), None)


@require_POST
@login_required
def open_month(request: HttpRequest, area: int) -> HttpResponse:
    """Begin the plan of a month."""
    compound = compound_or_404(request, area)
    form = MonthForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give a month."))
        return redirect("projects:plans", compound.area)
    try:
        plan = actions.open_month(area, form.cleaned_data["month"], by=request.actor)
    except NotThere as gone:
        raise Http404 from gone
    except Refusal as refusal:
        if refusal.status == 403:
            raise PermissionDenied(str(refusal.message)) from refusal
        messages.error(request, str(refusal.message))
        return redirect("projects:plans", compound.area)
    return redirect("projects:plan", area, plan.month)


@require_safe
@login_required
def plan(request: HttpRequest, area: int, month: date) -> HttpResponse:
    """One month. Whoever plans or watches is told when there is no plan yet; to others it is not there."""
    try:
        row = queries.plan(request.actor, area, month)
    except NotThere as gone:
        compound = compound_or_404(request, area)
        if not may_read_drafts(request.actor, area):
            raise Http404 from gone
        return _nothing_yet(request, compound, month)
    return page(request, row)


def _nothing_yet(request: HttpRequest, compound: Compound, month: date) -> HttpResponse:
    this = months.month_of(clock.today())
    possible = this <= month <= months.after(this, actions.MONTHS_AHEAD) and may_plan(request.actor, compound.area)
    context = {"base": base_for(request), "compound": compound, "month": month, "opens": possible}
    return render(request, "projects/plan_none.html", context)


@dataclass(frozen=True)
class Tried:
    """A step that did not go through, with its form."""

    name: str
    form: forms.Form
    status: int = 400


def page(request: HttpRequest, row: MonthPlan, tried: Tried | None = None) -> HttpResponse:
    """The plan with its projects in the order of priority, who has agreed, and the steps that the reader may take."""
    actor, today = request.actor, clock.today()
    items = list(queries.items(row))
    held = [item.project for item in items]
    possible = possible_plan_actions(actor, row)
    shown = {name: form_for(name, held) for name in possible}
    if tried is not None:
        shown[tried.name] = tried.form
    landed = sum(map(figures.landed, items))
    context = {
        "base": base_for(request),
        "plan": row,
        "compound": row.compound,
        "cards": _cards(items, today),
        "planned": len(items),
        "landed": landed,
        "promised": row.state in PROMISED,
        "weeks": month_days.weeks(row, held, today=today) if row.state in PROMISED else [],
        "money": yuan(sum(each.budget_fen for each in held)),
        "fewest": actions.FEWEST,
        "few": len(items) < actions.FEWEST,
        "sides": _sides(row) if may_read_drafts(actor, row.area) else [],
        "inside": may_read_drafts(actor, row.area),
        "drafting": may_plan(actor, row.area),
        "forms": {name: shown.get(name) for name in STEPS},
        "possible": possible,
        "drafts": showing.ranked(queries.drafts(actor, row.area), today) if "take_in" in possible else [],
        "closes_on": months.last_day(row.month),
        "closable": "close" in possible
        and (today >= months.last_day(row.month) or (tried is not None and tried.name == "close")),
        "tried": tried,
    }
    return render(request, "projects/plan.html", context, status=tried.status if tried else 200)


def _cards(items: list[PlanItem], today: date) -> list[dict[str, Any]]:
    of_project = {item.project_id: item for item in items}
    ranked = showing.ranked([item.project for item in items], today)
    return [{**entry, "item": of_project[entry["project"].pk]} for entry in ranked]


def _sides(row: MonthPlan) -> list[dict[str, Any]]:
    """Who must agree, and whether they have agreed to the plan as it stands."""
    agreed = queries.agreed(row)
    return [
        {"label": side.label, "name": body.name, "agreed": side in agreed}
        for side, body in queries.sides_needed(row.area).items()
    ]


@require_POST
@login_required
def step(request: HttpRequest, area: int, month: date, *, action: str) -> HttpResponse:
    """Take one step. 404 as for the plan, 403 where the role does not allow it, 400 and 409 with the plan again."""
    row = plan_or_404(request, area, month)
    if not PLAN_RULES[action](request.actor, row):
        raise PermissionDenied
    held = [item.project for item in queries.items(row)]
    form = form_for(action, held, request.POST)
    if not form.is_valid():
        return page(request, row, Tried(action, form))
    try:
        STEPS[action].act(row, request.actor, _version(request), form)
    except NotThere as gone:
        if action != "take_in":
            raise Http404 from gone
        form.add_error(None, _("Choose a drafted project of this compound."))
        return page(request, row, Tried(action, form))
    except Refusal as refusal:
        put(form, refusal)
        return page(request, plan_or_404(request, area, month), Tried(action, form, refusal.status))
    messages.success(request, str(STEPS[action].done))
    return redirect("projects:plan", area, month)


def _version(request: HttpRequest) -> int:
    """The version the page was drawn from; what is no number counts as one that is no longer true."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


MOST_ON_COMPOUND = 6


def part(actor: Actor, compound: Compound) -> dict[str, Any]:
    """This month's promises for the page of a compound."""
    today = clock.today()
    month = months.month_of(today)
    row = queries.plans_visible_to(actor).filter(area=compound.area, month=month).first()
    promised = row is not None and row.state in PROMISED
    items = list(queries.items(row)) if row is not None and promised else []
    return {
        "compound": compound,
        "month": month,
        "plan": row,
        "promised": promised,
        "rows": [showing.row(item.project, today) for item in items][:MOST_ON_COMPOUND],
        "landed": sum(map(figures.landed, items)),
        "planned": len(items),
        "drafting": may_plan(actor, compound.area),
    }
