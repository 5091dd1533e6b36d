"""The record, for the audit administrator."""

from django.http import Http404, HttpResponse

from people.http import HttpRequest


def entries(request: HttpRequest) -> HttpResponse:
    raise Http404


def export(request: HttpRequest) -> HttpResponse:
    raise Http404


def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    raise Http404
