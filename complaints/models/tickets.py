"""Tickets (诉求工单) and what hangs on them. Every row carries the code of its compound in `area`."""

import pgtrigger
from django.db import models
from django.db.models import Case, F, When
from django.db.models.functions import Coalesce, Now

from communities.models import Building, Compound, Home
from complaints.models.catalogue import Leaf, Urgency
from complaints.rating_states import Manner, Result, SecondLevel
from complaints.states import (
    ASSIST_TRANSITIONS,
    FINAL,
    MOST_RETURNS,
    OPEN,
    TO_SORT,
    TRANSITIONS,
    AssistState,
    Channel,
    EventKind,
    PhotoKind,
    State,
)
from files.models import Photo
from people.models import Organisation, User
from tenancy.areas import SPANS, Level
from tenancy.scoped import ScopedModel

# What is open has an open whole: neither may a whole be answered or end before its parts, nor a part be taken up after it.
PARTS_FIRST = """
IF NOT NEW.state = ANY({open}) AND EXISTS (
    SELECT FROM complaints_ticket part WHERE part.parent_id = NEW.id AND part.area = NEW.area AND part.state = ANY({open})) THEN
    RAISE EXCEPTION 'a part of ticket % is still open', NEW.number USING ERRCODE = 'check_violation';
END IF;
IF NEW.parent_id IS NOT NULL AND NEW.state = ANY({open}) AND EXISTS (
    SELECT FROM complaints_ticket whole WHERE whole.id = NEW.parent_id AND whole.area = NEW.area
       AND NOT whole.state = ANY({open})) THEN
    RAISE EXCEPTION 'the whole of ticket % is not open any more', NEW.number USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
""".replace("{open}", "'{" + ",".join(sorted(OPEN)) + "}'")

# Second handling begins with one step of the life cycle, and with no other; it begins once.
SECOND_ONCE = """
IF NEW.second_at IS DISTINCT FROM OLD.second_at AND (
    OLD.second_at IS NOT NULL OR OLD.state <> 'rated' OR NEW.state <> 'dispatched') THEN
    RAISE EXCEPTION 'ticket % is handled a second time once only', NEW.number USING ERRCODE = 'check_violation';
END IF;
IF OLD.state = 'rated' AND NEW.state = 'dispatched' AND NEW.second_at IS NOT DISTINCT FROM OLD.second_at THEN
    RAISE EXCEPTION 'ticket % goes back to work as second handling only', NEW.number USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


NEXT_DUE = Coalesce(
    Case(
        When(state__in=sorted(TO_SORT), then=F("sort_due_at")),
        When(state=State.DISPATCHED, then=F("accept_due_at")),
        When(state=State.ACCEPTED, paused_at__isnull=False, then=F("alarm_at")),
        When(state=State.ACCEPTED, then=F("resolve_due_at")),
    ),
    F("filed_at"),
)
IS_OPEN = models.Q(state__in=sorted(OPEN))
IS_LIVE = models.Q(state__in=sorted(set(State) - FINAL))
IN_ORDER = (F("emergency").desc(), "next_due", "id")


def holding(level: Level) -> models.GeneratedField:
    """The code of the street or county that holds the compound, without its zeros; kept by the database."""
    return models.GeneratedField(expression=F("area") / SPANS[level], output_field=models.BigIntegerField(), db_persist=True)


class Ticket(ScopedModel):
    """A complaint and its life. Changed only by `complaints.actions`; every change raises `version` by one."""

    number = models.CharField(max_length=32, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, choices=State.choices, default=State.SUBMITTED)

    compound = models.ForeignKey(Compound, on_delete=models.PROTECT, related_name="tickets", db_constraint=False)
    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    home = models.ForeignKey(Home, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    spot = models.CharField(max_length=120, blank=True)
    text = models.TextField()
    text_masked = models.TextField(
        null=True,
        blank=True,
        help_text="The text with personal data masked; empty when there is none, null when nobody has looked for any.",
    )
    channel = models.CharField(max_length=8, choices=Channel.choices)

    reporter = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="tickets")
    reporter_name = models.CharField(max_length=60, blank=True)
    reporter_phone = models.CharField(max_length=20, blank=True)
    anonymous = models.BooleanField(default=False)
    confidential = models.BooleanField(default=False)
    public = models.BooleanField(default=False)
    public_text = models.TextField(blank=True, db_default="", help_text="All that neighbours read of it, in a clerk's words.")
    filed_at = models.DateTimeField()
    filed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    leaf = models.ForeignKey(Leaf, on_delete=models.PROTECT, null=True, related_name="tickets")
    urgency = models.ForeignKey(Urgency, on_delete=models.PROTECT, null=True, related_name="+")
    emergency = models.BooleanField(default=False)
    restricted = models.BooleanField(default=False, help_text="About an official: only the lead organisation may see it.")
    lead = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="tickets")
    why_here = models.JSONField(default=dict, help_text="Words, rule and responsibility record that decided.")

    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="parts",
        null=True,
        db_constraint=False,
        help_text="It is a part of this one.",
    )
    returns = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="How often an organisation gave it back.")
    arbitrated = models.BooleanField(default=False, db_default=False, help_text="The county desk has decided; no more returns.")
    question = models.TextField(blank=True, db_default="", help_text="What the reporter was asked and has not answered.")
    supervised_at = models.DateTimeField(null=True)
    supervised_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    # Copies of what the ledger of clocks comes to (`complaints.actions.timing`).
    calendar = models.PositiveIntegerField(default=0, db_default=0, help_text="The calendar that all running clocks go by.")
    sort_due_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    alarm_at = models.DateTimeField(null=True, help_text="The next moment at which somebody must be told of a deadline.")

    dispatched_at = models.DateTimeField(null=True)
    accept_due_at = models.DateTimeField(null=True)
    contact_due_at = models.DateTimeField(null=True)
    onsite_due_at = models.DateTimeField(null=True)
    resolve_due_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.TextField(blank=True)
    satisfied = models.BooleanField(null=True)
    score = models.PositiveSmallIntegerField(null=True)
    rating_text = models.CharField(max_length=500, blank=True)
    rated_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=8, choices=Result.choices, blank=True, db_default="", help_text="As rated last.")
    manner = models.CharField(max_length=8, choices=Manner.choices, blank=True, db_default="", help_text="As rated last.")
    rating_reasons = models.JSONField(default=list, db_default=[], help_text="Codes of `complaints.rating_reasons`.")
    second_at = models.DateTimeField(null=True, help_text="Since when it is handled a second time.")
    second_from = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+", help_text="Who led before that."
    )
    second_level = models.CharField(max_length=8, choices=SecondLevel.choices, blank=True, db_default="")
    ended_at = models.DateTimeField(null=True, help_text="When it was closed, cancelled or refused.")

    route_tries = models.PositiveSmallIntegerField(default=0)
    route_after = models.DateTimeField(db_default=Now())

    # A range of places gives no order: by these columns an index gives the desk's lists as they are shown (ADR 7).
    street = holding(Level.STREET)
    county = holding(Level.COUNTY)
    holders = {Level.STREET: "street", Level.COUNTY: "county"}
    next_due = models.GeneratedField(
        expression=NEXT_DUE,
        output_field=models.DateTimeField(),
        db_persist=True,
        help_text="When somebody must act next; while the reporter is asked, when that has lasted long enough.",
    )

    class Meta:
        indexes = [
            models.Index(fields=["street", "-id"], name="complaints_ticket_street"),
            models.Index(fields=["county", "-id"], name="complaints_ticket_county"),
            models.Index("street", *IN_ORDER, condition=IS_OPEN, name="complaints_ticket_street_due"),
            models.Index(fields=["street", "state"], condition=IS_LIVE, name="complaints_ticket_street_live"),
            models.Index("county", *IN_ORDER, condition=IS_OPEN, name="complaints_ticket_county_due"),
            models.Index(fields=["county", "state"], condition=IS_LIVE, name="complaints_ticket_county_live"),
            models.Index(fields=["area", "-id"], name="complaints_ticket_area"),
            models.Index(fields=["area", "state", "-id"], name="complaints_ticket_state"),
            models.Index(fields=["lead", "state", "-id"], name="complaints_ticket_lead"),
            models.Index(fields=["reporter", "-id"], name="complaints_ticket_reporter"),
            models.Index(fields=["route_after"], condition=models.Q(state="submitted"), name="complaints_ticket_to_route"),
            models.Index(
                fields=["resolve_due_at"],
                condition=models.Q(state__in=["submitted", "triage", "arbitration", "dispatched", "accepted"]),
                name="complaints_ticket_due",
            ),
            models.Index(fields=["resolved_at"], condition=models.Q(state="resolved"), name="complaints_ticket_to_close"),
            models.Index(fields=["-filed_at"], condition=models.Q(public=True), name="complaints_ticket_public"),
            models.Index(fields=["parent"], condition=models.Q(parent__isnull=False), name="complaints_ticket_parent"),
            models.Index(fields=["alarm_at"], condition=models.Q(alarm_at__isnull=False), name="complaints_ticket_alarm"),
            models.Index(fields=["-id"], condition=models.Q(why_here__has_key="confirmed"), name="complaints_ticket_confirmed"),
            models.Index(
                fields=["area", "-id"],
                condition=models.Q(why_here__confirmed__corrected=True),
                name="complaints_ticket_corrected",
            ),
            models.Index(
                fields=["calendar", "area"],
                condition=models.Q(state__in=["submitted", "triage", "arbitration", "dispatched", "accepted"]),
                name="complaints_ticket_calendar",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="complaints_ticket_accepted_pair",
            ),
            models.CheckConstraint(
                condition=models.Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | models.Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="complaints_ticket_resolved_pair",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["dispatched", "accepted", "resolved", "rated"]) | models.Q(lead__isnull=False),
                name="complaints_ticket_has_lead",
            ),
            models.CheckConstraint(condition=models.Q(returns__lte=MOST_RETURNS), name="complaints_ticket_most_returns"),
            models.CheckConstraint(
                condition=models.Q(supervised_at__isnull=True, supervised_by__isnull=True)
                | models.Q(supervised_at__isnull=False, supervised_by__isnull=False),
                name="complaints_ticket_supervised_pair",
            ),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__gte=1, score__lte=5),
                name="complaints_ticket_score_range",
            ),
            models.CheckConstraint(
                condition=models.Q(public=False) | models.Q(confidential=False, restricted=False) & ~models.Q(public_text=""),
                name="complaints_ticket_public_words",
            ),
            models.CheckConstraint(
                condition=models.Q(second_at__isnull=True, second_from__isnull=True, second_level="")
                | models.Q(second_at__isnull=False, second_from__isnull=False) & ~models.Q(second_level=""),
                name="complaints_ticket_second_whole",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="life_cycle",
                field="state",
                transitions=[(old.value, new.value) for old, to in TRANSITIONS.items() for new in sorted(to)],
            ),
            pgtrigger.Trigger(
                name="parts_first",
                operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
                when=pgtrigger.Before,
                func=PARTS_FIRST,
            ),
            pgtrigger.Trigger(
                name="second_once",
                operation=pgtrigger.UpdateOf("state", "second_at"),  # type: ignore[no-untyped-call]
                when=pgtrigger.Before,
                func=SECOND_ONCE,
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Assist(ScopedModel):
    """协办: an organisation that was asked to help the lead with something. A `required` one holds up the answer while open."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="assists", db_constraint=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(db_default=Now(), editable=False)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=AssistState.choices, default=AssistState.OPEN)
    required = models.BooleanField(db_default=False)
    asked = models.TextField(blank=True, db_default="")
    answer = models.TextField(blank=True, db_default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    resolve_due_at = models.DateTimeField(null=True)
    alarm_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["alarm_at"], condition=models.Q(alarm_at__isnull=False), name="complaints_assist_alarm")]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "organisation"], condition=models.Q(state="open"), name="complaints_assist_open_once"
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, answered_by__isnull=True)
                | models.Q(answered_at__isnull=False, answered_by__isnull=False),
                name="complaints_assist_answered_pair",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by__isnull=True)
                | models.Q(ended_at__isnull=False, ended_by__isnull=False),
                name="complaints_assist_ended_pair",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="life_cycle",
                field="state",
                transitions=[(old.value, new.value) for old, to in ASSIST_TRANSITIONS.items() for new in sorted(to)],
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation)


class TicketEvent(ScopedModel):
    """One line of a ticket's timeline, never changed. `told` lines are shown to the reporter."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="events", db_constraint=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by_reporter = models.BooleanField(default=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=EventKind.choices)
    old_state = models.CharField(max_length=12, choices=State.choices, blank=True)
    new_state = models.CharField(max_length=12, choices=State.choices)
    version = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    told = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["ticket", "id"], name="complaints_event_ticket")]
        triggers = [
            # The place may change (re-coding carries events along); nothing else may.
            pgtrigger.ReadOnly(name="append_only", exclude=["area"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ticket_id}"


class TicketPhoto(ScopedModel):
    """A photo of a ticket: with the complaint or with the answer."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="photos", db_constraint=False)
    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    kind = models.CharField(max_length=8, choices=PhotoKind.choices)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["ticket", "photo"], name="complaints_photo_once")]

    def __str__(self) -> str:
        return str(self.photo_id)


class FilingKey(ScopedModel):
    """An Idempotency-Key that was used: the same key gives the same ticket, another body is refused.

    `holder` is `user:<id>` or, for visitors without an account, `session:<key>`.
    """

    holder = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    body_sha256 = models.CharField(max_length=64)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False)
    answer = models.JSONField(null=True, help_text="What the API answered; a retry gets the same.")
    used_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["holder", "key"], name="complaints_filing_key_once")]

    def __str__(self) -> str:
        return self.key
