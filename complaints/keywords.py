"""Finds the catalogue's keywords, and everyday wordings of our own, in a folded text, and adds up what they say."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from complaints.catalogue import DATA, FALLBACK_LEAF, Catalogue
from complaints.folding import fold

_WEAK = 0.35  # what a word counts that turns up in passing in complaints of every kind


@dataclass(frozen=True, slots=True)
class _Keyword:
    """A keyword as spelled, its weight, the leaves it speaks for, and how to find it: a plain word or parts with gaps."""

    spelled: str
    weight: float
    leaves: tuple[str, ...]
    pattern: re.Pattern[str] | None


class Matcher:
    """Finds all keywords of a catalogue in one pass; built once per catalogue (`matcher`)."""

    def __init__(self, catalogue: Catalogue, own: Mapping[str, tuple[str, ...]], weak: frozenset[str], gap: int) -> None:
        spoken_for: dict[str, dict[str, None]] = defaultdict(dict)
        for leaf in catalogue.leaves:
            if leaf.code == FALLBACK_LEAF:
                continue
            for word in (*leaf.keywords, *own.get(leaf.code, ())):
                spoken_for[_fold_keyword(word)][leaf.code] = None
        # Words with a gap are tried one by one, so they are grouped by their first part, which is looked for only once.
        self._by_head: dict[str, list[_Keyword]] = defaultdict(list)
        for word, leaves in spoken_for.items():
            parts = word.split("…")
            weight = _length(word) / 3 / len(leaves) * (_WEAK if word in weak else 1.0)
            pattern = re.compile(f"(?:[^.!?\\n]{{0,{gap}}}?)".join(map(re.escape, parts))) if len(parts) > 1 else None
            if pattern is None and word.isascii():
                pattern = re.compile(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])")
            self._by_head[parts[0]].append(_Keyword(word, weight, tuple(leaves), pattern))

    def scores(self, folded: str) -> tuple[dict[str, float], dict[str, tuple[str, ...]]]:
        """Score and deciding words per leaf; each keyword counts once.

        Longest match: a plain word wholly inside a longer one does not count (没电 in 没电梯用), and within one leaf
        nothing inside another hit does.
        """
        found = sorted(self._found(folded), key=lambda hit: (hit[0], -hit[1], hit[2].spelled))
        scores: dict[str, float] = defaultdict(float)
        words: dict[str, list[str]] = defaultdict(list)
        reach: dict[str, int] = defaultdict(lambda: -1)  # how far to the right each leaf is already covered
        plain_reach = -1
        for _start, end, keyword in found:
            if keyword.pattern is None:
                if end <= plain_reach:
                    continue
                plain_reach = end
            for leaf in keyword.leaves:
                if end <= reach[leaf]:
                    continue
                reach[leaf] = end
                if keyword.spelled not in words[leaf]:
                    scores[leaf] += keyword.weight
                    words[leaf].append(keyword.spelled)
        return dict(scores), {leaf: tuple(spelled) for leaf, spelled in words.items()}

    def _found(self, folded: str) -> Iterator[tuple[int, int, _Keyword]]:
        for head, keywords in self._by_head.items():
            at = folded.find(head)
            if at < 0:
                continue
            for keyword in keywords:
                if keyword.pattern is None:
                    start = at
                    while start >= 0:
                        yield start, start + len(head), keyword
                        start = folded.find(head, start + 1)
                elif match := keyword.pattern.search(folded, at):
                    yield match.start(), match.end(), keyword


def _length(word: str) -> float:
    """How much a keyword says by its length: Chinese characters, Latin words as two each, six at most."""
    bare = word.replace("…", "")
    return min(len(bare) if not bare.isascii() else 2 * len(bare.split()), 6)


def _fold_keyword(word: str) -> str:
    return "…".join(fold(part) for part in word.split("…"))


@lru_cache(maxsize=8)
def matcher(catalogue: Catalogue) -> Matcher:
    """The matcher of this catalogue, kept after the first call."""
    raw = json.loads((DATA / "keywords.json").read_text(encoding="utf-8"))
    return Matcher(
        catalogue,
        own={code: tuple(words) for code, words in raw["leaves"].items()},
        weak=frozenset(_fold_keyword(word) for word in raw["weak"]),
        gap=raw["gap"],
    )
