"""Readings of Chinese characters, as people type them in a search: initials or whole syllables, without tones."""

import re
from collections.abc import Iterator
from functools import lru_cache

from pypinyin import Style, pinyin

MOST_READINGS = 3
"""Of a character that is read in several ways; pypinyin names the commoner ones first."""
MOST_SPLITS = 2
_SYLLABLE = re.compile(
    r"(?:[zcs]h?|[bpmfdtnlgkhjqxryw])?(?:iang|iong|uang|ueng|ang|eng|ing|ong|ian|iao|uai|uan|an|en|in|un|ai|ei|ui|ao|ou|iu|ie"
    r"|ue|ve|ia|ua|uo|er|[aoeiuv])"
)


@lru_cache(maxsize=30_000)
def readings(sign: str) -> tuple[str, ...]:
    """The syllables of one character; a letter, a digit and whatever else is not Chinese reads as itself."""
    if not "\u3400" <= sign <= "\u9fff":
        return (sign,)
    found = pinyin(sign, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(dict.fromkeys(found[0]))[:MOST_READINGS] if found else (sign,)


@lru_cache(maxsize=30_000)
def initials(sign: str) -> str:
    """The letters that a character may begin with, each once."""
    return "".join(dict.fromkeys(syllable[0] for syllable in readings(sign) if syllable))


def syllables(letters: str) -> list[tuple[str, ...]]:
    """Ways to read letters as two syllables or more, at most MOST_SPLITS, those of few long ones first."""
    every = [split for _number, split in zip(range(32), _splits(letters), strict=False) if len(split) > 1]
    return sorted(every, key=len)[:MOST_SPLITS]


def _splits(letters: str) -> Iterator[tuple[str, ...]]:
    if not letters:
        yield ()
        return
    for end in range(min(6, len(letters)), 0, -1):
        if _SYLLABLE.fullmatch(letters, 0, end):
            for rest in _splits(letters[end:]):
                yield (letters[:end], *rest)
