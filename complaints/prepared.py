"""Knowledge notes (知识库): answers that a clerk finds already written for thanks, questions and matters before a court.

The notes (`data/notes.json`) are examples, each with the law it goes by; a person reads and sends them, never the system.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from complaints.routing import ANOTHER_WAY

FILE = Path(__file__).parent / "data" / "notes.json"
QUESTION = "consult_reply"
NOT_TAKEN_UP = "redirect_legal"
"""Its note says why nothing is taken up: the person is told the lawful way (国办函〔2025〕66号)."""


@dataclass(frozen=True)
class Note:
    """One prepared answer: for which `routing.ANOTHER_WAY`, and for texts with which of these words (none: for all)."""

    name: str
    way: str
    words: tuple[str, ...]
    source: str
    text: str


@cache
def notes() -> tuple[Note, ...]:
    """All notes, in the order of the file."""
    rows = json.loads(FILE.read_text(encoding="utf-8"))["notes"]
    return tuple(Note(row["name"], row["way"], tuple(row["words"]), row["source"], row["text"]) for row in rows)


def fitting(way: str, text: str, action: str) -> Note | None:
    """The note for a text that asks for this way, and for this step; of several the one with most words in the text.

    `way` is what the classifier found (`why_here["action"]`), sure or not: a person reads text and note. A text that it took
    for a case to dispatch may be a question all the same: then a note is ready only where its words occur.
    """
    known = way in ANOTHER_WAY
    asked = way if known else QUESTION
    if (asked == NOT_TAKEN_UP) != (action == "refuse"):
        return None
    found = [
        note for note in notes() if note.way == asked and ((known and not note.words) or any(word in text for word in note.words))
    ]
    return max(found, key=lambda note: sum(word in text for word in note.words), default=None)
