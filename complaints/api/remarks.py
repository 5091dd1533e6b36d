"""Internal notes through the API; the ticket itself never carries them."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import internal_notes, queries
from complaints.actions import remarks
from complaints.actions.step import LONGEST_REASON
from complaints.models import InternalNote
from people.api.requests import View, actor_of
from tenancy.api.schema import operation
from tenancy.api.serializers import Strict, Text
from tenancy.refusals import NotAllowed


class InternalNoteShown(serializers.Serializer[Any]):
    """A word to those who act on a ticket. Nobody changes it or takes it back."""

    id = serializers.IntegerField()
    made_at = serializers.DateTimeField()
    made_by = serializers.CharField()
    organisation = serializers.CharField(allow_null=True, help_text="Whom they acted for.")
    text = serializers.CharField()


class InternalNotes(serializers.Serializer[Any]):
    results = InternalNoteShown(many=True)


class InternalNoteGiven(Strict):
    """What one notes."""

    text = Text(longest=LONGEST_REASON)


def _shown(note: InternalNote) -> dict[str, Any]:
    organisation = note.organisation.name if note.organisation else None
    return {
        **{name: getattr(note, name) for name in ("pk", "made_at", "text")},
        "id": note.pk,
        "made_by": note.made_by.label,
        "organisation": organisation,
    }


class InternalNotesView(View):
    """What those who act on a ticket tell each other."""

    @operation(InternalNotes, summary="Internal notes of a ticket (内部备注)", refuses={404})
    def get(self, request: Request, number: str) -> Response:
        """Oldest first. 403 for whoever filed it and for neighbours."""
        actor = actor_of(request)
        ticket = queries.get(actor, number)
        if not internal_notes.may_read(actor, ticket):
            raise NotAllowed
        return Response(InternalNotes({"results": [_shown(note) for note in internal_notes.read(actor, ticket)]}).data)

    @operation(InternalNoteShown, summary="Write an internal note", asks=InternalNoteGiven, status=201, refuses={404, 429})
    def post(self, request: Request, number: str) -> Response:
        """The ticket does not change and its version does not rise; nobody is told."""
        actor, asked = actor_of(request), InternalNoteGiven(data=request.data)
        if not asked.is_valid():
            queries.get(actor, number)
            raise serializers.ValidationError(asked.errors)
        note = remarks.add(number, by=actor, text=asked.validated_data["text"])
        note.refresh_from_db()
        return Response(InternalNoteShown(_shown(note)).data, status=201)
