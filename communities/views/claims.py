"""Pages for whoever confirms where people live: the street office and the property manager."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from communities import actions, permissions, queries
from communities.forms import RefuseForm, VerifyForm
from communities.models import Residency
from people.http import HttpRequest
from tenancy.form_fields import put
from tenancy.refusals import NotThere, Refusal

PAGE = 30
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def verifying(view: View[P]) -> View[P]:
    """To everybody else these pages are not there."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.actor.roles.isdisjoint(permissions.VERIFYING):
            raise Http404
        return view(request, *args, **kwargs)

    return login_required(guarded)


@require_safe
@verifying
def waiting(request: HttpRequest) -> HttpResponse:
    """Claims that wait, oldest first; `?compound=` one place only, `?after=` the last id of the page before."""
    listed = queries.claims_waiting(request.actor)
    compound, after = request.GET.get("compound", ""), request.GET.get("after", "")
    if compound.isascii() and compound.isdigit() and len(compound) == 15:
        listed = listed.filter(area=int(compound))
    else:
        compound = ""
    total = listed.count()
    if after.isascii() and after.isdigit() and len(after) < 19:
        listed = listed.filter(pk__gt=int(after))
    else:
        after = ""
    found = list(listed[: PAGE + 1])
    one = f"compound={compound}" if compound else ""
    context = {
        "rows": found[:PAGE],
        "total": total,
        "all_url": "?" if compound else "",
        "previous_url": f"?{one}" if after else "",
        "next_url": f"?{one}&after={found[PAGE - 1].pk}" if len(found) > PAGE else "",
    }
    return render(request, "communities/claims.html", context)


def _claim(request: HttpRequest, claim_id: int) -> Residency:
    """Absent, elsewhere, decided before or one's own: the same 404."""
    try:
        return queries.claim_waiting(request.actor, claim_id)
    except NotThere:
        raise Http404 from None


@require_safe
@verifying
def claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """One claim, with the home on record that it seems to mean, to confirm or to refuse."""
    return _page(request, _claim(request, claim_id))


def _page(request: HttpRequest, row: Residency, *, tried: forms.Form | None = None, status: int = 200) -> HttpResponse:
    keeps = permissions.may_keep_records(request.actor, row.area)
    context = {
        "row": row,
        "verify_form": tried if isinstance(tried, VerifyForm) else VerifyForm.of(row, may_add=keeps),
        "refuse_form": tried if isinstance(tried, RefuseForm) else RefuseForm(),
        "refusing": isinstance(tried, RefuseForm),
        "keeps": keeps,
    }
    return render(request, "communities/claim.html", context, status=status)


@require_POST
@verifying
def verify(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Confirm a claim as the home it means."""
    row = _claim(request, claim_id)
    form = VerifyForm(request.POST, residency=row, may_add=permissions.may_keep_records(request.actor, row.area))
    if not form.is_valid():
        return _page(request, row, tried=form, status=400)
    try:
        actions.verify_residency(row.pk, by=request.actor, **form.cleaned_data)
    except NotThere:
        raise Http404 from None
    except Refusal as refusal:
        put(form, refusal)
        return _page(request, row, tried=form, status=refusal.status)
    messages.success(request, _("The residency is confirmed."))
    return redirect("communities:claims")


@require_POST
@verifying
def refuse(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Refuse a claim, with a reason that the person reads."""
    row, form = _claim(request, claim_id), RefuseForm(request.POST)
    if not form.is_valid():
        return _page(request, row, tried=form, status=400)
    try:
        actions.refuse_residency(row.pk, by=request.actor, reason=form.cleaned_data["reason"])
    except NotThere:
        raise Http404 from None
    except Refusal as refusal:
        put(form, refusal)
        return _page(request, row, tried=form, status=refusal.status)
    messages.success(request, _("The claim is refused, and the person has been told."))
    return redirect("communities:claims")
