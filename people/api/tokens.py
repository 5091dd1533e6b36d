"""Coming by a token, and giving it back."""

from collections.abc import Sequence
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_login_failed
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from people import actors, duties, second_factor
from people.actions import tokens
from people.api.requests import View
from people.models import User
from tenancy.api.schema import operation
from tenancy.api.serializers import Strict
from tenancy.refusals import Refusal

LONGEST_NAME, LONGEST_PASSWORD = 60, 200


class TokenAsked(Strict):
    """Who wants a token."""

    username = serializers.CharField(max_length=LONGEST_NAME, help_text="User name or phone number.")
    password = serializers.CharField(max_length=LONGEST_PASSWORD, trim_whitespace=False)
    otp = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=20,
        help_text="Code of the authenticator app, or a recovery code; needed once a second factor is set up.",
    )


class TokenGiven(serializers.Serializer[Any]):
    """A token; it is shown only here."""

    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


def _refused(status: int, code: str, detail: str | Promise, attr: str | None = None) -> Response:
    """A refusal as an ordinary answer: an exception would roll back the failed try that axes has just counted."""
    kind = "validation_error" if status == 400 else "client_error"
    answer = Response({"type": kind, "errors": [{"code": code, "detail": str(detail), "attr": attr}]}, status=status)
    if status == 401:
        answer["WWW-Authenticate"] = "Token"
    return answer


class TokenView(View):
    """A token for programs, in the place of a browser's session."""

    throttle = "token"

    def get_authenticators(self) -> list[BaseAuthentication]:
        return [] if self._asking() else super().get_authenticators()

    def get_permissions(self) -> Sequence[Any]:
        return [] if self._asking() else super().get_permissions()

    def _asking(self) -> bool:
        return self.request is not None and self.request.method == "POST"

    @operation(TokenGiven, summary="Ask for a token", asks=TokenAsked, refuses={401, 403, 429}, public=True)
    def post(self, request: Request) -> Response:
        """Gives a token for 30 days. An unknown name and a wrong password get the same answer.

        Five wrong passwords for one account from one address hold it back for 15 minutes (429). Whoever has set up a
        second factor must send its code as `otp`; staff of an installation that requires one must set it up on the web first.
        """
        asked = TokenAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        user = authenticate(request._request, username=given["username"], password=given["password"])
        if not isinstance(user, User):
            return _refused(401, "authentication_failed", _("User name or password is wrong."))
        duty = duties.first_of(actors.of_user(user))
        if duty:
            code, detail = duties.REFUSALS[duty]
            return _refused(403, code, detail)
        wrong = self._second_factor(request, user, given)
        if wrong is not None:
            return wrong
        AxesProxyHandler.user_logged_in(sender=TokenView, request=request._request, user=user)
        token, expires_at = tokens.issue(user)
        return Response(TokenGiven({"token": token, "expires_at": expires_at}).data)

    def _second_factor(self, request: Request, user: User, given: dict[str, Any]) -> Response | None:
        if not second_factor.has_second_factor(user):
            return None
        if not given.get("otp"):
            return _refused(400, "required", _("Send the code of your authenticator app as otp."), "otp")
        if second_factor.held_back(user):
            answer = _refused(429, "throttled", _("Too many wrong codes. Wait five minutes and try again."))
            answer["Retry-After"] = str(int(second_factor.HELD_BACK.total_seconds()))
            return answer
        if second_factor.verify(user, given["otp"]):
            return None
        user_login_failed.send(sender=TokenView, credentials={"username": given["username"]}, request=request._request)
        return _refused(
            400, "invalid", _("This code is not right, or it was used before. Wait for the next one and try again."), "otp"
        )

    @operation(None, summary="Give back the token in use", status=204, refuses={400, 429})
    def delete(self, request: Request) -> Response:
        """The token that this request carries counts no longer. Other tokens of the person are not touched."""
        if request.auth is None:
            raise Refusal(_("This request came without a token; sign out on the web instead."))
        assert isinstance(request.user, User)
        tokens.revoke(request.auth, by=request.user)
        return Response(status=204)
