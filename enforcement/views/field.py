"""The list on an officer's phone: the frame that is kept there, its service worker, its manifest, and who is signed in.

The frame, the worker and the manifest hold nothing of anybody; whose work it is, the phone learns from `who`.
"""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from enforcement import field_shell, visit_queries
from people.http import HttpRequest
from people.roles import DEPARTMENT

DEVICE = "camera=(self), microphone=(), geolocation=(self)"
"""Photos say where they were taken, if the officer lets the phone tell."""


@require_safe
@login_required
def shell(request: HttpRequest) -> HttpResponse:
    """The frame of the app, for the roles whose people may be officers: words and files, and no row of the database."""
    if not request.actor.roles & DEPARTMENT:
        raise Http404
    version = field_shell.version()
    language = translation.get_language() or ""
    answer = render(request, field_shell.SHELL, {"words": field_shell.words(language), "version": version})
    answer["Permissions-Policy"] = DEVICE
    answer["X-Field-Build"] = version
    return answer


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; the browser asks for it anew at each visit, signed in or not."""
    answer = HttpResponse(field_shell.worker(), content_type="text/javascript; charset=utf-8")
    answer["Service-Worker-Allowed"] = reverse("enforcement:field")
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Name and icons; browsers ask for it without cookies."""
    answer = JsonResponse(field_shell.manifest(), content_type="application/manifest+json")
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
def who(request: HttpRequest) -> JsonResponse:
    """Who is signed in on this phone, with a fresh token for sending and the visits of theirs that can be carried along."""
    actor = request.actor
    if not actor.is_person:
        error = {"code": "not_authenticated", "detail": _("Sign in again."), "attr": None}
        return JsonResponse({"type": "client_error", "errors": [error]}, status=401)
    visits = [
        {"number": row.number, "place": row.compound.name, "planned_on": row.planned_on, "state": row.state}
        for row in visit_queries.carried_by(actor)
    ]
    told = {"id": actor.id, "name": actor.label, "token": get_token(request), "build": field_shell.version()}
    return JsonResponse({**told, "language": translation.get_language(), "visits": visits})
