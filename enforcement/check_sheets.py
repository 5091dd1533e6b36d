"""A check list as an Excel workbook, an item a row, with its laws on a second sheet: to look over, to change, and to bring back.

How a sheet is read and written safely is said in `tenancy.sheets`.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.files import File
from django.utils.translation import gettext as _

from enforcement.check_content import MOST_ITEMS, MOST_LAWS, Content, ItemEntry, LawEntry
from enforcement.states import Certainty, Level, Severity
from tenancy import sheets
from tenancy.refusals import Refusal
from tenancy.sheets import FIELD, Table, refuse_formulas

ITEM = (
    "code",
    "bureau",
    "others",
    "level",
    "name",
    "violation",
    "method",
    "subject",
    "basis",
    "penalty",
    "days",
    "on_spot",
    "severity",
    "leaf",
    "certainty",
)
LAW = ("key", "name", "edition", "effective_from", "repealed_on", "checked", "note")
WIDTHS_ITEM = (8, 22, 18, 14, 28, 40, 34, 16, 34, 40, 8, 10, 14, 10, 20)
WIDTHS_LAW = (10, 44, 20, 14, 14, 8, 40)
YES = frozenset({"是", "yes", "y", "1", "true"})


def headings() -> dict[str, str]:
    """The first rows; of a code with its name only the code is read back."""
    return {
        "code": _("Code"),
        "bureau": _("Bureau"),
        "others": _("Helped by"),
        "level": _("Level"),
        "name": _("What is checked"),
        "violation": _("What counts as a violation"),
        "method": _("How it is checked"),
        "subject": _("Who answers for it"),
        "basis": _("Law and articles, one law a line"),
        "penalty": _("What may follow"),
        "days": _("Days to put it right"),
        "on_spot": _("May be settled on the spot"),
        "severity": _("Severity"),
        "leaf": _("Kind of complaint"),
        "certainty": _("How far it was checked"),
        "key": _("Key of the law"),
        "effective_from": _("In force from"),
        "repealed_on": _("Repealed on"),
        "edition": _("Edition"),
        "checked": _("Text read"),
        "note": _("Remark"),
    }


def written(content: Content, names: Mapping[str, str]) -> bytes:
    """Two sheets: the items, and the laws they name. `names` are those of kinds of organisations."""
    heads = headings()
    return sheets.written(
        Table(_("Items"), [heads[name] for name in ITEM], WIDTHS_ITEM, [_item(item, names) for item in content.items], "F2"),
        Table(_("Laws"), [heads[name] for name in LAW], WIDTHS_LAW, [_law(law) for law in content.laws], "C2"),
    )


def _item(item: ItemEntry, names: Mapping[str, str]) -> list[str | int | None]:
    return [
        item.code,
        f"{item.bureau} {names.get(item.bureau, '')}".strip(),
        "\n".join(f"{kind} {names.get(kind, '')}".strip() for kind in item.others),
        f"{item.level} {Level(item.level).label}",
        item.name,
        item.violation,
        item.method,
        item.subject,
        "\n".join(f"{key} {articles}" for key, articles in item.basis),
        item.penalty,
        item.days,
        _("yes") if item.on_spot else _("no"),
        f"{item.severity} {Severity(item.severity).label}",
        item.leaf or "",
        f"{item.certainty} {Certainty(item.certainty).label}" if item.certainty else "",
    ]


def _law(law: LawEntry) -> list[str | date | None]:
    return [
        law.key,
        law.name,
        law.edition,
        law.effective_from,
        law.repealed_on,
        _("yes") if law.checked else _("no"),
        law.note,
    ]


def read(upload: "File[Any]", size: int) -> Content:
    """What a workbook of these two sheets says. Raises Refusal (field `sheet`), naming the row."""
    items = _rows(upload, size, 0, ITEM, MOST_ITEMS, _read_item)
    upload.seek(0)
    laws = _rows(upload, size, 1, LAW, MOST_LAWS, _read_law)
    return Content(tuple(laws), tuple(items))


def _rows(
    upload: "File[Any]", size: int, sheet: int, columns: tuple[str, ...], most: int, build: Callable[[dict[str, Any]], Any]
) -> list[Any]:
    found = []
    for number, row in enumerate(sheets.rows_in(upload, size, most=most * 2, columns=len(columns), sheet=sheet), 1):
        if number == 1 or all(cell.value in (None, "") for cell in row):
            continue
        refuse_formulas(number, row)
        cells = {name: cell.value for name, cell in zip(columns, row, strict=False)}
        try:
            found.append(build(cells))
        except (ValueError, KeyError) as problem:
            what = {"row": number, "column": headings().get(str(problem.args[0]), str(problem.args[0]))}
            raise Refusal(_("Row %(row)d: “%(column)s” cannot be read.") % what, field=FIELD) from problem
    return found


def _read_item(cells: dict[str, Any]) -> ItemEntry:
    typed = {name: _typed(cells.get(name)) for name in ITEM}
    return ItemEntry(
        code=typed["code"],
        bureau=_code(typed["bureau"]),
        name=typed["name"],
        violation=typed["violation"],
        method=typed["method"],
        days=_number(typed["days"], "days"),
        basis=tuple(_pair(line) for line in typed["basis"].splitlines() if line.strip()),
        others=tuple(_code(line) for line in typed["others"].splitlines() if line.strip()),
        level=_code(typed["level"]) or Level.COUNTY,
        subject=typed["subject"],
        penalty=typed["penalty"],
        on_spot=typed["on_spot"].lower() in YES,
        severity=_code(typed["severity"]) or Severity.ORDINARY,
        leaf=_code(typed["leaf"]) or None,
        certainty=_code(typed["certainty"]),
    )


def _read_law(cells: dict[str, Any]) -> LawEntry:
    begins = _day(cells.get("effective_from"), "effective_from")
    if begins is None:
        raise ValueError("effective_from")
    return LawEntry(
        key=_typed(cells.get("key")),
        name=_typed(cells.get("name")),
        effective_from=begins,
        edition=_typed(cells.get("edition")),
        repealed_on=_day(cells.get("repealed_on"), "repealed_on"),
        checked=_typed(cells.get("checked")).lower() in YES,
        note=_typed(cells.get("note")),
    )


def _typed(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value if value is not None else "").strip()


def _code(text: str) -> str:
    return text.split()[0] if text.split() else ""


def _number(text: str, column: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise ValueError(column)
    return int(text)


def _pair(line: str) -> tuple[str, str]:
    key, _space, articles = line.strip().partition(" ")
    return key, articles.strip()


def _day(value: Any, column: str) -> date | None:
    if value in (None, ""):
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip().replace("/", "-").replace(".", "-"))
    except ValueError:
        raise ValueError(column) from None


def where(refusal: Refusal, content: Content) -> str:
    """A refusal of `check_content.checked` with the row of the sheet that it is about."""
    rows, _dot, rest = refusal.field.partition(".")
    number, _dot, column = rest.partition(".")
    if not number.isdigit() or rows not in ("items", "laws"):
        return str(refusal.message)
    entry = (content.items if rows == "items" else content.laws)[int(number)]
    name = entry.code if isinstance(entry, ItemEntry) else entry.key
    what = {"row": f"{int(number) + 1} ({name})", "column": headings().get(column, column), "words": refusal.message}
    return _("%(row)s, “%(column)s”: %(words)s") % what
