"""The ledger of a ticket's clocks, and the alarms that were raised by it. Due times on other rows are copies of what it says."""

import pgtrigger
from django.db import models

from complaints.clocks import Allowance, Clock, Line, Mark, Party, Step, Unit
from complaints.models.tickets import Assist, Ticket
from complaints.states import EXTENSION_TRANSITIONS, ExtensionState
from people.models import Organisation, User
from tenancy.scoped import ScopedModel


class ClockLine(ScopedModel):
    """One line of the ledger, never changed: what happened to a clock, when, and whose turn it became."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="clock_lines", db_constraint=False)
    assist = models.ForeignKey(Assist, on_delete=models.PROTECT, related_name="clock_lines", null=True, db_constraint=False)
    clock = models.CharField(max_length=8, choices=Clock.choices)
    mark = models.CharField(max_length=10, choices=Mark.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    party = models.CharField(max_length=10, choices=Party.choices, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    amount = models.PositiveIntegerField(null=True)
    unit = models.CharField(max_length=8, choices=Unit.choices, blank=True)
    calendar = models.PositiveIntegerField(default=0, help_text="The version of the county's calendar; 0 is the usual one.")
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["ticket", "id"], name="complaints_clock_line_ticket")]
        triggers = [
            # The place may change (re-coding carries lines along); nothing else may.
            pgtrigger.ReadOnly(name="append_only", exclude=["area"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.clock} {self.mark} {self.ticket_id}"

    @property
    def allowed(self) -> Allowance | None:
        return Allowance(self.amount, Unit(self.unit)) if self.amount is not None else None

    @property
    def whose(self) -> str:
        """The party as a replay names it: an organisation together with its id."""
        return f"{self.party}:{self.organisation_id}" if self.organisation_id else self.party

    def line(self) -> Line:
        """As `complaints.clocks` replays it."""
        return Line(Clock(self.clock), Mark(self.mark), self.at, party=self.whose, allowed=self.allowed, calendar=self.calendar)


class Alarm(ScopedModel):
    """A step of escalation that was taken: for one deadline each step once."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="alarms", db_constraint=False)
    assist = models.ForeignKey(Assist, on_delete=models.PROTECT, related_name="alarms", null=True, db_constraint=False)
    clock = models.CharField(max_length=8, choices=Clock.choices)
    step = models.PositiveSmallIntegerField(choices=Step.choices)
    due_at = models.DateTimeField(help_text="The deadline it is about; one that moved is another.")
    raised_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "assist", "clock", "step", "due_at"], nulls_distinct=False, name="complaints_alarm_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.clock} {self.step}"


class Extension(ScopedModel):
    """延期: the lead asked for more working days to answer, with the reason; the dispatcher decides."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="extensions", db_constraint=False)
    state = models.CharField(max_length=8, choices=ExtensionState.choices, default=ExtensionState.ASKED)
    days = models.PositiveSmallIntegerField(help_text="Working days.")
    reason = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decision = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["ticket"], condition=models.Q(state="asked"), name="complaints_extension_open_once"),
            models.CheckConstraint(
                condition=models.Q(state="asked", decided_at__isnull=True, decided_by__isnull=True)
                | models.Q(decided_at__isnull=False, decided_by__isnull=False) & ~models.Q(state="asked"),
                name="complaints_extension_decided_pair",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="life_cycle",
                field="state",
                transitions=[(old.value, new.value) for old, to in EXTENSION_TRANSITIONS.items() for new in sorted(to)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} +{self.days}"
