"""A set of rules as an Excel sheet, one rule a row: to look over in an office, to change there, and to bring back.

How a sheet is read and written safely is said in `tenancy.sheets`.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any

from django.core.files import File
from django.utils.translation import gettext as _

from complaints import rule_format
from complaints.rule_checks import MOST_RULES
from complaints.rule_format import WORD_FIELDS, Broken
from complaints.rule_sentences import kind_name, leaf_name, urgency_name
from complaints.rules import Days, Rule
from tenancy import sheets
from tenancy.refusals import Refusal
from tenancy.sheets import FIELD, refuse_formulas

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
    rows = []
    for rule in rules:
        cells = {**_cells(rule, organisations), "sentence": sentences.get(rule.id, "")}
        rows.append([cells.get(name, "") for name in COLUMNS])
    headed = [headings()[name] for name in COLUMNS]
    return sheets.written(sheets.Table(_("Routing rules"), headed, [*[18] * (len(COLUMNS) - 1), 80], rows, freeze="B2"))


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


def read(upload: "File[Any]", size: int) -> list[Rule]:
    """The rules in a workbook's first sheet, below a first row of headings. Raises Refusal (field `sheet`), naming the row."""
    found: list[Rule] = []
    for number, row in enumerate(sheets.rows_in(upload, size, most=MOST_RULES * 2, columns=len(COLUMNS)), 1):
        if number == 1 or all(cell.value in (None, "") for cell in row):
            continue
        if len(found) == MOST_RULES:
            raise Refusal(_("At most %(most)d rules fit in a set.") % {"most": MOST_RULES}, field=FIELD)
        found.append(_rule(number, row))
    return found


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
