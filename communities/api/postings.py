"""Postings (公示) through the API."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from communities import posting_queries as queries
from communities import queries as compounds
from communities.actions import postings as actions
from communities.actions.postings import (
    LONGEST_ANSWER,
    LONGEST_CONTACT,
    LONGEST_LAW,
    LONGEST_OBJECTION,
    LONGEST_REASON,
    LONGEST_SPOT,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    MOST_DAYS,
    MOST_PHOTOS,
)
from communities.models import Posting
from communities.posting_permissions import reads_all
from communities.posting_states import ASKED_ELSEWHERE, PostingKind, PostingState
from files import serving
from files.api import AsItIs, PhotoQuery, Upload
from files.api import read as read_photos
from people.actors import Actor
from people.api.requests import View, actor_of
from tenancy.api.parsers import JSONParser, MultiPartParser
from tenancy.api.schema import operation
from tenancy.api.serializers import Strict, Text, Version

V = TypeVar("V", bound=type[View])
Given = dict[str, Any]


class PostingAsked(Strict):
    """Something to be put up by a day, for so many days."""

    kind = serializers.ChoiceField(choices=PostingKind.choices)
    subject = Text(longest=LONGEST_SUBJECT)
    text = Text(longest=LONGEST_TEXT)
    due_on = serializers.DateField()
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS)
    contact = Text(longest=LONGEST_CONTACT, required=False, default="")
    law = Text(longest=LONGEST_LAW, required=False, default="")

    def validate_kind(self, kind: str) -> str:
        if kind in ASKED_ELSEWHERE:
            raise serializers.ValidationError(_("A check list is put up from its own page."))
        return kind


class PutUp(Strict):
    """Where it hangs and since when, with photos of the board as proof."""

    version = Version()
    spot = Text(longest=LONGEST_SPOT)
    up_from = serializers.DateField(required=False, allow_null=True, default=None, help_text="Today without it.")
    photos = serializers.ListField(child=Upload(), required=False, default=list, max_length=MOST_PHOTOS)


class TakenDown(Strict):
    version = Version()
    reason = Text(longest=LONGEST_REASON, required=False, default="")


class PostingCancelled(Strict):
    version = Version()
    reason = Text(longest=LONGEST_REASON)


class Objected(Strict):
    text = Text(longest=LONGEST_OBJECTION)


class ObjectionAnswered(Strict):
    text = Text(longest=LONGEST_ANSWER)


class PostingShown(serializers.Serializer[Any]):
    """A posting. `up_from` and `up_until` are null until it hangs."""

    id = serializers.IntegerField()
    compound = serializers.IntegerField(source="area")
    kind = serializers.ChoiceField(choices=PostingKind.choices)
    state = serializers.ChoiceField(choices=PostingState.choices)
    version = serializers.IntegerField()
    subject = serializers.CharField()
    text = serializers.CharField()
    contact = serializers.CharField(allow_blank=True)
    law = serializers.CharField(allow_blank=True)
    due_on = serializers.DateField()
    days = serializers.IntegerField()
    spot = serializers.CharField(allow_blank=True)
    up_from = serializers.DateField(allow_null=True)
    up_until = serializers.DateField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class ObjectionShown(serializers.Serializer[Any]):
    """An objection; who raised it shows to those who work with it."""

    id = serializers.IntegerField()
    text = serializers.CharField()
    raised_at = serializers.DateTimeField()
    raised_by = serializers.CharField(allow_null=True)
    answer = serializers.CharField(allow_blank=True)
    answered_at = serializers.DateTimeField(allow_null=True)


class PostingFull(PostingShown):
    photos = serializers.ListField(child=serializers.UUIDField())
    objections = ObjectionShown(many=True)


class PostingsShown(serializers.Serializer[Any]):
    results = PostingShown(many=True)


MOST_SHOWN = 100


def full(actor: Actor, row: Posting) -> Given:
    inside = reads_all(actor, row.area)
    objections = [
        {
            "id": each.pk,
            "text": each.text,
            "raised_at": each.raised_at,
            "raised_by": each.raised_by.label if inside else None,
            "answer": each.answer,
            "answered_at": each.answered_at,
        }
        for each in queries.objections(actor, row)
    ]
    photos = [each.photo_id for each in queries.photos(row)]
    return {**PostingShown(row).data, "photos": photos, "objections": ObjectionShown(objections, many=True).data}


class PostingsView(View):
    """The postings of a compound."""

    @operation(PostingsShown, summary="Postings of a compound", refuses={404}, operation_id="postings_list")
    def get(self, request: Request, code: int) -> Response:
        """The newest hundred; residents see what hangs or hung."""
        compounds.compound(code)
        rows = queries.visible_to(actor_of(request)).filter(area=code).order_by("-pk")[:MOST_SHOWN]
        return Response({"results": PostingShown(rows, many=True).data})

    @operation(PostingFull, summary="Have something put up", asks=PostingAsked, status=201, refuses={404, 429})
    def post(self, request: Request, code: int) -> Response:
        """By the street office; by the firm's manager for what is not about the firm."""
        asked = PostingAsked(data=request.data)
        if not asked.is_valid():
            compounds.compound(code)
            raise serializers.ValidationError(asked.errors)
        actor = actor_of(request)
        return Response(full(actor, actions.ask(area=code, by=actor, **asked.validated_data)), status=201)


class PostingView(View):
    """One posting."""

    @operation(PostingFull, summary="A posting", refuses={404}, operation_id="postings_get")
    def get(self, request: Request, posting_id: int) -> Response:
        """With its photos and what was objected."""
        actor = actor_of(request)
        return Response(full(actor, queries.get(actor, posting_id)))


class PostingPhotoView(View):
    """A photo of the board."""

    content_negotiation_class = AsItIs

    @operation(OpenApiTypes.BINARY, summary="A photo", status=(200, "image/jpeg"), query=PhotoQuery, refuses={404}, binary=True)
    def get(self, request: Request, posting_id: int, photo_id: UUID) -> HttpResponse:
        """JPEG without metadata, for whoever sees the posting."""
        query = PhotoQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        row = queries.get(actor_of(request), posting_id)
        found = queries.photos(row).filter(photo_id=photo_id).first()
        if found is None:
            raise Http404
        return serving.answer(found.photo, name=f"posting-{row.pk}", small=query.validated_data["size"] == "small")


def step(summary: str, asks: Any) -> Callable[[V], V]:
    return extend_schema_view(post=operation(PostingFull, summary=summary, asks=asks, refuses={404, 409, 429}))


class PostingStep(View):
    """One step. `asks` reads the body, `take` calls the action."""

    asks: type[serializers.Serializer[Any]]

    def take(self, posting_id: int, given: Given, by: Actor) -> object:
        raise NotImplementedError

    def post(self, request: Request, posting_id: int, **named: int) -> Response:
        actor = actor_of(request)
        asked = self.asks(data=request.data)
        if not asked.is_valid():
            queries.get(actor, posting_id)  # what does not exist for the caller is 404, whatever the body
            raise serializers.ValidationError(asked.errors)
        self.take(posting_id, {**asked.validated_data, **named}, actor)
        return Response(full(actor, queries.get(actor, posting_id)))


@step("Say that it hangs", PutUp)
class PutItUp(PostingStep):
    """With at least one photo of the board."""

    asks = PutUp
    parser_classes = [JSONParser, MultiPartParser]

    def take(self, posting_id: int, given: Given, by: Actor) -> object:
        queries.get(by, posting_id)
        return actions.put_up(posting_id, by=by, **{**given, "photos": read_photos(given["photos"])})


@step("Take it down", TakenDown)
class TakeDown(PostingStep):
    """Before its last day is over only with a reason."""

    asks = TakenDown

    def take(self, posting_id: int, given: Given, by: Actor) -> object:
        return actions.take_down(posting_id, by=by, **given)


@step("Not needed any more", PostingCancelled)
class Cancel(PostingStep):
    """Before it hangs."""

    asks = PostingCancelled

    def take(self, posting_id: int, given: Given, by: Actor) -> object:
        return actions.cancel(posting_id, by=by, **given)


@step("Object", Objected)
class RaiseObjection(PostingStep):
    """A resident's word against what hangs; one open objection a person."""

    asks = Objected

    def take(self, posting_id: int, given: Given, by: Actor) -> object:
        return actions.raise_objection(posting_id, by=by, **given)


@step("Answer an objection", ObjectionAnswered)
class AnswerObjection(PostingStep):
    """Once; residents read it by nobody's name."""

    asks = ObjectionAnswered

    def take(self, posting_id: int, given: Given, by: Actor) -> object:
        return actions.answer(posting_id, given.pop("objection_id"), by=by, **given)


STEPS: dict[str, type[PostingStep]] = {
    "put-up": PutItUp,
    "take-down": TakeDown,
    "cancel": Cancel,
    "objections": RaiseObjection,
}
