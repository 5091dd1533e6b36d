"""What a signed-in person has to do before anything else: sign in again, choose a password, set up a second factor."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from people import second_factor, sessions
from people.actors import Actor

PASSWORD, SECOND_FACTOR = "account_change_password", "mfa_activate_totp"
ALWAYS_OPEN = frozenset({"account_logout", "account_reauthenticate", "mfa_reauthenticate", "display", "set_language", "healthz"})
OPEN_MEANWHILE: dict[str, frozenset[str]] = {
    PASSWORD: ALWAYS_OPEN | {PASSWORD},
    SECOND_FACTOR: ALWAYS_OPEN | {SECOND_FACTOR, "mfa_index"},
}
"""The pages that stay open until the duty is done."""
REFUSALS: dict[str, tuple[str, str | Promise]] = {
    PASSWORD: ("password_change_required", _("Sign in on the web first and choose a password of your own.")),
    SECOND_FACTOR: ("second_factor_required", _("Sign in on the web first and set up a second factor.")),
}
SESSION_OVER = _("You were signed out because this session had lasted long enough. Sign in again to go on.")


def first_of(actor: Actor) -> str:
    """The route of the page that must come first, or "" when nothing stands in the way."""
    if actor.user.must_change_password:
        return PASSWORD
    return SECOND_FACTOR if second_factor.lacking(actor) else ""


def _refusal(code: str, detail: str | Promise, status: int) -> JsonResponse:
    body = {"type": "client_error", "errors": [{"code": code, "detail": str(detail), "attr": None}]}
    return JsonResponse(body, status=status)


class DutiesMiddleware:
    """Comes after `ScopeMiddleware`. Concerns sessions only; what a token may do is decided where tokens are read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is not None and actor.is_person and sessions.is_over(request.session, actor):
            return self._sign_out(request)
        return self.get_response(request)

    def _sign_out(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        if request.path.startswith("/api/"):
            return _refusal("not_authenticated", SESSION_OVER, 401)
        messages.warning(request, SESSION_OVER)
        onward = request.get_full_path() if request.method == "GET" else "/"
        response = redirect(f"{reverse('account_login')}?{urlencode({REDIRECT_FIELD_NAME: onward})}")
        if request.headers.get("HX-Request"):
            response = HttpResponse(status=204, headers={"HX-Redirect": response.url})  # type: ignore[assignment]
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> HttpResponseBase | None:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None or not actor.is_person or request.resolver_match is None:
            return None
        duty = first_of(actor)
        if not duty:
            return None
        request.duty = duty  # type: ignore[attr-defined]
        if request.resolver_match.view_name in OPEN_MEANWHILE[duty]:
            return None
        if request.path.startswith("/api/"):
            return _refusal(*REFUSALS[duty], 403)
        return redirect(duty)
