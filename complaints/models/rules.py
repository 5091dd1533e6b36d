"""Routing rules (派单规则) in versions, and replays of them.

Rules are reference rows: whoever deals with a ticket may read what decided it. What a replay found names tickets, so it is
scoped, at the code of the street or county that owns the rules.
"""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from complaints.rule_states import RUN_TRANSITIONS, SET_TRANSITIONS, RunState, SetState
from people.models import User
from tenancy.scoped import ReferenceModel, ScopedModel

LIVE_OR_GONE = (SetState.PUBLISHED, SetState.RETIRED)
_EDGES = [(old.value, new.value) for old, to in SET_TRANSITIONS.items() for new in to]
_RUN_EDGES = [(old.value, new.value) for old, to in RUN_TRANSITIONS.items() for new in sorted(to)]


def _pair(name: str) -> models.CheckConstraint:
    both = {f"{name}_at__isnull": False, f"{name}_by__isnull": False}
    neither = dict.fromkeys(both, True)
    return models.CheckConstraint(condition=Q(**neither) | Q(**both), name=f"complaints_ruleset_{name}_pair")


_CHANGED_ONCE_PUBLISHED = """OLD."state" IN ('published', 'retired') AND
(OLD."note", OLD."proposed_at", OLD."proposed_by_id", OLD."published_at", OLD."published_by_id") IS DISTINCT FROM
(NEW."note", NEW."proposed_at", NEW."proposed_by_id", NEW."published_at", NEW."published_by_id")"""


class RuleSet(ReferenceModel):
    """One version of a street's or county's rules. Whoever made or proposed it cannot publish it.

    `version` counts drafts, so a version that was thrown away leaves a gap. `revision` is raised by every change, also by a
    rule that is set aside: workers keep what they have read until it changes.
    """

    area = models.BigIntegerField(help_text="The street or county that owns it.")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=SetState.choices, default=SetState.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    proposed_at = models.DateTimeField(null=True, editable=False)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    retired_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["area", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["area", "version"], name="complaints_ruleset_version_once"),
            models.UniqueConstraint(
                fields=["area"], condition=Q(state=SetState.PUBLISHED), name="complaints_ruleset_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True)
                | Q(proposed_by__isnull=False) & ~Q(published_by=F("created_by")) & ~Q(published_by=F("proposed_by")),
                name="complaints_ruleset_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE_OR_GONE, published_by__isnull=False)
                | ~Q(state__in=LIVE_OR_GONE) & Q(published_by__isnull=True),
                name="complaints_ruleset_published_by_somebody",
            ),
            _pair("proposed"),
            _pair("published"),
        ]
        triggers = [
            pgtrigger.FSM(name="life_cycle", field="state", transitions=_EDGES),
            # The place may change: re-coding carries rules along.
            pgtrigger.ReadOnly(name="origin", fields=["version", "based_on", "created_at", "created_by"]),
            pgtrigger.Protect(
                name="once_published",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(_CHANGED_ONCE_PUBLISHED),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.area} v{self.version}"


# A rule belongs to its set: it can change only while the set is a draft. Being set aside is no change of the rule, it is what
# happens to it at work.
_ONLY_IN_DRAFTS = """
IF TG_OP = 'UPDATE'
   AND (to_jsonb(NEW) - ARRAY['set_aside_at', 'set_aside_reason']) = (to_jsonb(OLD) - ARRAY['set_aside_at', 'set_aside_reason'])
   AND (OLD.set_aside_at IS NULL OR NEW.set_aside_at IS NOT DISTINCT FROM OLD.set_aside_at) THEN
    RETURN NEW;
END IF;
IF EXISTS (SELECT 1 FROM complaints_ruleset held
            WHERE held.state <> 'draft'
              AND (TG_OP <> 'INSERT' AND held.id = OLD.ruleset_id OR TG_OP <> 'DELETE' AND held.id = NEW.ruleset_id)) THEN
    RAISE EXCEPTION 'rules change only in drafts';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""


class RoutingRule(ReferenceModel):
    """A rule of a set, kept as plain JSON (`complaints.rule_format`). The first that matches, by position, decides."""

    ruleset = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="rules")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    conditions = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    set_aside_at = models.DateTimeField(null=True)
    set_aside_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["ruleset", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["ruleset", "position"], name="complaints_rule_position_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(
                fields=["ruleset", "name"], name="complaints_rule_name_once", deferrable=models.Deferrable.DEFERRED
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="only_in_drafts",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=_ONLY_IN_DRAFTS,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ReplayRun(ScopedModel):
    """试跑: a set of rules tried on the last tickets of its owner's places. The row is the job.

    `n` tickets are asked for, `done` are through, `cursor` is the id of the ticket reached (newest first). `result` holds ids
    and numbers only; who looks sees of them what `complaints.queries.visible_to` lets them see. `revision` is the set's when
    the run began.
    """

    ruleset = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="runs")
    revision = models.PositiveIntegerField()
    n = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.WAITING)
    done = models.PositiveSmallIntegerField(default=0)
    cursor = models.BigIntegerField(null=True)
    result = models.JSONField(default=dict)
    problem = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    ended_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    try_after = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["try_after"], condition=Q(state=RunState.WAITING), name="complaints_replay_waits"),
            models.Index(fields=["ruleset", "-id"], name="complaints_replay_of_set"),
        ]
        constraints = [models.CheckConstraint(condition=Q(n__gte=50, n__lte=1000), name="complaints_replay_size")]
        triggers = [pgtrigger.FSM(name="life_cycle", field="state", transitions=_RUN_EDGES)]

    def __str__(self) -> str:
        return f"{self.ruleset} × {self.n}"
