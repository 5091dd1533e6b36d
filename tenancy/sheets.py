"""Excel sheets as offices keep them, in and out.

A sheet comes from anywhere: its size is looked at before it is unpacked, formulas are refused, and what we write is text,
a number or a day, never a formula.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any, BinaryIO, Protocol, cast

from django.core.files import File
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from tenancy.refusals import Refusal

LARGEST_FILE = 1024 * 1024
LARGEST_UNPACKED = 20 * 1024 * 1024
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIELD = "sheet"
DAY, MOMENT, YUAN = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "#,##0.00"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula; the wide ones too, in East Asian settings."""

Value = str | int | date | datetime | None


@dataclass(frozen=True)
class Fen:
    """An amount of money, written as yuan with two decimals."""

    amount: int


@dataclass(frozen=True)
class Table:
    """One sheet of a workbook: below a first row of headings, rows of as many cells. Widths are in characters."""

    title: str
    headings: Sequence[str]
    widths: Sequence[int]
    rows: Iterable[Sequence[Value | Fen]]
    freeze: str = "A2"


def written(*tables: Table) -> bytes:
    """The tables as a workbook, a sheet each."""
    book = Workbook()
    for number, table in enumerate(tables):
        sheet = book.worksheets[0] if number == 0 else book.create_sheet()
        sheet.title = table.title
        sheet.append(list(table.headings))
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for row_number, row in enumerate(table.rows, 2):
            for column, value in enumerate(row, 1):
                _put(sheet.cell(row_number, column), value)
        for column, width in enumerate(table.widths, 1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.freeze_panes = table.freeze
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
        sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr = 0, PageSetupProperties(fitToPage=True)
        sheet.print_title_rows = "1:1"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _put(cell: Any, value: Value | Fen) -> None:
    match value:
        case str():
            _put_text(cell, value)
        case datetime():
            cell.value, cell.number_format = value.replace(tzinfo=None), MOMENT  # Excel knows no time zones
        case date():
            cell.value, cell.number_format = value, DAY
        case Fen(amount):
            # Excel keeps every number as a float; fen below 2**53 survive it to the last digit.
            cell.value, cell.number_format = amount / 100, YUAN
        case _:
            cell.value = value


def _put_text(cell: Any, text: str) -> None:
    """As text, never as a formula: Excel and WPS show it and do not reckon with it."""
    assert isinstance(cell, Cell)
    cell.value = text
    cell.data_type = "s"
    cell.quotePrefix = True
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def harmless(value: Any) -> str:
    """A cell of a CSV that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


class Stream(Protocol):
    """A file of one table that is filled row by row; it is whole after `close`."""

    def row(self, values: Sequence[Value]) -> None: ...

    def close(self) -> None: ...


class StreamedSheet:
    """A workbook of one sheet, written as it comes. Above the headings stands `mark`, which is printed on every page too."""

    def __init__(self, out: BinaryIO, *, title: str, mark: str, headings: Sequence[str], widths: Sequence[int]) -> None:
        self._out, self._book = out, Workbook(write_only=True)
        self._sheet = sheet = self._book.create_sheet(title)
        for column, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.freeze_panes = "A3"
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", Worksheet.PAPERSIZE_A4
        sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr = 0, PageSetupProperties(fitToPage=True)
        sheet.print_title_rows = "1:2"
        self._styles: dict[str, Any] = {}
        self.row([mark])
        self.row(headings)

    def row(self, values: Sequence[Value]) -> None:
        self._sheet.append([None if value is None else self._cell(value) for value in values])

    def _cell(self, value: Value) -> Any:
        """The look of a cell is worked out once for each type of value: it takes longer than all the rest."""
        cell, kind = WriteOnlyCell(self._sheet), type(value).__name__
        if isinstance(value, str):
            value = ILLEGAL_CHARACTERS_RE.sub("", value)
        if kind not in self._styles:
            _put(cell, value)
            self._styles[kind] = copy(cell._style)
            return cell
        cell.value = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        cell._style = copy(self._styles[kind])
        if isinstance(value, str):
            cell.data_type = "s"
        return cell

    def close(self) -> None:
        self._book.save(self._out)


class StreamedCsv:
    """As `StreamedSheet`, as CSV: UTF-8 with a mark, so that Excel and WPS read it."""

    def __init__(self, out: BinaryIO, *, mark: str, headings: Sequence[str]) -> None:
        self._text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
        self._rows = csv.writer(self._text)
        self.row([mark])
        self.row(headings)

    def row(self, values: Sequence[Value]) -> None:
        shown = (f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value for value in values)
        self._rows.writerow([harmless(value) for value in shown])

    def close(self) -> None:
        self._text.detach()


def rows_in(upload: "File[Any]", size: int, *, most: int, columns: int, sheet: int = 0) -> list[tuple[Any, ...]]:
    """The cells of a workbook's sheet, `most` rows at most; `size` is what the browser sent, in bytes.

    None when there are fewer sheets. Raises Refusal (field `sheet`).
    """
    if size > LARGEST_FILE:
        raise _too_large()
    try:
        with zipfile.ZipFile(cast("IO[bytes]", upload)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > LARGEST_UNPACKED:
            raise _too_large()
        upload.seek(0)
        book = load_workbook(upload, read_only=True, keep_links=False)
        return list(book.worksheets[sheet].iter_rows(max_row=most, max_col=columns)) if sheet < len(book.worksheets) else []
    except Refusal:
        raise
    except Exception as problem:  # a broken or hostile file makes the reader fail in many ways, all of which mean the same
        raise Refusal(_("This is not a sheet that can be read. Save it as .xlsx and try again."), field=FIELD) from problem


def _too_large() -> Refusal:
    return Refusal(_("This file is too large; such a sheet has less than 1 MB."), field=FIELD)


def refuse_formulas(number: int, row: Iterable[Any]) -> None:
    """Raises Refusal (field `sheet`) with the number of the row."""
    if any(cell is not None and cell.value is not None and cell.data_type == "f" for cell in row):
        raise Refusal(_("Row %(row)d holds a formula. Type what it comes to.") % {"row": number}, field=FIELD)
