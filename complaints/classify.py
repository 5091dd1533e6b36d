"""What a complaint is about, read from its words: a leaf of the catalogue, or an honest "unsure".

A pure function of text and catalogue: the same text gives the same answer everywhere. Keywords come from the catalogue and
from `data/keywords.json`; a keyword shared by several leaves says less, a longer one says more. `docs/routing.md` explains
the method and what it measures.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from complaints.catalogue import DATA, FALLBACK_LEAF, Catalogue
from complaints.emergencies import find_alarm

# At or above this a ticket is dispatched without a person sorting it first. Chosen with tools/measure_routing.py: the
# lowest line at which at least 95 % reach the right department in both of its sets. One three-character word in a long
# text stays just below it.
CONFIDENT = 0.51
_ALTERNATIVES = 3
_EVIDENCE = 1.0  # the score that earns half confidence where no other leaf competes
_SHORT = 20  # characters; a shorter text leaves less unexplained and needs proportionally less evidence…
_LEAST_EVIDENCE = 0.3  # …but never less than this share of it
_WEAK = 0.35  # what a word counts that turns up in passing in complaints of every kind
_EMERGENCY_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a text belongs and why.

    `leaf` is the best guess, kept below the line too as a suggestion for whoever sorts it; None when no word is known.
    `confidence` runs from 0 to 1. `words` are what decided, as the catalogue spells them; `alternatives` are the next best
    leaves with their scores, best first. `emergency` is independent of the leaf: a burst main may be one.
    `emergency_line` and `emergency_line_en` are whom to call, empty when it is none.
    `reason_code`: "emergency", "keywords" (confident), "unsure" (below the line) or "no_words".
    """

    leaf: str | None
    confidence: float
    words: tuple[str, ...]
    alternatives: tuple[tuple[str, float], ...]
    emergency: bool
    reason_code: str
    emergency_line: str = ""
    emergency_line_en: str = ""

    @property
    def automatic(self) -> bool:
        """Whether it may be dispatched without a person sorting it first."""
        return self.leaf is not None and self.reason_code in {"emergency", "keywords"}


def fold(text: str) -> str:
    """The text as it is compared: NFKC, case folded, spaces and stray marks gone, clause ends kept as `,.;!?`.

    A space stays only between two Latin words or numbers. Full-width and circled forms become plain ones, invisible
    characters vanish.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_ENDS)
    kept = "".join(c if c.isalnum() or c in ",.;!?\n" else " " for c in folded if unicodedata.category(c) != "Cf")
    return _LOOSE_SPACE.sub("", re.sub(r"[ \t]+", " ", kept)).strip()


_ENDS = str.maketrans("。、…~", ".,,,")
_LOOSE_SPACE = re.compile(r"(?<![a-z0-9]) | (?![a-z0-9])")


def classify(text: str, catalogue: Catalogue) -> Decision:
    """Decide where `text` belongs. Never raises; an empty or unknown text is "no_words"."""
    folded = fold(text)
    matcher = _matcher(catalogue)
    scores, words = matcher.scores(folded)
    alarm = find_alarm(folded)
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    if alarm is not None:
        leaf = catalogue.leaf(alarm.danger.leaf)
        return Decision(
            leaf=leaf.code,
            confidence=_EMERGENCY_CONFIDENCE,
            words=tuple(dict.fromkeys(alarm.words)),
            alternatives=_rounded([item for item in ranked if item[0] != leaf.code]),
            emergency=True,
            reason_code="emergency",
            emergency_line=leaf.emergency_line or alarm.danger.line,
            emergency_line_en=leaf.emergency_line_en or alarm.danger.line_en,
        )
    # An emergency's words in a text that reports none ("last month somebody was trapped") do not decide where it goes.
    ranked = [(code, score) for code, score in ranked if not catalogue.leaf(code).emergency]
    if not ranked:
        return Decision(None, 0.0, (), (), emergency=False, reason_code="no_words")
    best, score = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    needed = _EVIDENCE * min(1.0, max(_LEAST_EVIDENCE, len(folded) / _SHORT))
    confidence = round(score / (score + second) * score / (score + needed), 4)
    return Decision(
        leaf=best,
        confidence=confidence,
        words=words[best],
        alternatives=_rounded(ranked[1:]),
        emergency=False,
        reason_code="keywords" if confidence >= CONFIDENT else "unsure",
    )


def _rounded(ranked: list[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    return tuple((code, round(score, 4)) for code, score in ranked[:_ALTERNATIVES])


@dataclass(frozen=True, slots=True)
class _Keyword:
    """A keyword as spelled, its weight, the leaves it speaks for, and how to find it: a plain word or parts with gaps."""

    spelled: str
    weight: float
    leaves: tuple[str, ...]
    pattern: re.Pattern[str] | None


class _Matcher:
    """Finds all keywords of a catalogue in one pass; built once per catalogue."""

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
def _matcher(catalogue: Catalogue) -> _Matcher:
    raw = json.loads((DATA / "keywords.json").read_text(encoding="utf-8"))
    return _Matcher(
        catalogue,
        own={code: tuple(words) for code, words in raw["leaves"].items()},
        weak=frozenset(_fold_keyword(word) for word in raw["weak"]),
        gap=raw["gap"],
    )
