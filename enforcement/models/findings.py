"""Findings: what a visit found, who answers for it, by when it must be right, and what became of it."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from communities.models import Building
from complaints.models import Ticket
from enforcement.finding_states import (
    FINDING_FINAL,
    FINDING_TRANSITIONS,
    UNDER_ORDER,
    FindingEventKind,
    FindingState,
    Party,
)
from enforcement.models.check_lists import CheckItem
from enforcement.models.visits import Line, Member, Visit, pair
from files.models import Photo
from people.models import Organisation, User
from projects.models import Project
from tenancy.scoped import ScopedModel


class Finding(ScopedModel):
    """One violation in one spot. `organisation` is the bureau that alone may conclude it; `due_on` is the last day, included."""

    key = models.UUIDField(editable=False, help_text="Made on the phone that noted it.")
    number = models.CharField(max_length=24, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, choices=FindingState.choices, default=FindingState.FOUND)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="findings", db_constraint=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="findings", db_constraint=False)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="findings", db_constraint=False)
    item = models.ForeignKey(CheckItem, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    building = models.ForeignKey(Building, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False)
    spot = models.CharField(max_length=60)
    text = models.CharField(max_length=300)
    found_at = models.DateTimeField(help_text="By the clock of the phone.")
    found_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    party = models.CharField(max_length=10, choices=Party.choices)
    party_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    party_name = models.CharField(max_length=60, blank=True, help_text="Never shown to residents.")

    demand = models.CharField(max_length=500, blank=True, help_text="What must be done.")
    days = models.PositiveSmallIntegerField(null=True, help_text="Calendar days given when it was ordered.")
    due_on = models.DateField(null=True)
    ordered_at = models.DateTimeField(null=True)
    ordered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    rounds = models.PositiveSmallIntegerField(default=0, help_text="How often it was not right yet.")
    recheck = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, related_name="looks_at", db_constraint=False)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    end_words = models.CharField(max_length=300, blank=True, help_text="What was done, why taken back, or which case.")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, related_name="findings", db_constraint=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, null=True, related_name="findings", db_constraint=False)
    lifted_at = models.DateTimeField(null=True, help_text="When its publication ended.")
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    told_late = models.PositiveSmallIntegerField(default=0, help_text="How many steps of lateness were told.")

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["area", "-id"], name="enforcement_finding_area"),
            models.Index(fields=["visit", "id"], name="enforcement_finding_visit"),
            models.Index(fields=["party_organisation", "-id"], name="enforcement_finding_party"),
            models.Index(fields=["due_on"], condition=Q(state__in=sorted(UNDER_ORDER)), name="enforcement_finding_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["visit", "key"], name="enforcement_finding_once"),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(UNDER_ORDER)) | Q(due_on__isnull=False, ordered_by__isnull=False) & ~Q(demand=""),
                name="enforcement_finding_order_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(FINDING_FINAL), ended_by__isnull=False)
                | ~Q(state__in=sorted(FINDING_FINAL)) & Q(ended_by__isnull=True),
                name="enforcement_finding_ended_by_somebody",
            ),
            pair("finding", "ordered"),
            pair("finding", "answered"),
            pair("finding", "ended"),
            pair("finding", "lifted"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="life_cycle",
                field="state",
                transitions=[(old.value, new.value) for old, to in FINDING_TRANSITIONS.items() for new in to],
            ),
            pgtrigger.ReadOnly(
                name="origin", fields=["key", "number", "visit", "line", "item", "organisation", "found_at", "found_by"]
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number


class FindingEvent(ScopedModel):
    """One line of a finding's timeline, never changed."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="events", db_constraint=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=FindingEventKind.choices)
    state = models.CharField(max_length=12, choices=FindingState.choices)
    version = models.PositiveIntegerField()
    text = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["finding", "id"], name="enforcement_event_finding")]
        triggers = [
            pgtrigger.ReadOnly(name="append_only", exclude=["area"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.finding_id}"


class FindingPhoto(ScopedModel):
    """A photo of how it was put right. How it was found is `FieldPhoto`."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="photos", db_constraint=False)
    event = models.ForeignKey(FindingEvent, on_delete=models.PROTECT, related_name="photos", db_constraint=False)
    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="+", db_constraint=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["finding", "photo"], name="enforcement_finding_photo_once")]
        triggers = [
            pgtrigger.ReadOnly(name="append_only", exclude=["area"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.photo_id}"


class MoreTime(ScopedModel):
    """延期: more time asked for by whoever answers for a finding, granted or not by the competent bureau. One open a finding."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="more_time", db_constraint=False)
    days = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=300)
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    granted = models.BooleanField(null=True)
    words = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["finding"], condition=Q(granted=None), name="enforcement_more_time_one_open"),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=90), name="enforcement_more_time_days"),
            models.CheckConstraint(
                condition=Q(granted__isnull=True, decided_by__isnull=True) | Q(granted__isnull=False, decided_by__isnull=False),
                name="enforcement_more_time_decided",
            ),
            pair("more_time", "decided"),
        ]

    def __str__(self) -> str:
        return f"{self.finding_id} +{self.days}"
