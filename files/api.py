"""Photos in and out of the API: what every floor above shares."""

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from files import images
from tenancy.api.serializers import Strict
from tenancy.refusals import Refusal


@extend_schema_field({"type": "string", "format": "binary"})
class Upload(serializers.FileField):
    """A photo; what it is, its content decides."""


class PhotoQuery(Strict):
    size = serializers.ChoiceField(
        choices=["full", "small"], required=False, default="full", help_text="`small`: at most 480 pixels."
    )


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
