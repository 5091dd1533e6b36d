"""Knowledge notes (知识库): answers that a clerk finds already written, by what a text asks for or for a step on a ticket.

Streets and counties keep their own (`complaints.models.KnowledgeNote`). Those that come with Mulin (`data/notes.json`) are
examples, each with the law it goes by; they stand in for a county's until it has written some. A person reads and sends what
is offered, never the system.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from complaints import note_queries
from complaints.models import KnowledgeNote
from complaints.note_states import OWN
from complaints.routing import ANOTHER_WAY
from tenancy import areas

FILE = Path(__file__).parent / "data" / "notes.json"
QUESTION = "consult_reply"
NOT_TAKEN_UP = "redirect_legal"
"""Its note says why nothing is taken up: the person is told the lawful way (国办函〔2025〕66号)."""


@dataclass(frozen=True)
class Note:
    """One prepared answer: for which `routing.ANOTHER_WAY`, and for texts with which of these words (none: for all).

    Standard words are for `steps` (`note_states.Worded`) on tickets about `leaves` (none: about anything).
    `id` and `area` are those of the row that keeps it, 0 for one that comes with Mulin.
    """

    name: str
    way: str
    words: tuple[str, ...]
    source: str
    text: str
    id: int = 0
    area: int = 0
    review_on: date | None = None
    example: bool = True
    steps: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()

    def overdue(self, today: date) -> bool:
        """Whether it should have been checked before this day."""
        return self.review_on is not None and self.review_on < today

    @property
    def law(self) -> str:
        """What it goes by; empty for an office's own words."""
        return "" if self.source == OWN else self.source


@cache
def shipped() -> tuple[Note, ...]:
    """The notes that come with Mulin, in the order of the file."""
    rows = json.loads(FILE.read_text(encoding="utf-8"))["notes"]
    return tuple(
        Note(
            *(row["name"], row["way"], tuple(row.get("words", ())), row["source"], row["text"]),
            steps=tuple(row.get("steps", ())),
            leaves=tuple(row.get("leaves", ())),
        )
        for row in rows
    )


def of_row(row: KnowledgeNote) -> Note:
    kept = (row.name, row.way, tuple(row.words), row.source, row.text, row.pk, row.area, row.review_on, row.example)
    return Note(*kept, steps=tuple(row.steps), leaves=tuple(row.leaves))


def fitting(way: str, text: str, action: str, *, area: int) -> Note | None:
    """The note for a text that asks for this way, and for this step, in this place.

    The street's own come before the county's, and of one place that with most words in the text. `way` is what the
    classifier found (`why_here["action"]`), sure or not: a person reads text and note. A text that it took for a case to
    dispatch may be a question all the same: then a note is ready only where its words occur.
    """
    asked = way if way in ANOTHER_WAY else QUESTION
    if (asked == NOT_TAKEN_UP) != (action == "refuse"):
        return None
    found = best(map(of_row, note_queries.offered(area, asked)), way, text)
    if found is not None or note_queries.has_own(areas.ancestor(area, areas.Level.COUNTY)):
        return found
    return best(shipped(), way, text)


def best(notes: Iterable[Note], way: str, text: str) -> Note | None:
    """Of these notes the one of the nearest place, then with most words in the text; None when none fits."""
    found = [note for note in notes if fits(note, way, text)]
    return max(found, key=lambda note: (note.area, sum(word in text for word in note.words)), default=None)


def fits(note: Note, way: str, text: str) -> bool:
    """Whether a note may be offered for a text for which the classifier found this way."""
    known = way in ANOTHER_WAY
    if note.way != (way if known else QUESTION):
        return False
    return (known and not note.words) or any(word in text for word in note.words)
