"""Versions of the learned model through the API."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import learning_queries
from complaints.learning_states import ModelState
from complaints.model_permissions import may_read_models
from complaints.models import ModelVersion
from people.api.requests import View, actor_of
from tenancy.api import keyset
from tenancy.api.schema import operation
from tenancy.refusals import NotThere


class FiguresShown(serializers.Serializer[Any]):
    """On how many of `n` held-back confirmed tickets the right leaf and the right department were named."""

    n = serializers.IntegerField()
    leaf = serializers.IntegerField()
    department = serializers.IntegerField()


class ModelVersionShown(serializers.Serializer[Any]):
    """A version of the learned model."""

    version = serializers.IntegerField(help_text="0 is the one that comes with Mulin.")
    state = serializers.ChoiceField(choices=ModelState.choices)
    digest = serializers.CharField(help_text="What it was made from; its first 12 digits stand on each ticket it decided.")
    made_at = serializers.DateTimeField()
    shipped_texts = serializers.IntegerField()
    confirmed_texts = serializers.IntegerField()
    new = FiguresShown(allow_null=True)
    current = FiguresShown(allow_null=True, help_text="Of the version that was in use then, on the same tickets.")
    why = serializers.CharField(help_text="Why it was not taken into use: too_few, department, leaf or failed.")
    problem = serializers.CharField()
    chosen_at = serializers.DateTimeField(allow_null=True, help_text="When a person went back to it.")
    chosen_by = serializers.CharField(allow_null=True)
    reason = serializers.CharField()


class ModelVersionPage(serializers.Serializer[Any]):
    results = ModelVersionShown(many=True)
    next = serializers.CharField(allow_null=True, help_text="Path and query of the next page.")
    previous = serializers.CharField(allow_null=True)


class ModelsView(View):
    """Versions of the learned model, for the county desk and the system administrator."""

    @operation(
        ModelVersionPage,
        summary="Versions of the learned model",
        operation_id="models_list",
        query=keyset.PageQuery,
        refuses={404},
    )
    def get(self, request: Request) -> Response:
        """The newest first, with the figures each was judged by."""
        if not may_read_models(actor_of(request)):
            raise NotThere
        query = keyset.query_of(request, keyset.PageQuery)
        page = keyset.page(request, learning_queries.versions(), order=("-version",), **query)
        shown = [_shown(row) for row in page.rows]
        return Response(ModelVersionPage({"results": shown, "next": page.next, "previous": page.previous}).data)


_TAKEN = ("version", "state", "digest", "made_at", "shipped_texts", "confirmed_texts", "why", "problem", "chosen_at", "reason")


def _shown(row: ModelVersion) -> dict[str, Any]:
    figures: dict[str, Any] = row.figures
    return {
        **{name: getattr(row, name) for name in _TAKEN},
        "new": figures.get("new"),
        "current": figures.get("current"),
        "chosen_by": str(row.chosen_by) if row.chosen_by else None,
    }
