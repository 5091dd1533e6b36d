"""Own days of a working calendar as an Excel sheet: date, worked or closed, note.

How a sheet is read and written safely is said in `tenancy.sheets`.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.files import File
from django.utils.translation import gettext as _

from people.office_calendars import MOST_DAYS, OwnDay
from tenancy import sheets
from tenancy.refusals import Refusal
from tenancy.sheets import FIELD, refuse_formulas

WORKED = frozenset({"是", "上班", "班", "yes", "worked", "w", "1", "true"})
CLOSED = frozenset({"否", "休息", "休", "放假", "no", "closed", "c", "0", "false"})


def written(days: Iterable[OwnDay]) -> bytes:
    """The days as a workbook; every note as plain text, whatever it begins with."""
    rows = [(own.day, _("yes") if own.worked else _("no"), own.note) for own in days]
    return sheets.written(sheets.Table(_("Own days"), [_("Date"), _("Worked"), _("Note")], (14, 10, 50), rows))


def read(upload: "File[Any]", size: int) -> list[OwnDay]:
    """The days in a workbook's first sheet, below a first row of headings. Raises Refusal (field `sheet`), naming the row."""
    found: list[OwnDay] = []
    for number, row in enumerate(sheets.rows_in(upload, size, most=MOST_DAYS * 2, columns=3), 1):
        if number == 1 or all(cell.value in (None, "") for cell in row):
            continue
        if len(found) == MOST_DAYS:
            raise Refusal(_("At most %(most)d own days fit. Remove old ones.") % {"most": MOST_DAYS}, field=FIELD)
        found.append(_own_day(number, row))
    return found


def _own_day(number: int, row: tuple[Any, ...]) -> OwnDay:
    day, worked, note = (*row, None, None, None)[:3]
    refuse_formulas(number, row)
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
