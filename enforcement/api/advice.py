"""Legal consultations (法律咨询) through the API."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from enforcement import advice_queries as queries
from enforcement.actions import advice
from enforcement.actions.advice import LONGEST_BEHALF, LONGEST_RULES, LONGEST_SUBJECT, LONGEST_TEXT
from enforcement.advice_states import ConsultationState, LineKind, Topic
from enforcement.models import Consultation
from people.api.requests import View, actor_of
from tenancy.api.schema import operation
from tenancy.api.serializers import Id, Place, Strict, Text, Version

V = TypeVar("V", bound=type[View])
MOST_SHOWN = 100


class ConsultationAsked(Strict):
    """A question of law; `adviser` only where several bodies answer, `behalf` only for an office."""

    area = Place(help_text="The compound.")
    topic = serializers.ChoiceField(choices=Topic.choices)
    subject = Text(longest=LONGEST_SUBJECT)
    text = Text(longest=LONGEST_TEXT)
    adviser = Id(required=False, allow_null=True, default=None)
    behalf = Text(longest=LONGEST_BEHALF, required=False, default="")
    shared = serializers.BooleanField(required=False, default=False, help_text="The street may read it too.")


class ConsultationSeen(Strict):
    version = Version()


class ConsultationText(Strict):
    version = Version()
    text = Text(longest=LONGEST_TEXT)


class ConsultationAnswered(ConsultationText):
    rules = Text(longest=LONGEST_RULES, required=False, default="", help_text="Laws and articles that the answer rests on.")


class ConsultationRated(ConsultationSeen):
    helpful = serializers.BooleanField()


class ConsultationShown(serializers.Serializer[Any]):
    """A consultation."""

    id = serializers.IntegerField()
    area = serializers.IntegerField()
    version = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ConsultationState.choices)
    adviser = serializers.IntegerField(source="adviser_id")
    topic = serializers.ChoiceField(choices=Topic.choices)
    subject = serializers.CharField()
    behalf = serializers.CharField(allow_blank=True)
    shared = serializers.BooleanField()
    asked_at = serializers.DateTimeField()
    due_on = serializers.DateField(help_text="The last day for the next answer, or for the last one.")
    answered_at = serializers.DateTimeField(allow_null=True)
    helpful = serializers.BooleanField(allow_null=True)


class ConsultationLineShown(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=LineKind.choices)
    text = serializers.CharField()
    rules = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()


class ConsultationFull(ConsultationShown):
    lines = ConsultationLineShown(many=True)


class ConsultationsShown(serializers.Serializer[Any]):
    results = ConsultationShown(many=True)


def full(row: Consultation) -> dict[str, Any]:
    return {**ConsultationShown(row).data, "lines": ConsultationLineShown(queries.lines(row), many=True).data}


class ConsultationsView(View):
    """The consultations that the caller may read."""

    @operation(ConsultationsShown, summary="Legal consultations", operation_id="consultations_list")
    def get(self, request: Request) -> Response:
        """The newest hundred: one's own and one's office's; of an adviser those asked of them."""
        rows = queries.visible_to(actor_of(request)).order_by("-pk")[:MOST_SHOWN]
        return Response({"results": ConsultationShown(rows, many=True).data})

    @operation(ConsultationFull, summary="Ask a question of law", asks=ConsultationAsked, status=201, refuses={404, 429})
    def post(self, request: Request) -> Response:
        """By residents, firms and the street, about a compound of theirs."""
        asked = ConsultationAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(full(advice.ask(by=actor_of(request), **asked.validated_data)), status=201)


class ConsultationView(View):
    """One consultation."""

    @operation(ConsultationFull, summary="A legal consultation", refuses={404}, operation_id="consultations_get")
    def get(self, request: Request, consultation_id: int) -> Response:
        """With its questions and answers, in order."""
        return Response(full(queries.get(actor_of(request), consultation_id)))


def step(summary: str, asks: Any) -> Callable[[V], V]:
    return extend_schema_view(post=operation(ConsultationFull, summary=summary, asks=asks, refuses={404, 409, 429}))


class ConsultationStep(View):
    """One step. `asks` reads the body, `act` is the action."""

    asks: type[serializers.Serializer[Any]]
    act: Callable[..., Consultation]

    def post(self, request: Request, consultation_id: int) -> Response:
        actor = actor_of(request)
        asked = self.asks(data=request.data)
        queries.get(actor, consultation_id)  # what does not exist for the caller is 404, whatever the body
        asked.is_valid(raise_exception=True)
        return Response(full(type(self).act(consultation_id, by=actor, **asked.validated_data)))


@step("Answer a question of law", ConsultationAnswered)
class AnswerConsultation(ConsultationStep):
    """By the advisers."""

    asks, act = ConsultationAnswered, staticmethod(advice.answer)


@step("Ask further", ConsultationText)
class AskFurther(ConsultationStep):
    """By whoever asked, when the answer leaves something open."""

    asks, act = ConsultationText, staticmethod(advice.ask_further)


@step("Say whether the answer helped", ConsultationRated)
class RateConsultation(ConsultationStep):
    """By whoever asked."""

    asks, act = ConsultationRated, staticmethod(advice.rate)


@step("Withdraw a question of law", ConsultationSeen)
class WithdrawConsultation(ConsultationStep):
    """By whoever asked, before it was answered."""

    asks, act = ConsultationSeen, staticmethod(advice.withdraw)


STEPS: dict[str, type[ConsultationStep]] = {
    "answer": AnswerConsultation,
    "ask-further": AskFurther,
    "rate": RateConsultation,
    "withdraw": WithdrawConsultation,
}
