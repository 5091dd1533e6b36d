"""Own days of a working calendar as an Excel sheet: date, worked or closed, note.

A sheet comes from anywhere: its size is looked at before it is unpacked, formulas are refused, and what we write is text.
"""

import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from typing import IO, Any, cast

from django.core.files import File
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font

from people.office_calendars import MOST_DAYS, OwnDay
from tenancy.refusals import Refusal

LARGEST_FILE = 1024 * 1024
LARGEST_UNPACKED = 20 * 1024 * 1024
WORKED = frozenset({"是", "上班", "班", "yes", "worked", "w", "1", "true"})
CLOSED = frozenset({"否", "休息", "休", "放假", "no", "closed", "c", "0", "false"})
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIELD = "sheet"


def written(days: Iterable[OwnDay]) -> bytes:
    """The days as a workbook; every note as plain text, whatever it begins with."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = _("Own days")
    sheet.append([_("Date"), _("Worked"), _("Note")])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row, own in enumerate(days, 2):
        sheet.cell(row, 1, own.day).number_format = "yyyy-mm-dd"
        _text(sheet.cell(row, 2), _("yes") if own.worked else _("no"))
        _text(sheet.cell(row, 3), own.note)
    for column, width in (("A", 14), ("B", 10), ("C", 50)):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _text(cell: Any, text: str) -> None:
    """As text, never as a formula: Excel and WPS show it and do not reckon with it."""
    assert isinstance(cell, Cell)
    cell.value = text
    cell.data_type = "s"
    cell.quotePrefix = True
    cell.alignment = Alignment(wrap_text=True)


def read(upload: "File[Any]", size: int) -> list[OwnDay]:
    """The days in a workbook's first sheet, below a first row of headings. Raises Refusal (field `sheet`), naming the row."""
    if size > LARGEST_FILE:
        raise Refusal(_("This file is too large; a sheet of days has less than 1 MB."), field=FIELD)
    found: list[OwnDay] = []
    for number, row in enumerate(_rows(upload), 1):
        if number == 1 or all(cell.value in (None, "") for cell in row):
            continue
        if len(found) == MOST_DAYS:
            raise Refusal(_("At most %(most)d own days fit. Remove old ones.") % {"most": MOST_DAYS}, field=FIELD)
        found.append(_own_day(number, row))
    return found


def _rows(upload: "File[Any]") -> list[tuple[Any, ...]]:
    try:
        with zipfile.ZipFile(cast("IO[bytes]", upload)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                raise Refusal(_("This file is too large; a sheet of days has less than 1 MB."), field=FIELD)
        upload.seek(0)
        book = load_workbook(upload, read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        return list(sheet.iter_rows(max_row=MOST_DAYS * 2, max_col=3))
    except Refusal:
        raise
    except Exception as problem:  # a broken or hostile file makes the reader fail in many ways, all of which mean the same
        raise Refusal(_("This is not a sheet that can be read. Save it as .xlsx and try again."), field=FIELD) from problem


def _own_day(number: int, row: tuple[Any, ...]) -> OwnDay:
    day, worked, note = (*row, None, None, None)[:3]
    for cell in (day, worked, note):
        if cell is not None and cell.data_type == "f":
            raise Refusal(_("Row %(row)d holds a formula. Type what it comes to.") % {"row": number}, field=FIELD)
    said = str(worked.value if worked is not None and worked.value is not None else "").strip().lower()
    if said not in WORKED | CLOSED:
        raise Refusal(
            _("Row %(row)d: say “yes” for worked or “no” for closed in the second column.") % {"row": number}, field=FIELD
        )
    text = str(note.value) if note is not None and note.value is not None else ""
    return OwnDay(_date(number, day.value if day is not None else None), said in WORKED, text)


def _date(number: int, value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip().replace("/", "-").replace(".", "-"))
    except ValueError:
        raise Refusal(
            _("Row %(row)d has no date such as 2026-07-28 in the first column.") % {"row": number}, field=FIELD
        ) from None
