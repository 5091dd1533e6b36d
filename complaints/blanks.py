"""Blanks in standard words: `{编号}` becomes the ticket's number when a clerk puts the words into a form. Pure."""

import re
from collections.abc import Mapping

NUMBER, COMPOUND, ORGANISATION, DUE = "{编号}", "{小区}", "{单位}", "{答复期限}"
BLANKS = (NUMBER, COMPOUND, ORGANISATION, DUE)
"""Number, compound, who leads, and until when an answer is due."""
LONGEST_FILLED = 120
"""By how much filling in may lengthen a text, for what uses its blanks once (own)."""
_BLANK = re.compile(r"[{｛]\s*([^{}｛｝\n]{1,20}?)\s*[}｝]")


def unknown_blanks(text: str) -> list[str]:
    """What looks like a blank and is none that anybody fills in."""
    return [found[0] for found in _BLANK.finditer(text) if _named(found) not in BLANKS]


def left_blank(text: str) -> str:
    """The first blank that still stands in a text; empty when none does."""
    return next((found[0] for found in _BLANK.finditer(text) if _named(found) in BLANKS), "")


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its blanks filled in. One without a value stays, to be filled in by hand."""
    return _BLANK.sub(lambda found: values.get(_named(found), "") or found[0], text)


def _named(found: re.Match[str]) -> str:
    return f"{{{found[1]}}}"
