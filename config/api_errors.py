"""Refusals and errors as JSON, in one shape. A foreign id and an absent one get the same answer."""

from typing import Any

from django.db import OperationalError
from django.http import Http404
from drf_standardized_errors.handler import ExceptionHandler as StandardHandler
from rest_framework import exceptions
from rest_framework.response import Response

from tenancy.refusals import NotThere, Refusal, Stale


class ActionRefused(exceptions.APIException):
    """A domain refusal on its way out through the API."""

    def __init__(self, refusal: Refusal) -> None:
        self.status_code = refusal.status
        detail: Any = exceptions.ErrorDetail(str(refusal.message), code=refusal.code)
        self.detail = {refusal.field: [detail]} if refusal.field else detail


class Handler(StandardHandler):  # type: ignore[misc]
    """Our refusals join the standard shape `{"type", "errors": [{"code", "detail", "attr"}]}`."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, NotThere | Http404):
            return exceptions.NotFound()
        if isinstance(exc, Refusal):
            return ActionRefused(exc)
        if isinstance(exc, OperationalError):
            return Busy()
        return super().convert_known_exceptions(exc)  # type: ignore[no-any-return]


class Busy(exceptions.APIException):
    status_code = 503
    default_code = "busy"


def api_exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answers in one shape; a stale version also says who changed the row, when, and its version now."""
    response: Response | None = Handler(exc, context).run()
    if response is not None and isinstance(exc, Stale):
        response.data["changed"] = {"by": exc.who, "at": exc.when, "version": exc.version}
    return response
