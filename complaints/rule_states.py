"""Life of a set of routing rules (派单规则), and of a replay (试跑): plain data, enforced by the database as well."""

from django.db import models
from django.utils.translation import pgettext_lazy


class SetState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("set of rules", "draft")
    PROPOSED = "proposed", pgettext_lazy("set of rules", "waiting for a second person")
    PUBLISHED = "published", pgettext_lazy("set of rules", "in force")
    RETIRED = "retired", pgettext_lazy("set of rules", "no longer in force")
    WITHDRAWN = "withdrawn", pgettext_lazy("set of rules", "thrown away")


SET_FIRST = SetState.DRAFT
SET_TRANSITIONS: dict[SetState, dict[SetState, str]] = {
    SetState.DRAFT: {SetState.PROPOSED: "propose", SetState.WITHDRAWN: "withdraw"},
    SetState.PROPOSED: {SetState.DRAFT: "send_back", SetState.WITHDRAWN: "withdraw", SetState.PUBLISHED: "publish"},
    SetState.PUBLISHED: {SetState.RETIRED: "publish"},
    SetState.RETIRED: {},
    SetState.WITHDRAWN: {},
}
"""From a state to each next one, by the action (in `complaints.actions.rule_sets`) that takes the step.

Publishing a set retires the one in force before it. Nothing brings a retired one back: rolling back copies it.
"""
OPEN_SETS = frozenset({SetState.DRAFT, SetState.PROPOSED})


class RunState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("replay", "waiting")
    DONE = "done", pgettext_lazy("replay", "done")
    FAILED = "failed", pgettext_lazy("replay", "given up")


RUN_TRANSITIONS: dict[RunState, frozenset[RunState]] = {
    RunState.WAITING: frozenset({RunState.DONE, RunState.FAILED}),
    RunState.DONE: frozenset(),
    RunState.FAILED: frozenset(),
}
