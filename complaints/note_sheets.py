"""The notes of one place as an Excel sheet, one note a row: to look over in an office, to change there, and to bring back.

How a sheet is read and written safely is said in `tenancy.sheets`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files import File
from django.utils.translation import gettext as _

from complaints.explain import leaf_name
from complaints.models import KnowledgeNote
from complaints.note_checks import MOST_NOTES, Content
from complaints.note_states import OWN, Way, Worded
from complaints.rule_sheets import BETWEEN
from tenancy import sheets
from tenancy.refusals import Refusal
from tenancy.sheets import FIELD, refuse_formulas

COLUMNS = ("name", "way", "words", "steps", "leaves", "source", "text", "review_on", "version")
WIDTHS = (20, 24, 20, 24, 20, 28, 90, 14, 10)


@dataclass(frozen=True)
class Row:
    """A row of a sheet: its number, what it says, and the version that was downloaded (0: a new note)."""

    number: int
    content: Content
    version: int


def headings() -> dict[str, str]:
    """The first row; what a code stands for follows it, and only the code is read back."""
    return {
        "name": _("Name of the note"),
        "way": _("It answers"),
        "words": _("It fits a text with one of these words"),
        "steps": _("Standard words: for these steps"),
        "leaves": _("Standard words: only for these kinds of complaints"),
        "source": _("Law and article"),
        "text": _("What is answered"),
        "review_on": _("To be checked by"),
        "version": _("Version (leave as it is; empty for a new note)"),
    }


def written(notes: Iterable[KnowledgeNote]) -> bytes:
    """The notes as a workbook."""
    headed = [headings()[name] for name in COLUMNS]
    return sheets.written(sheets.Table(_("Knowledge notes"), headed, WIDTHS, map(_cells, notes), freeze="B2"))


def _cells(note: KnowledgeNote) -> tuple[str, ...]:
    source = "" if note.source == OWN else note.source
    day = note.review_on.isoformat() if note.review_on else ""
    way = f"{note.way} {note.get_way_display()}"
    named = dict(Worded.choices)
    steps = "\n".join(f"{step} {named[step]}" for step in note.steps)
    leaves = "\n".join(f"{code} {leaf_name(code)}" for code in note.leaves)
    return note.name, way, "\n".join(note.words), steps, leaves, source, note.text, day, str(note.version)


def read(upload: "File[Any]", size: int) -> list[Row]:
    """The notes in a workbook's first sheet, below a first row of headings. Raises Refusal (field `sheet`), naming the row."""
    found: list[Row] = []
    for number, row in enumerate(sheets.rows_in(upload, size, most=MOST_NOTES * 2, columns=len(COLUMNS)), 1):
        if number == 1 or all(cell.value in (None, "") for cell in row):
            continue
        if len(found) == MOST_NOTES:
            raise Refusal(_("At most %(most)d notes fit in a sheet.") % {"most": MOST_NOTES}, field=FIELD)
        refuse_formulas(number, row)
        found.append(_row(number, {name: cell.value for name, cell in zip(COLUMNS, row, strict=False)}))
    return found


def _row(number: int, cells: dict[str, Any]) -> Row:
    typed = {name: str(value if value is not None else "").strip() for name, value in cells.items()}
    try:
        day = _day(cells.get("review_on"))
    except ValueError as problem:
        raise unreadable(number, "review_on") from problem
    version = typed.get("version", "").removesuffix(".0")
    if version and not (version.isascii() and version.isdigit() and len(version) < 10):
        raise unreadable(number, "version")
    way = typed.get("way", "").split()[:1]
    if way and way[0] not in Way.values:
        raise unreadable(number, "way")
    content = Content(
        typed.get("name", ""),
        way[0] if way else Way.QUESTION,
        typed.get("text", ""),
        [word.strip() for word in BETWEEN.split(typed.get("words", "")) if word.strip()],
        typed.get("source", "") or OWN,
        day,
        _codes(typed.get("steps", "")),
        _codes(typed.get("leaves", "")),
    )
    return Row(number, content, int(version or 0))


def _codes(typed: str) -> list[str]:
    """One a line or with commas between them, each with or without its name behind it."""
    return [each.split()[0] for each in BETWEEN.split(typed) if each.strip()]


def _day(value: Any) -> date | None:
    """Raises ValueError."""
    if isinstance(value, datetime):
        return value.date()
    text = str(value or "").strip()
    return date.fromisoformat(text.replace("/", "-")) if text else None


def unreadable(number: int, column: str) -> Refusal:
    what = {"row": number, "column": headings()[column]}
    return Refusal(_("Row %(row)d: “%(column)s” cannot be read.") % what, field=FIELD)


def where(refusal: Refusal, rows: list[Row]) -> str:
    """The refusal with the row it is about: `notes.<n>.<field>`, n from 0."""
    parts = refusal.field.split(".")
    if len(parts) != 3:
        return str(refusal.message)
    what = {"row": rows[int(parts[1])].number, "column": headings().get(parts[2], parts[2]), "words": refusal.message}
    return _("Row %(row)d, “%(column)s”: %(words)s") % what
