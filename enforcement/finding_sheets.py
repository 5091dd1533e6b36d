"""Findings as a workbook: the rows of the list, with the rights of whoever reads it."""

from django.utils import timezone
from django.utils.translation import gettext as _

from enforcement import finding_queries as queries
from enforcement.finding_listing import Only
from people.actors import Actor
from tenancy import clock, sheets

MOST_IN_A_SHEET = 5_000


def workbook(actor: Actor, only: Only) -> bytes:
    """At most 5,000 rows, newest first; the second sheet says what was asked and how many there are in all."""
    today = clock.today()
    found = only.rows(queries.listed(actor), today)
    rows = list(found[:MOST_IN_A_SHEET])
    headings = [
        _("Number"),
        _("Visit"),
        _("Compound"),
        _("Bureau"),
        _("Item"),
        _("What was found"),
        _("Spot"),
        _("Responsible party"),
        _("By name"),
        _("State"),
        _("Found on"),
        _("Due on"),
        _("Ended on"),
        _("Sent back"),
    ]
    lines: list[list[sheets.Value]] = []
    for row in rows:
        names, spot = queries.reads_names(actor, row), queries.reads_spot(actor, row)
        party = row.party_organisation.name if row.party_organisation else row.party_name
        lines.append(
            [
                row.number,
                row.visit.number,
                row.visit.compound.name,
                row.organisation.name,
                f"{row.item.code} {row.item.name}",
                row.text,
                row.spot if spot else "",
                row.get_party_display(),
                party if names else "",
                row.get_state_display(),
                timezone.localdate(row.found_at),
                row.due_on,
                timezone.localdate(row.ended_at) if row.ended_at else None,
                row.rounds,
            ]
        )
    widths = [24, 24, 18, 18, 22, 40, 18, 14, 18, 14, 12, 12, 12, 8]
    asked: list[list[sheets.Value]] = [
        [_("As of"), today],
        [_("Filter"), only.query() or _("none")],
        [_("Rows in all"), found.count()],
    ]
    return sheets.written(
        sheets.Table(_("Findings"), headings, widths, lines),
        sheets.Table(_("About"), [_("What"), _("Value")], [16, 60], asked),
    )
