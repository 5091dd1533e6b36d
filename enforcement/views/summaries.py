"""The summary of a joint visit: a sheet to print for the board, and asking for it to be put up."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from communities import qr
from complaints.views.rules import for_readers
from enforcement import summaries, visit_queries
from enforcement.actions import summaries as actions
from enforcement.actions.shown_lists import office_of
from enforcement.forms.visits import day_field
from enforcement.models import Visit
from enforcement.visit_states import VisitState
from people.http import HttpRequest
from people.roles import STREET
from tenancy import clock
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal

SOON = 3


class PutUpForm(forms.Form):
    due_on = day_field(gettext_lazy("It must hang by"))


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def summary(request: HttpRequest, visit: str) -> HttpResponse:
    """To print: for whoever sees a concluded visit. POST has it put up, by the street office."""
    row = visit_queries.get(request.actor, visit)
    if request.method == "POST":
        return _put_up(request, row)
    if row.state != VisitState.CONCLUDED:
        raise NotThere
    return _page(request, row, PutUpForm(initial={"due_on": clock.today() + timedelta(days=SOON)}))


def _put_up(request: HttpRequest, row: Visit) -> HttpResponse:
    if not request.actor.holds(row.area, STREET):
        raise PermissionDenied
    form = PutUpForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=400)
    try:
        posting = actions.have_put_up(row.number, by=request.actor, due_on=form.cleaned_data["due_on"])
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(form, refusal)
        return _page(request, row, form, status=refusal.status)
    messages.success(request, _("Asked for. Whoever hangs it has been told."))
    return redirect("communities:posting", posting.pk)


def _page(request: HttpRequest, row: Visit, form: PutUpForm, *, status: int = 200) -> HttpResponse:
    address = qr.public_url(reverse("enforcement:checks_here", args=[row.area]))
    hangs = row.posting is not None and row.posting.state in actions.OPEN
    context = {
        "visit": row,
        "summary": summaries.of(row),
        "contact": office_of(row.area),
        "form": form if request.actor.holds(row.area, STREET) and not hangs else None,
        "posting": row.posting,
        "svg": qr.svg(address),
        "address": address,
    }
    return render(request, "enforcement/visits/summary.html", context, status=status)
