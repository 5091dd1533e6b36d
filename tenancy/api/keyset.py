"""Pages of a list that do not shift while rows come and go: a cursor holds the last row's own place in the order.

Cursors are sealed with the installation's key: they cannot be made up, and they do not tell the ids inside them, which
would tell how many rows there are in all places together.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Field, Model, Q, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from tenancy.api.parsers import shown_name
from tenancy.api.serializers import Strict

PAGE, LONGEST_PAGE = 25, 100
LONGEST_CURSOR = 400
TAG = 12
M = TypeVar("M", bound=Model)


class PageQuery(Strict):
    """What every list takes."""

    cursor = serializers.CharField(
        required=False, max_length=LONGEST_CURSOR, help_text="From `next` or `previous` of an answer; opaque."
    )
    limit = serializers.IntegerField(
        required=False, default=PAGE, min_value=1, max_value=LONGEST_PAGE, help_text="Rows to a page."
    )


@dataclass(frozen=True)
class Page(Generic[M]):
    """Rows, and the addresses (path and query) of the pages beside them."""

    rows: list[M]
    next: str | None
    previous: str | None


def page(request: Request, rows: QuerySet[M], *, order: tuple[str, ...], cursor: str = "", limit: int = PAGE) -> Page[M]:
    """One page of `rows` in `order` (field names, all ascending or all with a minus; the last one unique).

    Raises ValidationError on `cursor` for one that this list never gave out.
    """
    fields = [name.removeprefix("-") for name in order]
    descending = order[0].startswith("-")
    name = f"{rows.model._meta.label_lower}:{','.join(order)}"
    backwards, values = _opened(cursor, name) if cursor else (False, None)
    if values is not None:
        rows = rows.filter(_beyond(rows.model, fields, values, smaller=descending != backwards))
    rows = rows.order_by(*([_turned(field) for field in order] if backwards else order))
    found = list(rows[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    if backwards:
        found.reverse()
    forth = more if not backwards else True
    back = more if backwards else values is not None
    return Page(
        found,
        next=_address(request, _sealed(False, _values(found[-1], fields), name)) if forth and found else None,
        previous=_address(request, _sealed(True, _values(found[0], fields), name)) if back and found else None,
    )


def _turned(field: str) -> str:
    return field.removeprefix("-") if field.startswith("-") else f"-{field}"


def _values(row: Model, fields: list[str]) -> list[str]:
    return [_field(row, name).value_to_string(row) for name in fields]


def _field(model: type[Model] | Model, name: str) -> "Field[Any, Any]":
    found = model._meta.pk if name == "pk" else model._meta.get_field(name)
    assert isinstance(found, Field)
    return found


def _beyond(model: type[Model], fields: list[str], values: list[str], *, smaller: bool) -> Q:
    """Rows after the given place: compared by the first field, among equals by the next."""
    sign = "lt" if smaller else "gt"
    beyond, equal = Q(), Q()
    for field, text in zip(fields, values, strict=True):
        value = _field(model, field).to_python(text)
        beyond |= equal & Q((f"{field}__{sign}", value))
        equal &= Q((field, value))
    return beyond


def _address(request: Request, cursor: str) -> str:
    query = request.query_params.copy()
    query["cursor"] = cursor
    return f"{request.path}?{query.urlencode()}"


def _sealed(backwards: bool, values: list[str], name: str) -> str:
    """The same place always gives the same cursor: the tag is worked out of the content and then hides it."""
    content = json.dumps([int(backwards), *values]).encode()
    tag = salted_hmac(f"mulin.cursor.tag:{name}", content, algorithm="sha256").digest()[:TAG]
    return base64.urlsafe_b64encode(tag + _masked(content, tag, name)).decode().rstrip("=")


def _opened(cursor: str, name: str) -> tuple[bool, list[str]]:
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raw = b""
    tag, content = raw[:TAG], _masked(raw[TAG:], raw[:TAG], name)
    if not constant_time_compare(tag, salted_hmac(f"mulin.cursor.tag:{name}", content, algorithm="sha256").digest()[:TAG]):
        message = serializers.ErrorDetail(
            str(_("This cursor was not given out by this list. Start without one.")), code="invalid"
        )
        raise serializers.ValidationError({"cursor": [message]})
    backwards, *values = json.loads(content)
    return bool(backwards), values


def _masked(content: bytes, tag: bytes, name: str) -> bytes:
    seed = salted_hmac(f"mulin.cursor.mask:{name}", tag, algorithm="sha256").digest()
    mask = hashlib.shake_256(seed).digest(len(content))
    return bytes(one ^ other for one, other in zip(content, mask, strict=True))


def query_of(request: Request, asks: type[PageQuery]) -> dict[str, Any]:
    """The checked parameters of a list. Raises ValidationError naming an unknown one, a wrong value, or one given twice."""
    given = request.query_params
    twice = [name for name in given if len(given.getlist(name)) > 1]
    if twice:
        message = serializers.ErrorDetail(str(_("This parameter was given more than once.")), code="repeated")
        raise serializers.ValidationError({shown_name(name): [message] for name in twice[:20]})
    query = asks(data=given.dict())
    query.is_valid(raise_exception=True)
    found: dict[str, Any] = query.validated_data
    return found
