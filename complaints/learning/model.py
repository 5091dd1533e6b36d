"""A learned classifier: one sparse product a text, needs numpy alone. How it is fitted: `complaints.learning.fitting`."""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from complaints.catalogue import FALLBACK_LEAF, Catalogue
from complaints.keywords import matcher
from complaints.learning.features import grams, symbols

FORM = 1
"""Of the bytes and of what the numbers in them mean; a model of another form is refused."""
FLAGS = ("emergency", "praise", "court")
_LISTED = 6  # leaves a prediction names
_MOST_WORDS = 4
_MOST_ALSO = 2
_Floats = NDArray[np.float32]


class UnfitModelError(ValueError):
    """These bytes are no model for this catalogue and this program."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model makes of a text.

    `leaves` are codes with their probability, best first; `departments` say for each of them how probable its leader is, summed
    over all leaves it leads. `also` are other leaves the text touches. `emergency`, `praise` and `court` are
    probabilities. `words` are the pieces of the text that spoke most for the first leaf.
    """

    leaves: tuple[tuple[str, float], ...]
    departments: tuple[tuple[str, float], ...]
    also: tuple[str, ...]
    emergency: float
    praise: float
    court: float
    words: tuple[str, ...]

    @property
    def certainty(self) -> float:
        """Probability (0 to 1) that the department of the first leaf is right."""
        return self.departments[0][1]

    def certainty_of(self, leaf: str) -> float:
        """The same for any of `leaves`."""
        return dict(self.departments)[leaf]


@dataclass(frozen=True, eq=False)
class Model:
    """`weights` has a row for each n-gram and a column for each output: leading leaves, touched leaves, FLAGS.

    `rarity` weighs the n-grams. `blend` turns lead score, touch score and keyword score of a leaf into one (log-odds).
    `odds` holds slope and intercept for each of FLAGS. `pairs` are the log-odds with which one leaf comes along with another,
    and `also_odds` weighs touch score, keyword score and pair. `made_from` is the digest of what it was fitted to.
    """

    codes: tuple[str, ...]
    vocabulary: tuple[str, ...]
    rarity: _Floats
    weights: NDArray[np.float16]
    blend: _Floats
    odds: _Floats
    pairs: _Floats
    also_odds: _Floats
    also_line: float
    catalogue_version: str
    made_from: str
    texts: int
    _row: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_row", {gram: at for at, gram in enumerate(self.vocabulary)})

    @property
    def version(self) -> str:
        """A short name for what it was made from."""
        return self.made_from[:12]

    def predict(self, text: str, catalogue: Catalogue, keyword_scores: dict[str, float] | None = None) -> Prediction:
        """Read a text. `keyword_scores` spares finding the keywords again. Never raises."""
        row = symbols(text)
        placed = [(self._row[gram], start, end) for gram, start, end in grams(row) if gram in self._row]
        counts = Counter(at for at, _start, _end in placed)
        at = np.fromiter(counts, dtype=np.intp, count=len(counts))
        share = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * self.rarity[at]
        share /= max(float(np.linalg.norm(share)), 1e-9)
        rows = self.weights[at].astype(np.float32)
        scores = share @ rows
        if keyword_scores is None:
            keyword_scores, _words = matcher(catalogue).scores("".join(row))
        spoken = np.array([math.log1p(keyword_scores.get(code, 0.0)) for code in self.codes], dtype=np.float32)
        chances = self.chances(scores, spoken)
        order = np.argsort(-chances, kind="stable")
        best = int(order[0])
        departments: dict[str, float] = {}
        for code, chance in zip(self.codes, chances.tolist(), strict=True):
            lead = catalogue.leaf(code).lead
            departments[lead] = departments.get(lead, 0.0) + chance
        n = len(self.codes)
        flags = [_chance(a * s + b) for (a, b), s in zip(self.odds.tolist(), scores[2 * n :].tolist(), strict=True)]
        value = dict(zip(counts, (share * (rows[:, best] - rows[:, :n].mean(axis=1))).tolist(), strict=True))
        return Prediction(
            leaves=tuple((self.codes[i], float(chances[i])) for i in order[:_LISTED]),
            departments=tuple(
                (self.codes[i], min(1.0, departments[catalogue.leaf(self.codes[i]).lead])) for i in order[:_LISTED]
            ),
            also=self._also(scores, spoken, best),
            emergency=flags[0],
            praise=flags[1],
            court=flags[2],
            words=_words_of(row, placed, value),
        )

    def chances(self, scores: _Floats, spoken: _Floats) -> _Floats:
        """Probability of each leaf to lead, from the scores and the keywords' say (one text a row, or one text)."""
        n = len(self.codes)
        blended = self.blend[0] * scores[..., :n] + self.blend[1] * scores[..., n : 2 * n] + self.blend[2] * spoken
        grown = np.exp(blended - blended.max(axis=-1, keepdims=True))
        chances: _Floats = grown / grown.sum(axis=-1, keepdims=True)
        return chances

    def _also(self, scores: _Floats, spoken: _Floats, best: int) -> tuple[str, ...]:
        n = len(self.codes)
        touch, keyword, pair, rest = self.also_odds.tolist()
        odds = touch * scores[n : 2 * n] + keyword * spoken + pair * self.pairs[best] + rest
        odds[best] = -np.inf
        ranked = np.argsort(-odds, kind="stable")[:_MOST_ALSO]
        return tuple(
            self.codes[i] for i in ranked if _chance(float(odds[i])) >= self.also_line and self.codes[i] != FALLBACK_LEAF
        )

    def to_bytes(self) -> bytes:
        """The model as a zip of plain arrays and a JSON head; nothing in it is executed when it is read."""
        head = {
            "form": FORM,
            "catalogue": self.catalogue_version,
            "made_from": self.made_from,
            "texts": self.texts,
            "also_line": self.also_line,
            "codes": self.codes,
            "vocabulary": self.vocabulary,
        }
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        written = io.BytesIO()
        text = np.frombuffer(json.dumps(head, ensure_ascii=True).encode(), dtype=np.uint8)
        np.savez_compressed(written, head=text, **arrays)
        return written.getvalue()

    @classmethod
    def from_bytes(cls, raw: bytes, catalogue: Catalogue) -> Model:
        """Read what `to_bytes` wrote. Raises UnfitModelError for anything else, for another form and another catalogue."""
        try:
            with np.load(io.BytesIO(raw), allow_pickle=False) as found:
                head: dict[str, Any] = json.loads(found["head"].tobytes())
                arrays = {name: found[name] for name in _ARRAYS}
            if (head["form"], head["catalogue"]) != (FORM, catalogue.version):
                raise UnfitModelError(f"form {head['form']} for catalogue {head['catalogue']}")
            codes, vocabulary = tuple(head["codes"]), tuple(head["vocabulary"])
            n = len(codes)
            shapes = {
                "rarity": (len(vocabulary),),
                "weights": (len(vocabulary), 2 * n + len(FLAGS)),
                "blend": (3,),
                "odds": (len(FLAGS), 2),
                "pairs": (n, n),
                "also_odds": (4,),
            }
            if set(codes) != {leaf.code for leaf in catalogue.leaves}:
                raise UnfitModelError("its leaves are not those of the catalogue")
            if {name: array.shape for name, array in arrays.items()} != shapes:
                raise UnfitModelError("its arrays do not fit together")
            if not all(array.dtype.kind == "f" and bool(np.isfinite(array).all()) for array in arrays.values()):
                raise UnfitModelError("its arrays do not hold numbers")
            return cls(
                codes=codes,
                vocabulary=vocabulary,
                **arrays,
                also_line=float(head["also_line"]),
                catalogue_version=str(head["catalogue"]),
                made_from=str(head["made_from"]),
                texts=int(head["texts"]),
            )
        except (KeyError, TypeError, ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
            if isinstance(error, UnfitModelError):
                raise
            raise UnfitModelError(f"not a model: {type(error).__name__}") from error


_ARRAYS = ("rarity", "weights", "blend", "odds", "pairs", "also_odds")


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


def _words_of(row: list[str], placed: list[tuple[int, int, int]], value: dict[int, float]) -> tuple[str, ...]:
    """The pieces of two to four symbols that speak most for the leaf, without overlaps, in the order of their say.

    A piece counts with everything inside it, so that 电梯坏 is named rather than 梯坏.
    """
    inside: dict[tuple[int, int], float] = {}
    for at, start, end in placed:
        inside[start, end] = inside.get((start, end), 0.0) + value[at]
    pieces = []
    for start in range(len(row)):
        for end in range(start + 1, min(start + 4, len(row)) + 1):
            piece = row[start:end]
            if all(symbol.isalnum() for symbol in piece) and (end - start > 1 or len(piece[0]) > 1):
                say = sum(inside.get((a, b), 0.0) for a in range(start, end) for b in range(a + 1, end + 1))
                pieces.append((say / (end - start) ** 0.5, start, end))
    chosen: list[tuple[int, int]] = []
    words: dict[str, None] = {}
    for say, start, end in sorted(pieces, key=lambda piece: (-piece[0], piece[1])):
        if say <= 0 or len(words) == _MOST_WORDS:
            break
        if all(end <= a or start >= b for a, b in chosen):
            chosen.append((start, end))
            words["".join(row[start:end])] = None
    return tuple(words)
