"""Lists of projects: staff filter them in the address, residents see what was promised to their compounds."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from communities import queries as communities
from communities.views.compounds import base_for
from people.actors import Actor
from people.http import HttpRequest
from people.queries import place_names
from projects import listing, months, queries
from projects.forms.listing import FilterForm
from projects.listing import Filters, Only
from projects.models import Matter
from projects.views import showing
from tenancy import areas, clock

PAGE = 30
MONTHS_BACK, MONTHS_AHEAD = 11, 3
TABS = ((Only.OPEN, _("Promised and under way")), (Only.LANDED, _("Landed")), ("", _("All")))


@require_safe
@login_required
def projects(request: HttpRequest) -> HttpResponse:
    """Filtered by `state`, `matter`, `month`, `only` and `place`, for residents by the last two.

    `before` is the last number of the page before.
    """
    staff, today, own = request.actor.is_staff, clock.today(), _own_compounds(request.actor)
    this = months.month_of(today)
    form = FilterForm(
        request.GET if staff or request.GET else {"only": Only.OPEN.value},
        matters=list(Matter.objects.order_by("no")),
        months=[months.after(this, steps) for steps in range(MONTHS_AHEAD, -MONTHS_BACK - 1, -1)],
        compounds=own,
    )
    filters = form.filters()
    if not staff:
        filters = Filters(only=filters.only, place=filters.place if own else None)
    kept = form.kept() if staff else {"only": filters.only, **({"place": str(filters.place)} if filters.place else {})}
    chosen = listing.listed(request.actor, filters, today)
    total = chosen.count()
    typed = request.GET.get("before", "")[:24].replace("\x00", "")
    start = queries.visible_to(request.actor).filter(number=typed).values_list("pk", flat=True).first() if typed else None
    if start is not None:
        chosen = chosen.filter(pk__lt=start)
    found = list(chosen[: PAGE + 1])
    place = place_names([filters.place]).get(filters.place, "") if filters.place and not own else ""
    context: dict[str, Any] = {
        "base": base_for(request),
        "staff": staff,
        "form": form,
        "filtered": any(kept.values()),
        "place": place,
        "without_place": f"?{urlencode({name: value for name, value in kept.items() if name != 'place'})}",
        "tabs": _tabs("only", TABS, filters.only, kept),
        "compounds": _tabs("place", [("", _("All compounds")), *own], filters.place or "", kept) if own else [],
        "rows": [showing.row(project, today) for project in found[:PAGE]],
        "total": total,
        "previous_url": f"?{urlencode(kept)}" if start is not None else "",
        "next_url": f"?{urlencode({**kept, 'before': found[PAGE - 1].number})}" if len(found) > PAGE else "",
    }
    return render(request, "projects/projects.html", context)


def _own_compounds(actor: Actor) -> list[tuple[int, str]]:
    """Code and name of the compounds of a resident or a firm that has several; nothing for whoever covers more than compounds."""
    codes = {post.area for post in actor.posts}
    if len(codes) < 2 or any(areas.level_of(code) != areas.Level.COMPOUND for code in codes):
        return []
    return list(communities.visible_to(actor).values_list("area", "name"))


def _tabs(name: str, choices: Iterable[tuple[Any, Any]], current: Any, kept: dict[str, str]) -> list[dict[str, Any]]:
    """One for each choice of the filter `name`; the other filters stay."""
    return [
        {"url": f"?{urlencode({**kept, name: value})}", "label": label, "current": value == current} for value, label in choices
    ]
