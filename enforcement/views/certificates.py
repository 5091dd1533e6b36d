"""Certificates of officers (行政执法证): those of one's organisation, entered and revoked."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints.views.rules import for_readers
from enforcement import visit_queries
from enforcement.actions import certificates as actions
from enforcement.forms.visits import CertificateForm, RevokeForm
from enforcement.models import Certificate
from enforcement.visit_permissions import may_keep_certificates
from people.http import HttpRequest
from people.roles import DEPARTMENT, DESKS, Role
from tenancy import clock
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal

READING = DESKS | DEPARTMENT | {Role.SUPERVISOR}
SOON_DAYS = 60


@require_safe
@for_readers
def certificates(request: HttpRequest) -> HttpResponse:
    """By organisation and officer; what is not valid any more is marked."""
    return listed(request)


def listed(request: HttpRequest, *, tried: int = 0, form: RevokeForm | None = None, status: int = 200) -> HttpResponse:
    """The list; `form` is that of a certificate which could not be revoked."""
    if request.actor.roles.isdisjoint(READING):
        raise NotThere
    today = clock.today()
    known = visit_queries.certificates_known_to(request.actor)
    rows = [_row(request, each, today, form if each.pk == tried else None) for each in known]
    context = {"rows": rows, "keeps": bool(visit_queries.kept_by(request.actor)), "tried": tried}
    return render(request, "enforcement/visits/certificates.html", context, status=status)


def _row(request: HttpRequest, row: Certificate, today: Any, tried: RevokeForm | None) -> dict[str, Any]:
    valid = visit_queries.valid(row, today)
    keeps = row.revoked_at is None and may_keep_certificates(request.actor, row.organisation)
    return {
        "row": row,
        "valid": valid,
        "soon": valid and (row.valid_until - today).days <= SOON_DAYS,
        "form": (tried or RevokeForm(auto_id=f"revoke_{row.pk}_%s")) if keeps else None,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def enter(request: HttpRequest) -> HttpResponse:
    """Enter one."""
    kept = visit_queries.kept_by(request.actor)
    if not kept:
        if request.actor.roles.isdisjoint(READING):
            raise NotThere
        raise PermissionDenied
    people = {user.pk: user.label for body in kept for user in actions.people_of(body)}
    options: dict[str, Any] = {"organisations": kept, "people": list(people.items())}
    form = CertificateForm(request.POST, **options) if request.method == "POST" else CertificateForm(**options)
    if request.method != "POST":
        return render(request, "enforcement/visits/certificate_form.html", {"form": form})
    if not form.is_valid():
        return render(request, "enforcement/visits/certificate_form.html", {"form": form}, status=400)
    said = dict(form.cleaned_data)
    try:
        actions.enter(said.pop("organisation"), said.pop("user"), by=request.actor, fields=said.pop("fields_of_law"), **said)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(form, refusal)
        return render(request, "enforcement/visits/certificate_form.html", {"form": form}, status=refusal.status)
    messages.success(request, _("Entered."))
    return redirect("enforcement:certificates")


@require_POST
@for_readers
def revoke(request: HttpRequest, certificate_id: int) -> HttpResponse:
    """It is not valid any more."""
    row = visit_queries.certificates_known_to(request.actor).filter(pk=certificate_id).first()
    if row is None:
        raise NotThere
    if not may_keep_certificates(request.actor, row.organisation):
        raise PermissionDenied
    form = RevokeForm(request.POST, auto_id=f"revoke_{row.pk}_%s")
    if not form.is_valid():
        return listed(request, tried=row.pk, form=form, status=400)
    try:
        actions.revoke(certificate_id, by=request.actor, reason=form.cleaned_data["reason"])
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("enforcement:certificates")
    messages.success(request, _("Revoked. It is not valid from now on."))
    return redirect("enforcement:certificates")
