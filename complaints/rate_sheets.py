"""The tickets behind the three rates as a workbook: one row each, with what it counts for and why; nothing personal."""

from datetime import datetime

from django.utils.translation import gettext as _

from complaints import indicator_queries
from complaints.indicator_queries import NOBODY, Only
from complaints.indicators import COUNTED, FOR, Rate, Why, summed
from complaints.states import State
from people.actors import Actor
from tenancy import sheets

MOST_IN_A_SHEET = 20_000


def workbook(actor: Actor, only: Only, now: datetime) -> bytes:
    """At most 20,000 rows, newest first; the second sheet says what was asked and what the rows come to."""
    found = indicator_queries.rows(actor, only, now)
    places, organisations = indicator_queries.names_of(each for each, _counts in found)
    headings = [_("Ticket"), _("Compound"), _("Organisation it counts for"), _("Filed on"), _("State")]
    for rate in Rate:
        headings += [str(rate.label), _("Why")]
    table = []
    for each, counts in found[:MOST_IN_A_SHEET]:
        who = organisations.get(each.organisation or NOBODY, "")
        cells: list[sheets.Value] = [each.number, places.get(each.area, ""), who, each.filed_on, str(State(each.state).label)]
        for rate in Rate:
            cells += [side(counts[rate]), str(counts[rate].label)]
        table.append(cells)
    total = summed((each for each, _counts in found), now)
    about: list[list[sheets.Value]] = [
        [_("Filed from"), only.since],
        [_("Filed until"), only.until],
        [_("Tickets"), total.tickets],
    ]
    about += [[str(rate.label), f"{total.numerator(rate)} / {total.denominator(rate)}"] for rate in Rate]
    return sheets.written(
        sheets.Table(_("Tickets"), headings, [26, 20, 24, 12, 12, *([12, 26] * 3)], table),
        sheets.Table(_("About"), [_("What"), _("Value")], [24, 20], about),
    )


def side(why: Why) -> str:
    """Where a ticket stands in a share, in words."""
    return _("counts for it") if why in FOR else _("counts against it") if why in COUNTED else _("left out")
