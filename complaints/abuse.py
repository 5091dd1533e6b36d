"""Insults in a text. It is kept and goes its way like any other; readers see the insults folded. Never a reason to refuse.

The list is our own and short on purpose: anger about a bad service ("垃圾物业") is no insult to a person.
"""

from __future__ import annotations

import json
import re

from complaints.catalogue import DATA

_RAW = json.loads((DATA / "insults.json").read_text(encoding="utf-8"))
_BETWEEN = r"[\W_]{0,2}"  # 傻*逼
_PATTERN = re.compile(
    "|".join([_BETWEEN.join(map(re.escape, word)) for word in sorted(_RAW["words"], key=len, reverse=True)])
    + "|(?<![a-z])(?:"
    + "|".join(_RAW["latin"])
    + ")(?:ing|ed|s)?(?![a-z])",
    re.IGNORECASE,
)
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def find(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of each insult in `text`, in its order, without overlaps. Never raises."""
    return tuple(match.span() for match in _PATTERN.finditer(text.translate(_HALF_WIDTH)))


def abusive(text: str) -> bool:
    """Whether the text should be shown folded, to be opened by whoever wants to read it."""
    return bool(find(text))
