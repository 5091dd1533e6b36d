"""What somebody sees who has tried too many passwords."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None, **__: Any) -> HttpResponse:
    """429, with when to try again, as a page or as JSON."""
    if request.path.startswith("/api/"):
        detail = _("Too many failed sign-ins. Try again in 15 minutes.")
        answer: HttpResponse = JsonResponse(
            {"type": "client_error", "errors": [{"code": "throttled", "detail": detail, "attr": None}]}, status=429
        )
    else:
        answer = render(request, "429.html", {"minutes": 15}, status=429)
    answer["Retry-After"] = "900"
    return answer
