"""评价 and 回访: every judgement of an answer, and whom to call who has not judged."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from complaints.models.tickets import Ticket
from complaints.rating_states import (
    CALL_TRANSITIONS,
    MOST_TRIES,
    CallReason,
    CallState,
    Manner,
    RatingWay,
    Result,
    TryOutcome,
)
from people.models import Organisation, User
from tenancy.scoped import ScopedModel


class Rating(ScopedModel):
    """One judgement, never changed; the ticket holds the last one. `by` wrote it down: the reporter, or a clerk who asked."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="ratings", db_constraint=False)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=8, choices=RatingWay.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", help_text="Who led.")
    result = models.CharField(max_length=8, choices=Result.choices)
    manner = models.CharField(max_length=8, choices=Manner.choices)
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    text = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["ticket", "id"], name="complaints_rating_ticket")]
        triggers = [
            pgtrigger.ReadOnly(name="append_only", exclude=["area"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.result}"


class CallBack(ScopedModel):
    """回访: somebody of the street's desk calls a reporter. The row is the job; one for each answer and reason."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="call_backs", db_constraint=False)
    reason = models.CharField(max_length=8, choices=CallReason.choices)
    answered_at = models.DateTimeField(help_text="The answer it is about.")
    state = models.CharField(max_length=8, choices=CallState.choices, default=CallState.OPEN)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    due_on = models.DateField()
    taken_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    tries = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="How often nobody was reached.")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["area", "state", "due_on", "id"], name="complaints_call_back_due")]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "answered_at", "reason"], name="complaints_call_back_once"),
            models.UniqueConstraint(fields=["ticket"], condition=models.Q(state="open"), name="complaints_call_back_open_once"),
            models.CheckConstraint(condition=models.Q(tries__lte=MOST_TRIES), name="complaints_call_back_tries"),
            models.CheckConstraint(
                condition=models.Q(taken_at__isnull=True, taken_by__isnull=True)
                | models.Q(taken_at__isnull=False, taken_by__isnull=False),
                name="complaints_call_back_taken_pair",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", ended_at__isnull=True, ended_by__isnull=True)
                | models.Q(ended_at__isnull=False, ended_by__isnull=False) & ~models.Q(state="open"),
                name="complaints_call_back_ended_pair",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="life_cycle",
                field="state",
                transitions=[(old.value, new.value) for old, to in CALL_TRANSITIONS.items() for new in sorted(to)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.state}"


class CallTry(ScopedModel):
    """One call that was made, never changed."""

    call_back = models.ForeignKey(CallBack, on_delete=models.PROTECT, related_name="calls", db_constraint=False)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=TryOutcome.choices)
    text = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        triggers = [
            pgtrigger.ReadOnly(name="append_only", exclude=["area"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.call_back_id} {self.outcome}"
