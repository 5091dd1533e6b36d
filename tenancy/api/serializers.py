"""Input as the API takes it: nothing unknown is ignored, every fault is named by its field."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tenancy import areas
from tenancy.api.parsers import shown_name

LARGEST_ID = 2**63 - 1
LARGEST_VERSION = 2**31 - 1


class Strict(serializers.Serializer[Any]):
    """Refuses fields it does not know, by name: a misspelt field must not be silently without effect."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                message = serializers.ErrorDetail(str(_("There is no such field here.")), code="unknown_field")
                raise serializers.ValidationError({shown_name(str(name)): [message] for name in unknown[:20]})
        return super().to_internal_value(data)


class Nothing(Strict):
    """An empty body."""


@extend_schema_field({"type": "string"})
class Text(serializers.CharField):
    """A text as typed. How it is cleaned and how long it may be, the action says; `longest` is for the description only."""

    def __init__(self, *, longest: int, **options: Any) -> None:
        options.setdefault("allow_blank", not options.get("required", True))
        options.setdefault("help_text", _("At most %(longest)d characters.") % {"longest": longest})
        super().__init__(trim_whitespace=False, **options)
        self.longest = longest

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return data


@extend_schema_field(
    {
        "oneOf": [
            {"type": "integer", "minimum": 10**14, "maximum": 10**15 - 1},
            {"type": "string", "pattern": "^[1-9][0-9]{14}$"},
        ],
        "example": 350582003012017,
    }
)
class Place(serializers.Field[int, Any, int, Any]):
    """A 15-digit place code, as a number or as a string of digits. Gives the number."""

    default_error_messages = {"invalid": _("A place code has 15 digits.")}

    def to_internal_value(self, data: Any) -> int:
        digits = str(data) if isinstance(data, int | str) and not isinstance(data, bool) else ""
        if len(digits) != 15 or not (digits.isascii() and digits.isdigit()):
            self.fail("invalid")
        try:
            areas.level_of(int(digits))
        except ValueError:
            self.fail("invalid")
        return int(digits)

    def to_representation(self, value: int) -> int:
        return value


class Id(serializers.IntegerField):
    """The id of a row."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID, **options)


class Version(serializers.IntegerField):
    """The version of the ticket that was looked at."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_VERSION, **options)
