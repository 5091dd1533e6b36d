"""Standard words for a step on a ticket, and a preview of what the step would tell its reporter."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import queries, standard_words
from complaints.actions.previewing import Preview, preview
from complaints.actions.tickets import LONGEST_ANSWER
from complaints.note_states import Worded
from complaints.permissions import possible_actions
from people.api.requests import View, actor_of
from tenancy.api.schema import operation
from tenancy.api.serializers import Strict, Text, Version
from tenancy.refusals import NotAllowed


class Words(serializers.Serializer[Any]):
    """Words that stand ready, with what is known of the ticket filled in."""

    step = serializers.ChoiceField(choices=Worded.choices)
    name = serializers.CharField()
    text = serializers.CharField(help_text="A blank such as `{单位}` stands where nothing is known yet.")


class WordsReady(serializers.Serializer[Any]):
    results = Words(many=True)


class PreviewAsked(Strict):
    """A step that the caller means to take, and its words."""

    step = serializers.ChoiceField(choices=Worded.choices)
    version = Version()
    text = Text(longest=LONGEST_ANSWER, required=False, default="")


class PreviewLine(serializers.Serializer[Any]):
    """A line that the page of the ticket would gain."""

    kind = serializers.CharField()
    organisation = serializers.CharField(allow_null=True)
    text = serializers.CharField()


class MessageShown(serializers.Serializer[Any]):
    """The notice, in the reporter's language."""

    subject = serializers.CharField()
    body = serializers.CharField()


class PreviewShown(serializers.Serializer[Any]):
    """What the step would say. Nothing was kept and nobody was told."""

    lines = PreviewLine(many=True)
    message = MessageShown(allow_null=True, help_text="None: nobody is notified, the reporter reads the page.")
    others = serializers.IntegerField(help_text="Reporters of merged tickets who would get the same.")


def _shown(found: Preview) -> dict[str, Any]:
    lines = [
        {"kind": event.kind, "organisation": event.organisation.name if event.organisation else None, "text": event.text}
        for event in found.events
    ]
    message = {"subject": found.message.subject, "body": found.message.body} if found.message else None
    return {"lines": lines, "message": message, "others": found.others}


class StandardWordsView(View):
    """Words that stand ready for the steps which are possible now."""

    @operation(WordsReady, summary="Standard words for a ticket (标准回复)", refuses={404})
    def get(self, request: Request, number: str) -> Response:
        """By step, those for this kind of complaint first. 403 for whoever filed it and for neighbours."""
        actor = actor_of(request)
        ticket = queries.get(actor, number)
        if not queries.reads_as_staff(actor, ticket):
            raise NotAllowed
        found = standard_words.offered(ticket, possible_actions(actor, ticket))
        rows = [{"step": step, "name": each.name, "text": each.text} for step, offers in found.items() for each in offers]
        return Response(WordsReady({"results": rows}).data)


class PreviewView(View):
    """A step without its effect."""

    @operation(PreviewShown, summary="Preview a step", asks=PreviewAsked, refuses={404, 409, 429})
    def post(self, request: Request, number: str) -> Response:
        """What the step with these words would tell whoever filed the ticket. Refused exactly where the step would be."""
        actor, asked = actor_of(request), PreviewAsked(data=request.data)
        if not asked.is_valid():
            queries.get(actor, number)
            raise serializers.ValidationError(asked.errors)
        return Response(PreviewShown(_shown(preview(number, by=actor, **asked.validated_data))).data)
