"""Refusals and errors as pages. A foreign id and an absent one get the same answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from complaints.open311.answers import UNREADABLE, Fault, form_of
from complaints.open311.answers import refused as failed
from config.api_errors import plain
from tenancy.refusals import NotThere, Refusal

API = "/api/"
"""Programs get errors as JSON even where no view of the API was reached."""
OPEN311 = "/open311/"
OUR_FAULT = _("Something went wrong on our side; it has been written down. Try again later.")


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal as a page, with what to do about it."""
    if isinstance(refusal, NotThere):
        return render(request, "404.html", status=404)
    template = "403.html" if refusal.status == 403 else "409.html" if refusal.status == 409 else "400.html"
    return render(request, template, {"message": refusal.message}, status=refusal.status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403.html", {"csrf": True}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(OPEN311):
        return failed(Fault(400, UNREADABLE), form_of(request.path))
    if request.path.startswith(API):
        return plain(400, "parse_error", _("The request could not be read."))
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    if request.path.startswith(OPEN311):
        return failed(Fault(500, OUR_FAULT), form_of(request.path))
    if request.path.startswith(API):
        return plain(500, "error", OUR_FAULT)
    display = {"type": request.COOKIES.get("mulin_type"), "theme": request.COOKIES.get("mulin_theme")}
    # Without the request, so that no context processor runs: any of them may be what failed.
    return HttpResponse(render_to_string("500.html", {"request": request, "display": display}), status=500)
