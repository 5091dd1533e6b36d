"""Call-backs as a workbook: the rows of the list, without names, phones and words."""

from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import call_queries
from complaints.models import CallBack
from people.actors import Actor
from tenancy import clock, sheets

MOST_IN_A_SHEET = 5_000


def workbook(actor: Actor, shown: str) -> bytes:
    """At most 5,000 rows in the order of the list; the second sheet says what was asked and who cannot be called."""
    today = clock.today()
    found = call_queries.listed(actor, shown, today)
    headings = [
        _("Ticket"),
        _("Compound"),
        _("Lead organisation"),
        _("Why"),
        _("To be called by"),
        _("Taken by"),
        _("Calls without an answer"),
        _("State"),
        _("Ended on"),
        _("Ended by"),
        _("Result"),
        _("Manner"),
    ]
    widths = [26, 20, 22, 18, 14, 14, 12, 12, 14, 14, 12, 14]
    about: list[list[sheets.Value]] = [
        [_("As of"), today],
        [_("Rows in all"), found.count()],
        [_("Not rated, and nobody can be called"), call_queries.uncalled_count(actor)],
    ]
    return sheets.written(
        sheets.Table(_("Call-backs"), headings, widths, [_cells(row) for row in found[:MOST_IN_A_SHEET]]),
        sheets.Table(_("About"), [_("What"), _("Value")], [32, 20], about),
    )


def _cells(row: CallBack) -> list[sheets.Value]:
    ticket = row.ticket
    return [
        ticket.number,
        ticket.compound.name,
        ticket.lead.name if ticket.lead else "",
        row.get_reason_display(),
        row.due_on,
        row.taken_by.label if row.taken_by else "",
        row.tries,
        row.get_state_display(),
        timezone.localdate(row.ended_at) if row.ended_at else None,
        row.ended_by.label if row.ended_by and row.state != "over" else "",
        ticket.get_result_display(),
        ticket.get_manner_display(),
    ]
