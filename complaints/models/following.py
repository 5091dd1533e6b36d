"""关注: a neighbour follows a public ticket and is told how it goes on."""

from django.db import models
from django.db.models.functions import Now

from complaints.models.tickets import Ticket
from people.models import User
from tenancy.scoped import ScopedModel


class Follow(ScopedModel):
    """Somebody follows a ticket. Gone when they stop; what they were told stays with them."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="follows", db_constraint=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["user", "-id"], name="complaints_follow_user")]
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="complaints_follow_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id}"
