"""Photos in and out."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from complaints import queries
from complaints.api.serializers import PhotoQuery
from complaints.views.photos import serve
from files import images
from people.api.requests import View, actor_of
from tenancy.api.schema import operation
from tenancy.refusals import Refusal


def read(uploads: Sequence["UploadedFile[Any]"]) -> list[images.Photo]:
    """The photos decoded. Raises Refusal naming which one cannot be used, counted from 0."""
    photos = []
    for at, upload in enumerate(uploads):
        assert upload.file is not None
        try:
            photos.append(images.clean(upload.file))
        except images.PhotoRefused as refused:
            raise Refusal(refused.message, field=f"photos.{at}", code=refused.code) from refused
    return photos


class AsItIs(BaseContentNegotiation):
    """Pictures ask for `image/*`, and a refusal is JSON all the same."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class PhotoView(View):
    """A photo of a ticket."""

    content_negotiation_class = AsItIs

    @operation(OpenApiTypes.BINARY, summary="A photo", status=(200, "image/jpeg"), query=PhotoQuery, refuses={404}, binary=True)
    def get(self, request: Request, number: str, photo_id: UUID) -> HttpResponse:
        """JPEG without metadata, for whoever may see the ticket."""
        query = PhotoQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        actor = actor_of(request)
        return serve(actor, queries.get(actor, number), photo_id, small=query.validated_data["size"] == "small")
