"""内部备注: what those who act on a ticket tell each other."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from complaints.models.tickets import Ticket
from people.models import Organisation, User
from tenancy.scoped import ScopedModel


class InternalNote(ScopedModel):
    """One internal note, never changed, for no reporter, neighbour or partner. `organisation` is whom `made_by` acted for."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="internal_notes", db_constraint=False)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    text = models.CharField(max_length=500)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["ticket", "id"], name="complaints_internal_note")]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="complaints_internal_note_says")]
        triggers = [
            pgtrigger.ReadOnly(name="append_only", exclude=["area"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}"
