"""Papers of joint visits through the API: listed, issued, downloaded, voided."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from enforcement import paper_queries as queries
from enforcement import visit_queries
from enforcement.actions import papers as actions
from enforcement.actions.papers import LONGEST_WHY
from enforcement.api.visits import read
from enforcement.models import Paper
from enforcement.paper_kinds import PaperKind
from enforcement.paper_rendering import TYPE
from enforcement.views.papers import attachment
from files.api import AsItIs
from people.api.requests import View, actor_of
from tenancy.api.schema import operation
from tenancy.api.serializers import Id, Strict, Text
from tenancy.refusals import NotThere


class PaperAsked(Strict):
    """`finding` is the number of one that an order names; the order names all of the same party."""

    organisation = Id(help_text="The bureau.")
    kind = serializers.ChoiceField(choices=PaperKind.choices)
    finding = Text(longest=30, required=False, default="")


class PaperVoided(Strict):
    reason = Text(longest=LONGEST_WHY)


class PaperShown(serializers.Serializer[Any]):
    """A paper as it was issued."""

    code = serializers.CharField(help_text="By which everybody verifies it.")
    kind = serializers.ChoiceField(choices=PaperKind.choices)
    number = serializers.CharField(source="printed")
    visit = serializers.CharField(source="visit.number")
    organisation = serializers.IntegerField(source="bureau_id")
    addressee = serializers.SerializerMethodField()
    findings = serializers.ListField(child=serializers.CharField())
    sha256 = serializers.CharField()
    issued_at = serializers.DateTimeField()
    voided_at = serializers.DateTimeField(allow_null=True)
    voided_why = serializers.CharField(allow_blank=True)

    def get_addressee(self, paper: Paper) -> str:
        return paper.party_organisation.name if paper.party_organisation else paper.party_name


class PapersShown(serializers.Serializer[Any]):
    results = PaperShown(many=True)


class PapersView(View):
    """The papers of a visit."""

    @operation(PapersShown, summary="Papers of a visit", refuses={404}, operation_id="visit_papers_list")
    def get(self, request: Request, visit: str) -> Response:
        """Those that the caller reads: bureaus, desks and supervisors; a property firm the orders addressed to it."""
        actor = actor_of(request)
        found = queries.of_visit(actor, visit_queries.get(actor, visit))
        return Response({"results": PaperShown(found, many=True).data})

    @operation(PaperShown, summary="Issue a paper", asks=PaperAsked, status=201, refuses={404, 409, 429})
    def post(self, request: Request, visit: str) -> Response:
        """By an officer of the bureau in this visit. It gets the next number and never changes."""
        given = read(PaperAsked(data=request.data), request, visit)
        actor = actor_of(request)
        paper = actions.issue(visit, given["organisation"], kind=given["kind"], finding=given["finding"], by=actor)
        return Response(PaperShown(paper).data, status=201)


class PaperFile(View):
    """A paper's bytes."""

    content_negotiation_class = AsItIs

    @operation(OpenApiTypes.BINARY, summary="A paper as Word document", status=(200, TYPE), refuses={404}, binary=True)
    def get(self, request: Request, visit: str, paper: str) -> HttpResponse:
        """As it was issued, byte for byte."""
        row, body = actions.file_of(paper, by=actor_of(request))
        if row.visit.number != visit:
            raise NotThere
        return attachment(body, TYPE, f"{row.printed}.docx")


class PaperVoid(View):
    """The end of a paper."""

    @operation(PaperShown, summary="Void a paper", asks=PaperVoided, refuses={404, 409, 429})
    def post(self, request: Request, visit: str, paper: str) -> Response:
        """By the bureau's lead, or whoever issued it. The paper and its number stay."""
        actor = actor_of(request)
        visit_queries.get(actor, visit)
        if queries.get(actor, paper).visit.number != visit:
            raise NotThere
        asked = PaperVoided(data=request.data)
        asked.is_valid(raise_exception=True)
        actions.void(paper, by=actor, reason=asked.validated_data["reason"])
        return Response(PaperShown(queries.get(actor, paper)).data)
