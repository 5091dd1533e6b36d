"""Legal consultations (法律咨询): what was asked, and what the legal advisers answered."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from communities.models import Compound
from enforcement.advice_states import CONSULTATION_TRANSITIONS, ConsultationState, LineKind, Topic
from people.models import Organisation, User
from tenancy.scoped import ScopedModel


class Consultation(ScopedModel):
    """A question of law from one compound, to the body that advises there.

    `organisation` is the firm or office that it was asked for; of a resident there is none. `behalf` names a committee or
    caller for whom an office asks. With `shared` the street may read it. `answered_at` is the last answer. `version` is raised
    by every change.
    """

    compound = models.ForeignKey(Compound, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=ConsultationState.choices, default=ConsultationState.WAITING)
    adviser = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    topic = models.CharField(max_length=10, choices=Topic.choices)
    subject = models.CharField(max_length=80)
    behalf = models.CharField(max_length=40, blank=True)
    shared = models.BooleanField(default=False)
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(help_text="The last day for the next answer, or for the last one.")
    told_late = models.BooleanField(default=False, help_text="Of the present question.")
    answered_at = models.DateTimeField(null=True)
    helpful = models.BooleanField(null=True, help_text="What whoever asked says of the last answer.")

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["area", "-id"], name="enforcement_advice_area"),
            models.Index(fields=["adviser", "-id"], name="enforcement_advice_adviser"),
            models.Index(fields=["asked_by", "-id"], name="enforcement_advice_asker"),
            models.Index(
                fields=["due_on"], condition=Q(state=ConsultationState.WAITING, told_late=False), name="enforcement_advice_due"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ConsultationState.ANSWERED) | Q(answered_at__isnull=False), name="enforcement_advice_answered"
            ),
            models.CheckConstraint(
                condition=Q(helpful__isnull=True) | Q(state=ConsultationState.ANSWERED), name="enforcement_advice_helpful"
            ),
            models.CheckConstraint(
                condition=~Q(state=ConsultationState.WITHDRAWN) | Q(answered_at__isnull=True),
                name="enforcement_advice_not_withdrawn",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="life_cycle",
                field="state",
                transitions=[(old.value, new.value) for old, to in CONSULTATION_TRANSITIONS.items() for new in to],
            ),
            pgtrigger.ReadOnly(
                name="origin", fields=["adviser", "topic", "subject", "behalf", "shared", "asked_at", "asked_by", "organisation"]
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class ConsultationLine(ScopedModel):
    """One question or answer, never changed. Of an answer `due_on` is the day by which it was due."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="lines", db_constraint=False)
    kind = models.CharField(max_length=10, choices=LineKind.choices)
    text = models.TextField()
    rules = models.CharField(max_length=200, blank=True, help_text="The laws and articles that an answer rests on.")
    due_on = models.DateField(null=True)
    at = models.DateTimeField(db_default=Now(), editable=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=LineKind.ANSWER, due_on__isnull=False)
                | Q(kind=LineKind.QUESTION, due_on__isnull=True, rules=""),
                name="enforcement_advice_line",
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(name="append_only", exclude=["area"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.consultation_id}: {self.kind}"
