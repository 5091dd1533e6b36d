"""Referrals to the judge's workstation (法官工作站): the dispute, whom it concerns, and what each of them said to it."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from communities.models import Compound
from enforcement.counsel_states import CONSENT_TRANSITIONS, REFERRAL_TRANSITIONS, Consent, ReferralState, Way
from files.models import Photo
from people.models import Organisation, User
from tenancy.scoped import ScopedModel

_CONSENT_FIRST = """
IF NEW.state IN ('sent', 'taken_up') AND (
    SELECT NOT coalesce(bool_and(p.consent = 'given'), false)
      FROM enforcement_referralparty p WHERE p.referral_id = NEW.id AND p.area = NEW.area
) THEN
    RAISE EXCEPTION 'somebody concerned by referral % has not consented', NEW.id USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""
_NOT_AT_COURT = """
IF NEW.consent <> 'given' AND EXISTS (
    SELECT FROM enforcement_referral r WHERE r.id = NEW.referral_id AND r.state IN ('sent', 'taken_up', 'settled', 'not_settled')
) THEN
    RAISE EXCEPTION 'the court has this referral' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


def _pair(name: str) -> models.CheckConstraint:
    both = {f"{name}_at__isnull": False, f"{name}_by__isnull": False}
    return models.CheckConstraint(condition=Q(**dict.fromkeys(both, True)) | Q(**both), name=f"enforcement_referral_{name}_pair")


class Referral(ScopedModel):
    """A dispute of one compound that goes to the judge's workstation once everybody concerned has consented.

    `text` says what it is about without saying who; `ticket` is the number of the ticket that it came from. `version` is raised
    by every change, consents included.
    """

    compound = models.ForeignKey(Compound, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, choices=ReferralState.choices, default=ReferralState.DRAFTED)
    court = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=80)
    text = models.TextField()
    ticket = models.CharField(max_length=32, blank=True)
    drafted_at = models.DateTimeField(db_default=Now(), editable=False)
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    taken_up_at = models.DateTimeField(null=True)
    taken_up_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    result = models.TextField(blank=True, help_text="What it came to, or why it was withdrawn.")
    agreed_on = models.DateField(null=True, help_text="The day on which the mediation agreement takes effect.")

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["area", "-id"], name="enforcement_referral_area"),
            models.Index(fields=["court", "-id"], name="enforcement_referral_court"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "taken_up", "settled", "not_settled"]) | Q(sent_by__isnull=False),
                name="enforcement_referral_sent_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["taken_up", "settled", "not_settled"]) | Q(taken_up_by__isnull=False),
                name="enforcement_referral_taken_up_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["settled", "not_settled", "withdrawn"], ended_by__isnull=False) & ~Q(result="")
                | ~Q(state__in=["settled", "not_settled", "withdrawn"]) & Q(ended_by__isnull=True, result=""),
                name="enforcement_referral_ended_says_how",
            ),
            models.CheckConstraint(
                condition=Q(agreed_on__isnull=True) | Q(state=ReferralState.SETTLED), name="enforcement_referral_agreed_settled"
            ),
            _pair("sent"),
            _pair("taken_up"),
            _pair("ended"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="life_cycle",
                field="state",
                transitions=[(old.value, new.value) for old, to in REFERRAL_TRANSITIONS.items() for new in to],
            ),
            pgtrigger.Trigger(
                name="z_consent_first",
                operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
                when=pgtrigger.Before,
                func=_CONSENT_FIRST,
            ),
            # What people consent to stays what it was: another text is another referral.
            pgtrigger.ReadOnly(name="origin", fields=["court", "subject", "text", "ticket", "drafted_at", "drafted_by"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class ReferralParty(ScopedModel):
    """当事人: a person or firm concerned. `user` says so here by themselves; who has no account says so on paper."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="parties", db_constraint=False)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=20, blank=True)
    side = models.CharField(max_length=40, help_text="As what they are concerned: owner, tenant, firm.")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    consent = models.CharField(max_length=10, choices=Consent.choices, default=Consent.ASKED)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["user"], condition=Q(user__isnull=False), name="enforcement_party_user")]
        constraints = [
            models.UniqueConstraint(fields=["referral", "user"], condition=Q(user__isnull=False), name="enforcement_party_once")
        ]
        triggers = [
            pgtrigger.FSM(
                name="life_cycle",
                field="consent",
                transitions=[(old.value, new.value) for old, to in CONSENT_TRANSITIONS.items() for new in to],
            ),
            pgtrigger.Trigger(
                name="z_not_at_court",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=_NOT_AT_COURT,
            ),
            pgtrigger.ReadOnly(name="origin", fields=["referral", "name", "phone", "side", "user"]),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id}: {self.pk}"


class ConsentLine(ScopedModel):
    """What somebody concerned said, when and how; never changed. On paper it needs a photo of the paper."""

    party = models.ForeignKey(ReferralParty, on_delete=models.PROTECT, related_name="lines", db_constraint=False)
    said = models.CharField(max_length=10, choices=Consent.choices)
    way = models.CharField(max_length=6, choices=Way.choices)
    said_on = models.DateField(help_text="The day on the paper, or the day on which it was said here.")
    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False)
    kept_at = models.DateTimeField(db_default=Now(), editable=False)
    kept_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(way=Way.PAPER, photo__isnull=False) | Q(way=Way.PORTAL, photo__isnull=True),
                name="enforcement_consent_paper_has_photo",
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(name="append_only", exclude=["area"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.said}"
