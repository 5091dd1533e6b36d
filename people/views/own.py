"""One's own account: where one is signed in, and the second factor."""

from typing import Any

from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from people.actions import sign_in
from people.http import HttpRequest
from people.user_agents import browser


@login_required
def session_list(request: HttpRequest) -> HttpResponse:
    """Every browser in which this account is signed in, the present one first."""
    rows = [
        {
            "id": session.pk,
            "browser": browser(session.user_agent),
            "address": session.ip,
            "since": session.created_at,
            "current": session.session_key == request.session.session_key,
        }
        for session in UserSession.objects.purge_and_list(request.user)
    ]
    rows.sort(key=lambda row: (not row["current"], row["since"]))
    return render(request, "usersessions/usersession_list.html", {"sessions": rows, "others": len(rows) > 1})


@login_required
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one other session of one's own; anybody else's is not there."""
    session = (
        UserSession.objects.filter(user_id=request.actor.id, pk=session_id)
        .exclude(session_key=request.session.session_key or "")
        .first()
    )
    if session is None:
        raise Http404
    session.end()
    sign_in.session_ended(request.actor.user, sessions=1)
    messages.success(request, _("That session has ended."))
    return redirect("usersessions_list")


@login_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    others = list(UserSession.objects.filter(user_id=request.actor.id).exclude(session_key=request.session.session_key or ""))
    for session in others:
        session.end()
    if others:
        sign_in.session_ended(request.actor.user, sessions=len(others))
    ended = len(others)
    messages.success(
        request, ngettext("%(n)d other session has ended.", "%(n)d other sessions have ended.", ended) % {"n": ended}
    )
    return redirect("usersessions_list")


class ActivateTOTP(totp.ActivateTOTPView):  # type: ignore[misc]
    """Setting up an authenticator app, on record."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        sign_in.second_factor_changed(self.request.user, kind="totp", present=True)
        return response


class DeactivateTOTP(totp.DeactivateTOTPView):  # type: ignore[misc]
    """Removing it, on record."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        sign_in.second_factor_changed(self.request.user, kind="totp", present=False)
        return response


class GenerateRecoveryCodes(recovery_codes.GenerateRecoveryCodesView):  # type: ignore[misc]
    """New recovery codes, on record; the old ones are void."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        sign_in.second_factor_changed(self.request.user, kind="recovery_codes", present=True)
        return response


activate_totp = ActivateTOTP.as_view()
deactivate_totp = DeactivateTOTP.as_view()
generate_recovery_codes = GenerateRecoveryCodes.as_view()
