"""The record: one row for every action, written in the same transaction as what it records, never changed."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from tenancy.scoped import ScopedModel


class Entry(ScopedModel):
    """Who did what to which thing, when and from where.

    The actor is kept as number and label, not as a foreign key: the record outlives the rows it speaks of. `area` 0 is the
    installation itself (sign-ins, administrators' work).
    """

    at = models.DateTimeField(db_default=Now(), editable=False)
    actor_id = models.BigIntegerField()
    actor_label = models.CharField(max_length=120)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    request_id = models.CharField(max_length=36, blank=True)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["area", "-id"], name="audit_entry_area"),
            models.Index(fields=["subject_type", "subject_id"], name="audit_entry_subject"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type} {self.subject_id}"


class Seal(models.Model):
    """A link of the hash chain: everything recorded up to `last_id`, sealed together with the previous seal.

    `digest` is sha256 over the previous digest and the entries in order of id, as `audit/verify.py` spells out.
    """

    sealed_at = models.DateTimeField(db_default=Now(), editable=False)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField(unique=True)
    entries = models.IntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.first_id}–{self.last_id}"
