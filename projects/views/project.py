"""The page of a project, and its photos."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from communities.views.compounds import base_for
from files import serving
from people.http import HttpRequest
from projects import queries
from projects.forms.steps import SayForm
from projects.models import Project
from projects.permissions import possible_actions
from projects.views import showing
from projects.views.doors import project_or_404
from projects.views.steps import STEPS, Step
from tenancy import clock

MAIN = ("confirm", "report", "deliver", "start", "close")
"""Which step is the primary button, the first that is possible; a resident's verdict is a form on the page itself."""


@require_safe
@login_required
def project(request: HttpRequest, project: str) -> HttpResponse:
    """A project as residents and staff see it, with the steps that the reader may take."""
    row = project_or_404(request, project)
    shown = showing.page(request.actor, row, clock.today())
    possible = possible_actions(request.actor, row)
    if shown["warranty_over"] and "reopen" in possible:
        possible.remove("reopen")
    says = "say" in possible and shown["verdicts"]["mine"] is None
    finished = row.progress == 100
    main = next((name for name in MAIN if name in possible and not (name == "report" and finished)), "")
    context = {
        **shown,
        "base": base_for(request),
        "main": _button(row, STEPS[main]) if main else None,
        "steps": [_button(row, step) for name, step in STEPS.items() if name in possible and name not in {main, "say"}],
        "changes": "change" in possible,
        "say_form": SayForm(project=row) if says else None,
    }
    return render(request, "projects/project.html", context)


def _button(row: Project, step: Step) -> dict[str, Any]:
    url = reverse(f"projects:{step.name}", args=[row.number])
    return {"url": url, "button": step.button, "icon": step.icon, "danger": step.danger}


@require_safe
@login_required
def photo(request: HttpRequest, project: str, photo_id: UUID, small: bool = False) -> HttpResponse:
    """A project's photo, through the same door as the project."""
    row = project_or_404(request, project)
    shown = queries.photos(row).filter(photo_id=photo_id).first()
    if shown is None:
        raise Http404
    return serving.answer(shown.photo, name=row.number, small=small)
