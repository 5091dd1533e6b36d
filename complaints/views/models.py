"""Versions of the learned model: which is in use, how each was judged, going back, and what people corrected."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from complaints import explain, learning_queries, worklist
from complaints.actions import learning
from complaints.forms.models import GoBackForm
from complaints.learning_states import WHY
from complaints.model_permissions import may_choose_model, may_read_models
from complaints.models import ModelVersion
from complaints.views.rules import for_readers
from people.http import HttpRequest
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal


@require_safe
@for_readers
def overview(request: HttpRequest) -> HttpResponse:
    """Every version, and the most frequent corrections of the reader's places."""
    return _page(request, None)


@require_POST
@for_readers
def go_back(request: HttpRequest) -> HttpResponse:
    """Take an older version into use again."""
    if not may_read_models(request.actor):
        raise NotThere
    form = _form(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    try:
        chosen = learning.go_back(form.cleaned_data["version"], by=request.actor, reason=form.cleaned_data["reason"])
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(form, refusal)
        return _page(request, form, status=refusal.status)
    messages.success(request, _("Version %(version)d is in use again, from the next ticket on.") % {"version": chosen.version})
    return redirect("complaints:models")


def _form(given: Any = None) -> GoBackForm:
    usable = [each.version for each in learning_queries.usable()]
    return GoBackForm(given, versions=usable, auto_id="back_%s")


def _page(request: HttpRequest, form: GoBackForm | None, *, status: int = 200) -> HttpResponse:
    if not may_read_models(request.actor):
        raise NotThere
    form = form or _form()
    context = {
        "versions": [_shown(each) for each in learning_queries.versions()[: learning_queries.MOST_VERSIONS]],
        "corrections": [_correction(each) for each in learning_queries.corrections(request.actor)],
        "has_desk": worklist.has_desk(request.actor),
        "form": form if form.fields["version"].choices and may_choose_model(request.actor) else None,  # type: ignore[attr-defined]
    }
    return render(request, "complaints/models.html", context, status=status)


def _shown(version: ModelVersion) -> dict[str, Any]:
    new, current = version.figures.get("new"), version.figures.get("current")
    return {"row": version, "name": version.digest[:12], "why": WHY.get(version.why, ""), "new": new, "current": current}


def _correction(found: learning_queries.Correction) -> dict[str, Any]:
    address = urlencode({"queue": "all", "corrected": f"{found.before}-{found.after}"})
    return {
        "before": explain.leaf_name(found.before),
        "after": explain.leaf_name(found.after),
        "count": found.count,
        "url": f"{reverse('complaints:desk')}?{address}",
    }
