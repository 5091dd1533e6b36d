"""How services and requests stand in GeoReport v2. Of a request nothing but what its street made public."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from complaints.actions.filing import LONGEST_SPOT
from complaints.models import Category, Leaf, Ticket
from complaints.states import UNANSWERED, State
from tenancy import areas
from tenancy.models import Area

OPENED, CLOSED = "open", "closed"
YES, NO = "yes", "no"


def named(row: Leaf | Category) -> str:
    """In the reader's language."""
    return row.name_en if (get_language() or "").startswith("en") else row.name


def service(leaf: Leaf) -> dict[str, Any]:
    return {
        "service_code": leaf.code,
        "service_name": named(leaf),
        "description": leaf.description,
        "metadata": True,
        "type": "batch" if leaf.confidential else "realtime",
        "keywords": ",".join([leaf.category.name, leaf.name]),
        "group": named(leaf.category),
    }


def attributes(leaf: Leaf) -> list[dict[str, Any]]:
    """What a service asks besides: where exactly (needed in an emergency), and whether the caller's name is kept back."""
    choice = [{"key": YES, "name": _("Yes")}, {"key": NO, "name": _("No")}]
    longest = _("At most %(longest)d characters") % {"longest": LONGEST_SPOT}
    asked = [
        (
            "spot",
            "string",
            leaf.emergency,
            _("Where exactly: building, entrance, lift"),
            longest,
        ),
        ("anonymous", "singlevaluelist", False, _("Keep the caller's name from whoever handles it"), None),
        ("confidential", "singlevaluelist", False, _("In confidence: never made public"), None),
    ]
    return [
        {
            "variable": True,
            "code": code,
            "datatype": datatype,
            "required": required,
            "datatype_description": hint,
            "order": order,
            "description": description,
            "values": choice if datatype == "singlevaluelist" else None,
        }
        for order, (code, datatype, required, description, hint) in enumerate(asked, start=1)
    ]


def definition(leaf: Leaf) -> dict[str, Any]:
    return {"service_code": leaf.code, "attributes": attributes(leaf)}


def requests(tickets: Iterable[Ticket]) -> list[dict[str, Any]]:
    """Tickets of `queries.published`, with leaf and lead loaded. One query for the names of all places."""
    rows = list(tickets)
    codes = {code for row in rows for code in areas.lineage(row.area)}
    names = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    return [request(row, names) for row in rows]


def request(ticket: Ticket, names: dict[int, str]) -> dict[str, Any]:
    assert ticket.leaf is not None
    closed = ticket.state not in UNANSWERED
    return {
        "service_request_id": ticket.number,
        "status": CLOSED if closed else OPENED,
        "status_notes": str(State(ticket.state).label),
        "service_name": named(ticket.leaf),
        "service_code": ticket.leaf.code,
        "description": ticket.public_text,
        "agency_responsible": ticket.lead.name if ticket.lead else None,
        "requested_datetime": _moment(ticket.filed_at),
        "updated_datetime": _moment(_updated(ticket, closed=closed)),
        "expected_datetime": None if closed else _moment(ticket.resolve_due_at),
        "address": "".join(names.get(code, "") for code in areas.lineage(ticket.area)),
        "address_id": str(ticket.area),
    }


def _updated(ticket: Ticket, *, closed: bool) -> datetime:
    """Of what is closed: when the caller had an answer, or it ended without one. Else when it last came further."""
    if closed:
        answered = None if ticket.state in (State.CANCELLED, State.REFUSED) else ticket.resolved_at
        return answered or ticket.ended_at or ticket.filed_at
    return max(at for at in (ticket.filed_at, ticket.dispatched_at, ticket.accepted_at) if at)


def _moment(at: datetime | None) -> str | None:
    """W3C date and time to the second, with its zone."""
    return timezone.localtime(at).isoformat(timespec="seconds") if at else None
