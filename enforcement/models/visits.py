"""Joint visits (一次进门、全面体检): who goes, with which certificates, along which items of the county's list."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from communities.models import Compound, Posting
from enforcement.models.certificates import Certificate
from enforcement.models.check_lists import CheckItem, CheckList
from enforcement.visit_states import (
    MEMBER_TRANSITIONS,
    VISIT_TRANSITIONS,
    CompanionRole,
    MemberState,
    PresentRole,
    Result,
    VisitKind,
    VisitState,
)
from people.models import Organisation, OrganisationKind, User
from tenancy.scoped import ReferenceModel, ScopedModel

_BEFORE_APPROVAL = [VisitState.DRAFT, VisitState.ASKED, VisitState.CANCELLED]


def _edges(table: dict[VisitState, dict[VisitState, str]]) -> list[tuple[str, str]]:
    return [(old.value, new.value) for old, to in table.items() for new in to]


def pair(table: str, name: str) -> models.CheckConstraint:
    """Who and when stand together or not at all."""
    both = {f"{name}_at__isnull": False, f"{name}_by__isnull": False}
    return models.CheckConstraint(condition=Q(**dict.fromkeys(both, True)) | Q(**both), name=f"enforcement_{table}_{name}_pair")


class Campaign(ReferenceModel):
    """专项清理: one question put to many compounds, by the same visits; `items` are codes of the county's list."""

    area = models.BigIntegerField(help_text="The street or county that runs it.")
    name = models.CharField(max_length=60)
    reason = models.CharField(max_length=300)
    items = models.JSONField(default=list)
    starts_on = models.DateField()
    ends_on = models.DateField()
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], name="enforcement_campaign_name_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="enforcement_campaign_days"),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name


class Visit(ScopedModel):
    """One visit to one compound. Changed only by `enforcement.actions`; every change of its row raises `version` by one."""

    number = models.CharField(max_length=24, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=VisitState.choices, default=VisitState.DRAFT)
    kind = models.CharField(max_length=10, choices=VisitKind.choices, default=VisitKind.FULL)
    compound = models.ForeignKey(Compound, on_delete=models.PROTECT, related_name="visits", db_constraint=False)
    check_list = models.ForeignKey(CheckList, on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, related_name="visits")
    posting = models.ForeignKey(
        Posting, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, help_text="The summary on the board."
    )
    recheck_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="rechecks", db_constraint=False)
    lead = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", help_text="Whose head approves it.")
    announced = models.BooleanField(default=True, help_text="Whether the property firm is told of the day.")
    planned_on = models.DateField()
    reason = models.CharField(max_length=300, help_text="Why here, and why now.")
    again = models.CharField(max_length=300, blank=True, help_text="Why so soon after the visit before (综合查一次).")
    grounds = models.JSONField(default=dict, help_text="What was counted when it was planned: `enforcement.risk.Facts`.")

    planned_at = models.DateTimeField(db_default=Now(), editable=False)
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    why_not = models.CharField(max_length=300, blank=True, help_text="Why it was called off.")
    present_role = models.CharField(max_length=10, choices=PresentRole.choices, blank=True)
    present_name = models.CharField(max_length=30, blank=True, help_text="Who was present; never shown to residents.")

    class Meta:
        ordering = ["-planned_on", "-pk"]
        indexes = [
            models.Index(fields=["area", "-planned_on", "-id"], name="enforcement_visit_area"),
            models.Index(fields=["area", "state", "-planned_on"], name="enforcement_visit_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=_BEFORE_APPROVAL) | Q(approved_by__isnull=False),
                name="enforcement_visit_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=models.F("planned_by")),
                name="enforcement_visit_second_person",
            ),
            models.CheckConstraint(
                condition=Q(kind=VisitKind.RECHECK, recheck_of__isnull=False)
                | ~Q(kind=VisitKind.RECHECK) & Q(recheck_of__isnull=True),
                name="enforcement_visit_recheck_of_what",
            ),
            models.CheckConstraint(
                condition=Q(kind=VisitKind.CAMPAIGN, campaign__isnull=False)
                | ~Q(kind=VisitKind.CAMPAIGN) & Q(campaign__isnull=True),
                name="enforcement_visit_of_which_campaign",
            ),
            models.CheckConstraint(
                condition=Q(state=VisitState.CANCELLED) & ~Q(why_not="") | ~Q(state=VisitState.CANCELLED) & Q(why_not=""),
                name="enforcement_visit_says_why_not",
            ),
            pair("visit", "approved"),
            pair("visit", "started"),
            pair("visit", "ended"),
        ]
        triggers = [
            pgtrigger.FSM(name="life_cycle", field="state", transitions=_edges(VISIT_TRANSITIONS)),
            pgtrigger.ReadOnly(name="origin", fields=["number", "kind", "planned_at", "planned_by"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number


class Member(ScopedModel):
    """One bureau in a visit: it alone concludes its own items, and signs for them (职能不转移)."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="members", db_constraint=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.ForeignKey(OrganisationKind, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=MemberState.choices, default=MemberState.ASKED)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it does not take part.")
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.CharField(max_length=500, blank=True, help_text="What it has to say of its part, in words.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "organisation"], name="enforcement_member_once"),
            models.UniqueConstraint(fields=["visit", "kind"], name="enforcement_member_competent_once"),
            models.CheckConstraint(
                condition=~Q(state=MemberState.DECLINED) | ~Q(reason=""), name="enforcement_member_says_why_not"
            ),
            models.CheckConstraint(
                condition=Q(state=MemberState.SIGNED, signed_by__isnull=False)
                | ~Q(state=MemberState.SIGNED) & Q(signed_by__isnull=True),
                name="enforcement_member_signed_by_somebody",
            ),
            pair("member", "answered"),
            pair("member", "signed"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="life_cycle",
                field="state",
                transitions=[(old.value, new.value) for old, to in MEMBER_TRANSITIONS.items() for new in to],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.kind_id}"


class Officer(ScopedModel):
    """A certified officer of one bureau in a visit; the certificate is the one that was valid when named."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="officers", db_constraint=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="officers", db_constraint=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["visit", "user"], name="enforcement_officer_once")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.user_id}"


class Companion(ScopedModel):
    """Somebody who goes along and inspects nothing."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="companions", db_constraint=False)
    role = models.CharField(max_length=6, choices=CompanionRole.choices)
    name = models.CharField(max_length=30)
    body = models.CharField(max_length=60, blank=True, help_text="For whom the person works.")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Line(ScopedModel):
    """One item of the list in one visit. `version` counts what was said of it; `conflict` while two phones disagree."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="lines", db_constraint=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="lines", db_constraint=False)
    item = models.ForeignKey(CheckItem, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField(default=0)
    result = models.CharField(max_length=10, choices=Result.choices, default=Result.UNCHECKED)
    text = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(null=True, help_text="By the clock of the phone.")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    conflict = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "item"], name="enforcement_line_once"),
            models.CheckConstraint(
                condition=Q(version=0, result=Result.UNCHECKED) | Q(version__gt=0, made_by__isnull=False),
                name="enforcement_line_said_by_somebody",
            ),
            pair("line", "made"),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.item_id}"
