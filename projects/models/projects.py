"""Projects, where they came from, what they cost, and their timeline. Money is whole fen."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from communities.models import Building, Compound
from complaints.models import Ticket
from people.models import Organisation, OrganisationKind, User
from projects.states import PROJECT_TRANSITIONS, EventKind, Ground, OriginKind, ProjectState, Source, Use
from tenancy.scoped import ReferenceModel, ScopedModel


class Matter(ReferenceModel):
    """One of the ten matters (10件实事), loaded from `projects/data/matters.json`, with what it is measured by."""

    code = models.CharField(max_length=3, primary_key=True)
    no = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    problem = models.CharField(max_length=120)
    measure = models.CharField(max_length=120)
    unit = models.CharField(max_length=8)
    leaves = models.JSONField(default=list, help_text="Codes of the complaint catalogue that it answers.")
    lead = models.ForeignKey(OrganisationKind, on_delete=models.PROTECT, related_name="+")
    others = models.JSONField(default=list, help_text="Codes of the kinds of organisations that help.")
    provenance = models.CharField(max_length=20)

    class Meta:
        ordering = ["no"]

    def __str__(self) -> str:
        return self.name


class Project(ScopedModel):
    """A practical project of one compound. Changed only by `projects.actions`; every change raises `version` by one."""

    number = models.CharField(max_length=24, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=ProjectState.choices, default=ProjectState.DRAFTED)

    compound = models.ForeignKey(Compound, on_delete=models.PROTECT, related_name="projects", db_constraint=False)
    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="projects", null=True)
    no_matter = models.CharField(max_length=200, blank=True, help_text="Why it belongs to none of the ten matters.")
    title = models.CharField(max_length=60)
    text = models.TextField()
    quantity = models.PositiveIntegerField(help_text="How much is promised, in units of the matter.")
    achieved = models.PositiveIntegerField(null=True, help_text="How much was done, in units of the matter.")

    livelihood = models.BooleanField(default=True)
    ground = models.CharField(max_length=5, choices=Ground.choices, default=Ground.ABOVE)
    use = models.CharField(max_length=9, choices=Use.choices, default=Use.FUNCTION)

    budget_fen = models.PositiveBigIntegerField(default=0, help_text="The sum of its funding, in fen.")
    decision = models.CharField(max_length=300, blank=True, help_text="The owners' decision that allows its money.")
    decided_on = models.DateField(null=True)

    lead = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", help_text="Who carries it out.")
    ends_on = models.DateField(help_text="The day by which it is promised.")
    progress = models.PositiveSmallIntegerField(default=0, help_text="Percent, by weighted milestones.")
    reported_at = models.DateTimeField(null=True)
    reported_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    round = models.PositiveSmallIntegerField(default=1, help_text="Which acceptance: it begins again when work does.")
    delivered_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    warranty_days = models.PositiveSmallIntegerField(default=0)
    warranty_until = models.DateField(null=True)

    drafted_at = models.DateTimeField(db_default=Now(), editable=False)
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["area", "-id"], name="projects_project_area"),
            models.Index(fields=["area", "state", "-id"], name="projects_project_state"),
            models.Index(fields=["lead", "-id"], name="projects_project_lead"),
            models.Index(
                fields=["ends_on"], condition=Q(state__in=["planned", "working", "delivered"]), name="projects_project_due"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(matter__isnull=False, no_matter="") | Q(matter__isnull=True) & ~Q(no_matter=""),
                name="projects_project_matter_or_why",
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="projects_project_percent"),
            models.CheckConstraint(
                condition=Q(decision="", decided_on__isnull=True) | ~Q(decision="") & Q(decided_on__isnull=False),
                name="projects_project_decision_pair",
            ),
            models.CheckConstraint(
                condition=Q(reported_at__isnull=True, reported_by__isnull=True)
                | Q(reported_at__isnull=False, reported_by__isnull=False),
                name="projects_project_reported_pair",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProjectState.CLOSED) | Q(closed_at__isnull=False, warranty_until__isnull=False),
                name="projects_project_closed_with_warranty",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="life_cycle",
                field="state",
                transitions=[(old.value, new.value) for old, to in PROJECT_TRANSITIONS.items() for new in sorted(to)],
            ),
            pgtrigger.ReadOnly(name="origin", fields=["number", "drafted_at", "drafted_by"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number


class Origin(ScopedModel):
    """来源: what a project grew from, a ticket where there is one. Who follows that ticket is told of the project."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="origins", db_constraint=False)
    kind = models.CharField(max_length=12, choices=OriginKind.choices)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    words = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "ticket"], condition=Q(ticket__isnull=False), name="projects_origin_once"),
            models.CheckConstraint(
                condition=Q(kind=OriginKind.TICKET, ticket__isnull=False)
                | ~Q(kind=OriginKind.TICKET) & Q(ticket__isnull=True) & ~Q(words=""),
                name="projects_origin_says_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ticket_id or self.words}"


class Funding(ScopedModel):
    """Part of the budget, from one source, in fen."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="funding", db_constraint=False)
    source = models.CharField(max_length=12, choices=Source.choices)
    amount_fen = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "source"], name="projects_funding_source_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="projects_funding_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.amount_fen}"


class Quote(ScopedModel):
    """报价: what a supplier asks, in fen. One may be chosen."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="quotes", db_constraint=False)
    supplier = models.CharField(max_length=80)
    amount_fen = models.PositiveBigIntegerField()
    chosen = models.BooleanField(default=False)

    class Meta:
        ordering = ["amount_fen", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project"], condition=Q(chosen=True), name="projects_quote_one_chosen"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="projects_quote_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.supplier} {self.amount_fen}"


class ProjectEvent(ScopedModel):
    """One line of a project's timeline, never changed."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="events", db_constraint=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=EventKind.choices)
    old_state = models.CharField(max_length=10, choices=ProjectState.choices, blank=True)
    new_state = models.CharField(max_length=10, choices=ProjectState.choices)
    version = models.PositiveIntegerField()
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["project", "id"], name="projects_event_project")]
        triggers = [
            # The place may change (re-coding carries events along); nothing else may.
            pgtrigger.ReadOnly(name="append_only", exclude=["area"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.project_id}"
