"""Check lists through the API."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from enforcement import queries
from enforcement.actions import check_lists as actions
from enforcement.api import serializers as api
from enforcement.check_content import Content
from enforcement.models import CheckItem, CheckList
from people.actors import Actor
from people.api.requests import View, actor_of
from tenancy import clock
from tenancy.api.schema import operation

PLAIN = ("id", "area", "version", "revision", "state", "source", "sample", "published_at")
OF_ITEM = (
    "code",
    "others",
    "level",
    "name",
    "violation",
    "method",
    "subject",
    "penalty",
    "days",
    "on_spot",
    "severity",
    "certainty",
)
V = TypeVar("V", bound=type[View])


def brief(row: CheckList) -> dict[str, Any]:
    return {name: getattr(row, name) for name in PLAIN}


def full(row: CheckList, on: date) -> dict[str, Any]:
    return {**brief(row), "items": [item_of(each, on) for each in queries.items(row)]}


def item_of(found: CheckItem, on: date) -> dict[str, Any]:
    basis = [
        {
            "key": each.law.key,
            "name": each.law.name,
            "edition": each.law.edition,
            "articles": each.articles,
            "effective_from": each.law.effective_from,
            "repealed_on": each.law.repealed_on,
        }
        for each in queries.bases_on(found, on)
    ]
    return {
        **{name: getattr(found, name) for name in OF_ITEM},
        "bureau": found.bureau_id,
        "leaf": found.leaf_id,
        "basis": basis,
    }


def given(asked: serializers.Serializer[Any], request: Request, list_id: int) -> dict[str, Any]:
    """The body; what does not exist for the caller is 404, whatever the body."""
    if not asked.is_valid():
        queries.get_list(actor_of(request), list_id)
        raise serializers.ValidationError(asked.errors)
    return dict(asked.validated_data)


class CheckListsView(View):
    """The versions of check lists."""

    @operation(api.ListsShown, summary="Check lists", query=api.ListsQuery, refuses={404}, operation_id="check_lists_list")
    def get(self, request: Request) -> Response:
        """Newest first, by county. In force or once in force for everybody there; drafts for those who work with them."""
        query = api.ListsQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        actor = actor_of(request)
        asked = query.validated_data.get("area")
        places = [queries.county(actor, asked)] if asked else queries.counties(actor)
        rows = [brief(row) for place in places for row in queries.lists_of(actor, place.code)[:MOST_VERSIONS]]
        return Response({"results": rows})

    @operation(api.ListFull, summary="Draft a check list", asks=api.CheckListDraft, status=201, refuses={404, 429})
    def post(self, request: Request) -> Response:
        """By the county's desk, from the version in force or from the sample that comes with Mulin."""
        asked = api.CheckListDraft(data=request.data)
        asked.is_valid(raise_exception=True)
        row = actions.draft(by=actor_of(request), **asked.validated_data)
        return Response(full(row, clock.today()), status=201)


MOST_VERSIONS = 50


class CheckListView(View):
    """One version."""

    @operation(api.ListFull, summary="A check list", query=api.DayQuery, refuses={404}, operation_id="check_lists_get")
    def get(self, request: Request, list_id: int) -> Response:
        """With its items, and of each the laws in force on the day `on`."""
        query = api.DayQuery(data=request.query_params.dict())
        row = queries.get_list(actor_of(request), list_id)
        query.is_valid(raise_exception=True)
        return Response(full(row, query.validated_data.get("on") or clock.today()))

    @operation(api.ListFull, summary="Replace a draft", asks=api.ContentGiven, refuses={404, 409, 429})
    def put(self, request: Request, list_id: int) -> Response:
        """Laws and items, whole: what is not named is not in it."""
        said = given(api.ContentGiven(data=request.data), request, list_id)
        content = Content(api.laws_of(said), tuple(map(api.entry_of, said["items"])))
        actor = actor_of(request)
        row = actions.replace_all(list_id, by=actor, revision=said["revision"], content=content, source=said["source"])
        return Response(full(row, clock.today()))


class ItemsView(View):
    """The items of a draft."""

    @operation(api.ListFull, summary="Add an item", asks=api.ItemChange, status=201, refuses={404, 409, 429})
    def post(self, request: Request, list_id: int) -> Response:
        """At the end of the list."""
        said = given(api.ItemChange(data=request.data), request, list_id)
        revision = said.pop("revision")
        row = actions.add_item(list_id, by=actor_of(request), revision=revision, item=api.entry_of(said))
        return Response(full(row, clock.today()), status=201)


class ItemView(View):
    """One item."""

    @operation(api.CheckItemShown, summary="A check item", query=api.DayQuery, refuses={404}, operation_id="check_items_get")
    def get(self, request: Request, list_id: int, item_code: str) -> Response:
        """With the laws in force on the day `on`."""
        query = api.DayQuery(data=request.query_params.dict())
        found = queries.item(queries.get_list(actor_of(request), list_id), item_code)
        query.is_valid(raise_exception=True)
        return Response(item_of(found, query.validated_data.get("on") or clock.today()))

    @operation(api.ListFull, summary="Change an item", asks=api.ItemChange, refuses={404, 409, 429})
    def put(self, request: Request, list_id: int, item_code: str) -> Response:
        """Whole: what is not named takes its default."""
        said = given(api.ItemChange(data=request.data), request, list_id)
        revision = said.pop("revision")
        row = actions.change_item(list_id, item_code, by=actor_of(request), revision=revision, item=api.entry_of(said))
        return Response(full(row, clock.today()))


class ItemRemove(View):
    """Out of a draft."""

    @operation(api.ListFull, summary="Take an item out", asks=api.CheckListSeen, refuses={404, 409, 429})
    def post(self, request: Request, list_id: int, item_code: str) -> Response:
        """The others stay in their order."""
        said = given(api.CheckListSeen(data=request.data), request, list_id)
        row = actions.remove_item(list_id, item_code, by=actor_of(request), revision=said["revision"])
        return Response(full(row, clock.today()))


def step(summary: str) -> Callable[[V], V]:
    return extend_schema_view(post=operation(api.ListShown, summary=summary, asks=api.CheckListSeen, refuses={404, 409, 429}))


class ListStep(View):
    """A step in the life of a version: `take` calls the action."""

    def take(self, list_id: int, by: Actor, revision: int) -> CheckList:
        raise NotImplementedError

    def post(self, request: Request, list_id: int) -> Response:
        said = given(api.CheckListSeen(data=request.data), request, list_id)
        return Response(brief(self.take(list_id, actor_of(request), said["revision"])))


@step("Propose a check list")
class Propose(ListStep):
    """Ask a second person to publish a draft."""

    def take(self, list_id: int, by: Actor, revision: int) -> CheckList:
        return actions.propose(list_id, by=by, revision=revision)


@step("Make a proposal a draft again")
class SendBack(ListStep):
    """So that it can be changed."""

    def take(self, list_id: int, by: Actor, revision: int) -> CheckList:
        return actions.send_back(list_id, by=by, revision=revision)


@step("Throw a version away")
class Withdraw(ListStep):
    """A draft or a proposal; it stays in the history."""

    def take(self, list_id: int, by: Actor, revision: int) -> CheckList:
        return actions.withdraw(list_id, by=by, revision=revision)


@step("Publish a check list")
class Publish(ListStep):
    """By a second person; the version before it retires."""

    def take(self, list_id: int, by: Actor, revision: int) -> CheckList:
        return actions.publish(list_id, by=by, revision=revision)


STEPS: dict[str, type[ListStep]] = {"propose": Propose, "send-back": SendBack, "withdraw": Withdraw, "publish": Publish}
