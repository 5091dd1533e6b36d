"""Planning a re-check (复查) of what a visit found."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from complaints.views.rules import for_readers
from enforcement import visit_queries
from enforcement.actions import rechecks as actions
from enforcement.forms.rechecks import RecheckPlanForm
from enforcement.models import Visit
from enforcement.visit_permissions import may_plan
from people.http import HttpRequest
from tenancy import clock
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def recheck(request: HttpRequest, visit: str) -> HttpResponse:
    """Plan it: everything that waits is chosen beforehand."""
    row = visit_queries.get(request.actor, visit)
    if not may_plan(request.actor, row):
        raise PermissionDenied
    waiting = actions.to_look_at(request.actor, row)
    leads = visit_queries.leads_for(request.actor, row.area, row.check_list)
    initial = {
        "findings": [each.number for each in waiting],
        "planned_on": clock.today(),
        "reason": _("Re-check of visit %(number)s") % {"number": row.number},
    }
    form = RecheckPlanForm(request.POST if request.method == "POST" else None, waiting=waiting, leads=leads, initial=initial)
    if request.method != "POST":
        return page(request, row, form, any_waiting=bool(waiting))
    if not form.is_valid():
        return page(request, row, form, any_waiting=bool(waiting), status=400)
    try:
        made = actions.plan(visit, by=request.actor, **form.cleaned_data)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(form, refusal)
        return page(request, row, form, any_waiting=bool(waiting), status=refusal.status)
    messages.success(request, _("Planned. Look it over, then ask the bureaus."))
    return redirect("enforcement:visit", made.number)


def page(request: HttpRequest, row: Visit, form: RecheckPlanForm, *, any_waiting: bool, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"visit": row, "form": form, "any_waiting": any_waiting}
    return render(request, "enforcement/visits/recheck.html", context, status=status)
