"""Request id, language, pages made small, and what of the device they may ask for."""

import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
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


COMPRESSED = ("text/html", "text/xml", "application/json", "application/vnd.oai.openapi", "text/plain")


class CompressPagesMiddleware(GZipMiddleware):
    """Pages and the API's answers go out compressed, with Django's random padding against guessing by length (BREACH).

    Photos are compressed already and keep their strong ETag; downloads and streams go out as they are.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "")
        download = response.headers.get("Content-Disposition", "").startswith("attachment")
        if response.streaming or download or not kind.startswith(COMPRESSED):
            return response
        compressed: HttpResponseBase = super().process_response(request, response)
        return compressed


class DisplayLocaleMiddleware:
    """Chinese unless the person chose English (cookie), or the API client asks for it (Accept-Language)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if not asked and request.path.startswith(("/api/", "/open311/")):
            asked = request.headers.get("Accept-Language", "")[:2]
        language = "en" if asked.startswith("en") else "zh-hans"
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class PermissionsPolicyMiddleware:
    """What of the device a page may ask for: the camera, for photos from the same spot; no page shown inside another may."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
        return response
