"""What a complaint is about, read from its words: a leaf of the catalogue and what to do with it, or an honest "unsure".

A pure function of text, catalogue and model: the same text gives the same answer everywhere. Danger is looked for by words
alone (`complaints.emergencies`), so that the web process can ask for it without the model; the leaf comes from the learned
model (`complaints.learning`). `docs/routing.md` explains the method and what it measures.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from complaints.catalogue import FALLBACK_LEAF, Catalogue
from complaints.emergencies import Alarm, find_alarm
from complaints.folding import fold
from complaints.keywords import matcher
from complaints.learning.texts import COURT, DISPATCH, EMERGENCY, OWN_WAY, PRAISE, TRIAGE

if TYPE_CHECKING:
    from complaints.learning.model import Model, Prediction

__all__ = ["CONFIDENT", "Decision", "classify", "emergency_line", "fold", "is_emergency"]

# At or above this a ticket is dispatched without a person sorting it first. Chosen with tools/measure_routing.py on each of
# the two held-back sets and tried on the other.
CONFIDENT = 0.7
# Probability of danger now, by the model, from which a text is an emergency although no word of alarm was found. Low where
# the matter is one of danger, because a false alarm costs a phone call.
ALARMING = {True: 0.1, False: 0.8}  # by whether the leaf is one of danger
_SURE_FLAG = 0.5
_ALTERNATIVES = 3
_WORDS = 4
_EMERGENCY_CONFIDENCE = 0.95
_ANY_LINE = ("110/119/120", "110 (police) / 119 (fire) / 120 (ambulance)")


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a text belongs and why.

    `leaf` is the best guess, kept below the line too as a suggestion for whoever sorts it; None when nothing speaks for any.
    `confidence` (0 to 1) is the probability that the leaf's department is right. `words` are what decided; `alternatives` are
    the next best leaves with their probabilities, best first; `also` are leaves the text touches besides.
    `emergency` is independent of the leaf: a burst main may be one. `emergency_line` and `emergency_line_en` are whom to
    call, empty when it is none. `action` is one of `learning.texts.ACTIONS`.
    `reason_code`: "emergency", "learned" (confident), "unsure" (below the line, also for a danger that only the model sees) or
    "no_words". `model` is its version.
    """

    leaf: str | None
    confidence: float
    words: tuple[str, ...]
    alternatives: tuple[tuple[str, float], ...]
    emergency: bool
    reason_code: str
    emergency_line: str = ""
    emergency_line_en: str = ""
    also: tuple[str, ...] = ()
    action: str = DISPATCH
    model: str = ""

    @property
    def automatic(self) -> bool:
        """Whether it may go its way (to a department, or what else `action` says) without a person sorting it first."""
        return self.leaf is not None and self.reason_code in {"emergency", "learned"}


def is_emergency(text: str) -> bool:
    """Do the words of the text report danger to life? Needs no model."""
    return find_alarm(fold(text)) is not None


def emergency_line(text: str, catalogue: Catalogue) -> str:
    """Whom to call for the danger that the words name, or "" if they name none. Needs no model."""
    alarm = find_alarm(fold(text))
    return _lines(catalogue, alarm.danger.leaf, alarm)[0] if alarm else ""


def classify(text: str, catalogue: Catalogue, model: Model | None = None) -> Decision:
    """Decide where `text` belongs, by `model` or else the shipped one. Never raises; an empty text is "no_words"."""
    if model is None:
        from complaints.learning.shipped import model as shipped  # numpy, which the web process never needs

        model = shipped(catalogue)
    folded = fold(text)
    alarm = find_alarm(folded)
    scores, words = matcher(catalogue).scores(folded)
    found = model.predict(text, catalogue, scores)
    if alarm is not None:
        return _urgent(catalogue, alarm.danger.leaf, tuple(dict.fromkeys(alarm.words)), found, alarm, model.version)
    if not any(symbol.isalnum() for symbol in folded):
        return Decision(None, 0.0, (), (), emergency=False, reason_code="no_words", action=TRIAGE, model=model.version)
    best = found.leaves[0][0]
    alarming = found.emergency >= ALARMING[catalogue.leaf(best).emergency]
    if alarming and best != FALLBACK_LEAF and found.praise < _SURE_FLAG and found.court < _SURE_FLAG:
        return _urgent(catalogue, best, found.words, found, None, model.version)
    return _calm(catalogue, found, words, model.version)


def _urgent(
    catalogue: Catalogue, leaf: str, words: tuple[str, ...], found: Prediction, alarm: Alarm | None, version: str
) -> Decision:
    line, line_en = _lines(catalogue, leaf, alarm)
    return Decision(
        leaf=leaf,
        confidence=_EMERGENCY_CONFIDENCE if alarm else round(found.certainty, 4),
        words=words,
        alternatives=_others(found, leaf),
        emergency=True,
        reason_code="emergency" if alarm or found.certainty >= CONFIDENT else "unsure",
        emergency_line=line,
        emergency_line_en=line_en,
        also=tuple(code for code in found.also if code != leaf),
        action=EMERGENCY,
        model=version,
    )


def _calm(catalogue: Catalogue, found: Prediction, words: dict[str, tuple[str, ...]], version: str) -> Decision:
    """A text that reports no danger. An emergency's leaf is then not chosen: "last month somebody was trapped"."""
    unclear = found.leaves[0][0] == FALLBACK_LEAF
    fitting = [(code, chance) for code, chance in found.leaves if code != FALLBACK_LEAF and not catalogue.leaf(code).emergency]
    leaf = fitting[0][0] if fitting else None
    if leaf is None or (unclear and leaf not in words):
        return Decision(None, 0.0, (), (), emergency=False, reason_code="no_words", action=TRIAGE, model=version)
    confidence = round(found.certainty_of(leaf), 4)
    if unclear:
        action = TRIAGE
    elif found.court >= _SURE_FLAG:
        action = COURT
    elif found.praise >= _SURE_FLAG:
        action = PRAISE
    else:
        action = OWN_WAY.get(leaf, DISPATCH)
    return Decision(
        leaf=leaf,
        confidence=confidence,
        words=_said(words.get(leaf, ()), found.words if leaf == found.leaves[0][0] else ()),
        alternatives=_others(found, leaf),
        emergency=False,
        reason_code="learned" if confidence >= CONFIDENT and leaf == found.leaves[0][0] else "unsure",
        also=tuple(code for code in found.also if code != leaf),
        action=action,
        model=version,
    )


def _said(keywords: tuple[str, ...], pieces: tuple[str, ...]) -> tuple[str, ...]:
    """The catalogue's words, then pieces of the text that say something more."""
    known = "".join(keywords)
    return (*keywords, *(piece for piece in pieces if not any(pair in known for pair in map("".join, pairwise(piece)))))[:_WORDS]


def _lines(catalogue: Catalogue, code: str, alarm: Alarm | None) -> tuple[str, str]:
    """Whom to call, in Chinese and English: the leaf's line, else the danger's, else the three national ones."""
    leaf = catalogue.leaf(code)
    if leaf.emergency_line:
        return leaf.emergency_line, leaf.emergency_line_en or leaf.emergency_line
    return (alarm.danger.line, alarm.danger.line_en) if alarm else _ANY_LINE


def _others(found: Prediction, leaf: str) -> tuple[tuple[str, float], ...]:
    others = [(code, round(chance, 4)) for code, chance in found.leaves if code not in {leaf, FALLBACK_LEAF}]
    return tuple(others[:_ALTERNATIVES])
