"""Following a public ticket, and looking for the same before filing."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import permissions
from complaints.actions import following
from complaints.actions.filing import LONGEST_TEXT
from complaints.alike import alike
from complaints.api.steps import Given, Step, step
from complaints.models import Ticket
from complaints.states import State
from people.actors import Actor
from people.api.requests import View, actor_of
from tenancy.api.schema import operation
from tenancy.api.serializers import Nothing, Place, Strict, Text
from tenancy.refusals import NotThere


class AlikeAsked(Strict):
    """What somebody is about to file."""

    compound = Place(help_text="15-digit place code of the compound.")
    text = Text(longest=LONGEST_TEXT)


class AlikeTicket(serializers.Serializer[Any]):
    """A ticket that may be about the same."""

    number = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    text = serializers.CharField(help_text="As far as the caller reads it: of a neighbour's ticket the public wording.")
    people = serializers.IntegerField(help_text="Who reported it and who follows it.")


class AlikeShown(serializers.Serializer[Any]):
    results = AlikeTicket(many=True)


class AlikeView(View):
    """What may be the same as a complaint that is about to be filed."""

    @operation(AlikeShown, summary="Look for the same before filing", asks=AlikeAsked, refuses={404, 429})
    def post(self, request: Request) -> Response:
        """At most three open tickets of the compound that the caller may read, the likeliest first."""
        asked, actor = AlikeAsked(data=request.data), actor_of(request)
        asked.is_valid(raise_exception=True)
        compound, text = asked.validated_data["compound"], asked.validated_data["text"]
        if not permissions.may_file(actor, compound):
            raise NotThere
        found = [
            {"number": row.ticket.number, "state": row.ticket.state, "text": row.text, "people": row.people}
            for row in alike(actor, compound, text)
        ]
        return Response(AlikeShown({"results": found}).data)


@step("Follow a public ticket (关注)", Nothing)
class Follow(Step):
    """By a resident of the compound, of somebody else's public ticket: they are told how it goes on. Twice is once."""

    asks = Nothing

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return following.follow(number, by=by)


@step("Follow it no more (取消关注)", Nothing)
class Unfollow(Step):
    """Twice is once."""

    asks = Nothing

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return following.unfollow(number, by=by)
