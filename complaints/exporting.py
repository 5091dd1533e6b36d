"""What stands in a list that is taken out of the desk: the columns, and one line for each ticket as its reader sees it.

Who filed a ticket is in none of them: it is looked up ticket by ticket, on record.
"""

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any, BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import explain, queries, worklist
from complaints.export_states import Form
from complaints.models import Export, Ticket
from complaints.states import Channel, State
from complaints.worklist import Filters
from people.actors import Actor
from tenancy.sheets import Stream, StreamedCsv, StreamedSheet, Value

CHUNK = 1000
WIDTHS = (24, 12, 10, 16, 20, 12, 16, 60, 10, 16, 24, 16, 16, 16, 16)


def headings() -> list[str]:
    return [
        *(_("Number"), _("State"), _("Urgency"), _("About"), _("Compound"), _("Building"), _("Spot"), _("Text")),
        *(_("Filed by way of"), _("Filed"), _("Lead"), _("Next due"), _("Accepted"), _("Answered"), _("Ended")),
    ]


def filters_of(export: Export) -> Filters:
    known = {each.name for each in fields(Filters)}
    return Filters(**{name: value for name, value in export.filters.items() if name in known})


def ids(actor: Actor, queue: str, filters: Filters, *, now: datetime, most: int) -> list[int]:
    """Tickets of this list as the desk shows it to this actor, the newest first; one more than `most` says that it is longer."""
    found = worklist.work_of(actor).filter(queries.QUEUES[queue], filters.condition(actor, now))
    return list(found.order_by("-pk").values_list("pk", flat=True)[: most + 1])


def lines(actor: Actor, some: list[int]) -> Iterator[list[Value]]:
    """Those of these tickets that the actor still sees, a line each."""
    rows = queries.marked(actor, worklist.work_of(actor)).filter(pk__in=some)
    for ticket in rows.select_related("compound", "building", "lead").order_by("-pk"):
        yield _line(actor, ticket)


def _line(actor: Actor, ticket: Ticket) -> list[Value]:
    words = queries.words_listed(actor, ticket)
    waiting = ticket.ended_at is None and ticket.resolved_at is None
    due: Any = ticket.next_due if waiting else None
    times = (due, ticket.accepted_at, ticket.resolved_at, ticket.ended_at)
    return [
        ticket.number,
        str(State(ticket.state).label),
        "U1" if ticket.emergency else ticket.urgency_id or "",
        explain.leaf_name(ticket.leaf_id) if ticket.leaf_id else "",
        ticket.compound.name,
        ticket.building.name if ticket.building else "",
        words.spot,
        words.text,
        str(Channel(ticket.channel).label),
        timezone.localtime(ticket.filed_at),
        ticket.lead.name if ticket.lead else "",
        *(timezone.localtime(at) if at else None for at in times),
    ]


def mark(export: Export, actor: Actor) -> str:
    """The line above everything, so that each copy says where it came from."""
    return _("%(who)s · %(when)s · %(count)d tickets · %(filters)s · for official use only, do not pass on") % {
        "who": actor.label,
        "when": f"{timezone.localtime(export.made_at):%Y-%m-%d %H:%M}",
        "count": export.total or 0,
        "filters": export.described,
    }


def stream(export: Export, actor: Actor, out: BinaryIO) -> Stream:
    if export.form == Form.CSV:
        return StreamedCsv(out, mark=mark(export, actor), headings=headings())
    return StreamedSheet(out, title=_("Tickets"), mark=mark(export, actor), headings=headings(), widths=WIDTHS)
