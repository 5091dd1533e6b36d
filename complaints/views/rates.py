"""响应率、解决率、满意率: numbers that each open their tickets, the tickets with what they count for, and both as a workbook."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from complaints import indicator_queries, rate_sheets
from complaints.call_queries import reads_calls
from complaints.forms.rates import BY_LABELS, RatesForm, RowsForm, only_of
from complaints.indicator_queries import NOBODY, Line, Only
from complaints.indicators import COUNTED, Rate, Why
from complaints.views.rules import for_readers
from people.http import HttpRequest
from tenancy import clock, sheets
from tenancy.refusals import NotThere

PAGE = 50


def _read(request: HttpRequest, form: RatesForm) -> Only:
    """Street, county desk and supervision; for others there is nothing here. Raises NotThere."""
    if not reads_calls(request.actor):
        raise NotThere
    return only_of(form, clock.today())


@require_safe
@for_readers
def rates(request: HttpRequest) -> HttpResponse:
    """By organisation, compound or month of filing; `?by=`, `?since=`, `?until=`."""
    form = RatesForm(request.GET)
    only = _read(request, form)
    by = form.cleaned_data.get("by") or "organisation"
    total, found = indicator_queries.lines(request.actor, by, only, clock.now())
    context = {
        "form": RatesForm(initial={"by": by, "since": only.since, "until": only.until}, auto_id="filter_%s"),
        "asked": only.query(),
        "heading": BY_LABELS[by],
        "columns": [rate.label for rate in Rate],
        "total": shown(total),
        "lines": [shown(line) for line in found],
        "left_out": left_out(total),
    }
    return render(request, "complaints/rates/numbers.html", context)


def shown(line: Line) -> dict[str, Any]:
    """A line with the addresses that its numbers open."""
    shares = [
        {
            "label": rate.label,
            "for": line.sum.numerator(rate),
            "of": line.sum.denominator(rate),
            "percent": line.sum.percent(rate),
            "for_query": line.only.query(rate=rate.value, how="for"),
            "of_query": line.only.query(rate=rate.value, how="of"),
        }
        for rate in Rate
    ]
    name = _("Nobody leads it yet") if line.only.organisation == NOBODY else line.name
    return {"name": name, "tickets": line.sum.tickets, "query": line.only.query(), "shares": shares}


def left_out(line: Line) -> list[dict[str, Any]]:
    """For each reason to leave tickets out, how many of each rate; only reasons that there are."""
    reasons = [why for why in Why if why not in COUNTED and any(line.sum.reasons[rate].get(why) for rate in Rate)]
    return [
        {
            "label": why.label,
            "counts": [
                {
                    "label": rate.label,
                    "many": line.sum.reasons[rate].get(why, 0),
                    "query": line.only.query(rate=rate.value, how=why.value),
                }
                for rate in Rate
            ],
        }
        for why in reasons
    ]


@require_safe
@for_readers
def tickets(request: HttpRequest) -> HttpResponse:
    """The tickets that a number opens, each with what it counts for and why; `?from=` how many stand before."""
    only = _read(request, RowsForm(request.GET))
    found = indicator_queries.rows(request.actor, only, clock.now())
    given = request.GET.get("from", "")
    start = int(given) if given.isascii() and given.isdigit() and len(given) < 8 else 0
    page = found[start : start + PAGE]
    places, organisations = indicator_queries.names_of(each for each, _counts in page)
    context = {
        "only": only,
        "total": len(found),
        "asked": only.query(),
        "what": _what(only),
        "columns": [rate.label for rate in Rate],
        "rows": [
            {
                "ticket": each,
                "place": places.get(each.area, ""),
                "organisation": organisations.get(each.organisation or NOBODY, ""),
                "counts": [
                    {"label": rate.label, "why": counts[rate].label, "side": rate_sheets.side(counts[rate])} for rate in Rate
                ],
            }
            for each, counts in page
        ],
        "previous_url": f"?{only.query()}&{urlencode({'from': max(0, start - PAGE)})}" if start else "",
        "next_url": f"?{only.query()}&{urlencode({'from': start + PAGE})}" if start + PAGE < len(found) else "",
    }
    return render(request, "complaints/rates/tickets.html", context)


def _what(only: Only) -> str:
    """Which of the three, and which side of it, in words."""
    if only.rate not in Rate.values or not only.how:
        return ""
    sides = {"for": _("what counts for it"), "of": _("what counts at all")}
    known = dict(Why.choices)
    return f"{Rate(only.rate).label}: {sides.get(only.how) or known.get(only.how, only.how)}"


@require_safe
@for_readers
def sheet(request: HttpRequest) -> HttpResponse:
    """The same tickets as a workbook."""
    only = _read(request, RowsForm(request.GET))
    answer = HttpResponse(rate_sheets.workbook(request.actor, only, clock.now()), content_type=sheets.TYPE)
    name = _("rates-%(day)s.xlsx") % {"day": clock.today()}
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer
