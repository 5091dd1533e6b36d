"""How the API knows who is calling: a token (knox) or the browser's session."""

from typing import Any

from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework import authentication, permissions
from rest_framework.request import Request
from rest_framework.views import APIView

from people import actors
from people.models import User
from tenancy import scope


class TokenAuthentication(KnoxTokenAuthentication):  # type: ignore[misc]
    """`Authorization: Token …`. The scope of the token's owner takes the place of the anonymous one."""

    def authenticate(self, request: Request) -> tuple[User, Any] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        user, token = found
        actor = actors.of_user(user)
        request._request.actor = actor  # type: ignore[attr-defined]
        scope.replace(actor.scope)
        return user, token


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session, with CSRF as for any page."""


class SignedIn(permissions.BasePermission):
    """Deny unless somebody has signed in; which rows and which steps, the queries and actions decide."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user and request.user.is_authenticated)


__all__ = ["SessionAuthentication", "SignedIn", "TokenAuthentication"]
