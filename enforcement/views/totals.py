"""Joint enforcement in numbers: a page whose every number opens its rows, and the same as a workbook."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from complaints.views.rules import for_readers
from enforcement.finding_listing import COLUMNS
from enforcement.forms.visits import day_field
from enforcement.totals import BY, Sum, sums
from enforcement.views.meetings import download
from enforcement.visit_permissions import WATCHING
from people.http import HttpRequest
from people.roles import DEPARTMENT
from tenancy import clock, sheets
from tenancy.refusals import NotThere

BY_LABELS = {
    "street": pgettext_lazy("numbers by", "street"),
    "compound": pgettext_lazy("numbers by", "compound"),
    "bureau": pgettext_lazy("numbers by", "bureau"),
    "item": pgettext_lazy("numbers by", "item"),
    "party": pgettext_lazy("numbers by", "responsible party"),
    "organisation": pgettext_lazy("numbers by", "firm or committee"),
}
COLUMN_LABELS = {
    "open": gettext_lazy("Still open"),
    "late": gettext_lazy("Late"),
    "right": pgettext_lazy("number", "Put right"),
    "in_time": gettext_lazy("Put right in time"),
    "fell_due": gettext_lazy("Fell due"),
}


class NumbersForm(forms.Form):
    """By what is counted, and of which days; this year and by bureau where nothing else can be read."""

    by = forms.ChoiceField(label=gettext_lazy("By"), required=False, choices=[(name, BY_LABELS[name]) for name in BY])
    since = day_field(pgettext_lazy("span of days", "From"), required=False)
    until = day_field(pgettext_lazy("span of days", "Until"), required=False)


@dataclass(frozen=True)
class Asked:
    by: str
    since: date
    until: date

    @classmethod
    def of(cls, form: NumbersForm, today: date) -> "Asked":
        form.is_valid()
        said = form.cleaned_data
        return cls(said.get("by") or "bureau", said.get("since") or today.replace(month=1, day=1), said.get("until") or today)

    def query(self) -> str:
        return urlencode({"by": self.by, "since": f"{self.since}", "until": f"{self.until}"})


def _read(request: HttpRequest) -> tuple[Asked, NumbersForm, date]:
    """Desks, bureaus and supervisors; for others there is nothing here. Raises NotThere."""
    if request.actor.roles.isdisjoint(WATCHING | DEPARTMENT):
        raise NotThere
    today = clock.today()
    asked = Asked.of(NumbersForm(request.GET), today)
    shown = {"by": asked.by, "since": asked.since, "until": asked.until}
    return asked, NumbersForm(initial=shown, auto_id="filter_%s"), today


@require_safe
@for_readers
def numbers(request: HttpRequest) -> HttpResponse:
    """By street, compound, bureau, item or responsible party; `?by=`, `?since=`, `?until=`."""
    asked, form, today = _read(request)
    total, lines = sums(request.actor, asked.by, asked.since, asked.until, today)
    context = {
        "form": form,
        "asked": asked.query(),
        "heading": BY_LABELS[asked.by],
        "columns": [COLUMN_LABELS[how] for how in COLUMNS],
        "total": _shown(total),
        "lines": [_shown(line) for line in lines],
    }
    return render(request, "enforcement/findings/numbers.html", context)


def _shown(line: Sum) -> dict[str, Any]:
    """A line with the addresses that its numbers open."""
    only = line.only
    visits = {"state": "concluded", "since": only.since, "until": only.until, "area": only.area, "bureau": only.bureau}
    opened = urlencode({name: f"{value}" for name, value in visits.items() if value is not None})
    stands = [
        {"how": how, "label": COLUMN_LABELS[how], "many": many, "query": only.query(how=how)} for how, many in line.stands.items()
    ]
    return {"line": line, "query": only.query(how="counted"), "visits_query": opened, "stands": stands}


@require_safe
@for_readers
def sheet(request: HttpRequest) -> HttpResponse:
    """The same as a workbook."""
    asked, _form, today = _read(request)
    total, lines = sums(request.actor, asked.by, asked.since, asked.until, today)
    columns = [str(COLUMN_LABELS[how]) for how in COLUMNS]
    headings = [str(BY_LABELS[asked.by]), _("Visits"), _("Findings"), *columns, _("Rate")]
    rows = [_cells(line, line.name) for line in lines] + [_cells(total, _("All together"))]
    table = sheets.Table(_("Numbers"), headings, [30, 10, 10, 10, 10, 10, 12, 10, 10], rows)
    about: list[list[sheets.Value]] = [
        [pgettext("span of days", "From"), asked.since],
        [pgettext("span of days", "Until"), asked.until],
        [_("As of"), today],
    ]
    body = sheets.written(table, sheets.Table(_("About"), [_("What"), _("Value")], [16, 20], about))
    return download(body, sheets.TYPE, _("joint-enforcement-%(day)s.xlsx") % {"day": today})


def _cells(line: Sum, name: str) -> list[sheets.Value]:
    stands = line.stands
    counted = [stands[how] for how in ("open", "late", "right", "in_time", "fell_due")]
    return [name, line.visits, line.findings, *counted, line.percent]
