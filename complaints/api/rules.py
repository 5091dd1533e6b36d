"""Routing rules through the API: reading versions, drafting, proposing, publishing, trying on past tickets."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import rule_format, rule_queries, rule_shown
from complaints.actions import replays, rule_sets
from complaints.actions import rules as editing
from complaints.models import ReplayRun, RuleSet
from complaints.rule_checks import LONGEST_NAME, LONGEST_NOTE
from complaints.rule_format import Broken
from complaints.rule_states import RunState, SetState
from complaints.rules import Rule
from people.api.requests import View, actor_of
from tenancy.api import keyset
from tenancy.api.schema import operation
from tenancy.api.serializers import Place, Strict, Text, Version
from tenancy.refusals import Refusal

WORDS = {"type": "array", "items": {"type": "string"}}
YES_NO = {"type": "boolean", "nullable": True}
NUMBER = {"type": "integer", "nullable": True, "minimum": 0}
CONDITIONS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "places": {"type": "array", "items": {"type": "integer"}, "description": "Place codes; each holds all under it."},
        **dict.fromkeys((*rule_format.WORD_FIELDS, *rule_format.CODE_FIELDS), WORDS),
        "hours": {"type": "array", "items": {"type": "string", "example": "22:00"}, "minItems": 2, "maxItems": 2},
        "days": {"type": "string", "enum": ["any", "working", "off"]},
        **dict.fromkeys(rule_format.NUMBER_FIELDS, NUMBER),
        **dict.fromkeys(rule_format.YES_NO_FIELDS, YES_NO),
    },
}
OUTCOME = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "leaf": {"type": "string"},
        "organisation": NUMBER,
        "kind": {"type": "string", "description": "The nearest organisation of this kind."},
        "urgency": {"type": "string"},
        "assists": WORDS,
    },
}


@extend_schema_field(CONDITIONS)
class ConditionsField(serializers.JSONField):
    """Which complaints are meant. Only what is asked for stands here."""


@extend_schema_field(OUTCOME)
class OutcomeField(serializers.JSONField):
    """What becomes of them. Only what is said stands here."""


class RuleGiven(Strict):
    """A rule as it is kept."""

    name = Text(longest=LONGEST_NAME)
    conditions = ConditionsField()
    outcome = OutcomeField()


class RuleShown(serializers.Serializer[Any]):
    """A rule with what it says in words, and why it is not asked, if so."""

    id = serializers.IntegerField()
    position = serializers.IntegerField()
    name = serializers.CharField()
    conditions = serializers.DictField()
    outcome = serializers.DictField()
    sentence = serializers.CharField(help_text="In the language asked for; empty for a rule that cannot be read.")
    set_aside_at = serializers.DateTimeField(allow_null=True)
    set_aside_reason = serializers.CharField()


class RuleSetShown(serializers.Serializer[Any]):
    """A version of a street's or county's rules."""

    id = serializers.IntegerField()
    area = serializers.IntegerField()
    version = serializers.IntegerField()
    revision = serializers.IntegerField(help_text="To be sent with each step; every change raises it.")
    state = serializers.ChoiceField(choices=SetState.choices)
    note = serializers.CharField()
    based_on = serializers.IntegerField(allow_null=True, help_text="The id of the version it was drafted from.")
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()
    proposed_at = serializers.DateTimeField(allow_null=True)
    proposed_by = serializers.CharField(allow_null=True)
    published_at = serializers.DateTimeField(allow_null=True)
    published_by = serializers.CharField(allow_null=True)


class RuleSetFull(RuleSetShown):
    rules = RuleShown(many=True)


class RuleSetPage(serializers.Serializer[Any]):
    results = RuleSetShown(many=True)
    next = serializers.CharField(allow_null=True, help_text="Path and query of the next page.")
    previous = serializers.CharField(allow_null=True)


class RuleSetQuery(keyset.PageQuery):
    area = Place(required=False, help_text="Only versions of this street or county.")


class Drafted(Strict):
    """A new draft. Without `rules` it begins as the version in force."""

    area = Place(help_text="The street or county.")
    note = Text(longest=LONGEST_NOTE, required=False, default="")
    rules = RuleGiven(many=True, required=False)


class RulesReplaced(Strict):
    """All rules of a draft, in their order."""

    revision = Version()
    rules = RuleGiven(many=True)


class RulesSeen(Strict):
    """The revision that was looked at."""

    revision = Version()


class Proposed(RulesSeen):
    note = Text(longest=LONGEST_NOTE, required=False, default="")


class Empty(Strict):
    """An empty body."""


class Asked(Strict):
    """How many of the last tickets."""

    n = serializers.IntegerField(min_value=replays.FEWEST, max_value=replays.MOST)


class CellShown(serializers.Serializer[Any]):
    """Tickets that would have gone elsewhere; an empty name means that a person decides."""

    old = serializers.CharField()
    new = serializers.CharField()
    count = serializers.IntegerField()
    there = serializers.IntegerField(help_text="How many of them the new organisation has today.")
    tickets = serializers.ListField(child=serializers.CharField())


class ConflictShown(serializers.Serializer[Any]):
    """Two rules that match the same tickets with different outcomes; the first decides."""

    first = serializers.CharField()
    second = serializers.CharField()
    count = serializers.IntegerField()
    tickets = serializers.ListField(child=serializers.CharField())


class ReplayShown(serializers.Serializer[Any]):
    """How far a replay is, and what it has found."""

    id = serializers.IntegerField()
    ruleset = serializers.IntegerField()
    revision = serializers.IntegerField()
    state = serializers.ChoiceField(choices=RunState.choices)
    n = serializers.IntegerField()
    done = serializers.IntegerField()
    decided_by_rules = serializers.IntegerField()
    changed = serializers.IntegerField()
    cells = CellShown(many=True)
    never_matched = serializers.ListField(child=serializers.CharField())
    shadowed = serializers.ListField(child=serializers.CharField())
    conflicts = ConflictShown(many=True)
    problem = serializers.CharField()


def _brief(ruleset: RuleSet) -> dict[str, Any]:
    taken = ("id", "area", "version", "revision", "state", "note", "created_at", "proposed_at", "published_at")
    people = {
        name: str(who) if (who := getattr(ruleset, name)) else None for name in ("created_by", "proposed_by", "published_by")
    }
    return {**{name: getattr(ruleset, name) for name in taken}, "based_on": ruleset.based_on_id, **people}


def full(ruleset: RuleSet) -> dict[str, Any]:
    entries = rule_shown.entries_of(ruleset)
    taken = ("id", "position", "name", "set_aside_at", "set_aside_reason")
    shown = [
        {
            **{name: getattr(entry["row"], name) for name in taken},
            # What is broken in the database is shown to nobody as if it were a rule.
            "conditions": {} if entry["broken"] else entry["row"].conditions,
            "outcome": {} if entry["broken"] else entry["row"].outcome,
            "sentence": entry["sentence"],
        }
        for entry in entries
    ]
    return dict(RuleSetFull({**_brief(ruleset), "rules": shown}).data)


def _rules(given: list[dict[str, Any]]) -> list[Rule]:
    found = []
    for number, each in enumerate(given):
        try:
            found.append(rule_format.read(each["name"], each["conditions"], each["outcome"]))
        except Broken as problem:
            raise Refusal(str(problem), field=f"rules.{number}") from problem
    return found


def _step(request: Request, ruleset_id: int, asks: type[Strict]) -> dict[str, Any]:
    """What was sent; what does not exist for the caller is 404, whatever the body."""
    asked = asks(data=request.data)
    if not asked.is_valid():
        rule_queries.get_set(actor_of(request), ruleset_id)
        raise serializers.ValidationError(asked.errors)
    return dict(asked.validated_data)


class RuleSetsView(View):
    """Versions of the rules that the caller may read."""

    @operation(RuleSetPage, summary="Versions of routing rules", operation_id="rules_list", query=RuleSetQuery)
    def get(self, request: Request) -> Response:
        """Of all streets and counties whose rules the caller reads, the newest first."""
        query = keyset.query_of(request, RuleSetQuery)
        owners = [owner.code for owner in rule_queries.owners_of(actor_of(request))]
        area = query.pop("area", None)
        rows = rule_queries.sets_of([code for code in owners if area in (None, code)])
        page = keyset.page(request, rows, order=("-pk",), **query)
        shown = [_brief(row) for row in page.rows]
        return Response(RuleSetPage({"results": shown, "next": page.next, "previous": page.previous}).data)

    @operation(RuleSetFull, summary="Draft rules", asks=Drafted, status=201, refuses={404, 409, 429}, operation_id="rules_draft")
    def post(self, request: Request) -> Response:
        """A new draft for a street or county, from the version in force or with the rules given."""
        asked = Drafted(data=request.data)
        asked.is_valid(raise_exception=True)
        given = dict(asked.validated_data)
        rules = _rules(given.pop("rules")) if "rules" in given else None
        return Response(full(rule_sets.draft(by=actor_of(request), rules=rules, **given)), status=201)


class RuleSetView(View):
    """One version with its rules."""

    @operation(RuleSetFull, summary="A version of routing rules", refuses={404}, operation_id="rules_get")
    def get(self, request: Request, ruleset_id: int) -> Response:
        """The version, with each rule as it is kept and in words."""
        return Response(full(rule_queries.get_set(actor_of(request), ruleset_id)))

    @operation(
        RuleSetFull,
        summary="Replace the rules of a draft",
        asks=RulesReplaced,
        refuses={404, 409, 429},
        operation_id="rules_replace",
    )
    def put(self, request: Request, ruleset_id: int) -> Response:
        """All rules of a draft, in their order. 409 when somebody changed it meanwhile, or when it is no draft."""
        given = _step(request, ruleset_id, RulesReplaced)
        rule_queries.get_set(actor_of(request), ruleset_id)
        rules, revision = _rules(given["rules"]), given["revision"]
        return Response(full(editing.replace_all(ruleset_id, rules=rules, by=actor_of(request), revision=revision)))


class ProposeView(View):
    """Asking for the second person."""

    @operation(RuleSetFull, summary="Propose a draft", asks=Proposed, refuses={404, 409, 429}, operation_id="rules_propose")
    def post(self, request: Request, ruleset_id: int) -> Response:
        """Ask a second person to publish it."""
        given = _step(request, ruleset_id, Proposed)
        return Response(full(rule_sets.propose(ruleset_id, by=actor_of(request), **given)))


class PublishView(View):
    """The second person's yes."""

    @operation(RuleSetFull, summary="Publish a proposal", asks=RulesSeen, refuses={404, 409, 429}, operation_id="rules_publish")
    def post(self, request: Request, ruleset_id: int) -> Response:
        """Put it in force at once. 403 for whoever drafted or proposed it; 409 when another version came into force meanwhile."""
        given = _step(request, ruleset_id, RulesSeen)
        return Response(full(rule_sets.publish(ruleset_id, by=actor_of(request), **given)))


class SendBackView(View):
    """From a proposal back to a draft."""

    @operation(
        RuleSetFull,
        summary="Make a proposal a draft again",
        asks=RulesSeen,
        refuses={404, 409, 429},
        operation_id="rules_send_back",
    )
    def post(self, request: Request, ruleset_id: int) -> Response:
        """So that it can be changed."""
        given = _step(request, ruleset_id, RulesSeen)
        return Response(full(rule_sets.send_back(ruleset_id, by=actor_of(request), **given)))


class WithdrawView(View):
    """Throwing a draft away."""

    @operation(
        RuleSetFull,
        summary="Throw a draft or proposal away",
        asks=RulesSeen,
        refuses={404, 409, 429},
        operation_id="rules_withdraw",
    )
    def post(self, request: Request, ruleset_id: int) -> Response:
        """It stays in the history."""
        given = _step(request, ruleset_id, RulesSeen)
        return Response(full(rule_sets.withdraw(ruleset_id, by=actor_of(request), **given)))


class RollBackView(View):
    """Bringing back what was in force."""

    @operation(
        RuleSetFull,
        summary="Bring a version back",
        asks=Empty,
        status=201,
        refuses={404, 409, 429},
        operation_id="rules_roll_back",
    )
    def post(self, request: Request, ruleset_id: int) -> Response:
        """A new version equal to an old one is proposed; a second person publishes it."""
        _step(request, ruleset_id, Empty)
        return Response(full(rule_sets.roll_back(ruleset_id, by=actor_of(request))), status=201)


class ReplaysView(View):
    """Trying a version on past tickets."""

    @operation(
        ReplayShown,
        summary="Try rules on the last tickets",
        asks=Asked,
        status=201,
        refuses={404, 429},
        operation_id="rules_replay",
    )
    def post(self, request: Request, ruleset_id: int) -> Response:
        """Nothing is changed. Ask again at `/rules/replays/{run_id}/` until `state` is `done`."""
        given = _step(request, ruleset_id, Asked)
        run = replays.start(ruleset_id, n=given["n"], by=actor_of(request))
        return Response(_replay(request, run), status=201)


class ReplayView(View):
    """One replay."""

    @operation(ReplayShown, summary="What a replay found", refuses={404}, operation_id="rules_replay_get")
    def get(self, request: Request, run_id: int) -> Response:
        """How far it is, and what would have gone elsewhere. Tickets that the caller cannot see are counted, not named."""
        return Response(_replay(request, rule_queries.run(actor_of(request), run_id)))


def _replay(request: Request, run: ReplayRun) -> dict[str, Any]:
    result = rule_shown.replay(actor_of(request), run)
    tally = result["tally"]
    shown = {
        "id": run.pk,
        "ruleset": run.ruleset_id,
        **{name: getattr(run, name) for name in ("revision", "state", "n", "done", "problem")},
        "decided_by_rules": tally.by_rule,
        "changed": tally.changed,
        "cells": result["cells"],
        "never_matched": [rule.name for rule in result["never"]],
        "shadowed": [rule.name for rule, _earlier in result["shadowed"]],
        "conflicts": result["conflicts"],
    }
    return dict(ReplayShown(shown).data)
