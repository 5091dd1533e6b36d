"""Lists of the desk under a name."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from communities import queries as communities
from complaints import worklist
from complaints.actions import saved_lists
from complaints.forms.desk import FilterForm
from complaints.models import SavedList
from complaints.queries import QUEUES
from people.api.requests import View, actor_of
from tenancy.api.schema import operation
from tenancy.api.serializers import Nothing, Strict, Text
from tenancy.refusals import NotAllowed


class SavedListShown(serializers.Serializer[Any]):
    """A queue of the desk with its filters."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    queue = serializers.ChoiceField(choices=sorted(QUEUES))
    filters = serializers.DictField(child=serializers.CharField(), help_text="As in the desk's address.")
    shared = serializers.BooleanField(help_text="The whole street office has it.")
    made_by = serializers.CharField()


class SavedLists(serializers.Serializer[Any]):
    results = SavedListShown(many=True)


class ListGiven(Strict):
    """A list to be kept; one of the caller's with this name is replaced."""

    name = Text(longest=saved_lists.LONGEST_NAME)
    queue = serializers.ChoiceField(choices=sorted(QUEUES))
    filters = serializers.DictField(child=Text(longest=80), required=False, default=dict, help_text="As in the desk's address.")
    share = serializers.BooleanField(required=False, default=False, help_text="For the caller's whole street office.")


def _shown(row: SavedList) -> dict[str, Any]:
    kept = {"id": row.pk, "name": row.name, "queue": row.queue, "filters": row.filters}
    return dict(SavedListShown({**kept, "shared": row.shared, "made_by": row.made_by.label}).data)


class SavedListsView(View):
    """The caller's lists."""

    @operation(SavedLists, summary="Saved lists (常用列表)", operation_id="saved_lists_list")
    def get(self, request: Request) -> Response:
        """The caller's own and what the street office shares, by name."""
        actor = actor_of(request)
        if not worklist.has_desk(actor):
            raise NotAllowed
        return Response(SavedLists({"results": [_shown(row) for row in saved_lists.readable(actor)]}).data)

    @operation(
        SavedListShown, summary="Save a list", asks=ListGiven, status=201, refuses={404, 429}, operation_id="saved_lists_save"
    )
    def post(self, request: Request) -> Response:
        """A filter that names nothing which the caller could choose is left out."""
        actor, asked = actor_of(request), ListGiven(data=request.data)
        asked.is_valid(raise_exception=True)
        given = dict(asked.validated_data)
        filters = FilterForm(given["filters"], compounds=list(communities.visible_to(actor).values_list("area", "name"))).kept()
        row = saved_lists.save(given["name"], given["queue"], filters, share=given["share"], by=actor)
        return Response(_shown(row), status=201)


class RemoveView(View):
    """Taking a list away."""

    @operation(SavedListShown, summary="Remove a saved list", asks=Nothing, refuses={404, 429}, operation_id="saved_lists_remove")
    def post(self, request: Request, saved_id: int) -> Response:
        """One of the caller's own, or one that the caller's street office shares. Answers with what it was."""
        return Response(_shown(saved_lists.remove(saved_id, by=actor_of(request))))
