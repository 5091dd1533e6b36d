"""Call-backs (回访) through the API: the list, one of them, and its steps."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import call_queries
from complaints.actions import calling, calls
from complaints.actions.step import LONGEST_REASON
from complaints.models import CallBack
from complaints.rating_reasons import reasons
from complaints.rating_states import CallReason, CallState, Manner, Result, TryOutcome
from people.actors import Actor
from people.api.requests import View, actor_of
from tenancy import clock
from tenancy.api import keyset
from tenancy.api.schema import operation
from tenancy.api.serializers import Strict, Text, Version
from tenancy.refusals import NotThere

Given = dict[str, Any]


class CallMade(serializers.Serializer[Any]):
    """One call."""

    at = serializers.DateTimeField()
    by = serializers.CharField()
    outcome = serializers.ChoiceField(choices=TryOutcome.choices)
    text = serializers.CharField()


class CallBackShown(serializers.Serializer[Any]):
    """Whom to call, by the ticket's number; name and phone are looked up on the ticket, which is recorded."""

    id = serializers.IntegerField()
    version = serializers.IntegerField(help_text="To be sent with each step; every change raises it.")
    ticket = serializers.CharField()
    reason = serializers.ChoiceField(choices=CallReason.choices)
    state = serializers.ChoiceField(choices=CallState.choices)
    made_at = serializers.DateTimeField()
    due_on = serializers.DateField()
    taken_by = serializers.CharField(allow_null=True)
    tries = serializers.IntegerField(help_text="Calls that reached nobody; the third ends it.")
    ended_at = serializers.DateTimeField(allow_null=True)


class CallBackFull(CallBackShown):
    """A call-back with the calls that were made."""

    calls = CallMade(many=True)


class CallBackPage(serializers.Serializer[Any]):
    results = CallBackShown(many=True)
    next = serializers.CharField(allow_null=True, help_text="Path and query of the next page.")
    previous = serializers.CharField(allow_null=True)


class CallBackQuery(keyset.PageQuery):
    shown = serializers.ChoiceField(
        choices=[(name, name) for name in call_queries.SHOWN], required=False, default="open", help_text="`late`: past its day."
    )


class SeenCall(Strict):
    """The version of the call-back that was looked at."""

    version = Version(help_text="The version of the call-back that was looked at.")


class CallReached(SeenCall):
    """What the reporter said."""

    result = serializers.ChoiceField(choices=Result.choices)
    manner = serializers.ChoiceField(choices=Manner.choices)
    reasons = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(reasons())), required=False, default=list, max_length=20
    )
    text = Text(longest=LONGEST_REASON, required=False, default="")


class CallNoted(SeenCall):
    text = Text(longest=LONGEST_REASON, required=False, default="")


def brief(row: CallBack) -> Given:
    names = ("version", "reason", "state", "made_at", "due_on", "tries", "ended_at")
    kept = {name: getattr(row, name) for name in names}
    return {"id": row.pk, "ticket": row.ticket.number, **kept, "taken_by": row.taken_by.label if row.taken_by else None}


def full(row: CallBack) -> Given:
    made = [
        {"at": each.at, "by": each.by.label, "outcome": each.outcome, "text": each.text} for each in call_queries.calls_of(row)
    ]
    return dict(CallBackFull({**brief(row), "calls": made}).data)


class CallBacksView(View):
    """Call-backs of the caller's places."""

    @operation(CallBackPage, summary="Call-backs (回访)", operation_id="call_backs_list", query=CallBackQuery, refuses={404})
    def get(self, request: Request) -> Response:
        """For the street's desk, the county desk and supervision: what is due first on top; of what ended the newest."""
        actor = actor_of(request)
        if not call_queries.reads_calls(actor):
            raise NotThere
        query = keyset.query_of(request, CallBackQuery)
        shown = query.pop("shown")
        rows = call_queries.listed(actor, shown, clock.today())
        page = keyset.page(request, rows, order=("-pk",) if shown == "ended" else ("due_on", "pk"), **query)
        results = [brief(row) for row in page.rows]
        return Response(CallBackPage({"results": results, "next": page.next, "previous": page.previous}).data)


def _seen(actor: Actor, call_back_id: int) -> CallBack:
    if not call_queries.reads_calls(actor):
        raise NotThere
    return call_queries.get(actor, call_back_id)


class CallBackView(View):
    """One call-back."""

    @operation(CallBackFull, summary="A call-back", operation_id="call_backs_get", refuses={404})
    def get(self, request: Request, call_back_id: int) -> Response:
        """As it stands now, with the calls that were made."""
        return Response(full(_seen(actor_of(request), call_back_id)))


class CallStep(View):
    """A step on a call-back. `asks` reads the body, `act` is the action."""

    asks: type[serializers.Serializer[Any]] = SeenCall
    act: Callable[..., CallBack]

    def post(self, request: Request, call_back_id: int) -> Response:
        actor = actor_of(request)
        asked = self.asks(data=request.data)
        if not asked.is_valid():
            _seen(actor, call_back_id)
            raise serializers.ValidationError(asked.errors)
        return Response(full(type(self).act(call_back_id, by=actor, **asked.validated_data)))


def _described(summary: str, asks: Any) -> Any:
    return extend_schema_view(post=operation(CallBackFull, summary=summary, asks=asks, refuses={404, 409, 429}))


@_described("Take a call-back", SeenCall)
class TakeCall(CallStep):
    """Somebody of the street's desk will call; also in another's place."""

    act = staticmethod(calls.take)


@_described("The reporter was reached", CallReached)
class ReachedCall(CallStep):
    """What was said becomes the rating, with who asked and when; the reporter is told. 409 when it was settled meanwhile."""

    asks = CallReached
    act = staticmethod(calling.reached)


@_described("Nobody answered", CallNoted)
class NotReachedCall(CallStep):
    """The third time, each at least two hours after the other, ends it. 409 when it is too soon."""

    asks = CallNoted
    act = staticmethod(calls.not_reached)


@_described("The reporter would not say", CallNoted)
class RefusedCall(CallStep):
    """It ends, and nobody asks again about this answer."""

    asks = CallNoted
    act = staticmethod(calls.refused)


STEPS: dict[str, type[View]] = {
    "take": TakeCall,
    "reached": ReachedCall,
    "not-reached": NotReachedCall,
    "refused": RefusedCall,
}
