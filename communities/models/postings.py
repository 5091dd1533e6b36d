"""Postings (公示): what hangs where in a compound, from when until when, with a photo as proof, and what residents object."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from communities.models.compounds import Compound
from communities.posting_states import POSTING_TRANSITIONS, PostingKind, PostingState
from files.models import Photo
from people.models import User
from tenancy.scoped import ScopedModel

_EDGES = [(old.value, new.value) for old, to in POSTING_TRANSITIONS.items() for new in to]


def _pair(name: str) -> models.CheckConstraint:
    both = {f"{name}_at__isnull": False, f"{name}_by__isnull": False}
    return models.CheckConstraint(condition=Q(**dict.fromkeys(both, True)) | Q(**both), name=f"communities_posting_{name}_pair")


class Posting(ScopedModel):
    """公示 of one compound. `days` are calendar days to hang, the first included; every change raises `version` by one."""

    compound = models.ForeignKey(Compound, on_delete=models.PROTECT, related_name="postings", db_constraint=False)
    kind = models.CharField(max_length=12, choices=PostingKind.choices)
    state = models.CharField(max_length=10, choices=PostingState.choices, default=PostingState.ASKED)
    version = models.PositiveIntegerField(default=1)
    subject = models.CharField(max_length=80)
    text = models.TextField(help_text="What is put up, in words; residents read it here too.")
    contact = models.CharField(max_length=120, blank=True, help_text="Whom to ask, with a telephone number.")
    law = models.CharField(max_length=120, blank=True, help_text="By which law and article it must hang.")
    due_on = models.DateField(help_text="The day by which it must hang.")
    days = models.PositiveSmallIntegerField(help_text="How many days it must hang at least.")
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    spot = models.CharField(max_length=60, blank=True, help_text="Where it hangs.")
    up_from = models.DateField(null=True)
    up_until = models.DateField(null=True, help_text="Its last day.")
    put_up_at = models.DateTimeField(null=True)
    put_up_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it came down early, or is not needed any more.")
    told_at = models.DateTimeField(null=True, help_text="When those concerned were told that it is overdue.")

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["area", "-id"], name="communities_posting_area"),
            models.Index(fields=["due_on"], condition=Q(state=PostingState.ASKED, told_at=None), name="communities_posting_due"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=3660), name="communities_posting_days"),
            models.CheckConstraint(
                condition=Q(up_from__isnull=True, up_until__isnull=True) | Q(up_until__gte=F("up_from")),
                name="communities_posting_from_until",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[PostingState.UP, PostingState.DOWN])
                | Q(up_from__isnull=False, put_up_by__isnull=False) & ~Q(spot=""),
                name="communities_posting_hangs_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[PostingState.DOWN, PostingState.CANCELLED], ended_by__isnull=False)
                | Q(state__in=[PostingState.ASKED, PostingState.UP], ended_by__isnull=True),
                name="communities_posting_ended_by_somebody",
            ),
            _pair("put_up"),
            _pair("ended"),
        ]
        triggers = [
            pgtrigger.FSM(name="life_cycle", field="state", transitions=_EDGES),
            pgtrigger.ReadOnly(name="origin", fields=["kind", "subject", "text", "days", "asked_at", "asked_by"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.subject


class PostingPhoto(ScopedModel):
    """The board's photo: the proof that it hung."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="photos", db_constraint=False)
    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="+", db_constraint=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["posting", "photo"], name="communities_posting_photo_once")]
        triggers = [pgtrigger.ReadOnly(name="append_only", exclude=["area"])]

    def __str__(self) -> str:
        return f"{self.posting_id}"


class Objection(ScopedModel):
    """异议: what a resident says against a posting, and what was answered. One open one a person and posting."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="objections", db_constraint=False)
    text = models.CharField(max_length=500)
    raised_at = models.DateTimeField(db_default=Now(), editable=False)
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    answer = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["posting", "raised_by"], condition=Q(answered_at=None), name="communities_objection_one_open"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="communities_objection_answered",
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="origin", fields=["text", "raised_at", "raised_by"])]

    def __str__(self) -> str:
        return f"{self.posting_id} {self.raised_by_id}"
