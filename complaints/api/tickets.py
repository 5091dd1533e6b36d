"""Listing, filing and reading tickets, and the catalogue."""

import json
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import permissions, queries, worklist
from complaints.actions import filing
from complaints.api import shown
from complaints.api.serializers import (
    ClocksShown,
    Filing,
    FilingWithPhotos,
    LeavesShown,
    OrganisationChoices,
    TicketFiled,
    TicketFull,
    TicketPage,
    TicketQuery,
)
from complaints.models import Leaf, Ticket
from complaints.states import Channel
from files.api import read as read_photos
from people.actors import Actor
from people.api.requests import View, actor_of
from tenancy import clock
from tenancy.api import keyset
from tenancy.api.parsers import JSONParser, MultiPartParser
from tenancy.api.schema import operation
from tenancy.refusals import NotAllowed

KEY_HEADER = "Idempotency-Key"
KEY = OpenApiParameter(
    KEY_HEADER,
    str,
    OpenApiParameter.HEADER,
    description="Up to 255 printable characters, new for each complaint. A retry with the same key and body files nothing "
    "more and gets the same answer; the same key with another body is refused with 422.",
)


class TicketsView(View):
    """Tickets."""

    throttle = "filing"
    parser_classes = [JSONParser, MultiPartParser]

    @operation(TicketPage, summary="List tickets", operation_id="tickets_list", query=TicketQuery)
    def get(self, request: Request) -> Response:
        """The tickets that the caller may see, newest first, in pages that do not shift when new ones arrive."""
        query = keyset.query_of(request, TicketQuery)
        page = {"cursor": query.pop("cursor", ""), "limit": query.pop("limit")}
        actor = actor_of(request)
        rows = queries.marked(actor, _narrowed(actor, query)).select_related("compound", "building", "leaf", "lead")
        found = keyset.page(request, rows, order=("-pk",), **page)
        results = [shown.brief(actor, ticket) for ticket in found.rows]
        return Response({"results": results, "next": found.next, "previous": found.previous})

    @operation(
        TicketFiled,
        summary="File a complaint",
        asks={"application/json": Filing, "multipart/form-data": FilingWithPhotos},
        status=201,
        refuses={404, 422, 429},
        headers=[KEY],
    )
    def post(self, request: Request) -> Response:
        """A resident files for the own compound; the property firm logs what it found; the street files for a caller.

        The ticket waits in state `submitted` until a worker has routed it, usually for less than a second. An emergency is
        recognised at once: show `emergency_lines` to the person. A compound elsewhere is 404 like one that does not exist.
        """
        actor = actor_of(request)
        asked = FilingWithPhotos(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        wanted = filing.Filing(
            **{**given, "channel": Channel(given["channel"]), "photos": read_photos(given["photos"])},
        )
        filed = filing.file(wanted, by=actor, key=request.headers.get(KEY_HEADER, ""))
        rendered = filed.key.answer["rendered"] if filed.earlier and filed.key and filed.key.answer else ""
        if not rendered:
            rendered = JSONRenderer().render(_filed(actor, filed)).decode()
            if filed.key is not None:
                filing.remember_answer(filed.key, {"rendered": rendered})
        answer = json.loads(rendered)
        return Response(answer, status=201, headers={"Location": answer["url"]})


def _filed(actor: Actor, filed: filing.Filed) -> dict[str, Any]:
    """The ticket with its tracking code: whoever holds it acts as the reporter, so a firm's own findings have none."""
    code = None if filed.ticket.channel == Channel.PATROL else filed.code
    return {**shown.full(actor, filed.ticket), "tracking_code": code}


def _narrowed(actor: Actor, query: dict[str, Any]) -> QuerySet[Ticket]:
    rows = queries.visible_to(actor)
    if state := query.get("state"):
        rows = rows.filter(state=state)
    if queue := query.get("queue"):
        rows = rows.filter(queries.QUEUES[queue])
    if compound := query.get("compound"):
        rows = rows.filter(area=compound)
    if leaf := query.get("leaf"):
        rows = rows.filter(leaf_id=leaf)
    if query["late"] is not None:
        late = worklist.late(clock.now())
        rows = rows.filter(late) if query["late"] else rows.exclude(late)
    return rows.filter(reporter_id=actor.id) if query["mine"] else rows


class TicketView(View):
    """One ticket."""

    @operation(TicketFull, summary="Read a ticket", refuses={404})
    def get(self, request: Request, number: str) -> Response:
        """All that the caller may know of it: state, due times, who answers for it, timeline, photos, and what they may do."""
        actor = actor_of(request)
        return Response(shown.full(actor, queries.get(actor, number)))


class ClocksView(View):
    """The clocks of a ticket."""

    @operation(ClocksShown, summary="Clocks, whose time it was, and the ledger", refuses={404})
    def get(self, request: Request, number: str) -> Response:
        """For staff who deal with it: how each deadline stands, every minute by party, and the lines they are counted from."""
        actor = actor_of(request)
        ticket = queries.get(actor, number)
        if not queries.reads_as_staff(actor, ticket):
            raise NotAllowed
        return Response(shown.clocks(actor, ticket))


class OrganisationsView(View):
    """Who may be charged with a ticket."""

    @operation(OrganisationChoices, summary="Whom it may be dispatched to", refuses={404})
    def get(self, request: Request, number: str) -> Response:
        """Organisations that answer for the ticket's place, and the firm that serves the compound today. For the desks."""
        actor = actor_of(request)
        ticket = queries.get(actor, number)
        if not (permissions.may_dispatch(actor, ticket) or permissions.may_arbitrate(actor, ticket)):
            raise NotAllowed
        found = [
            {"id": row.pk, "name": row.name, "kind": row.kind.name, "phone": row.phone}
            for row in queries.answering_for(ticket.area)
        ]
        return Response(OrganisationChoices({"results": found}).data)


class LeavesView(View):
    """The catalogue."""

    @operation(LeavesShown, summary="What a complaint can be about")
    def get(self, request: Request) -> Response:
        """The 78 leaves of the complaint catalogue with their categories."""
        found = [
            {
                **{
                    name: getattr(leaf, name)
                    for name in ("code", "name", "name_en", "description", "emergency", "emergency_line")
                },
                "category": {"code": leaf.category.code, "name": leaf.category.name},
                "lead": leaf.lead.name,
                "urgency": leaf.urgency_id,
            }
            for leaf in Leaf.objects.select_related("category", "lead").order_by("code")
        ]
        return Response(LeavesShown({"results": found}).data)
