"""Monthly plans, suggestions and figures through the API."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from communities import queries as communities
from people.actors import Actor
from people.api.requests import View, actor_of
from projects import figures, permissions, queries, suggestions
from projects.actions import plans
from projects.api import serializers as api
from projects.api import shown
from projects.models import MonthPlan
from tenancy import clock
from tenancy.api.schema import operation
from tenancy.refusals import NotThere

V = TypeVar("V", bound=type[View])
Given = dict[str, Any]


def month_of(words: str) -> date:
    """The first day of a month given as `2026-11`."""
    return date(int(words[:4]), int(words[5:]), 1)


class PlansView(View):
    """The plans of a compound."""

    @operation(api.PlansShown, summary="A compound's plans", operation_id="plans_list", refuses={404})
    def get(self, request: Request, code: int) -> Response:
        """The newest first; residents see those that are published."""
        communities.compound(code)
        rows = queries.plans_visible_to(actor_of(request)).filter(area=code).order_by("-month")[:MOST_PLANS]
        return Response({"results": [shown.plan_brief(row) for row in rows]})

    @operation(api.PlanFull, summary="Begin the plan of a month", asks=api.MonthGiven, status=201, refuses={404, 429})
    def post(self, request: Request, code: int) -> Response:
        """This month or one of the next three; the one that is there when it was begun already."""
        actor = actor_of(request)
        asked = api.MonthGiven(data=request.data)
        if not asked.is_valid():
            communities.compound(code)
            raise serializers.ValidationError(asked.errors)
        row = plans.open_month(code, month_of(asked.validated_data["month"]), by=actor)
        return Response(shown.plan_full(actor, row), status=201)


MOST_PLANS = 60


class PlanView(View):
    """One month."""

    @operation(api.PlanFull, summary="The plan of a month", refuses={404}, operation_id="plans_get")
    def get(self, request: Request, code: int, month: date) -> Response:
        """With its projects, who agreed, and what became of each."""
        actor = actor_of(request)
        return Response(shown.plan_full(actor, queries.plan(actor, code, month)))


def step(summary: str, asks: Any) -> Callable[[V], V]:
    return extend_schema_view(post=operation(api.PlanFull, summary=summary, asks=asks, refuses={404, 409, 429}))


class PlanStep(View):
    """One step. `asks` reads the body, `take` calls the action."""

    asks: type[serializers.Serializer[Any]] = api.SeenPlan

    def take(self, code: int, month: date, given: Given, by: Actor) -> MonthPlan:
        raise NotImplementedError

    def post(self, request: Request, code: int, month: date) -> Response:
        actor = actor_of(request)
        asked = self.asks(data=request.data)
        if not asked.is_valid():
            queries.plan(actor, code, month)  # what does not exist for the caller is 404, whatever the body
            raise serializers.ValidationError(asked.errors)
        return Response(shown.plan_full(actor, self.take(code, month, dict(asked.validated_data), actor)))


@step("Take a project into the plan", api.PlanProject)
class TakeIn(PlanStep):
    """A drafted project of the compound. What was agreed to before is asked anew."""

    asks = api.PlanProject

    def take(self, code: int, month: date, given: Given, by: Actor) -> MonthPlan:
        return plans.take_in(code, month, by=by, **given)


@step("Take a project out of the plan", api.PlanProject)
class TakeOut(PlanStep):
    """Not one that was carried over: that was promised."""

    asks = api.PlanProject

    def take(self, code: int, month: date, given: Given, by: Actor) -> MonthPlan:
        return plans.take_out(code, month, by=by, **given)


@step("Agree", api.SeenPlan)
class Agree(PlanStep):
    """For the sides that the caller speaks for, to the plan as it stands."""

    def take(self, code: int, month: date, given: Given, by: Actor) -> MonthPlan:
        return plans.agree(code, month, by=by, **given)


@step("Hand it to the street", api.PlanProposed)
class Propose(PlanStep):
    """Once all sides agree. Fewer than three projects need a reason."""

    asks = api.PlanProposed

    def take(self, code: int, month: date, given: Given, by: Actor) -> MonthPlan:
        return plans.propose(code, month, by=by, **given)


@step("Give it back", api.PlanReasoned)
class GiveBack(PlanStep):
    """The street wants something changed, and says what."""

    asks = api.PlanReasoned

    def take(self, code: int, month: date, given: Given, by: Actor) -> MonthPlan:
        return plans.give_back(code, month, by=by, **given)


@step("Publish", api.SeenPlan)
class Publish(PlanStep):
    """What stands in it is promised from now on, and the residents are told."""

    def take(self, code: int, month: date, given: Given, by: Actor) -> MonthPlan:
        return plans.publish(code, month, by=by, **given)


@step("Close the month", api.PlanClosed)
class Close(PlanStep):
    """With its review. What has not landed goes on into the next month, each with its reason."""

    asks = api.PlanClosed

    def take(self, code: int, month: date, given: Given, by: Actor) -> MonthPlan:
        reasons = {row["project"]: row["reason"] for row in given.pop("reasons")}
        return plans.close(code, month, by=by, reasons=reasons, **given)


STEPS: dict[str, type[PlanStep]] = {
    "take-in": TakeIn,
    "take-out": TakeOut,
    "agree": Agree,
    "propose": Propose,
    "return": GiveBack,
    "publish": Publish,
    "close": Close,
}


class SuggestionsView(View):
    """What a compound complains of."""

    @operation(api.SpotsShown, summary="Hot spots of the last 90 days", refuses={404}, operation_id="suggestions_list")
    def get(self, request: Request, code: int) -> Response:
        """By matter, the hottest first, with the complaints behind each. For those who plan there."""
        actor = actor_of(request)
        communities.compound(code)
        if not permissions.may_read_drafts(actor, code):
            raise NotThere
        return Response({"results": [shown.hot_spot(each) for each in suggestions.hot_spots(actor, code, clock.today())]})


class FiguresView(View):
    """What a month came to."""

    @operation(api.MonthFiguresShown, summary="A place's month in numbers", query=api.FiguresQuery, operation_id="figures_get")
    def get(self, request: Request) -> Response:
        """Rolled up every night; of a place the sum of those of its compounds that lie within the caller's places."""
        query = api.FiguresQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        area, month = query.validated_data["area"], query.validated_data["month"]
        return Response(shown.figures(area, month, figures.sums(area, month_of(month))))
