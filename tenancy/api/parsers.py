"""Reading request bodies: bounded, UTF-8, and only what a text column can hold. Everything else is a clear 4xx."""

import json
from typing import Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.parsers import BaseParser
from rest_framework.parsers import MultiPartParser as RestMultiPartParser

MOST_LEVELS = 20
LONGEST_NAME = 60


class TooLarge(exceptions.APIException):
    """The body is longer than this installation reads."""

    status_code = 413
    default_code = "too_large"
    default_detail = _("The request is too large. Send less at once.")


def shown_name(name: str) -> str:
    """A field's name as it may stand in an answer: short, and without what cannot be written."""
    return name[:LONGEST_NAME].encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")


class JSONParser(BaseParser):
    """JSON in UTF-8 (RFC 8259), at most `DATA_UPLOAD_MAX_MEMORY_SIZE` bytes and MOST_LEVELS deep.

    Half surrogate pairs are refused here, because not even an error message could repeat them.
    """

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body: bytes = stream.read(most + 1)
        if len(body) > most:
            raise TooLarge
        try:
            found = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
        except RecursionError:
            raise exceptions.ParseError(_("The JSON is nested too deeply.")) from None
        except ValueError as problem:
            reason = str(problem).encode("utf-8", "backslashreplace").decode()[:200]
            raise exceptions.ParseError(_("This is not valid JSON: %(reason)s") % {"reason": reason}) from None
        _check(found)
        return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _check(found: Any, *, at: str = "", depth: int = 0) -> None:
    """Raise for nesting that no request of ours needs and for texts that cannot be encoded, naming the outermost field."""
    if depth > MOST_LEVELS:
        raise exceptions.ParseError(_("The JSON is nested too deeply."))
    if isinstance(found, str):
        if not _writable(found):
            message = _("This text holds characters that cannot be stored. Remove them and try again.")
            raise exceptions.ValidationError({at: [message]} if at else [message])
    elif isinstance(found, list):
        for item in found:
            _check(item, at=at, depth=depth + 1)
    elif isinstance(found, dict):
        for name, value in found.items():
            _check(name, at=at or shown_name(name), depth=depth + 1)
            _check(value, at=at or shown_name(name), depth=depth + 1)


def _writable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class MultiPartParser(RestMultiPartParser):
    """Forms with files, in UTF-8 whatever charset is claimed; how large, the upload handlers and settings say."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return super().parse(stream, media_type, {**(parser_context or {}), "encoding": "utf-8"})
