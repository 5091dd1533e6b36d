"""What a text is made of, for the learned classifier: runs of one to four characters. Runs for each text, so it is plain."""

from __future__ import annotations

import re
from collections import Counter

from complaints.folding import fold

LONGEST_GRAM = 4  # characters; a Latin word counts as one
LONGEST_TEXT = 1200  # characters that are read; what a text is about stands in its beginning
_DIGITS = re.compile(r"\d+")
_SYMBOL = re.compile(r"[a-z][a-z0-9]*|[^a-z]", re.DOTALL)
_ENDS = frozenset(",.?\n")
_SAME_ENDS = str.maketrans("!;", "..")
_MANY_ENDS = re.compile(r"([,.?\n])[,.?\n]+")


def symbols(text: str) -> list[str]:
    """The folded beginning of a text as characters and Latin words, between two clause ends.

    A number becomes 0, and a row of marks one: neither which number it is nor how often somebody exclaims says anything
    about the matter.
    """
    folded = _DIGITS.sub("0", fold(text[: 2 * LONGEST_TEXT])).translate(_SAME_ENDS)
    folded = _MANY_ENDS.sub(r"\1", folded)[:LONGEST_TEXT]
    return _SYMBOL.findall(f",{folded},")


def grams(row: list[str]) -> list[tuple[str, int, int]]:
    """Each n-gram with its place (start, end) in `row`. A clause end may begin or end one, but not stand inside it."""
    found = []
    for start in range(len(row)):
        gram = ""
        for end in range(start + 1, min(start + LONGEST_GRAM, len(row)) + 1):
            gram += row[end - 1]
            found.append((gram, start, end))
            if end - start > 1 and row[end - 1] in _ENDS:
                break
    return found


def counted(text: str) -> Counter[str]:
    """How often each n-gram occurs in a text."""
    return Counter(gram for gram, _start, _end in grams(symbols(text)))
