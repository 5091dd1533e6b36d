"""The form in which texts are compared, so that width, case, spacing and invisible characters change nothing."""

from __future__ import annotations

import re
import unicodedata

_ENDS = str.maketrans("。、…~", ".,,,")
_LOOSE_SPACE = re.compile(r"(?<![a-z0-9]) | (?![a-z0-9])")


def fold(text: str) -> str:
    """The text as it is compared: NFKC, case folded, spaces and stray marks gone, clause ends kept as `,.;!?`.

    A space stays only between two Latin words or numbers. Full-width and circled forms become plain ones, invisible
    characters vanish.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_ENDS)
    kept = "".join(c if c.isalnum() or c in ",.;!?\n" else " " for c in folded if unicodedata.category(c) != "Cf")
    return _LOOSE_SPACE.sub("", re.sub(r"[ \t]+", " ", kept)).strip()
