"""The board: what a month comes to, for a county by its streets and for a street by its compounds."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from people.actors import Actor
from people.http import HttpRequest
from people.queries import place_names
from projects import figures, months, reports
from projects.figures import Sums
from projects.forms.plans import MonthForm
from projects.listing import Only
from projects.money import yuan
from tenancy import areas, clock
from tenancy.areas import Level

COLUMNS = (
    ("", _("Planned")),
    (Only.LANDED, pgettext_lazy("projects", "Landed")),
    (Only.OPEN, pgettext_lazy("projects", "Not landed")),
    (Only.LATE, pgettext_lazy("projects", "Late")),
    (Only.SILENT, pgettext_lazy("projects", "Silent")),
)


@require_safe
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """`?month=2026-11`, this one when none is given; `?place=` one of the reader's places."""
    watched = reports.watched(request.actor)
    if not watched:
        raise Http404
    place, month = _place(request, watched), _month(request)
    below = figures.below(place, month)
    whole = figures.total(below.values())
    names = place_names([place, *watched, *below])
    if place not in names:
        raise Http404
    context = {
        "month": month,
        "place": place,
        "name": names[place],
        "up": _up(request.actor, place, month),
        "others": [{"url": _url(root, month), "label": names.get(root, str(root)), "current": root == place} for root in watched]
        if len(watched) > 1
        else [],
        "previous": {"url": _url(place, months.after(month, -1)), "month": months.after(month, -1)},
        "next": {"url": _url(place, months.after(month)), "month": months.after(month)},
        "share": whole.share,
        "money": yuan(whole.budget_fen),
        "figures": cells(place, month, whole),
        "columns": [label for _only, label in COLUMNS],
        "rows": [_row(area, names.get(area, str(area)), month, sums) for area, sums in below.items()],
        "compounds": areas.level_of(place) not in figures.BELOW,
        "counted_at": figures.counted_at(place, month),
    }
    return render(request, "projects/board.html", context)


def cells(place: int, month: date, sums: Sums) -> list[dict[str, Any]]:
    """The numbers, each with the way to the projects behind it, as `components/figures.html` wants them."""
    values = {"": sums.planned, Only.LANDED: sums.landed, Only.OPEN: sums.open, Only.LATE: sums.late, Only.SILENT: sums.silent}
    return [
        {
            "value": values[only],
            "name": label,
            "url": _list_url(place, month, only) if values[only] else "",
            "late": only == Only.LATE and values[only] > 0,
        }
        for only, label in COLUMNS
    ]


def _list_url(place: int, month: date, only: str) -> str:
    asked = {"month": f"{month:%Y-%m}", "place": f"{place:015d}"} | ({"only": str(only)} if only else {})
    return f"{reverse('projects:projects')}?{urlencode(asked)}"


def _row(area: int, name: str, month: date, sums: Sums) -> dict[str, Any]:
    compound = areas.level_of(area) == Level.COMPOUND
    url = reverse("projects:plan", args=[area, month]) if compound else _url(area, month)
    return {"name": name, "url": url, "cells": cells(area, month, sums), "share": sums.share}


def _url(place: int, month: date) -> str:
    return f"?{urlencode({'place': f'{place:015d}', 'month': f'{month:%Y-%m}'})}"


def _up(actor: Actor, place: int, month: date) -> str:
    """The way to the place above, when the reader watches that too."""
    if areas.SPANS[areas.level_of(place)] >= areas.SPANS[Level.COUNTY]:
        return ""
    above = areas.ancestor(place, Level.COUNTY)
    return _url(above, month) if reports.watches(actor, above) else ""


def _place(request: HttpRequest, watched: list[int]) -> int:
    typed = request.GET.get("place", "")
    if not typed:
        return watched[0]
    if not (typed.isascii() and typed.isdigit() and len(typed) == 15):
        raise Http404
    if not reports.watches(request.actor, int(typed)):
        raise Http404
    return int(typed)


def _month(request: HttpRequest) -> date:
    """What is no month counts as this one."""
    form = MonthForm(request.GET)
    wanted: date | None = form.cleaned_data["month"] if form.is_valid() else None
    return wanted if wanted is not None and 2000 <= wanted.year < 3000 else months.month_of(clock.today())
