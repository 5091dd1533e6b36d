"""并单: what several people reported is worked on once."""

from django.db import models
from django.db.models.functions import Now

from complaints.models.tickets import Ticket
from complaints.states import State
from people.models import Organisation, User
from tenancy.scoped import ScopedModel


class Merger(ScopedModel):
    """`ticket` is worked on with `into`, until it is taken out again, withdrawn, or answered with it (`ended_at`).

    `old_state` and `old_lead` are where it goes back to.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="mergers", db_constraint=False)
    into = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="merged", db_constraint=False)
    old_state = models.CharField(max_length=12, choices=State.choices)
    old_lead = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["ticket"], condition=models.Q(ended_at__isnull=True), name="complaints_merger_once"),
            models.CheckConstraint(condition=~models.Q(ticket=models.F("into")), name="complaints_merger_not_itself"),
        ]
        indexes = [
            models.Index(fields=["into"], condition=models.Q(ended_at__isnull=True), name="complaints_merger_into"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} → {self.into_id}"
