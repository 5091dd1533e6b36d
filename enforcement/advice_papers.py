"""A legal consultation as a Word paper, and the list of consultations as an Excel workbook."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enforcement.advice_states import LineKind
from enforcement.models import Consultation, ConsultationLine
from projects.papers import SMALL, Page
from tenancy import sheets
from tenancy.sheets import Table, Value

AS_LONG_AS_NEEDED = 10**6
"""Lines: answers take as many pages as they need, so none is held back."""
CAUTION = gettext_lazy(
    "General advice on what was said in the question. It binds nobody and is no judgement. "
    "Asking here does not interrupt any period of limitation (Civil Code, article 195)."
)


def answer(row: Consultation, lines: list[ConsultationLine], *, sample: bool) -> bytes:
    """The paper, without who asked it. `sample` says on it that these are sample data."""
    page = Page(_("Legal consultation: %(subject)s") % {"subject": row.subject})
    page.left = AS_LONG_AS_NEEDED
    page.put(_("Answer to a legal consultation"), size=16, middle=True)
    if sample:
        page.put(_("Sample data"), size=SMALL, middle=True)
    page.put("")
    for name, value in (
        (_("Compound"), row.compound.name),
        (_("Topic"), row.get_topic_display()),
        (_("Subject"), row.subject),
        (_("On behalf of"), row.behalf),
        (_("Answered by"), row.adviser.name),
    ):
        if value:
            page.put(f"{name}：{value}")
    for line in lines:
        page.heading(f"{line.get_kind_display()}（{timezone.localtime(line.at):%Y-%m-%d}）")
        for each in line.text.splitlines():
            page.put(each)
        if line.kind == LineKind.ANSWER and line.rules:
            page.put(f"{_('Laws and articles it rests on')}：{line.rules}", size=SMALL)
    page.put("")
    page.put(str(CAUTION), size=SMALL)
    return page.bytes()


def workbook(rows: Iterable[Consultation]) -> bytes:
    """The consultations as filtered, without who asked and without what was said."""
    heads = [
        _("Compound"),
        _("Topic"),
        _("Subject"),
        _("Asked on"),
        _("State"),
        _("Due on"),
        _("Answered on"),
        _("Answered by"),
        _("Helped"),
    ]
    said = {True: _("yes"), False: _("no"), None: ""}
    lines: list[list[Value]] = [
        [
            row.compound.name,
            row.get_topic_display(),
            row.subject,
            timezone.localdate(row.asked_at),
            row.get_state_display(),
            row.due_on,
            timezone.localdate(row.answered_at) if row.answered_at else None,
            row.adviser.name,
            said[row.helpful],
        ]
        for row in rows
    ]
    return sheets.written(Table(_("Legal consultations"), heads, [20, 20, 36, 12, 14, 12, 12, 24, 8], lines))
