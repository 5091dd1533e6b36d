"""What people type: cleaned of what only machines would notice, otherwise kept as it was written."""

import unicodedata

from django.utils.translation import gettext_lazy as _

from tenancy.refusals import Refusal

# Direction overrides and invisible marks can make a text read differently from what it says (own rule).
_INVISIBLE = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF}
_DROP = dict.fromkeys(_INVISIBLE)


def clean(value: str, *, field: str, longest: int, required: bool = True, lines: bool = False) -> str:
    """NFC, without control characters, direction overrides or outer white space.

    Raises Refusal (naming `field`) when nothing is left of a required text, when it is longer than `longest` characters, or
    when it holds what no text can hold (NUL, half a surrogate pair).
    """
    if "\x00" in value or any(0xD800 <= ord(character) <= 0xDFFF for character in value):
        raise Refusal(_("This text holds characters that cannot be stored. Remove them and try again."), field=field)
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).translate(_DROP)
    kept = "".join(character for character in text if character in "\n\t" or unicodedata.category(character) != "Cc")
    if not lines:
        kept = " ".join(kept.split())
    kept = kept.strip()
    if required and not kept:
        raise Refusal(_("Please fill this in."), field=field, code="required")
    if len(kept) > longest:
        raise Refusal(
            _("This is %(length)d characters long; at most %(longest)d fit. Shorten it, nothing has been sent yet.")
            % {"length": len(kept), "longest": longest},
            field=field,
            code="too_long",
        )
    return kept
