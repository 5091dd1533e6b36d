"""Routing rules: whose there are, one version with its rules, what differs, and the steps of its life."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints import rule_queries, rule_sheets, rule_shown, rules
from complaints.actions import rule_sets
from complaints.actions import rules as editing
from complaints.forms.rules import ImportForm, ProposeForm, ReplayForm, RevisionForm
from complaints.models import RuleSet
from complaints.rule_permissions import may_keep_rules, may_publish_rules, reads_some
from complaints.rule_sentences import sentence
from complaints.rule_states import OPEN_SETS, SetState
from people.http import HttpRequest
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal
from tenancy.sheets import TYPE

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def for_readers(view: View[P]) -> View[P]:
    """To everybody else these pages are not there."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotThere as gone:
            raise Http404 from gone
        except NotAllowed as refusal:
            raise PermissionDenied(str(refusal.message)) from refusal

    return guarded


@require_safe
@for_readers
def overview(request: HttpRequest) -> HttpResponse:
    """Every street and county whose rules the reader may read, with what is in force and what is being prepared."""
    if not reads_some(request.actor):
        raise NotThere
    owners = rule_queries.owners_of(request.actor)
    versions: dict[int, list[RuleSet]] = {}
    for ruleset in rule_queries.sets_of([owner.code for owner in owners]).filter(state__in=[SetState.PUBLISHED, *OPEN_SETS]):
        versions.setdefault(ruleset.area, []).append(ruleset)
    entries = [
        {
            "owner": owner,
            "live": next((one for one in versions.get(owner.code, []) if one.state == SetState.PUBLISHED), None),
            "open": [one for one in versions.get(owner.code, []) if one.state in OPEN_SETS],
            "may_keep": may_keep_rules(request.actor, owner.code),
        }
        for owner in owners
    ]
    aside = rule_queries.set_aside_for(owner.code for owner in owners)
    return render(request, "complaints/rules/overview.html", {"entries": entries, "aside": aside})


@require_safe
@for_readers
def history(request: HttpRequest, owner: int) -> HttpResponse:
    """All versions of an owner, newest first."""
    place = rule_queries.owner(request.actor, owner)
    context = {
        "owner": place,
        "versions": list(rule_queries.sets_of([owner])[:100]),
        "may_keep": may_keep_rules(request.actor, owner),
    }
    return render(request, "complaints/rules/history.html", context)


@require_POST
@for_readers
def draft(request: HttpRequest, owner: int) -> HttpResponse:
    """A new draft from the version in force."""
    try:
        made = rule_sets.draft(area=owner, by=request.actor)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("complaints:rules")
    return redirect("complaints:rule_set", made.pk)


@require_safe
@for_readers
def rule_set(request: HttpRequest, ruleset_id: int) -> HttpResponse:
    """One version with its rules in words."""
    return page(request, ruleset_id)


def page(request: HttpRequest, ruleset_id: int, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The version's page; `forms` are those that were refused."""
    ruleset = rule_queries.get_set(request.actor, ruleset_id)
    keeps, start = may_keep_rules(request.actor, ruleset.area), {"revision": ruleset.revision}
    editable = keeps and ruleset.state == SetState.DRAFT
    entries = rule_shown.entries_of(ruleset)
    context = {
        "ruleset": ruleset,
        "owner": rule_queries.owner(request.actor, ruleset.area),
        "entries": entries,
        "aside": [entry for entry in entries if entry["row"].set_aside_at and ruleset.state == SetState.PUBLISHED],
        "editable": editable,
        "keeps": keeps,
        "may_withdraw": keeps and ruleset.state in OPEN_SETS,
        "may_publish": ruleset.state == SetState.PROPOSED and may_publish_rules(request.actor, ruleset),
        "waits_for_other": ruleset.state == SetState.PROPOSED and keeps and not may_publish_rules(request.actor, ruleset),
        "may_roll_back": keeps and ruleset.state == SetState.RETIRED,
        "propose_form": ProposeForm(initial={**start, "note": ruleset.note}, auto_id="propose_%s"),
        "replay_form": ReplayForm(auto_id="replay_%s"),
        "import_form": ImportForm(initial=start, auto_id="import_%s"),
        "runs": rule_queries.runs_of(ruleset),
        **forms,
    }
    return render(request, "complaints/rules/set.html", context, status=status)


Step = Callable[[int, HttpRequest, dict[str, Any]], RuleSet]
STEPS: dict[str, tuple[Step, Any]] = {
    "send_back": (
        lambda pk, request, sent: rule_sets.send_back(pk, by=request.actor, revision=sent["revision"]),
        gettext_lazy("It is a draft again and can be changed."),
    ),
    "withdraw": (
        lambda pk, request, sent: rule_sets.withdraw(pk, by=request.actor, revision=sent["revision"]),
        gettext_lazy("The draft is thrown away; it stays in the history."),
    ),
    "roll_back": (
        lambda pk, request, sent: rule_sets.roll_back(pk, by=request.actor),
        gettext_lazy("A version equal to it is proposed. A second person must publish it."),
    ),
}


@require_POST
@for_readers
def step(request: HttpRequest, ruleset_id: int, *, action: str) -> HttpResponse:
    """One of the plain steps. What is refused is said above the version as it stands now."""
    form = RevisionForm(request.POST)
    if not form.is_valid():
        rule_queries.get_set(request.actor, ruleset_id)
        return _refused(request, ruleset_id, form.problem, 400)
    act, done = STEPS[action]
    try:
        changed = act(ruleset_id, request, form.cleaned_data)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        return _refused(request, ruleset_id, str(refusal.message), refusal.status)
    messages.success(request, done)
    return redirect("complaints:rule_set", changed.pk)


def _refused(request: HttpRequest, ruleset_id: int, words: str, status: int) -> HttpResponse:
    messages.error(request, words)
    return page(request, ruleset_id, status=status)


@require_POST
@for_readers
def propose(request: HttpRequest, ruleset_id: int) -> HttpResponse:
    """Ask a second person."""
    form = ProposeForm(request.POST, auto_id="propose_%s")
    if not form.is_valid():
        return page(request, ruleset_id, status=400, propose_form=form)
    try:
        rule_sets.propose(ruleset_id, by=request.actor, **form.cleaned_data)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(form, refusal)
        messages.error(request, str(refusal.message))
        return page(request, ruleset_id, status=refusal.status)
    messages.success(request, _("Proposed. A second person of your office has been told and can publish it."))
    return redirect("complaints:rule_set", ruleset_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def publish(request: HttpRequest, ruleset_id: int) -> HttpResponse:
    """GET: what changes against the version in force. POST: done, by a second person."""
    ruleset = rule_queries.get_set(request.actor, ruleset_id)
    if not may_keep_rules(request.actor, ruleset.area):
        raise PermissionDenied
    if request.method != "POST":
        return _confirm(request, ruleset)
    form = RevisionForm(request.POST)
    if not form.is_valid():
        return _confirm(request, ruleset, problem=form.problem, status=400)
    try:
        rule_sets.publish(ruleset_id, by=request.actor, revision=form.cleaned_data["revision"])
    except NotThere:
        raise
    except Refusal as refusal:
        return _confirm(request, ruleset, problem=str(refusal.message), status=refusal.status)
    messages.success(
        request, _("Version %(version)d is in force. It decides from the next ticket on.") % {"version": ruleset.version}
    )
    return redirect("complaints:rule_set", ruleset_id)


def _confirm(request: HttpRequest, ruleset: RuleSet, *, problem: str = "", status: int = 200) -> HttpResponse:
    before = rule_queries.in_force(ruleset.area)
    found, _broken = rule_queries.read_rows(rule_queries.rows_of(ruleset))
    second = may_publish_rules(request.actor, ruleset) and ruleset.state == SetState.PROPOSED
    context = {
        "ruleset": ruleset,
        "owner": rule_queries.owner(request.actor, ruleset.area),
        "before": before,
        "changes": rule_shown.changes(before, ruleset),
        "shadowed": rules.shadowed(found),
        "problem": problem,
        "may_publish": second,
    }
    return render(request, "complaints/rules/publish.html", context, status=status)


@require_safe
@for_readers
def compare(request: HttpRequest, ruleset_id: int, other_id: int) -> HttpResponse:
    """What differs between two versions of one owner."""
    new, old = rule_queries.get_set(request.actor, ruleset_id), rule_queries.get_set(request.actor, other_id)
    if old.area != new.area:
        raise NotThere
    owner = rule_queries.owner(request.actor, new.area)
    context = {"old": old, "new": new, "owner": owner, "changes": rule_shown.changes(old, new)}
    return render(request, "complaints/rules/compare.html", context)


@require_safe
@for_readers
def download(request: HttpRequest, ruleset_id: int) -> HttpResponse:
    """The version as an Excel sheet."""
    ruleset = rule_queries.get_set(request.actor, ruleset_id)
    found, _broken = rule_queries.read_rows(rule_queries.rows_of(ruleset))
    names = rule_queries.names_for(found)
    body = rule_sheets.written(found, {rule.id: sentence(rule, names) for rule in found}, names.organisations)
    answer = HttpResponse(body, content_type=TYPE)
    answer["Content-Disposition"] = f'attachment; filename="rules-{ruleset.area}-v{ruleset.version}.xlsx"'
    return answer


@require_POST
@for_readers
def upload(request: HttpRequest, ruleset_id: int) -> HttpResponse:
    """Rules from an Excel sheet in the place of a draft's."""
    rule_queries.get_set(request.actor, ruleset_id)
    form = ImportForm(request.POST, request.FILES, auto_id="import_%s")
    if not form.is_valid():
        return page(request, ruleset_id, status=400, import_form=form)
    sheet, revision = form.cleaned_data["sheet"], form.cleaned_data["revision"]
    try:
        given = rule_sheets.read(sheet, sheet.size or 0)
        editing.replace_all(ruleset_id, rules=given, by=request.actor, revision=revision)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        form.add_error("sheet", _where(refusal))
        return page(request, ruleset_id, status=refusal.status, import_form=form)
    messages.success(request, _("%(n)d rules were read in. Look them over before you propose them.") % {"n": len(given)})
    return redirect("complaints:rule_set", ruleset_id)


def _where(refusal: Refusal) -> str:
    """The refusal with the row it is about: `rules.<n>.<field>`, n from 0, below a row of headings."""
    parts = refusal.field.split(".")
    if len(parts) == 3 and parts[1].isdigit():
        heading = rule_sheets.headings().get(parts[2], parts[2])
        what = {"row": int(parts[1]) + 2, "column": heading, "words": refusal.message}
        return _("Row %(row)d, “%(column)s”: %(words)s") % what
    return str(refusal.message)
