"""What every view of the API shares."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle
from rest_framework.views import APIView

from people.actors import Actor


def actor_of(request: Request) -> Actor:
    """Who is acting, as the token or the session says."""
    actor: Actor = request._request.actor  # type: ignore[attr-defined]
    return actor


class Throttle(SimpleRateThrottle):
    """So many requests of one kind per person (per address for those not signed in).

    The rate comes from `REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]`; an empty one means no limit.
    """

    def __init__(self, scope: str) -> None:
        self.scope = scope
        super().__init__()

    def get_rate(self) -> str | None:
        return settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"][self.scope] or None

    def get_cache_key(self, request: Request, view: Any) -> str:
        who = request.user.pk if request.user and request.user.is_authenticated else self.get_ident(request)
        return f"throttle:{self.scope}:{who}"


class View(APIView):
    """A view whose writing is held to a rate, named by `throttle` for POST, PUT, PATCH and DELETE."""

    throttle = "acting"

    def get_throttles(self) -> list[BaseThrottle]:
        if self.request is None or self.request.method in {"GET", "HEAD", "OPTIONS"}:
            return []
        return [Throttle(self.throttle)]
