"""Replays (试跑): asking for one, watching it, and what it found."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from complaints import rule_queries, rule_shown
from complaints.actions import replays
from complaints.forms.rules import ReplayForm
from complaints.views.rules import for_readers, page
from people.http import HttpRequest
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal


@require_POST
@for_readers
def start(request: HttpRequest, ruleset_id: int) -> HttpResponse:
    """Ask for a replay of this version."""
    rule_queries.get_set(request.actor, ruleset_id)
    form = ReplayForm(request.POST, auto_id="replay_%s")
    if not form.is_valid():
        return page(request, ruleset_id, status=400, replay_form=form)
    try:
        run = replays.start(ruleset_id, n=form.cleaned_data["n"], by=request.actor)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(form, refusal)
        return page(request, ruleset_id, status=refusal.status, replay_form=form)
    return redirect("complaints:replay", run.pk)


@require_safe
@for_readers
def replay(request: HttpRequest, run_id: int) -> HttpResponse:
    """How far it is, and what it found so far. With htmx only that part, again and again until it is done."""
    run = rule_queries.run(request.actor, run_id)
    owner = rule_queries.owner(request.actor, run.ruleset.area)
    context = {"run": run, "ruleset": run.ruleset, "owner": owner, **rule_shown.replay(request.actor, run)}
    template = "complaints/rules/_replay.html" if request.htmx else "complaints/rules/replay.html"
    answer = render(request, template, context)
    answer["Vary"] = "HX-Request"
    return answer
