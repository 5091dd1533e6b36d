"""The health of the system, for the system administrator."""

from django.http import Http404, HttpResponse

from people.http import HttpRequest


def health(request: HttpRequest) -> HttpResponse:
    raise Http404


def try_again(request: HttpRequest) -> HttpResponse:
    raise Http404
