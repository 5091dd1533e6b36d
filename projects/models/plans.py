"""Monthly plans, what stands in them, who agreed, and what the worker rolls up."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from communities.models import Compound
from people.models import Organisation, User
from projects.models.projects import Project
from projects.states import PLAN_TRANSITIONS, Outcome, PlanState, Side
from tenancy.scoped import ScopedModel

FROZEN = "OLD.state = 'closed' AND (to_jsonb(NEW) - 'area') IS DISTINCT FROM (to_jsonb(OLD) - 'area')"


def _pair(name: str) -> models.CheckConstraint:
    both = {f"{name}_at__isnull": False, f"{name}_by__isnull": False}
    return models.CheckConstraint(condition=Q(**both) | Q(**dict.fromkeys(both, True)), name=f"projects_plan_{name}_pair")


class MonthPlan(ScopedModel):
    """月度计划 of one compound. `month` is its first day. `revision` is raised when what it promises changes.

    Who agreed, agreed to one revision. A closed month is frozen: a trigger holds it.
    """

    compound = models.ForeignKey(Compound, on_delete=models.PROTECT, related_name="plans", db_constraint=False)
    month = models.DateField()
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.DRAFTING)
    version = models.PositiveIntegerField(default=1)
    revision = models.PositiveIntegerField(default=1)
    fewer = models.CharField(max_length=300, blank=True, help_text="Why it holds fewer than three projects.")
    remark = models.CharField(max_length=500, blank=True, help_text="What the street office wants changed.")
    review = models.TextField(blank=True, help_text="What the month came to.")
    drafted_at = models.DateTimeField(db_default=Now(), editable=False)
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    proposed_at = models.DateTimeField(null=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["month", "area"], name="projects_plan_month")]
        constraints = [
            models.UniqueConstraint(fields=["compound", "month"], name="projects_plan_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="projects_plan_first_day"),
            models.CheckConstraint(
                condition=~Q(state__in=[PlanState.PUBLISHED, PlanState.CLOSED]) | Q(published_by__isnull=False),
                name="projects_plan_published_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=PlanState.CLOSED) | Q(closed_by__isnull=False) & ~Q(review=""),
                name="projects_plan_closed_with_review",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("proposed_by")), name="projects_plan_second_person"
            ),
            _pair("proposed"),
            _pair("published"),
            _pair("closed"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="life_cycle",
                field="state",
                transitions=[(old.value, new.value) for old, to in PLAN_TRANSITIONS.items() for new in sorted(to)],
            ),
            pgtrigger.Protect(name="frozen", operation=pgtrigger.Update, condition=pgtrigger.Condition(FROZEN)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.month:%Y-%m}"


class Agreement(ScopedModel):
    """One side's yes to one revision of a plan."""

    plan = models.ForeignKey(MonthPlan, on_delete=models.PROTECT, related_name="agreements", db_constraint=False)
    side = models.CharField(max_length=14, choices=Side.choices)
    revision = models.PositiveIntegerField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(db_default=Now(), editable=False)
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "side", "revision"], name="projects_agreement_once")]
        triggers = [pgtrigger.ReadOnly(name="append_only", exclude=["area"])]

    def __str__(self) -> str:
        return f"{self.side} {self.plan_id}"


_ONLY_WHILE_OPEN = """
IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - 'area') = (to_jsonb(OLD) - 'area') THEN
    RETURN NEW;
END IF;
IF EXISTS (SELECT 1 FROM projects_monthplan plan WHERE plan.state = 'closed'
              AND (TG_OP <> 'INSERT' AND plan.id = OLD.plan_id OR TG_OP <> 'DELETE' AND plan.id = NEW.plan_id)) THEN
    RAISE EXCEPTION 'a closed month does not change' USING ERRCODE = 'check_violation';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""


class PlanItem(ScopedModel):
    """A project in the plan of a month; at its end, what became of it there. It may stand in one month after another."""

    plan = models.ForeignKey(MonthPlan, on_delete=models.PROTECT, related_name="items", db_constraint=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="items", db_constraint=False)
    added_at = models.DateTimeField(db_default=Now(), editable=False)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    carried_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it did not land in this month.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "project"], name="projects_item_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=["", Outcome.LANDED]) | ~Q(reason=""), name="projects_item_not_landed_says_why"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="only_while_open",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=_ONLY_WHILE_OPEN,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.project_id}"


class MonthFigures(ScopedModel):
    """What a compound's month comes to, rolled up every night. Streets and counties are sums of these."""

    month = models.DateField()
    planned = models.PositiveSmallIntegerField(default=0)
    landed = models.PositiveSmallIntegerField(default=0)
    late = models.PositiveSmallIntegerField(default=0)
    silent = models.PositiveSmallIntegerField(default=0)
    budget_fen = models.PositiveBigIntegerField(default=0)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "month"], name="projects_figures_once")]
        indexes = [models.Index(fields=["month", "area"], name="projects_figures_month")]

    def __str__(self) -> str:
        return f"{self.area} {self.month:%Y-%m}"


class JobRun(ScopedModel):
    """A worker's piece of work for one compound and one period. The row is the job: there is one of each, and it is done once."""

    job = models.CharField(max_length=20)
    period = models.DateField(help_text="First day of the month, Monday of the week, or the day.")
    done_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    try_after = models.DateTimeField(db_default=Now())
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "period", "area"], name="projects_job_once")]
        indexes = [models.Index(fields=["try_after"], condition=Q(done_at__isnull=True), name="projects_job_waits")]

    def __str__(self) -> str:
        return f"{self.job} {self.period} {self.area}"
