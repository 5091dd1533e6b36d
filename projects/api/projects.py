"""Projects through the API: the ten matters, lists, drafts, one project, its photos, and each step of its life."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from files import serving
from files.api import AsItIs, PhotoQuery
from files.api import read as read_photos
from people.actors import Actor
from people.api.requests import View, actor_of
from projects import queries
from projects.actions import acceptance, drafting, work
from projects.actions.drafting import Draft
from projects.actions.work import Taken
from projects.api import serializers as api
from projects.api import shown
from projects.models import Matter, Project
from tenancy.api import keyset
from tenancy.api.parsers import JSONParser, MultiPartParser
from tenancy.api.schema import operation
from tenancy.refusals import Refusal

V = TypeVar("V", bound=type[View])
Given = dict[str, Any]


def draft_of(given: Given) -> Draft:
    """What was sent, as the action takes it."""
    plain = {name: value for name, value in given.items() if name in Draft.__dataclass_fields__}
    return Draft(
        **plain
        | {
            "origins": [(row["kind"], row["words"]) for row in given["origins"]],
            "funding": [(row["source"], row["amount_fen"]) for row in given["funding"]],
            "quotes": [(row["supplier"], row["amount_fen"], row["chosen"]) for row in given["quotes"]],
            "milestones": [(row["name"], row["weight"]) for row in given["milestones"]],
        }
    )


class MattersView(View):
    """The ten matters."""

    @operation(api.MattersShown, summary="The ten matters (十件实事)", operation_id="matters_list")
    def get(self, request: Request) -> Response:
        """With what each is measured by, and which complaints it answers."""
        return Response({"results": [shown.matter(row) for row in Matter.objects.all()]})


class ProjectsView(View):
    """Projects that the caller may see."""

    @operation(api.ProjectPage, summary="List projects", operation_id="projects_list", query=api.ProjectQuery)
    def get(self, request: Request) -> Response:
        """The newest first. Residents see what was promised to their compounds."""
        query = keyset.query_of(request, api.ProjectQuery)
        asked = {name: query.pop(key) for key, name in FILTERS.items() if key in query}
        rows = queries.visible_to(actor_of(request)).filter(**asked).select_related("lead")
        page = keyset.page(request, rows, order=("-pk",), **query)
        return Response({"results": [shown.brief(row) for row in page.rows], "next": page.next, "previous": page.previous})

    @operation(api.ProjectFull, summary="Draft a project", asks=api.ProjectDrafted, status=201, refuses={404, 429})
    def post(self, request: Request) -> Response:
        """It becomes a promise when the plan of its month is published."""
        asked = api.ProjectDrafted(data=request.data)
        asked.is_valid(raise_exception=True)
        actor = actor_of(request)
        made = drafting.draft(asked.validated_data["compound"], draft_of(asked.validated_data), by=actor)
        return Response(shown.full(actor, made), status=201)


FILTERS = {"compound": "area", "state": "state", "matter": "matter_id"}


class ProjectView(View):
    """One project."""

    @operation(api.ProjectFull, summary="A project", refuses={404}, operation_id="projects_get")
    def get(self, request: Request, project: str) -> Response:
        """With all that belongs to it, as far as the caller may know it."""
        actor = actor_of(request)
        return Response(shown.full(actor, queries.get(actor, project)))


class ProjectPhotoView(View):
    """A photo of a project."""

    content_negotiation_class = AsItIs

    @operation(OpenApiTypes.BINARY, summary="A photo", status=(200, "image/jpeg"), query=PhotoQuery, refuses={404}, binary=True)
    def get(self, request: Request, project: str, photo_id: UUID) -> HttpResponse:
        """JPEG without metadata, for whoever may see the project."""
        query = PhotoQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        found = queries.get(actor_of(request), project)
        row = found.photos.filter(photo_id=photo_id).select_related("photo").first()
        if row is None:
            raise Http404
        return serving.answer(row.photo, name=found.number, small=query.validated_data["size"] == "small")


def step(summary: str, asks: Any) -> Callable[[V], V]:
    described = operation(api.ProjectFull, summary=summary, asks=asks, refuses={404, 409, 429})
    return extend_schema_view(post=described)


class Step(View):
    """One step. `asks` reads the body, `take` calls the action."""

    asks: type[serializers.Serializer[Any]] = api.SeenProject

    def take(self, project: str, given: Given, by: Actor) -> Project:
        raise NotImplementedError

    def post(self, request: Request, project: str) -> Response:
        actor = actor_of(request)
        asked = self.asks(data=request.data)
        if not asked.is_valid():
            queries.get(actor, project)  # what does not exist for the caller is 404, whatever the body
            raise serializers.ValidationError(asked.errors)
        return Response(shown.full(actor, self.take(project, dict(asked.validated_data), actor)))


def taken(project: str, given: Given, by: Actor) -> Given:
    """The body with its photos decoded, each with its spot. Raises Refusal on `spots` when they are not as many."""
    uploads, spots = given.pop("photos"), given.pop("spots")
    if not uploads:
        return {**given, "photos": []}
    queries.get(by, project)  # decoding is dear: not for projects that do not exist for the caller
    if len(spots) != len(uploads):
        raise Refusal(api.A_SPOT_EACH, field="spots")
    return {**given, "photos": [Taken(photo, spot) for photo, spot in zip(read_photos(uploads), spots, strict=True)]}


@step("Change a draft", api.Redrafted)
class Change(Step):
    """All that is said of it, anew."""

    asks = api.Redrafted

    def take(self, project: str, given: Given, by: Actor) -> Project:
        return drafting.change(project, draft_of(given), by=by, version=given["version"])


@step("Drop", api.ProjectReasoned)
class Drop(Step):
    """Give it up, with a reason. What was promised only the street drops."""

    asks = api.ProjectReasoned

    def take(self, project: str, given: Given, by: Actor) -> Project:
        return drafting.drop(project, by=by, **given)


@step("Begin the work", {"application/json": api.SeenProject, "multipart/form-data": api.Photographed})
class Start(Step):
    """Photos show how it was before."""

    asks = api.Photographed
    parser_classes = [JSONParser, MultiPartParser]

    def take(self, project: str, given: Given, by: Actor) -> Project:
        return work.start(project, by=by, **taken(project, given, by))


@step("Report a week's progress", api.Reported)
class Report(Step):
    """Words, and the new percent of milestones; photos are added on the page."""

    asks = api.Reported

    def take(self, project: str, given: Given, by: Actor) -> Project:
        percents = {row["position"]: row["percent"] for row in given.pop("percents")}
        return work.report(project, by=by, percents=percents, **given)


@step("Say that it is finished", {"multipart/form-data": api.DeliveredGiven})
class Deliver(Step):
    """With at least one photo of the result. The residents are asked whether it is good."""

    asks = api.DeliveredGiven
    parser_classes = [JSONParser, MultiPartParser]

    def take(self, project: str, given: Given, by: Actor) -> Project:
        return work.deliver(project, by=by, **taken(project, given, by))


@step("Say whether it is good", api.Said)
class Say(Step):
    """A resident's word, once for each home and round."""

    asks = api.Said

    def take(self, project: str, given: Given, by: Actor) -> Project:
        return acceptance.say(project, by=by, **given)


@step("Confirm the acceptance", api.ProjectMaybeWorded)
class Confirm(Step):
    """The neighbourhood committee. Where few spoke or most said no, `text` says why."""

    asks = api.ProjectMaybeWorded

    def take(self, project: str, given: Given, by: Actor) -> Project:
        return acceptance.confirm(project, by=by, **given)


@step("Send back", api.ProjectReasoned)
class SendBack(Step):
    """Not good yet; the residents are asked anew afterwards."""

    asks = api.ProjectReasoned

    def take(self, project: str, given: Given, by: Actor) -> Project:
        return acceptance.send_back(project, by=by, **given)


@step("Close", api.SeenProject)
class Close(Step):
    """The street; the warranty runs from today."""

    def take(self, project: str, given: Given, by: Actor) -> Project:
        return acceptance.close(project, by=by, **given)


@step("Reopen for a defect", api.ProjectReasoned)
class Reopen(Step):
    """Within the warranty."""

    asks = api.ProjectReasoned

    def take(self, project: str, given: Given, by: Actor) -> Project:
        return acceptance.reopen(project, by=by, **given)


STEPS: dict[str, type[Step]] = {
    "change": Change,
    "drop": Drop,
    "start": Start,
    "report": Report,
    "deliver": Deliver,
    "say": Say,
    "confirm": Confirm,
    "send-back": SendBack,
    "close": Close,
    "reopen": Reopen,
}
