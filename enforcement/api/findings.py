"""Findings through the API: read, filtered as the totals count them, and taken through their steps."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import queries as complaints
from enforcement import finding_queries as queries
from enforcement.actions import finding_links as links
from enforcement.actions import findings as actions
from enforcement.api import finding_serializers as api
from enforcement.finding_listing import Only
from enforcement.finding_permissions import answers
from enforcement.finding_states import UNDER_ORDER
from enforcement.models import Finding
from files import serving
from files.api import AsItIs, PhotoQuery
from files.api import read as read_photos
from people.actors import Actor
from people.api.requests import View, actor_of
from projects import queries as projects
from tenancy import clock
from tenancy.api.keyset import page, query_of
from tenancy.api.parsers import JSONParser, MultiPartParser
from tenancy.api.schema import operation

V = TypeVar("V", bound=type[View])
Given = dict[str, Any]


def brief(actor: Actor, row: Finding, today: date) -> Given:
    """One finding as this reader may know it."""
    names = queries.reads_names(actor, row)
    return {
        "number": row.number,
        "visit": row.visit.number,
        "compound": row.area,
        "state": row.state,
        "version": row.version,
        "late": row.state in UNDER_ORDER and row.due_on is not None and row.due_on < today,
        "bureau": row.organisation_id,
        "item": row.item.code,
        "item_name": row.item.name,
        "text": row.text,
        "building": row.building_id,
        "spot": row.spot if queries.reads_spot(actor, row) else "",
        "party": row.party,
        "party_organisation": row.party_organisation_id,
        "party_name": row.party_name if names else "",
        "found_at": row.found_at,
        "demand": row.demand,
        "due_on": row.due_on,
        "ended_at": row.ended_at,
        "rounds": row.rounds,
    }


def full(actor: Actor, row: Finding) -> Given:
    names, spot = queries.reads_names(actor, row), queries.reads_spot(actor, row)
    works = names or answers(actor, row)
    ticket = complaints.visible_to(actor).filter(pk=row.ticket_id).first() if row.ticket_id else None
    project = projects.visible_to(actor).filter(pk=row.project_id).first() if row.project_id else None
    events = [
        {"at": each.at, "kind": each.kind, "by": each.by.label if names else "", "text": each.text if works else ""}
        for each in queries.events(row)
    ]
    return {
        **brief(actor, row, clock.today()),
        "answer": row.answer if works else "",
        "recheck": row.recheck.number if row.recheck else None,
        "ticket": ticket.number if ticket else None,
        "project": project.number if project else None,
        "photos_before": [each.photo_id for each in queries.photos_before(row)] if spot else [],
        "photos_after": [each.photo_id for each in queries.photos_after(row)] if spot else [],
        "events": events,
    }


class FindingsView(View):
    """Findings."""

    @operation(api.FindingsShown, summary="Findings", query=api.FindingsQuery, operation_id="findings_list")
    def get(self, request: Request) -> Response:
        """Newest first, of the caller's places."""
        query, actor, today = query_of(request, api.FindingsQuery), actor_of(request), clock.today()
        rows = Only.of(query).rows(queries.listed(actor), today)
        found = page(request, rows, order=("-pk",), cursor=query.get("cursor", ""), limit=query["limit"])
        shown = api.FindingShown([brief(actor, row, today) for row in found.rows], many=True).data
        return Response({"next": found.next, "previous": found.previous, "results": shown})


class FindingView(View):
    """One finding."""

    @operation(api.FindingFull, summary="A finding", refuses={404}, operation_id="findings_get")
    def get(self, request: Request, finding: str) -> Response:
        """With its photos and its timeline."""
        actor = actor_of(request)
        return Response(api.FindingFull(full(actor, queries.get(actor, finding))).data)


class FindingPhotoView(View):
    """A photo of a finding."""

    content_negotiation_class = AsItIs

    @operation(OpenApiTypes.BINARY, summary="A photo", status=(200, "image/jpeg"), query=PhotoQuery, refuses={404}, binary=True)
    def get(self, request: Request, finding: str, photo_id: UUID) -> HttpResponse:
        """JPEG without metadata, for those who may read the spot."""
        query = PhotoQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        actor = actor_of(request)
        row = queries.get(actor, finding)
        found = queries.photo(row, photo_id) if queries.reads_spot(actor, row) else None
        if found is None:
            raise Http404
        return serving.answer(found, name=row.number, small=query.validated_data["size"] == "small")


def step(summary: str, asks: Any) -> Callable[[V], V]:
    return extend_schema_view(post=operation(api.FindingFull, summary=summary, asks=asks, refuses={404, 409, 429}))


class FindingStep(View):
    """One step. `asks` reads the body, `act` is the action."""

    asks: type[serializers.Serializer[Any]]
    act: Callable[..., object]

    def post(self, request: Request, finding: str) -> Response:
        actor, asked = actor_of(request), self.asks(data=request.data)
        if not asked.is_valid():
            queries.get(actor, finding)  # what does not exist for the caller is 404, whatever the body
            raise serializers.ValidationError(asked.errors)
        given = dict(asked.validated_data)
        if "photos" in given:
            queries.get(actor, finding)
            given["photos"] = read_photos(given["photos"])
        type(self).act(finding, by=actor, **given)
        return Response(api.FindingFull(full(actor, queries.get(actor, finding))).data)


@step("Put right on the spot", api.FindingFixed)
class Fix(FindingStep):
    """With a photo; only where the item may be settled so."""

    parser_classes = [JSONParser, MultiPartParser]
    asks, act = api.FindingFixed, staticmethod(actions.fix)


@step("Order it to be put right", api.FindingOrdered)
class Order(FindingStep):
    """By the bureau that found it."""

    asks, act = api.FindingOrdered, staticmethod(actions.order)


@step("Say that it is right now", api.FindingAnswered)
class Answer(FindingStep):
    """By whoever answers for it, with at least one photo."""

    parser_classes = [JSONParser, MultiPartParser]
    asks, act = api.FindingAnswered, staticmethod(actions.answer)


@step("Accept it", api.FindingWords)
class Accept(FindingStep):
    """By the bureau that found it; not while a re-check carries it."""

    asks, act = api.FindingWords, staticmethod(actions.accept)


@step("Send it back", api.FindingSentBack)
class SendBack(FindingStep):
    """Ordered once more."""

    asks, act = api.FindingSentBack, staticmethod(actions.send_back)


@step("Look at it on the spot", api.FindingRecheckAsked)
class AskRecheck(FindingStep):
    """It waits for a re-check."""

    asks, act = api.FindingRecheckAsked, staticmethod(actions.ask_recheck)


@step("Hand it over as a case", api.FindingWords)
class Transfer(FindingStep):
    """`text` names the case and the office."""

    asks, act = api.FindingWords, staticmethod(actions.transfer)


@step("Take it back", api.FindingWords)
class Drop(FindingStep):
    """By the head of the bureau."""

    asks, act = api.FindingWords, staticmethod(actions.drop)


@step("Ask for more time", api.MoreTimeAsked)
class AskTime(FindingStep):
    """By whoever answers for it; one at a time."""

    asks, act = api.MoreTimeAsked, staticmethod(actions.ask_time)


@step("Decide on more time", api.MoreTimeDecided)
class DecideTime(FindingStep):
    """By the head of the bureau, not by whoever asked."""

    asks, act = api.MoreTimeDecided, staticmethod(actions.decide_time)


@step("End its publication", api.FindingWords)
class Lift(FindingStep):
    """By the head of the bureau, once it is over."""

    asks, act = api.FindingWords, staticmethod(actions.lift)


@step("File a complaint about it", api.FindingSeen)
class OpenTicket(FindingStep):
    """By the street office."""

    asks, act = api.FindingSeen, staticmethod(links.open_ticket)


@step("Link a complaint", api.FindingTicketLinked)
class LinkTicket(FindingStep):
    """Of the same compound."""

    asks, act = api.FindingTicketLinked, staticmethod(links.link_ticket)


@step("Link a practical project", api.FindingProjectLinked)
class LinkProject(FindingStep):
    """Of the same compound."""

    asks, act = api.FindingProjectLinked, staticmethod(links.link_project)


STEPS: dict[str, type[FindingStep]] = {
    "fix": Fix,
    "order": Order,
    "answer": Answer,
    "accept": Accept,
    "send-back": SendBack,
    "ask-recheck": AskRecheck,
    "transfer": Transfer,
    "drop": Drop,
    "ask-time": AskTime,
    "decide-time": DecideTime,
    "lift": Lift,
    "open-ticket": OpenTicket,
    "link-ticket": LinkTicket,
    "link-project": LinkProject,
}
