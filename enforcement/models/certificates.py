"""Enforcement certificates (行政执法证) of officers: without a valid one nobody inspects (行政处罚法 42)."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from people.models import Organisation, User
from tenancy.scoped import ReferenceModel


class Certificate(ReferenceModel):
    """A certificate of one officer for one organisation, valid from its first to its last day, both included."""

    area = models.BigIntegerField(help_text="Where it is valid: the place of the organisation.")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=30, unique=True)
    fields = models.CharField(max_length=60, blank=True, help_text="What it is for (执法类别).")
    valid_from = models.DateField()
    valid_until = models.DateField()
    entered_at = models.DateTimeField(db_default=Now(), editable=False)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["organisation", "user", "-valid_until"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="enforcement_certificate_days"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True, revoked_why="")
                | Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoked_why=""),
                name="enforcement_certificate_revoked",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="origin", exclude=["area", "revoked_at", "revoked_by", "revoked_why"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number
