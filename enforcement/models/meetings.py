"""Consultation meetings (会商, 警保联动): who is called together, what was said, what was decided and who does it by when."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from enforcement.meeting_states import (
    DECISION_TRANSITIONS,
    MEETING_TRANSITIONS,
    DecisionKind,
    DecisionState,
    MeetingKind,
    MeetingState,
)
from people.models import Organisation, User
from tenancy.scoped import ScopedModel

_SAID = ("subject", "agenda", "starts_at", "spot", "guests", "attendance", "minutes")
_WRITTEN = "OLD.state <> 'called' AND ({old}) IS DISTINCT FROM ({new})".format(
    old=", ".join(f"OLD.{name}" for name in _SAID), new=", ".join(f"NEW.{name}" for name in _SAID)
)
_DECISIONS_FIRST = """
IF NEW.state = 'closed' AND EXISTS (
    SELECT FROM enforcement_meetingdecision held
     WHERE held.meeting_id = NEW.id AND held.area = NEW.area AND held.state = 'open') THEN
    RAISE EXCEPTION 'a decision of meeting % is still to be done', NEW.number USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""
_ONLY_WHEN_HELD = """
IF NOT EXISTS (SELECT FROM enforcement_meeting held WHERE held.id = NEW.meeting_id AND held.state = 'held') THEN
    RAISE EXCEPTION 'only a meeting that was held, and is not closed, decides' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


def _pair(table: str, name: str) -> models.CheckConstraint:
    both = {f"{name}_at__isnull": False, f"{name}_by__isnull": False}
    return models.CheckConstraint(condition=Q(**dict.fromkeys(both, True)) | Q(**both), name=f"enforcement_{table}_{name}_pair")


class Meeting(ScopedModel):
    """会商 about a street or a compound. Every change raises `version` by one; what was written down stands."""

    number = models.CharField(max_length=24, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=MeetingState.choices, default=MeetingState.CALLED)
    kind = models.CharField(max_length=12, choices=MeetingKind.choices)
    host = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", help_text="Whose people called it.")
    subject = models.CharField(max_length=80)
    starts_at = models.DateTimeField()
    spot = models.CharField(max_length=80, help_text="Where it is held.")
    agenda = models.TextField()
    guests = models.CharField(max_length=300, blank=True, help_text="Who else is invited, in words: committee, neighbourhood.")
    attendance = models.CharField(max_length=500, blank=True, help_text="Who came, in words.")
    minutes = models.TextField(blank=True, help_text="What was said.")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was cancelled.")
    called_at = models.DateTimeField(db_default=Now(), editable=False)
    called_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    held_at = models.DateTimeField(null=True, help_text="When its minutes were written.")
    held_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, help_text="When it was closed or cancelled.")
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["area", "-id"], name="enforcement_meeting_area"),
            models.Index(fields=["host", "-id"], name="enforcement_meeting_host"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[MeetingState.HELD, MeetingState.CLOSED], held_by__isnull=False) & ~Q(minutes="")
                | Q(state__in=[MeetingState.CALLED, MeetingState.CANCELLED], held_by__isnull=True, minutes=""),
                name="enforcement_meeting_minutes",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[MeetingState.CLOSED, MeetingState.CANCELLED], ended_by__isnull=False)
                | Q(state__in=[MeetingState.CALLED, MeetingState.HELD], ended_by__isnull=True),
                name="enforcement_meeting_ended",
            ),
            models.CheckConstraint(
                condition=~Q(state=MeetingState.CANCELLED) | ~Q(reason=""), name="enforcement_meeting_cancelled_why"
            ),
            _pair("meeting", "held"),
            _pair("meeting", "ended"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="life_cycle",
                field="state",
                transitions=[(old.value, new.value) for old, to in MEETING_TRANSITIONS.items() for new in to],
            ),
            pgtrigger.Protect(name="written_down", operation=pgtrigger.Update, condition=pgtrigger.Condition(_WRITTEN)),
            pgtrigger.Trigger(
                name="decisions_first",
                operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
                when=pgtrigger.Before,
                func=_DECISIONS_FIRST,
            ),
            pgtrigger.ReadOnly(name="origin", fields=["number", "kind", "host", "called_at", "called_by"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number


class MeetingInvite(ScopedModel):
    """An organisation that is called to a meeting; `came` is not known until the minutes are written."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="invites", db_constraint=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    came = models.BooleanField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "organisation"], name="enforcement_invite_once")]
        triggers = [pgtrigger.ReadOnly(name="origin", fields=["meeting", "organisation"])]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.organisation_id}"


class MeetingTopic(ScopedModel):
    """A ticket to talk about, by its number: a street's meeting talks of several compounds, and a link stays within one place."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="topics", db_constraint=False)
    number = models.CharField(max_length=32)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["number"], name="enforcement_topic_number")]
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="enforcement_topic_once")]
        triggers = [pgtrigger.ReadOnly(name="append_only", exclude=["area"])]

    def __str__(self) -> str:
        return self.number


class MeetingDecision(ScopedModel):
    """What was decided, who does it and by when. `ticket` and `visit` are the numbers of what it became."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions", db_constraint=False)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=6, choices=DecisionKind.choices)
    state = models.CharField(max_length=8, choices=DecisionState.choices, default=DecisionState.OPEN)
    text = models.CharField(max_length=500)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", help_text="Who does it.")
    due_on = models.DateField(help_text="The day by which it is done.")
    ticket = models.CharField(max_length=32, blank=True)
    visit = models.CharField(max_length=24, blank=True)
    note = models.CharField(max_length=500, blank=True, help_text="What was done, or why it was dropped.")
    decided_at = models.DateTimeField(db_default=Now(), editable=False)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField(null=True, help_text="When those concerned were told that it is late.")

    class Meta:
        ordering = ["position"]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(state="open", told_at=None), name="enforcement_decision_due"),
            models.Index(fields=["ticket"], condition=~Q(ticket=""), name="enforcement_decision_ticket"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "position"], name="enforcement_decision_position_once"),
            models.CheckConstraint(condition=Q(ticket="") | Q(kind=DecisionKind.TICKET), name="enforcement_decision_ticket_kind"),
            models.CheckConstraint(condition=Q(visit="") | Q(kind=DecisionKind.VISIT), name="enforcement_decision_visit_kind"),
            models.CheckConstraint(
                condition=Q(state=DecisionState.OPEN, ended_by__isnull=True, note="")
                | ~Q(state=DecisionState.OPEN) & Q(ended_by__isnull=False) & ~Q(note=""),
                name="enforcement_decision_ended_says_how",
            ),
            _pair("decision", "ended"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="life_cycle",
                field="state",
                transitions=[(old.value, new.value) for old, to in DECISION_TRANSITIONS.items() for new in to],
            ),
            pgtrigger.Trigger(name="only_when_held", operation=pgtrigger.Insert, when=pgtrigger.Before, func=_ONLY_WHEN_HELD),
            pgtrigger.ReadOnly(
                name="origin",
                fields=["meeting", "position", "kind", "text", "organisation", "due_on", "decided_at", "decided_by"],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id}: {self.text[:40]}"
