"""The board: one column for each state that somebody acts in, what is due next on top."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from communities import queries as communities
from complaints import worklist
from complaints.forms.desk import FilterForm
from complaints.views.desk import ICONS, KEPT, NAMES, address, rows_of, strip
from complaints.views.doors import at_a_desk
from people.http import HttpRequest

COLUMNS = ("triage", "arbitration", "new", "doing", "answered")
IN_COLUMN = 12
"""Rows of a column; the rest is in the queue, one step away (own)."""


@require_safe
@at_a_desk
def board(request: HttpRequest) -> HttpResponse:
    """The queues of the reader's desk side by side, with the desk's filters."""
    actor, given, now = request.actor, request.GET, timezone.now()
    form = FilterForm(given, compounds=list(communities.visible_to(actor).values_list("area", "name")), auto_id="filter_%s")
    filters = form.filters()
    tallies, able = worklist.tallies(actor, filters, now=now), worklist.queues_of(actor)
    columns = []
    for name in COLUMNS:
        if name in able:
            found = worklist.page(actor, name, filters, now=now, size=IN_COLUMN) if tallies[name].total else None
            columns.append(
                {
                    "name": name,
                    "label": NAMES[name],
                    "icon": ICONS[name],
                    "tally": tallies[name],
                    "rows": rows_of(found.rows, actor, given, name, now) if found else [],
                    "rest": max(tallies[name].total - IN_COLUMN, 0),
                    "url": address(given, queue=name, ticket="", after="", before=""),
                }
            )
    context = {
        "columns": columns,
        "form": form,
        "strip": strip(actor, filters, given, now),
        "narrowed": any(given.get(name) for name in KEPT),
        "desk_url": address(given, ticket="", after="", before=""),
    }
    return render(request, "complaints/board.html", context)
