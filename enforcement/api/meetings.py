"""Meetings (会商) through the API."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from enforcement import meeting_queries as queries
from enforcement.actions import decisions, meetings
from enforcement.actions.decisions import LONGEST_NOTE, LONGEST_TEXT
from enforcement.actions.meetings import (
    LONGEST_AGENDA,
    LONGEST_ATTENDANCE,
    LONGEST_GUESTS,
    LONGEST_MINUTES,
    LONGEST_REASON,
    LONGEST_SPOT,
    LONGEST_SUBJECT,
    MOST_INVITED,
    MOST_TOPICS,
)
from enforcement.meeting_permissions import works_with_meetings
from enforcement.meeting_states import DecisionKind, DecisionState, MeetingKind, MeetingState
from enforcement.models import Meeting
from people.actors import Actor
from people.api.requests import View, actor_of
from tenancy.api.schema import operation
from tenancy.api.serializers import Id, Place, Strict, Text, Version
from tenancy.refusals import NotThere

V = TypeVar("V", bound=type[View])
Given = dict[str, Any]
MOST_SHOWN = 100


class MeetingsQuery(Strict):
    state = serializers.ChoiceField(choices=MeetingState.choices, required=False)
    kind = serializers.ChoiceField(choices=MeetingKind.choices, required=False)
    area = Place(required=False, help_text="A place; those about it and all under it.")


class MeetingCalled(Strict):
    """Who is called together, when, where and for what."""

    area = Place(help_text="A street or a compound.")
    kind = serializers.ChoiceField(choices=MeetingKind.choices)
    subject = Text(longest=LONGEST_SUBJECT)
    starts_at = serializers.DateTimeField()
    spot = Text(longest=LONGEST_SPOT)
    agenda = Text(longest=LONGEST_AGENDA)
    organisations = serializers.ListField(child=Id(), required=False, default=list, max_length=MOST_INVITED)
    guests = Text(longest=LONGEST_GUESTS, required=False, default="")
    topics = serializers.ListField(
        child=Text(longest=32), required=False, default=list, max_length=MOST_TOPICS, help_text="Numbers of tickets."
    )
    host = Id(required=False, allow_null=True, default=None, help_text="For whom, where the caller acts for several.")


class MeetingMoved(Strict):
    version = Version()
    starts_at = serializers.DateTimeField()
    spot = Text(longest=LONGEST_SPOT)


class MeetingCalledOff(Strict):
    version = Version()
    reason = Text(longest=LONGEST_REASON)


class MinutesWritten(Strict):
    """Who came and what was said; it cannot be changed afterwards."""

    version = Version()
    minutes = Text(longest=LONGEST_MINUTES)
    attendance = Text(longest=LONGEST_ATTENDANCE)
    came = serializers.ListField(child=Id(), required=False, default=list, max_length=MOST_INVITED)


class MeetingSeen(Strict):
    version = Version()


class Decided(Strict):
    """What is done, by whom and by when."""

    version = Version()
    kind = serializers.ChoiceField(choices=DecisionKind.choices)
    text = Text(longest=LONGEST_TEXT)
    organisation = Id(help_text="The host or one that was invited.")
    due_on = serializers.DateField()
    compound = Place(required=False, allow_null=True, default=None, help_text="Of the ticket, at a meeting about a street.")


class DecisionFiled(Strict):
    compound = Place(required=False, allow_null=True, default=None, help_text="Needed at a meeting about a street.")


class DecisionNote(Strict):
    text = Text(longest=LONGEST_NOTE)


class MeetingShown(serializers.Serializer[Any]):
    """A meeting."""

    number = serializers.CharField()
    area = serializers.IntegerField()
    version = serializers.IntegerField()
    state = serializers.ChoiceField(choices=MeetingState.choices)
    kind = serializers.ChoiceField(choices=MeetingKind.choices)
    host = serializers.IntegerField(source="host_id")
    subject = serializers.CharField()
    starts_at = serializers.DateTimeField()
    spot = serializers.CharField()
    agenda = serializers.CharField()
    guests = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)


class InviteShown(serializers.Serializer[Any]):
    """An organisation that was called; `came` is null until the minutes are written."""

    organisation = serializers.IntegerField(source="organisation_id")
    name = serializers.CharField(source="organisation.name")
    came = serializers.BooleanField(allow_null=True)


class DecisionShown(serializers.Serializer[Any]):
    """What was decided. `ticket` and `visit` are the numbers of what it became."""

    id = serializers.IntegerField()
    position = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=DecisionKind.choices)
    state = serializers.ChoiceField(choices=DecisionState.choices)
    text = serializers.CharField()
    organisation = serializers.IntegerField(source="organisation_id")
    due_on = serializers.DateField()
    ticket = serializers.CharField(allow_blank=True)
    visit = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)


class MeetingFull(MeetingShown):
    attendance = serializers.CharField(allow_blank=True)
    minutes = serializers.CharField(allow_blank=True)
    invites = InviteShown(many=True)
    topics = serializers.ListField(child=serializers.CharField())
    decisions = DecisionShown(many=True)


class MeetingsShown(serializers.Serializer[Any]):
    results = MeetingShown(many=True)


def full(actor: Actor, row: Meeting) -> Given:
    return {
        **MeetingShown(row).data,
        "attendance": row.attendance,
        "minutes": row.minutes,
        "invites": InviteShown(queries.invites(row), many=True).data,
        "topics": [number for number, _ticket in queries.topics(actor, row)],
        "decisions": DecisionShown(queries.decisions(row), many=True).data,
    }


class MeetingsView(View):
    """The meetings of the caller's places."""

    @operation(MeetingsShown, summary="Meetings", query=MeetingsQuery, refuses={404}, operation_id="meetings_list")
    def get(self, request: Request) -> Response:
        """The newest hundred; bureaus and firms see those that their organisation called or is called to."""
        actor = actor_of(request)
        if not works_with_meetings(actor):
            raise NotThere
        query = MeetingsQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        return Response({"results": MeetingShown(queries.listed(actor, **query.validated_data)[:MOST_SHOWN], many=True).data})

    @operation(MeetingFull, summary="Call a meeting", asks=MeetingCalled, status=201, refuses={404, 429})
    def post(self, request: Request) -> Response:
        """By the street, the county's desk, or whoever leads a bureau, about a street or a compound."""
        asked = MeetingCalled(data=request.data)
        asked.is_valid(raise_exception=True)
        actor = actor_of(request)
        return Response(full(actor, meetings.call(by=actor, **asked.validated_data)), status=201)


class MeetingView(View):
    """One meeting."""

    @operation(MeetingFull, summary="A meeting", refuses={404}, operation_id="meetings_get")
    def get(self, request: Request, meeting: str) -> Response:
        """With who was called, its minutes and what it decided."""
        actor = actor_of(request)
        return Response(full(actor, queries.get(actor, meeting)))


def step(summary: str, asks: Any) -> Callable[[V], V]:
    return extend_schema_view(post=operation(MeetingFull, summary=summary, asks=asks, refuses={404, 409, 429}))


class MeetingStep(View):
    """One step. `asks` reads the body, `act` is the action."""

    asks: type[serializers.Serializer[Any]]
    act: Callable[..., object]

    def post(self, request: Request, meeting: str, **named: int) -> Response:
        actor = actor_of(request)
        asked = self.asks(data=request.data)
        if not asked.is_valid():  # what does not exist for the caller is 404, whatever the body
            row = queries.get(actor, meeting)
            if named:
                queries.decision(row, named["decision_id"])
            raise serializers.ValidationError(asked.errors)
        type(self).act(meeting, *named.values(), by=actor, **asked.validated_data)
        return Response(full(actor, queries.get(actor, meeting)))


@step("Move a meeting", MeetingMoved)
class MoveMeeting(MeetingStep):
    """Before it is held; everybody invited is told."""

    asks, act = MeetingMoved, staticmethod(meetings.move)


@step("Call a meeting off", MeetingCalledOff)
class CancelMeeting(MeetingStep):
    """Before it is held; everybody invited is told."""

    asks, act = MeetingCalledOff, staticmethod(meetings.cancel)


@step("Write the minutes", MinutesWritten)
class HoldMeeting(MeetingStep):
    """After it has begun."""

    asks, act = MinutesWritten, staticmethod(meetings.hold)


@step("Write down a decision", Decided)
class Decide(MeetingStep):
    """What becomes a ticket is filed at once when the street decides; otherwise the street files it."""

    asks, act = Decided, staticmethod(decisions.decide)


@step("Close a meeting", MeetingSeen)
class CloseMeeting(MeetingStep):
    """When all that it decided is done or dropped."""

    asks, act = MeetingSeen, staticmethod(meetings.close)


@step("File what was decided", DecisionFiled)
class FileDecision(MeetingStep):
    """By the street, as any other complaint that staff take in."""

    asks, act = DecisionFiled, staticmethod(decisions.file_ticket)


@step("Report a decision done", DecisionNote)
class ReportDecision(MeetingStep):
    """By the organisation that does it."""

    asks, act = DecisionNote, staticmethod(decisions.report_done)


@step("Drop a decision", DecisionNote)
class DropDecision(MeetingStep):
    """By whoever called the meeting."""

    asks, act = DecisionNote, staticmethod(decisions.drop)


STEPS: dict[str, type[MeetingStep]] = {
    "move": MoveMeeting,
    "cancel": CancelMeeting,
    "hold": HoldMeeting,
    "decide": Decide,
    "close": CloseMeeting,
}
DECISION_STEPS: dict[str, type[MeetingStep]] = {"file-ticket": FileDecision, "report-done": ReportDecision, "drop": DropDecision}
