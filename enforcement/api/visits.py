"""Joint visits through the API: planned, answered, approved, signed; and what phones fetch and send."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from enforcement import risk, sheets_of_visits, visit_queries
from enforcement.actions import field, rechecks
from enforcement.actions import visits as actions
from enforcement.actions.field import Sent, Taken, Taking
from enforcement.actions.visit_grounds import With
from enforcement.actions.visits import Plan
from enforcement.api import visit_serializers as api
from files import serving
from files.api import AsItIs, PhotoQuery
from files.api import read as read_photos
from people.actors import Actor
from people.api.requests import View, actor_of
from tenancy import areas, clock
from tenancy.api.keyset import page, query_of
from tenancy.api.parsers import JSONParser, MultiPartParser
from tenancy.api.schema import operation

V = TypeVar("V", bound=type[View])
Given = dict[str, Any]


def plan_of(given: Given) -> Plan:
    companions = tuple(With(**each) for each in given["companions"])
    said = {name: given[name] for name in ("lead", "planned_on", "reason", "bureaus", "announced", "again")}
    return Plan(**said, companions=companions)


def read(asked: serializers.Serializer[Any], request: Request, visit: str) -> Given:
    """The body; what does not exist for the caller is 404, whatever the body."""
    if not asked.is_valid():
        visit_queries.get(actor_of(request), visit)
        raise serializers.ValidationError(asked.errors)
    return dict(asked.validated_data)


class VisitsView(View):
    """Joint visits."""

    @operation(api.VisitsShown, summary="Joint visits", query=api.VisitsQuery, operation_id="visits_list")
    def get(self, request: Request) -> Response:
        """Newest day first."""
        query = query_of(request, api.VisitsQuery)
        rows = visit_queries.visible_to(actor_of(request))
        if "state" in query:
            rows = rows.filter(state=query["state"])
        if "area" in query:
            low, high = areas.subtree(query["area"])
            rows = rows.filter(area__gte=low, area__lt=high)
        found = page(request, rows, order=("-planned_on", "-pk"), cursor=query.get("cursor", ""), limit=query["limit"])
        shown = api.VisitShown(found.rows, many=True).data
        return Response({"next": found.next, "previous": found.previous, "results": shown})

    @operation(api.VisitFull, summary="Plan a joint visit", asks=api.VisitPlanned, status=201, refuses={404, 429})
    def post(self, request: Request) -> Response:
        """By the street office or a bureau of the county's list. `too_soon` asks for `again`."""
        asked = api.VisitPlanned(data=request.data)
        asked.is_valid(raise_exception=True)
        actor = actor_of(request)
        visit = actions.plan(asked.validated_data["compound"], plan_of(asked.validated_data), by=actor)
        return Response(shown(actor, visit.number), status=201)


def shown(actor: Actor, visit: str) -> Given:
    return dict(api.VisitFull(sheets_of_visits.full(actor, visit_queries.get(actor, visit))).data)


class VisitView(View):
    """One visit."""

    @operation(api.VisitFull, summary="A joint visit", refuses={404}, operation_id="visits_get")
    def get(self, request: Request, visit: str) -> Response:
        """With its bureaus; items, officers and reasons for those who work with it."""
        return Response(shown(actor_of(request), visit))

    @operation(api.VisitFull, summary="Plan it otherwise", asks=api.VisitReplanned, refuses={404, 409, 429})
    def put(self, request: Request, visit: str) -> Response:
        """While no bureau was asked."""
        given = read(api.VisitReplanned(data=request.data), request, visit)
        actor = actor_of(request)
        actions.change(visit, plan_of(given), by=actor, version=given["version"])
        return Response(shown(actor, visit))


class RecheckView(View):
    """The re-check of a visit."""

    @operation(api.VisitFull, summary="Plan a re-check", asks=api.RecheckPlanned, status=201, refuses={404, 409, 429})
    def post(self, request: Request, visit: str) -> Response:
        """A visit that carries only findings of this one that wait to be looked at again."""
        given = read(api.RecheckPlanned(data=request.data), request, visit)
        actor = actor_of(request)
        return Response(shown(actor, rechecks.plan(visit, by=actor, **given).number), status=201)


class RiskView(View):
    """Where a visit is needed."""

    @operation(api.RisksShown, summary="Where a visit is needed", query=api.RiskQuery, operation_id="visits_risk")
    def get(self, request: Request) -> Response:
        """The compounds for which the caller may plan visits, those that need one most first."""
        query = api.RiskQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        actor = actor_of(request)
        found = visit_queries.compounds_of(actor)
        if "area" in query.validated_data:
            low, high = areas.subtree(query.validated_data["area"])
            found = found.filter(area__gte=low, area__lt=high)
        rows = list(found)
        codes = [row.area for row in rows]
        facts, running = visit_queries.facts(actor, codes, clock.today()), visit_queries.open_for(codes)
        told = [
            {
                "compound": row.area,
                "name": row.name,
                "score": risk.score(facts[row.area]),
                **facts[row.area].plain(),
                "visit": running[row.area].number if row.area in running else None,
            }
            for row in rows
        ]
        told.sort(key=lambda each: (-each["score"], each["compound"]))
        return Response({"results": told})


def step(summary: str, asks: Any) -> Callable[[V], V]:
    return extend_schema_view(post=operation(api.VisitFull, summary=summary, asks=asks, refuses={404, 409, 429}))


class VisitStep(View):
    """One step. `asks` reads the body, `take` calls the action."""

    asks: type[serializers.Serializer[Any]] = api.VisitSeen

    def take(self, visit: str, given: Given, by: Actor) -> object:
        raise NotImplementedError

    def post(self, request: Request, visit: str, **named: int) -> Response:
        given = read(self.asks(data=request.data), request, visit)
        actor = actor_of(request)
        self.take(visit, {**given, **named}, actor)
        return Response(shown(actor, visit))


@step("Ask the bureaus", api.VisitSeen)
class Ask(VisitStep):
    """Each names its officers or declines."""

    def take(self, visit: str, given: Given, by: Actor) -> object:
        return actions.ask(visit, by=by, **given)


@step("Take a plan back", api.VisitSeen)
class TakeBack(VisitStep):
    """Every bureau is asked anew."""

    def take(self, visit: str, given: Given, by: Actor) -> object:
        return actions.take_back(visit, by=by, **given)


@step("Approve a visit", api.VisitSeen)
class Approve(VisitStep):
    """By the head of the lead organisation, who did not plan it."""

    def take(self, visit: str, given: Given, by: Actor) -> object:
        return actions.approve(visit, by=by, **given)


@step("Call a visit off", api.VisitReason)
class CallOff(VisitStep):
    """Before it begins."""

    asks = api.VisitReason

    def take(self, visit: str, given: Given, by: Actor) -> object:
        return actions.call_off(visit, by=by, **given)


@step("Begin a visit", api.VisitSeen)
class Start(VisitStep):
    """By one of its officers, on its day or later."""

    def take(self, visit: str, given: Given, by: Actor) -> object:
        return actions.start(visit, by=by, **given)


@step("Take part with these officers", api.OfficersNamed)
class Join(VisitStep):
    """At least two with a certificate valid on the day."""

    asks = api.OfficersNamed

    def take(self, visit: str, given: Given, by: Actor) -> object:
        return actions.join(visit, given.pop("organisation_id"), by=by, **given)


@step("Take no part", api.VisitReason)
class Decline(VisitStep):
    """With a reason."""

    asks = api.VisitReason

    def take(self, visit: str, given: Given, by: Actor) -> object:
        return actions.decline(visit, given.pop("organisation_id"), by=by, **given)


@step("Sign for a bureau", api.VisitSigned)
class Sign(VisitStep):
    """By one of its officers; the last signature ends the visit."""

    asks = api.VisitSigned

    def take(self, visit: str, given: Given, by: Actor) -> object:
        return actions.sign(visit, given.pop("organisation_id"), by=by, **given)


STEPS: dict[str, type[VisitStep]] = {
    "ask": Ask,
    "take-back": TakeBack,
    "approve": Approve,
    "call-off": CallOff,
    "start": Start,
}
MEMBER_STEPS: dict[str, type[VisitStep]] = {"join": Join, "decline": Decline, "sign": Sign}


class SheetView(View):
    """What an officer carries."""

    @operation(api.SheetShown, summary="The list to carry along", refuses={404}, operation_id="visits_sheet")
    def get(self, request: Request, visit: str) -> Response:
        """All that an officer of the visit needs without a signal."""
        actor = actor_of(request)
        return Response(sheets_of_visits.sheet(actor, visit_queries.get(actor, visit)))


class ChangesView(View):
    """What phones send."""

    throttle = "field"

    @operation(api.ChangesTaken, summary="Send what was recorded", asks=api.ChangesSent, refuses={404, 429})
    def post(self, request: Request, visit: str) -> Response:
        """Each change once, however often it is sent. What cannot be applied is kept, and `results` says why."""
        given = read(api.ChangesSent(data=request.data), request, visit)
        actor = actor_of(request)
        sent = [Sent(key=each.pop("id"), **each) for each in given["changes"]]
        taken = field.take(visit, sent, by=actor)
        row = visit_queries.get(actor, visit)
        return Response({"state": row.state, "version": row.version, "results": [_taken(each) for each in taken]})


def _taken(each: Taken) -> Given:
    line = each.line
    return {
        "id": each.key,
        "outcome": each.outcome,
        "repeated": each.repeated,
        "code": each.code,
        "detail": str(each.words),
        "line": line.pk if line else None,
        "version": line.version if line else None,
        "result": line.result if line else None,
        "conflict": bool(line and line.conflict),
    }


class FieldPhotosView(View):
    """Photos of a visit."""

    parser_classes = [JSONParser, MultiPartParser]
    throttle = "field"

    @operation(api.FieldPhotoKept, summary="Send a photo", asks=api.FieldPhotoSent, status=201, refuses={404, 429})
    def post(self, request: Request, visit: str) -> Response:
        """Once, however often it is sent."""
        given = read(api.FieldPhotoSent(data=request.data), request, visit)
        actor = actor_of(request)
        visit_queries.get(actor, visit)
        (photo,) = read_photos([given.pop("photo")])
        row, repeated = field.keep_photo(visit, Taking(key=given.pop("id"), **given), photo, by=actor)
        return Response({"id": row.key, "repeated": repeated}, status=201)


class FieldPhotoView(View):
    """A photo of a visit."""

    content_negotiation_class = AsItIs

    @operation(OpenApiTypes.BINARY, summary="A photo", status=(200, "image/jpeg"), query=PhotoQuery, refuses={404}, binary=True)
    def get(self, request: Request, visit: str, photo_id: UUID) -> HttpResponse:
        """JPEG without metadata, for those who work with the visit; `photo_id` as the phone made it."""
        query = PhotoQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        actor = actor_of(request)
        row = visit_queries.get(actor, visit)
        found = row.photos.filter(key=photo_id).select_related("photo").first()
        if found is None or not visit_queries.works_with(actor, row):
            raise Http404
        return serving.answer(found.photo, name=f"{row.number}", small=query.validated_data["size"] == "small")
