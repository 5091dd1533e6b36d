"""Request id and language."""

import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from audit.actions import Origin, origin


class RequestIdMiddleware:
    """Names each request, for the record and for whoever asks about an error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        token = origin.set(Origin(request_id, client_address(request)))
        try:
            response = self.get_response(request)
        finally:
            origin.reset(token)
        response["X-Request-Id"] = request_id
        response.setdefault("Cache-Control", "private, no-store")
        return response


def client_address(request: HttpRequest) -> str | None:
    """The address of the client; a forwarded one only as many proxies deep as are ours."""
    proxies = int(settings.REST_FRAMEWORK["NUM_PROXIES"] or 0)
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if proxies and len(forwarded) >= proxies:
        return forwarded[-proxies]
    return request.META.get("REMOTE_ADDR") or None


class DisplayLocaleMiddleware:
    """Chinese unless the person chose English (cookie), or the API client asks for it (Accept-Language)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if not asked and request.path.startswith("/api/"):
            asked = request.headers.get("Accept-Language", "")[:2]
        language = "en" if asked.startswith("en") else "zh-hans"
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
