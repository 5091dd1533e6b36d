"""Where a check list hangs, through the API."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from communities.actions.postings import LONGEST_CONTACT, LONGEST_SPOT
from enforcement import shown_queries
from enforcement.actions import shown_lists as actions
from enforcement.api.check_lists import given
from enforcement.models import CheckList
from enforcement.shown_queries import Row
from enforcement.states import Showing
from people.actors import Actor
from people.api.requests import View, actor_of
from tenancy import clock
from tenancy.api.schema import operation
from tenancy.api.serializers import Place, Strict, Text


class ShowAsked(Strict):
    """A compound, or a whole street or county: there it is asked for wherever it does not hang yet."""

    place = Place()
    due_on = serializers.DateField(help_text="The day by which it must hang.")
    contact = Text(longest=LONGEST_CONTACT, required=False, default="", help_text="The street office without it.")
    spot = Text(longest=LONGEST_SPOT, required=False, default="", help_text="Where it should be put up.")


class ShownCompound(serializers.Serializer[Any]):
    """Whether the list hangs in a compound; `other` is another version that hangs there instead."""

    compound = serializers.IntegerField()
    name = serializers.CharField()
    showing = serializers.ChoiceField(choices=Showing.choices)
    posting = serializers.IntegerField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    spot = serializers.CharField(allow_blank=True)
    up_from = serializers.DateField(allow_null=True)
    up_until = serializers.DateField(allow_null=True)
    other = serializers.IntegerField(allow_null=True)


class ShownCompounds(serializers.Serializer[Any]):
    results = ShownCompound(many=True)


def shown(each: Row) -> dict[str, Any]:
    found = each.posting
    return {
        "compound": each.compound.area,
        "name": each.compound.name,
        "showing": each.showing.value,
        "posting": found.pk if found else None,
        "due_on": found.due_on if found else None,
        "spot": found.spot if found else "",
        "up_from": found.up_from if found else None,
        "up_until": found.up_until if found else None,
        "other": each.other,
    }


def listed(actor: Actor, row: CheckList, only: set[int] | None = None) -> dict[str, Any]:
    rows = shown_queries.compounds(actor, row, clock.today())
    return {"results": [shown(each) for each in rows if only is None or each.compound.area in only]}


class CompoundsView(View):
    """The compounds of a version."""

    @operation(ShownCompounds, summary="Where a check list hangs", refuses={404}, operation_id="check_lists_compounds")
    def get(self, request: Request, list_id: int) -> Response:
        """Every compound of the caller's, for desks, bureaus and supervisors."""
        actor = actor_of(request)
        return Response(listed(actor, shown_queries.watched_list(actor, list_id)))

    @operation(ShownCompounds, summary="Have a check list put up", asks=ShowAsked, status=201, refuses={404, 409, 429})
    def post(self, request: Request, list_id: int) -> Response:
        """By the street's or the county's desk; answers with the compounds in which it was asked for."""
        said = given(ShowAsked(data=request.data), request, list_id)
        actor = actor_of(request)
        row = shown_queries.watched_list(actor, list_id)
        asked = actions.put_on_show_at(by=actor, check_list=row.pk, **said)
        return Response(listed(actor, row, {each.area for each in asked}), status=201)
