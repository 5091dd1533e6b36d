"""What phones send from a visit: every change as it was made, with its photos. Rows are added and never changed."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from enforcement.models.visits import Line, Visit
from enforcement.visit_states import ChangeKind, Outcome
from files.models import Photo
from people.models import User
from tenancy.scoped import ScopedModel


class Change(ScopedModel):
    """One thing said on a phone. `key` is made there, so that sending it again changes nothing."""

    key = models.UUIDField(editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="changes", db_constraint=False)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, null=True, related_name="changes", db_constraint=False)
    kind = models.CharField(max_length=8, choices=ChangeKind.choices)
    order = models.PositiveIntegerField(help_text="Its place among what this phone said.")
    based_on = models.PositiveIntegerField(help_text="The version of the line that the phone knew.")
    made_at = models.DateTimeField(help_text="By the clock of the phone.")
    received_at = models.DateTimeField(db_default=Now(), editable=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    said = models.JSONField(default=dict)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    code = models.CharField(max_length=40, blank=True, help_text="Why it was refused.")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["visit", "id"], name="enforcement_change_visit")]
        constraints = [models.UniqueConstraint(fields=["visit", "key"], name="enforcement_change_once")]
        triggers = [
            # The place may change (re-coding carries rows along); nothing else may.
            pgtrigger.ReadOnly(name="append_only", exclude=["area"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.key}"


class FieldPhoto(ScopedModel):
    """A photo taken on a visit, with the time and place the phone gave: degrees × 10⁶ (WGS 84), accuracy in whole metres."""

    key = models.UUIDField(editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="photos", db_constraint=False)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, null=True, related_name="photos", db_constraint=False)
    change = models.UUIDField(null=True, help_text="The key of the finding it shows, also before that has arrived.")
    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    taken_at = models.DateTimeField(help_text="By the clock of the phone.")
    latitude = models.IntegerField(null=True)
    longitude = models.IntegerField(null=True)
    accuracy = models.PositiveIntegerField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "key"], name="enforcement_field_photo_once"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__gte=-90_000_000, latitude__lte=90_000_000, longitude__gte=-180_000_000, longitude__lte=180_000_000),
                name="enforcement_field_photo_place",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="append_only", exclude=["area"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.key}"
