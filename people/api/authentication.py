"""How the API knows who is calling: a token (knox) or the browser's session."""

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request

from people import actors, duties
from people.models import User
from tenancy import scope

if TYPE_CHECKING:  # REST framework's views ask for these classes while they are being loaded
    from rest_framework.views import APIView


class TokenAuthentication(KnoxTokenAuthentication):  # type: ignore[misc]
    """`Authorization: Token …`. The scope of the token's owner takes the place of the one that the request came with.

    What a person must do first on the web (choose a password, set up a second factor) holds for their tokens too.
    """

    def authenticate(self, request: Request) -> tuple[User, Any] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        user, token = found
        actor = actors.of_user(user)
        duty = duties.first_of(actor)
        if duty:
            code, detail = duties.REFUSALS[duty]
            raise exceptions.PermissionDenied(str(detail), code=code)
        request._request.actor = actor  # type: ignore[attr-defined]
        scope.replace(actor.scope)
        return user, token

    def authenticate_credentials(self, token: bytes) -> tuple[User, Any]:
        if not (token.isascii() and token.isalnum()):  # what knox never gave out, it need not decode or look up
            raise exceptions.AuthenticationFailed(_("This token does not count. Ask for a new one."))
        found: tuple[User, Any] = super().authenticate_credentials(token)
        return found

    def _cleanup_token(self, auth_token: Any) -> bool:
        """An expired token does not count. Rows are cleared where tokens are issued: reading must not write."""
        return auth_token.expiry is not None and auth_token.expiry < timezone.now()


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session, with CSRF as for any page."""


class SignedIn(permissions.BasePermission):
    """Deny unless somebody has signed in; which rows and which steps, the queries and actions decide."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return bool(request.user and request.user.is_authenticated)
