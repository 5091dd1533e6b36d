"""The month report as a Word paper of one page: lines are counted, and what does not fit is said to stand in the sheet.

Heights are exact (every line of text has the same), so that Word, WPS and LibreOffice break the page at the same place.
"""

import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from docx import Document
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from projects.figures import Sums
from projects.money import yuan
from projects.reports import Line, Report

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SONG, HEI = "宋体", "黑体"
MARGIN, WIDE = 1.8, 17.4
"""Centimetres: of an A4 page, and what is left between the margins."""
TEXT, SMALL, LEADING = 10.5, 9.5, 15.0
"""Points: of text, of tables and notes, and from line to line."""
LINES = 46
"""Lines of a page, with one in hand: (29.7 cm − 2 × 1.8 cm) / 15 pt is 49, and a table's rules take room too."""
CELL_MARGINS = 0.4
LONGEST_REVIEW_LINES, LONGEST_CELL_LINES, MOST_FOLLOWING = 8, 2, 4


@dataclass(frozen=True)
class Column:
    """Heading and width in centimetres; numbers stand to the right."""

    heading: str
    width: float
    right: bool = False


class Page:
    """A page that knows how many lines are left."""

    def __init__(self, title: str) -> None:
        self.word: Word = Document()
        self.left = LINES
        self.word.core_properties.title = title
        self.word.core_properties.author = ""
        section = self.word.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(MARGIN)
        normal = self.word.styles["Normal"]
        normal.font.name, normal.font.size = SONG, Pt(TEXT)
        normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), SONG)

    def put(self, text: str, *, size: float = TEXT, font: str = SONG, middle: bool = False) -> None:
        """A paragraph."""
        paragraph = self.word.add_paragraph()
        _shape(paragraph, lines=ceil(size * 1.2 / LEADING))
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if middle else WD_ALIGN_PARAGRAPH.LEFT
        _write(paragraph, text, size=size, font=font)
        self.left -= lines_of(text, WIDE, size) * ceil(size * 1.2 / LEADING)

    def heading(self, text: str) -> None:
        """Of a section, with an empty line before it."""
        self.put("")
        self.put(text, font=HEI)

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]], *, keep: int) -> int:
        """As many rows as leave `keep` lines; returns how many did not fit."""
        table: Any = self.word.add_table(rows=0, cols=len(columns))
        table.style = "Table Grid"
        table.autofit = False
        for column, drawn in zip(columns, table.columns, strict=True):
            drawn.width = Cm(column.width)
        self._row(table, columns, [column.heading for column in columns], font=HEI)
        missing = 0
        for whole in rows:
            row = [
                cut(text, LONGEST_CELL_LINES, width=each.width - CELL_MARGINS, size=SMALL)
                for each, text in zip(columns, whole, strict=True)
            ]
            if missing or self.left - _height(columns, row) < keep:
                missing += 1
            else:
                self._row(table, columns, row)
        return missing

    def _row(self, table: Any, columns: Sequence[Column], row: Sequence[str], *, font: str = SONG) -> None:
        for cell, column, text in zip(table.add_row().cells, columns, row, strict=True):
            cell.width = Cm(column.width)
            _shape(cell.paragraphs[0])
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT if column.right else WD_ALIGN_PARAGRAPH.LEFT
            _write(cell.paragraphs[0], text, size=SMALL, font=font)
        self.left -= _height(columns, row)

    def bytes(self) -> bytes:
        kept = io.BytesIO()
        self.word.save(kept)
        return kept.getvalue()


def _shape(paragraph: Paragraph, *, lines: int = 1) -> None:
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LEADING * lines)


def _write(paragraph: Paragraph, text: str, *, size: float, font: str) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), font
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _height(columns: Sequence[Column], row: Sequence[str]) -> int:
    return max(lines_of(text, column.width - CELL_MARGINS, SMALL) for column, text in zip(columns, row, strict=True))


def lines_of(text: str, width: float, size: float) -> int:
    """How many lines a text takes in a width of centimetres at a size in points: a Chinese character is as wide as it is high."""
    room = width / (size / 72 * 2.54)
    return sum(max(1, ceil(_width(line) / max(room - 1, 1))) for line in text.splitlines() or [""])


def _width(text: str) -> float:
    return sum(1 if unicodedata.east_asian_width(char) in "WFA" else 0.55 for char in text)


def cut(text: str, lines: int, *, width: float = WIDE, size: float = TEXT) -> str:
    """As much of a text as fits into so many lines."""
    if lines_of(text, width, size) <= lines:
        return text
    kept = text
    while kept and lines_of(f"{kept}……", width, size) > lines:
        kept = kept[: -max(1, len(kept) // 20)]
    return f"{kept}……"


def written(report: Report, *, sample: bool) -> bytes:
    """The paper. `sample` says on it that these are sample data."""
    page = Page(title_of(report))
    page.put(title_of(report), size=16, font=HEI, middle=True)
    page.put(_as_of(report, sample), size=SMALL, middle=True)
    page.put("")
    page.put(in_words(report.sums))
    if report.plan is not None:
        _compound(page, report)
    else:
        _places(page, report)
    return page.bytes()


def title_of(report: Report) -> str:
    return _("%(place)s: practical projects of %(month)s") % {"place": report.name, "month": f"{report.month:%Y-%m}"}


def _as_of(report: Report, sample: bool) -> str:
    at = _("As of %(at)s") % {"at": f"{timezone.localtime(report.made_at):%Y-%m-%d %H:%M}"}
    return " · ".join(filter(None, [report.above, at, _("Sample data") if sample else ""]))


def in_words(sums: Sums) -> str:
    """The numbers of a month as a sentence."""
    return _(
        "Planned %(planned)d, landed %(landed)d (%(share)s), not landed %(open)d; of these late %(late)d, "
        "without a word for a week %(silent)d. Money: ¥%(money)s."
    ) % {
        "planned": sums.planned,
        "landed": sums.landed,
        "share": sums.share,
        "open": sums.open,
        "late": sums.late,
        "silent": sums.silent,
        "money": yuan(sums.budget_fen),
    }


def _compound(page: Page, report: Report) -> None:
    assert report.plan is not None
    review = cut(report.plan.review, LONGEST_REVIEW_LINES)
    following = report.following[:MOST_FOLLOWING]
    keep = 1 + (3 + LONGEST_REVIEW_LINES if review else 0) + (3 + len(following) if following else 0)
    page.heading(_("Project by project"))
    columns = [
        Column(_("No."), 1.1, right=True),
        Column(pgettext("projects", "Project"), 4.8),
        Column(_("Carried out by"), 3.2),
        Column(_("Promised by"), 2.4),
        Column(_("State"), 2.3),
        Column("%", 1.1, right=True),
        Column(_("Yuan"), 2.5, right=True),
    ]
    missing = page.table(columns, ([str(n), *_cells(line)] for n, line in enumerate(report.lines, 1)), keep=keep + 1)
    _say_missing(page, missing)
    reasons = [line for line in report.lines if not line.landed and line.reason]
    if reasons and page.left > keep + 3:
        page.heading(_("Why it has not landed"))
        for line in reasons:
            if page.left <= keep + 2:
                break
            page.put(cut(f"{line.project.title}: {line.reason}", 2, size=SMALL), size=SMALL)
    if review:
        page.heading(_("What the month came to"))
        page.put(review)
    if following:
        page.heading(_("Promised for the next month"))
        for n, project in enumerate(following, 1):
            page.put(cut(f"{n}. {project.title} ({project.ends_on:%Y-%m-%d})", 1))


def _cells(line: Line) -> list[str]:
    project = line.project
    late = pgettext("projects", "late")
    state = f"{line.outcome} · {late}" if line.late else line.outcome
    money = yuan(project.budget_fen) if project.budget_fen else "—"
    return [project.title, project.lead.name, f"{project.ends_on:%Y-%m-%d}", state, str(project.progress), money]


ROOM_FOR_PLACES = 26


def _places(page: Page, report: Report) -> None:
    numbers = [_("Planned"), pgettext("projects", "Landed"), pgettext("projects", "Not landed"), pgettext("projects", "Late")]
    columns = [
        Column(_("Place"), 4.3),
        *(Column(name, 1.8, right=True) for name in [*numbers, pgettext("projects", "Silent")]),
        Column(_("Share"), 1.6, right=True),
        Column(_("Yuan"), 2.5, right=True),
    ]
    page.heading(_("Place by place"))
    rows = sorted(report.below, key=lambda row: (row[1].tenths_of_percent, row[0]))
    pending = [line for line in report.lines if not line.landed]
    keep = max(LINES - 6 - ROOM_FOR_PLACES, 0) if pending else 2
    missing = page.table(columns, (_place_row(name, sums) for name, sums in rows), keep=keep)
    _say_missing(page, missing)
    if not pending:
        return
    page.heading(pgettext("projects", "Not landed"))
    named = [
        Column(_("Place"), 3.6),
        Column(pgettext("projects", "Project"), 5.6),
        Column(_("Carried out by"), 3.4),
        Column(_("Promised by"), 2.4),
        Column(_("State"), 2.4),
    ]
    _say_missing(page, page.table(named, ([line.project.compound.name, *_cells(line)[:4]] for line in pending), keep=1))


def _place_row(name: str, sums: Sums) -> list[str]:
    numbers = (sums.planned, sums.landed, sums.open, sums.late, sums.silent)
    return [name, *map(str, numbers), sums.share, yuan(sums.budget_fen)]


def _say_missing(page: Page, missing: int) -> None:
    if missing:
        said = ngettext("%(n)d more row stands in the sheet.", "%(n)d more rows stand in the sheet.", missing) % {"n": missing}
        page.put(said, size=SMALL)
