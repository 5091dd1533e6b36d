"""Keeping the rules of a draft (派单规则): add, change, move, remove, put back. Every change raises the set's revision."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from complaints import rule_format
from complaints.models import RoutingRule, RuleSet
from complaints.rule_checks import MOST_RULES, checked, checked_all, name_taken
from complaints.rule_permissions import may_keep_rules
from complaints.rule_queries import get_set, read_rows, rows_of
from complaints.rule_states import SetState
from complaints.rules import Rule
from people.actors import Actor
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState


class StaleRules(WrongState):
    """Somebody else changed the set in between."""

    code = "stale_version"

    def __init__(self) -> None:
        super().__init__(_("Somebody changed these rules in the meantime. Look at them as they are now, then send it again."))


def begin(ruleset_id: int, *, by: Actor, revision: int, states: Iterable[SetState] = (SetState.DRAFT,)) -> RuleSet:
    """The set, locked and checked: readable, `by` keeps it, in one of the states, unchanged since `revision`."""
    ruleset = get_set(by, ruleset_id, lock=True)
    if not may_keep_rules(by, ruleset.area):
        raise NotAllowed(_("Only the office that owns these rules changes them."))
    if ruleset.state not in set(states):
        raise WrongState(_("This cannot be done now: this version is “%(state)s”.") % {"state": ruleset.get_state_display()})
    if ruleset.revision != revision:
        raise StaleRules
    return ruleset


def note(ruleset: RuleSet, action: str, *, by: Actor, fields: Sequence[str] = (), **after: object) -> None:
    """Save the set as its next revision, and record what was done."""
    ruleset.revision += 1
    ruleset.save(update_fields=[*fields, "revision"])
    facts = {"owner": ruleset.area, "version": ruleset.version, "state": ruleset.state, **after}
    audit.record(ruleset, f"rules.{action}", by=by, area=ruleset.area, after=facts)


@transaction.atomic
def add(ruleset_id: int, *, rule: Rule, by: Actor, revision: int) -> RoutingRule:
    """Add a rule at the end of a draft. Raises Refusal as `rule_checks.checked` does, and when the set is full."""
    ruleset = begin(ruleset_id, by=by, revision=revision)
    rows = RoutingRule.objects.filter(ruleset=ruleset)
    if rows.count() >= MOST_RULES:
        raise Refusal(_("At most %(most)d rules fit in a set.") % {"most": MOST_RULES}, code="too_many")
    kept = checked(rule, area=ruleset.area)
    if rows.filter(name=kept.name).exists():
        raise name_taken()
    last = rows.aggregate(last=Max("position"))["last"] or 0
    row = _row(ruleset, kept, last + 1)
    row.save(force_insert=True)
    note(ruleset, "rule_added", by=by, **_facts(row))
    return row


@transaction.atomic
def change(rule_id: int, *, rule: Rule, by: Actor, revision: int) -> RoutingRule:
    """Put other content in the place of a rule's. A rule that was set aside works again once this version is published."""
    row, ruleset = _begin_rule(rule_id, by=by, revision=revision)
    kept = checked(rule, area=ruleset.area)
    if RoutingRule.objects.filter(ruleset=ruleset, name=kept.name).exclude(pk=row.pk).exists():
        raise name_taken()
    row.name, row.set_aside_at, row.set_aside_reason = kept.name, None, ""
    row.conditions, row.outcome = rule_format.kept_conditions(kept.conditions), rule_format.kept_outcome(kept.outcome)
    row.save()
    note(ruleset, "rule_changed", by=by, **_facts(row))
    return row


@transaction.atomic
def move(rule_id: int, *, up: bool, by: Actor, revision: int) -> RuleSet:
    """Change places with the rule before it, or after it; at an end nothing happens."""
    row, ruleset = _begin_rule(rule_id, by=by, revision=revision)
    rows = RoutingRule.objects.filter(ruleset=ruleset)
    beside = rows.filter(position__lt=row.position) if up else rows.filter(position__gt=row.position)
    other = beside.order_by("-position" if up else "position").first()
    if other is not None:
        row.position, other.position = other.position, row.position
        row.save(update_fields=["position"])
        other.save(update_fields=["position"])
        note(ruleset, "rule_moved", by=by, rule=row.pk, name=row.name, position=row.position)
    return ruleset


@transaction.atomic
def remove(rule_id: int, *, by: Actor, revision: int) -> RuleSet:
    """Take a rule out of a draft; those after it move up."""
    row, ruleset = _begin_rule(rule_id, by=by, revision=revision)
    facts = _facts(row)
    row.delete()
    RoutingRule.objects.filter(ruleset=ruleset, position__gt=facts["position"]).update(position=F("position") - 1)
    note(ruleset, "rule_removed", by=by, **facts)
    return ruleset


@transaction.atomic
def put_back(rule_id: int, *, by: Actor, revision: int) -> RoutingRule:
    """Let a rule that was set aside work again, unchanged: its cause lay elsewhere. Raises Refusal when it cannot be read."""
    row, ruleset = _begin_rule(rule_id, by=by, revision=revision)
    _rules, broken = read_rows([row])
    if broken:
        raise Refusal(_("This rule cannot be read. Change it, or remove it."), code="broken")
    row.set_aside_at, row.set_aside_reason = None, ""
    row.save(update_fields=["set_aside_at", "set_aside_reason"])
    note(ruleset, "rule_put_back", by=by, **_facts(row))
    return row


@transaction.atomic
def replace_all(ruleset_id: int, *, rules: Sequence[Rule], by: Actor, revision: int) -> RuleSet:
    """Put these rules, in this order, in the place of all of a draft's. Raises Refusal as `rule_checks.checked_all` does."""
    ruleset = begin(ruleset_id, by=by, revision=revision)
    kept = checked_all(rules, area=ruleset.area)
    RoutingRule.objects.filter(ruleset=ruleset).delete()
    RoutingRule.objects.bulk_create(_row(ruleset, rule, rule.position) for rule in kept)
    note(ruleset, "rules_replaced", by=by, rules=len(kept))
    return ruleset


def copy(old: RuleSet, new: RuleSet) -> int:
    """The same rules in a new draft, marks of being set aside included; how many."""
    rows = rows_of(old)
    for row in rows:
        row.pk, row.ruleset = None, new
    RoutingRule.objects.bulk_create(rows)
    return len(rows)


def _begin_rule(rule_id: int, *, by: Actor, revision: int) -> tuple[RoutingRule, RuleSet]:
    held_by = RoutingRule.objects.filter(pk=rule_id).values_list("ruleset_id", flat=True).first()
    if held_by is None:
        raise NotThere
    ruleset = begin(held_by, by=by, revision=revision)
    row = RoutingRule.objects.filter(pk=rule_id, ruleset=ruleset).first()
    if row is None:
        raise NotThere
    return row, ruleset


def _row(ruleset: RuleSet, rule: Rule, position: int) -> RoutingRule:
    return RoutingRule(
        ruleset=ruleset,
        position=position,
        name=rule.name,
        conditions=rule_format.kept_conditions(rule.conditions),
        outcome=rule_format.kept_outcome(rule.outcome),
    )


def _facts(row: RoutingRule) -> dict[str, Any]:
    return {
        "rule": row.pk,
        "name": row.name,
        "position": row.position,
        "conditions": row.conditions,
        "outcome": row.outcome,
    }
