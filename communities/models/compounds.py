"""Compounds (小区), buildings, homes, who lives where, and which property firm serves a compound between which dates."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.models import Organisation, User
from tenancy.scoped import ScopedModel


class CompoundKind(models.TextChoices):
    COMMERCIAL = "commercial", _("commercial housing")
    RESETTLEMENT = "resettlement", _("resettlement housing")
    OLD = "old", _("old compound")
    MIXED = "mixed", _("mixed use")


class Compound(ScopedModel):
    """小区. Its place code is `area`; one compound per code."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, choices=CompoundKind.choices, default=CompoundKind.COMMERCIAL)
    address = models.CharField(max_length=160, blank=True)
    homes_count = models.PositiveIntegerField(default=0)
    duty_phone = models.CharField(max_length=40, blank=True, help_text="Property duty desk, day and night.")
    invented = models.BooleanField(default=False, help_text="Sample data, not a real compound.")

    class Meta:
        ordering = ["area"]
        constraints = [models.UniqueConstraint(fields=["area"], name="communities_compound_place")]

    def __str__(self) -> str:
        return self.name


class Building(ScopedModel):
    """楼栋."""

    compound = models.ForeignKey(Compound, on_delete=models.PROTECT, related_name="buildings", db_constraint=False)
    name = models.CharField(max_length=40)
    floors = models.PositiveSmallIntegerField(null=True)
    lifts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["compound", "name"], name="communities_building_once")]

    def __str__(self) -> str:
        return self.name


class Home(ScopedModel):
    """房屋 (not 单元, which is an entrance). `floor_area` in 0.01 m²."""

    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="homes", db_constraint=False)
    name = models.CharField(max_length=40)
    floor_area = models.PositiveIntegerField(null=True, help_text="In 0.01 square metres.")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["building", "name"], name="communities_home_once")]

    def __str__(self) -> str:
        return self.name


class ResidencyKind(models.TextChoices):
    OWNER = "owner", _("owner")
    FAMILY = "family", _("family of the owner")
    TENANT = "tenant", _("tenant")


class ClaimState(models.TextChoices):
    """What has become of a claim. Read off the row's moments and `refusal`, which constraints hold together."""

    WAITING = "waiting", pgettext_lazy("claim of a home", "waiting to be confirmed")
    VERIFIED = "verified", pgettext_lazy("claim of a home", "confirmed")
    REFUSED = "refused", pgettext_lazy("claim of a home", "not confirmed")
    WITHDRAWN = "withdrawn", pgettext_lazy("claim of a home", "withdrawn")
    ENDED = "ended", pgettext_lazy("claim of a home", "ended")


WAITING = models.Q(verified_at=None, ended_at=None)
"""Claims that somebody has to look at."""


class Residency(ScopedModel):
    """Who lives in or owns what; claimed by the person, verified by the street or the property firm.

    A claim opens nothing: the residents' appointment is made with the verification. The person names building and home in
    words (`building_said`, `home_said`), for a stranger may not look through the homes on record; who verifies finds them.
    A refused claim has ended with a `refusal`, one that was withdrawn without.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="residencies")
    compound = models.ForeignKey(Compound, on_delete=models.PROTECT, related_name="residencies", db_constraint=False)
    home = models.ForeignKey(Home, on_delete=models.PROTECT, related_name="residencies", null=True, db_constraint=False)
    kind = models.CharField(max_length=10, choices=ResidencyKind.choices)
    building_said = models.CharField(max_length=40, blank=True, editable=False)
    home_said = models.CharField(max_length=40, blank=True, editable=False)
    note = models.CharField(max_length=300, blank=True, editable=False)
    refusal = models.CharField(max_length=300, blank=True, editable=False)
    claimed_at = models.DateTimeField(db_default=Now(), editable=False)
    verified_at = models.DateTimeField(null=True, editable=False)
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["user"], condition=models.Q(ended_at=None), name="communities_residency_live"),
            models.Index(fields=["area"], condition=WAITING, name="communities_residency_waits"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "compound", "building_said", "home_said"],
                condition=WAITING & ~models.Q(home_said=""),
                name="communities_residency_one_claim",
            ),
            models.CheckConstraint(
                condition=models.Q(refusal="") | models.Q(ended_at__isnull=False, verified_at=None),
                name="communities_residency_refused",
            ),
            models.CheckConstraint(
                condition=models.Q(verified_at__isnull=True, verified_by__isnull=True)
                | models.Q(verified_at__isnull=False, verified_by__isnull=False),
                name="communities_residency_verified",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by__isnull=True)
                | models.Q(ended_at__isnull=False, ended_by__isnull=False),
                name="communities_residency_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.home or self.compound}"

    @property
    def state(self) -> "ClaimState":
        if self.refusal:
            return ClaimState.REFUSED
        if self.verified_at is not None:
            return ClaimState.VERIFIED if self.ended_at is None else ClaimState.ENDED
        return ClaimState.WAITING if self.ended_at is None else ClaimState.WITHDRAWN

    @property
    def said(self) -> str:
        """The home in the person's own words, or as it is on record."""
        return f"{self.building_said} {self.home_said}" if self.home_said else str(self.home or "")


class Service(ScopedModel):
    """Which property firm serves a compound between which dates (last day included)."""

    compound = models.ForeignKey(Compound, on_delete=models.PROTECT, related_name="services", db_constraint=False)
    firm = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="services")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-starts_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.firm} → {self.compound}"


class BindingKind(models.TextChoices):
    POLICE = "police", _("community police officer")
    LEADER = "leader", _("leader linked to the compound")
    LAWYER = "lawyer", _("legal worker")


class Binding(ScopedModel):
    """挂钩: which officer or leader is bound to a compound. The sight it gives is a grant (`people.AreaGrant`)."""

    compound = models.ForeignKey(Compound, on_delete=models.PROTECT, related_name="bindings", db_constraint=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="bindings")
    kind = models.CharField(max_length=10, choices=BindingKind.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "pk"]

    def __str__(self) -> str:
        return f"{self.user} · {self.compound}"
