"""Compounds (小区) through the API."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from communities import queries
from communities.models import Compound, CompoundKind
from people.api.requests import View, actor_of
from tenancy.api import keyset
from tenancy.api.schema import operation
from tenancy.refusals import NotThere


class CompoundShown(serializers.Serializer[Any]):
    """A compound. `code` is what tickets name it by."""

    code = serializers.IntegerField(source="area")
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=CompoundKind.choices)
    address = serializers.CharField()
    homes_count = serializers.IntegerField()
    duty_phone = serializers.CharField(help_text="Property duty desk, day and night.")


class CompoundPage(serializers.Serializer[Any]):
    results = CompoundShown(many=True)
    next = serializers.CharField(allow_null=True, help_text="Path and query of the next page.")
    previous = serializers.CharField(allow_null=True)


class BuildingShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    floors = serializers.IntegerField(allow_null=True)
    lifts = serializers.IntegerField()


class OwnHome(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    building = serializers.CharField()


class Firm(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    phone = serializers.CharField()


class CompoundDetail(CompoundShown):
    """A compound with its buildings, the firm that serves it today, and the caller's own homes in it."""

    buildings = BuildingShown(many=True)
    firm = Firm(allow_null=True)
    my_homes = OwnHome(many=True)


class CompoundsView(View):
    """The caller's compounds."""

    @operation(CompoundPage, summary="My compounds", operation_id="compounds_list", query=keyset.PageQuery)
    def get(self, request: Request) -> Response:
        """Compounds in the caller's places, in the order of their codes."""
        query = keyset.query_of(request, keyset.PageQuery)
        found = keyset.page(request, queries.visible_to(actor_of(request)), order=("area",), **query)
        return Response(CompoundPage({"results": found.rows, "next": found.next, "previous": found.previous}).data)


class CompoundView(View):
    """One compound."""

    @operation(CompoundDetail, summary="A compound", refuses={404})
    def get(self, request: Request, code: int) -> Response:
        """Its buildings (their ids are what a filing names), the firm that serves it today, and the caller's homes there."""
        actor = actor_of(request)
        compound = queries.visible_to(actor).filter(area=code).first()
        if compound is None:
            raise NotThere
        return Response(CompoundDetail(_detail(compound, actor)).data)


def _detail(compound: Compound, actor: Any) -> dict[str, Any]:
    service = queries.firm_serving(compound.area)
    homes = [residency.home for residency in queries.homes_of(actor) if residency.area == compound.area and residency.home]
    shown = {name: getattr(compound, name) for name in ("area", "name", "kind", "address", "homes_count", "duty_phone")}
    return {
        **shown,
        "buildings": list(queries.buildings(compound.area)),
        "firm": service.firm if service else None,
        "my_homes": [{"id": home.pk, "name": home.name, "building": home.building.name} for home in homes],
    }
