"""Joint visits (联合检查): where one is needed, planning, the list, one visit, and the steps of its life."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.views.compounds import base_for
from complaints.views.rules import for_readers
from enforcement import finding_queries, meeting_queries, paper_queries, risk, visit_listing, visit_queries
from enforcement.actions import field, meeting_visits
from enforcement.actions import visits as actions
from enforcement.finding_queries import waits_for_recheck
from enforcement.forms import visits as parts
from enforcement.forms.visits import CallOffForm, DeclineForm, FilterForm, JoinForm, PlanForm, SignForm, VersionForm
from enforcement.models import CheckList, Finding, Line, Member, Visit
from enforcement.views import paper_part
from enforcement.views.findings import shown_row
from enforcement.views.meetings import download
from enforcement.views.paper_part import TriedPaper
from enforcement.visit_permissions import RULES, WATCHING, may_answer, may_plan, possible_member_steps, possible_steps
from enforcement.visit_states import Result
from people.actors import Actor
from people.http import HttpRequest
from people.roles import DEPARTMENT
from tenancy import clock, sheets
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal

Words = str | Promise
PAGE = 30
SUGGESTED = 4


@require_safe
@for_readers
def visits(request: HttpRequest) -> HttpResponse:
    """Visits, newest day first; `?q=`, `?state=`, `?since=`, `?until=`, `?area=`, `?bureau=`, `?page=`."""
    form = FilterForm(request.GET)
    kept = form.kept()
    page = Paginator(visit_listing.rows(request.actor, kept), PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    context = {
        "base": base_for(request),
        "form": form,
        "filtered": bool(kept),
        "rows": page.object_list,
        "total": page.paginator.count,
        "counts": not request.actor.roles.isdisjoint(WATCHING | DEPARTMENT),
        "plans": visit_queries.compounds_of(request.actor).exists(),
        "registers": paper_queries.reads_registers(request.actor),
        "previous_url": _numbered(query, page.previous_page_number()) if page.has_previous() else "",
        "next_url": _numbered(query, page.next_page_number()) if page.has_next() else "",
        "asked": query.urlencode(),
    }
    return render(request, "enforcement/visits/list.html", context)


@require_safe
@for_readers
def sheet(request: HttpRequest) -> HttpResponse:
    """The list as a workbook, with the filter and the rights of the page."""
    content = visit_listing.workbook(request.actor, FilterForm(request.GET).kept())
    return download(content, sheets.TYPE, _("visits-%(day)s.xlsx") % {"day": clock.today()})


def _numbered(query: Any, number: int) -> str:
    query = query.copy()
    query["page"] = number
    return f"?{query.urlencode()}"


@require_safe
@for_readers
def needed(request: HttpRequest) -> HttpResponse:
    """Where a visit is needed: the compounds of those who may plan, those that need one most first."""
    compounds = list(visit_queries.compounds_of(request.actor))
    if not compounds:
        raise NotThere
    codes = [compound.area for compound in compounds]
    facts, running = visit_queries.facts(request.actor, codes, clock.today()), visit_queries.open_for(codes)
    ranked = sorted(compounds, key=lambda compound: (-risk.score(facts[compound.area]), compound.area))
    rows = [
        {
            "compound": compound,
            "facts": facts[compound.area],
            "score": risk.score(facts[compound.area]),
            "visit": running.get(compound.area),
        }
        for compound in ranked
    ]
    weights = {name: weight.most for name, weight in risk.WEIGHTS.items()}
    return render(request, "enforcement/visits/needed.html", {"rows": rows, "weights": weights, "time": risk.TIME})


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def plan(request: HttpRequest, area: int) -> HttpResponse:
    """Plan a visit to a compound, with the bureaus that have something to look at there chosen beforehand."""
    compound = visit_queries.compounds_of(request.actor).filter(area=area).first()
    if compound is None:
        raise NotThere
    row = visit_queries.county_list(area)
    context: dict[str, Any] = {"compound": compound, "row": row}
    if row is None:
        return render(request, "enforcement/visits/no_list.html", context)
    choices = Choices.of(request.actor, area, row)
    context |= {"hints": choices.hints, "visit": None}
    if not choices.leads:
        raise PermissionDenied
    if request.method != "POST":
        begun = {"planned_on": clock.today(), "bureaus": choices.suggested, "decision": request.GET.get("decision", "")}
        context["form"] = choices.new(initial=begun)
        return render(request, "enforcement/visits/plan.html", context)
    form = context["form"] = choices.new(request.POST)
    if not form.is_valid():
        return render(request, "enforcement/visits/plan.html", context, status=400)
    try:
        decision = form.cleaned_data.get("decision")
        visit = (
            meeting_visits.plan(area, form.plan(), by=request.actor, decision=decision)
            if decision
            else actions.plan(area, form.plan(), by=request.actor)
        )
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(form, refusal)
        return render(request, "enforcement/visits/plan.html", context, status=refusal.status)
    messages.success(request, _("Planned. Look it over, then ask the bureaus."))
    return redirect("enforcement:visit", visit.number)


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def change(request: HttpRequest, visit: str) -> HttpResponse:
    """Plan it otherwise."""
    held = visit_queries.get(request.actor, visit)
    if "change" not in possible_steps(request.actor, held):
        raise PermissionDenied
    choices = Choices.of(request.actor, held.area, held.check_list)
    context: dict[str, Any] = {"compound": held.compound, "row": held.check_list, "hints": choices.hints, "visit": held}
    if request.method != "POST":
        context["form"] = choices.form(initial=parts.initial(held, visit_queries.companions(held)))
        return render(request, "enforcement/visits/plan.html", context)
    form = context["form"] = choices.form(request.POST)
    if not form.is_valid():
        return render(request, "enforcement/visits/plan.html", context, status=400)
    try:
        actions.change(visit, form.plan(), by=request.actor, version=form.cleaned_data["version"])
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(form, refusal)
        return render(request, "enforcement/visits/plan.html", context, status=refusal.status)
    messages.success(request, _("Changed."))
    return redirect("enforcement:visit", visit)


@dataclass(frozen=True)
class Choices:
    """What may be chosen in a plan of one compound, and what is suggested."""

    leads: list[Any]
    bureaus: list[tuple[int, str]]
    suggested: list[int]
    hints: list[dict[str, Any]]
    decisions: list[tuple[int, str]]

    @classmethod
    def of(cls, actor: Actor, area: int, row: CheckList) -> "Choices":
        bodies = visit_queries.bureaus_for(area, row)
        by_kind = {body.kind_id: body for body in bodies}
        found = [hint for hint in visit_queries.hints(actor, area, row) if hint.bureau in by_kind]
        named = [(body.pk, body.name) for body in bodies]
        suggested = [by_kind[hint.bureau].pk for hint in found[:SUGGESTED]]
        hints = [{"body": by_kind[hint.bureau], "hint": hint} for hint in found]
        decided = [(each.pk, f"{each.meeting.number} {each.text}") for each in meeting_queries.visits_to_plan_in(actor, area)]
        return cls(visit_queries.leads_for(actor, area, row), named, suggested, hints, decided)

    def form(self, *args: Any, **kwargs: Any) -> PlanForm:
        """Of a visit that is planned already no decision is asked."""
        return PlanForm(*args, leads=self.leads, bureaus=self.bureaus, **kwargs)

    def new(self, *args: Any, **kwargs: Any) -> PlanForm:
        return self.form(*args, decisions=self.decisions, **kwargs)


@dataclass(frozen=True)
class Step:
    """A step of the whole visit: its form, the action it calls, and what is said when it is done."""

    form: type[VersionForm]
    act: Callable[[str, Actor, dict[str, Any]], object]
    done: Words


STEPS: dict[str, Step] = {
    "ask": Step(VersionForm, lambda n, by, sent: actions.ask(n, by=by, **sent), gettext_lazy("The bureaus have been asked.")),
    "take_back": Step(
        VersionForm, lambda n, by, sent: actions.take_back(n, by=by, **sent), gettext_lazy("It is being planned again.")
    ),
    "approve": Step(
        VersionForm,
        lambda n, by, sent: actions.approve(n, by=by, **sent),
        gettext_lazy("Approved. The officers have been told."),
    ),
    "start": Step(VersionForm, lambda n, by, sent: actions.start(n, by=by, **sent), gettext_lazy("It has begun.")),
    "call_off": Step(CallOffForm, lambda n, by, sent: actions.call_off(n, by=by, **sent), gettext_lazy("It is called off.")),
}
MEMBER_STEPS: dict[str, tuple[type[VersionForm], Callable[..., object], Words]] = {
    "join": (JoinForm, actions.join, gettext_lazy("Your officers are named.")),
    "decline": (DeclineForm, actions.decline, gettext_lazy("Declined. Whoever planned it has been told.")),
    "sign": (SignForm, actions.sign, gettext_lazy("Signed.")),
}


@dataclass(frozen=True)
class Tried:
    """A step that did not go through, with its form; `organisation` is the bureau for which it was tried."""

    name: str
    form: forms.Form
    status: int = 400
    organisation: int = 0


@require_safe
@for_readers
def visit(request: HttpRequest, visit: str) -> HttpResponse:
    """One visit: who goes, what is checked, what was found, and what the reader may do."""
    return page(request, visit_queries.get(request.actor, visit))


def page(
    request: HttpRequest, row: Visit, tried: Tried | None = None, *, paper: TriedPaper | None = None, status: int = 200
) -> HttpResponse:
    """The page, with the forms of the steps that this reader may take; `paper` is one that could not be issued or voided."""
    actor = request.actor
    inside = visit_queries.works_with(actor, row)
    members = visit_queries.members(row)
    lines = visit_queries.lines(row) if inside else []
    possible = possible_steps(actor, row)
    can_begin = "start" in possible and row.planned_on <= clock.today()
    shown: dict[str, forms.Form] = {
        name: step.form(initial={"version": row.version}, auto_id=f"{name}_%s")
        for name, step in STEPS.items()
        if name in possible and (name != "start" or can_begin)
    }
    if tried is not None and not tried.organisation:
        shown[tried.name] = tried.form
    differing = field.conflicts(row) if any(line.conflict for line in lines) else {}
    context = {
        "base": base_for(request),
        "visit": row,
        "inside": inside,
        "members": sorted((_member(actor, row, each, tried) for each in members), key=lambda each: not each["forms"]),
        "companions": visit_queries.companions(row) if inside else [],
        "groups": _groups(lines, differing, {each.pk: each.organisation.name for each in members}),
        "counts": _counts(lines),
        "findings": (found := _findings(actor, finding_queries.of_visit(actor, row.pk))),
        "looked_at": _findings(actor, finding_queries.looked_at(actor, row)),
        "plans_recheck": may_plan(actor, row) and any(waits_for_recheck(each["finding"]) for each in found),
        "score": risk.score(risk.Facts(**row.grounds)) if inside and row.grounds else None,
        "forms": shown,
        "can_change": "change" in possible,
        "is_officer": row.officers.filter(user_id=actor.id).exists(),
        "tried": tried,
        "papers": paper_part.part(actor, row, members, paper),
    }
    return render(request, "enforcement/visits/visit.html", context, status=tried.status if tried else status)


def _member(actor: Actor, row: Visit, member: Member, tried: Tried | None) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name in possible_member_steps(actor, row, member):
        meant = tried is not None and tried.name == name and tried.organisation == member.organisation_id
        made[name] = tried.form if meant and tried is not None else member_form(name, row, member)
    return {"member": member, "officers": member.officers.all(), "forms": made, "here": member.organisation_id}


def member_form(name: str, row: Visit, member: Member, sent: Any = None) -> forms.Form:
    """The form of a bureau's step."""
    form = MEMBER_STEPS[name][0]
    options: dict[str, Any] = {"auto_id": f"{name}_{member.pk}_%s", "initial": {"version": row.version}}
    if name == "join":
        options["held"] = list(visit_queries.certificates(member.organisation_id, row.planned_on))
        options["initial"]["certificates"] = [each.certificate_id for each in member.officers.all()]
    return form(sent, **options)


def _groups(lines: list[Line], differing: dict[int, list[Any]], bureaus: dict[int, str]) -> list[dict[str, Any]]:
    """Items by bureau, in the order of the list, each with what phones said differently."""
    found: dict[int, dict[str, Any]] = {}
    for line in lines:
        group = found.setdefault(line.member_id, {"bureau": bureaus[line.member_id], "lines": []})
        said = [{"change": each, "result": Result(each.said["result"]).label} for each in differing.get(line.pk, [])]
        group["lines"].append({"line": line, "said": said})
    return list(found.values())


def _findings(actor: Actor, found: list[Finding]) -> list[dict[str, Any]]:
    today, repeated = clock.today(), finding_queries.before_in(found)
    return [shown_row(actor, each, today, repeated.get(each.pk, 0)) for each in found]


def _counts(lines: list[Line]) -> list[dict[str, Any]]:
    """How many items turned out how."""
    return [
        {"name": result.label, "value": sum(line.result == result for line in lines)}
        for result in (Result.PASS, Result.VIOLATION, Result.NOT_APPLICABLE, Result.UNCHECKED)
    ]


@require_POST
@for_readers
def step(request: HttpRequest, visit: str, *, action: str) -> HttpResponse:
    """Take one step of the whole visit; the page again with the reason when it cannot be taken."""
    row, how = visit_queries.get(request.actor, visit), STEPS[action]
    if not RULES[action][0](request.actor, row):
        raise PermissionDenied
    form = how.form(request.POST, auto_id=f"{action}_%s")
    if not form.is_valid():
        return page(request, row, Tried(action, form))
    return _done(request, row, lambda: how.act(visit, request.actor, form.cleaned_data), how.done, Tried(action, form))


@require_POST
@for_readers
def member_step(request: HttpRequest, visit: str, organisation_id: int, *, action: str) -> HttpResponse:
    """Take one step for a bureau."""
    row = visit_queries.get(request.actor, visit)
    member = visit_queries.member(row, organisation_id)
    if not may_answer(request.actor, member):
        raise PermissionDenied
    _kind, act, done = MEMBER_STEPS[action]
    form = member_form(action, row, member, request.POST)
    tried = Tried(action, form, organisation=organisation_id)
    if not form.is_valid():
        return page(request, row, tried)
    return _done(request, row, lambda: act(visit, organisation_id, by=request.actor, **form.cleaned_data), done, tried)


def _done(request: HttpRequest, row: Visit, act: Callable[[], object], done: Words, tried: Tried) -> HttpResponse:
    try:
        act()
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(tried.form, refusal)
        again = Tried(tried.name, tried.form, refusal.status, tried.organisation)
        return page(request, visit_queries.get(request.actor, row.number), again)
    messages.success(request, str(done))
    return redirect("enforcement:visit", row.number)
