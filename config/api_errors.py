"""Refusals and errors as JSON, in one shape. A foreign id and an absent one get the same answer."""

from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadhandler import StopUpload
from django.db import OperationalError
from django.http import Http404, HttpRequest, JsonResponse, UnreadablePostError
from django.http.request import RawPostDataException
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from drf_standardized_errors.handler import ExceptionHandler as StandardHandler
from drf_standardized_errors.types import ExceptionHandlerContext
from rest_framework import exceptions
from rest_framework.response import Response

from files.images import DecoderDown
from tenancy.api.parsers import TooLarge
from tenancy.refusals import NotThere, Refusal, Stale


class ActionRefused(exceptions.APIException):
    """A domain refusal on its way out through the API."""

    def __init__(self, refusal: Refusal) -> None:
        self.status_code = refusal.status
        self.detail = _detail(refusal)


class FieldRefused(exceptions.ValidationError):
    """A domain refusal that names the input to be put right."""

    def __init__(self, refusal: Refusal) -> None:
        self.detail = _detail(refusal)


class Busy(exceptions.APIException):
    status_code = 503
    default_code = "busy"
    default_detail = _("This is not possible at the moment. Try again shortly.")


def _detail(refusal: Refusal) -> Any:
    detail = exceptions.ErrorDetail(str(refusal.message), code=refusal.code)
    return {refusal.field: [detail]} if refusal.field else detail


class Handler(StandardHandler):
    """Our refusals join the standard shape `{"type", "errors": [{"code", "detail", "attr"}]}`."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        match exc:
            case NotThere(field="") | Http404():
                return exceptions.NotFound()
            case Refusal(field=field, status=400) if field:
                return FieldRefused(exc)
            case Refusal():
                return ActionRefused(exc)
            case RequestDataTooBig() | StopUpload():
                return TooLarge()
            case SuspiciousOperation() | UnreadablePostError():
                return exceptions.ParseError(_("The request could not be read."))
            case RawPostDataException():  # a form with files, sent to an address that takes JSON only
                return exceptions.UnsupportedMediaType("multipart/form-data")
            case OperationalError() | DecoderDown():
                return Busy()
        return super().convert_known_exceptions(exc)


def api_exception_handler(exc: Exception, context: ExceptionHandlerContext) -> Response | None:
    """Answers in one shape; a stale version also says who changed the row, when, and its version now."""
    response: Response | None = Handler(exc, context).run()
    if response is not None and isinstance(exc, Stale):
        response.data["changed"] = {"by": exc.who, "at": exc.when, "version": exc.version}
    return response


def plain(status: int, code: str, detail: str | Promise) -> JsonResponse:
    """The same shape where no view of the API was reached."""
    kind = "server_error" if status >= 500 else "client_error"
    body = {"type": kind, "errors": [{"code": code, "detail": str(detail), "attr": None}]}
    # Byte for byte what REST framework writes: not even a blank may tell the two kinds of 404 apart.
    return JsonResponse(body, status=status, json_dumps_params={"separators": (",", ":"), "ensure_ascii": False})


@csrf_exempt  # it changes nothing, and its refusal must be JSON too
def no_such_address(request: HttpRequest) -> JsonResponse:
    """Any address below the API's root that is none; the same answer as for an absent row."""
    return plain(404, "not_found", str(exceptions.NotFound.default_detail))
