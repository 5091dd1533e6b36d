"""The editor of one draft: a form for one rule with the sentence it makes, and moving, removing and putting back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from complaints import rule_queries
from complaints.actions import rules as editing
from complaints.forms.rules import RevisionForm, RuleForm, put_on
from complaints.models import RoutingRule, RuleSet
from complaints.rule_format import Broken
from complaints.rule_permissions import may_keep_rules
from complaints.rule_sentences import sentence
from complaints.rule_states import SetState
from complaints.rules import Conditions, Rule
from complaints.views.rules import for_readers, page
from people.http import HttpRequest
from tenancy.refusals import NotAllowed, NotThere, Refusal


def _draft(request: HttpRequest, ruleset_id: int) -> RuleSet:
    """A draft that the reader may change; other versions are shown, not edited."""
    ruleset = rule_queries.get_set(request.actor, ruleset_id)
    if not may_keep_rules(request.actor, ruleset.area):
        raise PermissionDenied
    return ruleset


def _row(request: HttpRequest, ruleset_id: int, rule_id: int) -> RoutingRule:
    ruleset = _draft(request, ruleset_id)
    row = RoutingRule.objects.filter(pk=rule_id, ruleset=ruleset).select_related("ruleset").first()
    if row is None:
        raise NotThere
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def add(request: HttpRequest, ruleset_id: int) -> HttpResponse:
    """A new rule at the end of a draft."""
    ruleset = _draft(request, ruleset_id)
    return _edit(request, ruleset, None, lambda rule, revision: editing.add(
        ruleset_id, rule=rule, by=request.actor, revision=revision
    ))  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def change(request: HttpRequest, ruleset_id: int, rule_id: int) -> HttpResponse:
    """One rule of a draft."""
    row = _row(request, ruleset_id, rule_id)
    return _edit(request, row.ruleset, row, lambda rule, revision: editing.change(
        rule_id, rule=rule, by=request.actor, revision=revision
    ))  # fmt: skip


def _edit(
    request: HttpRequest, ruleset: RuleSet, row: RoutingRule | None, save: Callable[[Rule, int], RoutingRule]
) -> HttpResponse:
    if ruleset.state != SetState.DRAFT:
        messages.error(request, _("Only drafts are changed. Make a new draft."))
        return page(request, ruleset.pk, status=409)
    start = {"revision": ruleset.revision}
    if request.method != "POST":
        return _form(request, ruleset, row, RuleForm(area=ruleset.area, rule=_kept(row), initial=start))
    form = RuleForm(request.POST, area=ruleset.area)
    if not form.is_valid():
        return _form(request, ruleset, row, form, status=400)
    try:
        saved = save(form.rule(), form.cleaned_data["revision"])
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        if refusal.status == 409:  # the form takes the present revision, so sending it once more is then meant
            sent = request.POST.copy()
            sent["revision"] = str(ruleset.revision)
            form = RuleForm(sent, area=ruleset.area)
        put_on(form, refusal)
        return _form(request, ruleset, row, form, status=refusal.status)
    messages.success(request, _("“%(name)s” is kept in the draft.") % {"name": saved.name})
    return redirect("complaints:rule_set", ruleset.pk)


def _kept(row: RoutingRule | None) -> Rule | None:
    if row is None:
        return None
    try:
        return rule_queries.rule_of(row)
    except Broken:
        return Rule(row.name)  # what cannot be read is typed anew


def _form(request: HttpRequest, ruleset: RuleSet, row: RoutingRule | None, form: RuleForm, *, status: int = 200) -> HttpResponse:
    context = {
        "ruleset": ruleset,
        "owner": rule_queries.owner(request.actor, ruleset.area),
        "row": row,
        "form": form,
        "preview_url": reverse("complaints:rule_preview", args=[ruleset.pk]),
        "groups": {name: [form[field] for field in getattr(form, name.upper())] for name in ("who", "what", "more", "then")},
    }
    return render(request, "complaints/rules/rule.html", context, status=status)


@require_POST
@for_readers
def preview(request: HttpRequest, ruleset_id: int) -> HttpResponse:
    """The sentence that what is typed makes so far."""
    ruleset = _draft(request, ruleset_id)
    form = RuleForm(request.POST, area=ruleset.area)
    form.is_valid()
    rule = form.rule()
    said = rule.outcome.says_anything
    context = {
        "sentence": sentence(rule, rule_queries.names_for([rule])) if said or rule.conditions != Conditions() else "",
        "everything": rule.conditions == Conditions(),
        "nothing": not said,
    }
    return render(request, "complaints/rules/_sentence.html", context)


Act = Callable[[int, HttpRequest, int], Any]
ROW_STEPS: dict[str, tuple[Act, Any]] = {
    "up": (lambda pk, request, revision: editing.move(pk, up=True, by=request.actor, revision=revision), ""),
    "down": (lambda pk, request, revision: editing.move(pk, up=False, by=request.actor, revision=revision), ""),
    "remove": (
        lambda pk, request, revision: editing.remove(pk, by=request.actor, revision=revision),
        gettext_lazy("The rule is removed from the draft."),
    ),
    "put_back": (
        lambda pk, request, revision: editing.put_back(pk, by=request.actor, revision=revision),
        gettext_lazy("The rule works again once this draft is published."),
    ),
}


@require_POST
@for_readers
def row_step(request: HttpRequest, ruleset_id: int, rule_id: int, *, action: str) -> HttpResponse:
    """Move, remove or put back one rule of a draft."""
    row = _row(request, ruleset_id, rule_id)
    form = RevisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.problem)
        return page(request, ruleset_id, status=400)
    act, done = ROW_STEPS[action]
    try:
        act(row.pk, request, form.cleaned_data["revision"])
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return page(request, ruleset_id, status=refusal.status)
    if done:
        messages.success(request, done)
    return redirect(reverse("complaints:rule_set", args=[ruleset_id]) + ("" if action == "remove" else f"#rule-{row.pk}"))
