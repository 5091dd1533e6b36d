"""A set of rules as an Excel sheet, one rule a row: to look over in an office, to change there, and to bring back.

A sheet comes from anywhere: its size is looked at before it is unpacked, formulas are refused, and what we write is text.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import IO, Any, cast

from django.core.files import File
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font

from complaints import rule_format
from complaints.rule_checks import MOST_RULES
from complaints.rule_format import WORD_FIELDS, Broken
from complaints.rule_sentences import kind_name, leaf_name, urgency_name
from complaints.rules import Days, Rule
from tenancy.refusals import Refusal

LARGEST_FILE = 1024 * 1024
LARGEST_UNPACKED = 20 * 1024 * 1024
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIELD = "sheet"
YES, NO = frozenset({"是", "yes", "1", "true"}), frozenset({"否", "no", "0", "false"})
ASKED = ("leaves", "places", "hours", "days", "kinds", "homes_from", "homes_to", "served", "emergency", "channels")
SAID = ("organisation", "kind", "leaf", "urgency", "assists")
COLUMNS: tuple[str, ...] = ("name", *WORD_FIELDS, *ASKED, *SAID, "sentence")
LISTS = frozenset({*WORD_FIELDS, "leaves", "places", "kinds", "channels", "assists"})
NUMBERS = frozenset({"homes_from", "homes_to", "organisation"})
BETWEEN = re.compile(r"[\n,，、;；]+")


def headings() -> dict[str, str]:
    """The first row; what a code stands for follows it, and only the code is read back."""
    return {
        "name": _("Name of the rule"),
        "any_words": _("The text says one of"),
        "all_words": _("The text says all of"),
        "no_words": _("The text says none of"),
        "leaves": _("It seems to be about"),
        "places": _("In these places"),
        "hours": _("Filed between"),
        "days": _("On which days"),
        "kinds": _("Kind of compound"),
        "homes_from": _("At least so many homes"),
        "homes_to": _("At most so many homes"),
        "served": _("A property firm serves it"),
        "emergency": _("It is an emergency"),
        "channels": _("How it came in"),
        "organisation": _("Goes to this organisation"),
        "kind": _("or to the nearest of this kind"),
        "leaf": _("Counts as"),
        "urgency": _("Urgency"),
        "assists": _("Asked to assist"),
        "sentence": _("In words (not read back)"),
    }


def written(rules: Iterable[Rule], sentences: Mapping[int, str], organisations: Mapping[int, str]) -> bytes:
    """The rules in their order as a workbook."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = _("Routing rules")
    sheet.append([headings()[name] for name in COLUMNS])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, rule in enumerate(rules, 2):
        cells = {**_cells(rule, organisations), "sentence": sentences.get(rule.id, "")}
        for column, name in enumerate(COLUMNS, 1):
            as_text(sheet.cell(number, column), cells.get(name, ""))
    for letter in "ABCDEFGHIJKLMNOPQRS":
        sheet.column_dimensions[letter].width = 18
    sheet.column_dimensions["T"].width = 80
    sheet.freeze_panes = "B2"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _cells(rule: Rule, organisations: Mapping[int, str]) -> dict[str, str]:
    kept = {**rule_format.kept_conditions(rule.conditions), **rule_format.kept_outcome(rule.outcome)}
    found = {"name": rule.name}
    for name, value in kept.items():
        if isinstance(value, bool):
            found[name] = _("yes") if value else _("no")
        elif name == "hours":
            found[name] = "–".join(value)
        elif name in ("leaves", "leaf"):
            found[name] = _coded(value, leaf_name)
        elif name in ("kind", "assists"):
            found[name] = _coded(value, kind_name)
        elif name == "urgency":
            found[name] = _coded(value, urgency_name)
        elif name == "organisation":
            found[name] = f"{value} {organisations.get(value, '')}".strip()
        else:
            found[name] = "\n".join(map(str, value)) if isinstance(value, list) else str(value)
    return found


def _coded(codes: Any, name: Any) -> str:
    return "\n".join(f"{code} {name(code)}" for code in (codes if isinstance(codes, list) else [codes]))


def as_text(cell: Any, text: str) -> None:
    """As text, never as a formula: Excel and WPS show it and do not reckon with it."""
    assert isinstance(cell, Cell)
    cell.value = text
    cell.data_type = "s"
    cell.quotePrefix = True
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def read(upload: "File[Any]", size: int) -> list[Rule]:
    """The rules in a workbook's first sheet, below a first row of headings. Raises Refusal (field `sheet`), naming the row."""
    if size > LARGEST_FILE:
        raise too_large()
    found: list[Rule] = []
    for number, row in enumerate(rows_in(upload, most=MOST_RULES * 2, columns=len(COLUMNS)), 1):
        if number == 1 or all(cell.value in (None, "") for cell in row):
            continue
        if len(found) == MOST_RULES:
            raise Refusal(_("At most %(most)d rules fit in a set.") % {"most": MOST_RULES}, field=FIELD)
        found.append(_rule(number, row))
    return found


def too_large() -> Refusal:
    return Refusal(_("This file is too large; such a sheet has less than 1 MB."), field=FIELD)


def rows_in(upload: "File[Any]", *, most: int, columns: int) -> list[tuple[Any, ...]]:
    """The cells of a workbook's first sheet, `most` rows at most. Raises Refusal (field `sheet`)."""
    try:
        with zipfile.ZipFile(cast("IO[bytes]", upload)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > LARGEST_UNPACKED:
            raise too_large()
        upload.seek(0)
        book = load_workbook(upload, read_only=True, keep_links=False)
        return list(book.worksheets[0].iter_rows(max_row=most, max_col=columns))
    except Refusal:
        raise
    except Exception as problem:  # a broken or hostile file makes the reader fail in many ways, all of which mean the same
        raise Refusal(_("This is not a sheet that can be read. Save it as .xlsx and try again."), field=FIELD) from problem


def refuse_formulas(number: int, row: tuple[Any, ...]) -> None:
    if any(cell.value is not None and cell.data_type == "f" for cell in row):
        raise Refusal(_("Row %(row)d holds a formula. Type what it comes to.") % {"row": number}, field=FIELD)


def _rule(number: int, row: tuple[Any, ...]) -> Rule:
    refuse_formulas(number, row)
    cells = dict(zip(COLUMNS, row, strict=False))
    typed = {name: _typed(cell.value) for name, cell in cells.items() if name != "sentence"}
    conditions: dict[str, Any] = {}
    outcome: dict[str, Any] = {}
    name = typed.pop("name", "")
    for column, text in typed.items():
        if not text:
            continue
        try:
            (outcome if column in SAID else conditions)[column] = _value(column, text)
        except ValueError as problem:
            what = {"row": number, "column": headings()[column]}
            raise Refusal(_("Row %(row)d: “%(column)s” cannot be read.") % what, field=FIELD) from problem
    try:
        return rule_format.read(name, conditions, outcome)
    except Broken as problem:
        what = {"row": number, "what": str(problem)}
        raise Refusal(_("Row %(row)d is no rule: %(what)s.") % what, field=FIELD) from problem


def _typed(value: Any) -> str:
    if isinstance(value, datetime | time):
        return f"{value:%H:%M}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value if value is not None else "").strip()


def _value(column: str, text: str) -> Any:
    """Raises ValueError."""
    if column in WORD_FIELDS:
        return [word.strip() for word in BETWEEN.split(text) if word.strip()]
    if column in LISTS:
        codes = [part.split()[0] for part in BETWEEN.split(text) if part.strip()]
        return [int(code) for code in codes] if column == "places" else codes
    if column in NUMBERS:
        return int(text.split()[0])
    if column == "hours":
        return [part.strip() for part in re.split("[–—~至-]+", text)]
    if column in ("served", "emergency"):
        if text.lower() not in YES | NO:
            raise ValueError(text)
        return text.lower() in YES
    if column == "days":
        return Days(text.split()[0].lower())
    return text.split()[0]
