"""Photos of tickets."""

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from complaints import queries
from complaints.views.photos import serve
from files.api import AsItIs, PhotoQuery
from people.api.requests import View, actor_of
from tenancy.api.schema import operation


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
