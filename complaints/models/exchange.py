"""Other systems of a county that hand over complaints and are told what became of them."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from complaints.exchange_states import TRANSITIONS, DeliveryState, PartnerKind
from complaints.models.tickets import Ticket
from people.models import Organisation, User
from tenancy.scoped import ScopedModel


class Partner(ScopedModel):
    """Another system of a county (`area`). Its secret is worked out from the installation's and `salt`: it is kept nowhere."""

    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=PartnerKind.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    url = models.URLField(max_length=300, blank=True, help_text="Where it takes messages; empty: it only sends.")
    salt = models.CharField(max_length=32, editable=False)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    ended_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True, help_text="The last message from it that counted.")
    told_at = models.DateTimeField(null=True, help_text="The last message that it took.")
    compared_at = models.DateTimeField(null=True)
    differences = models.JSONField(default=list, help_text="What the last comparison found and could not mend.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], condition=Q(ended_at=None), name="complaints_partner_name")
        ]

    def __str__(self) -> str:
        return self.name


class PartnerCase(ScopedModel):
    """A ticket that a partner handed over, under the partner's own number."""

    partner = models.BigIntegerField(help_text="Id of the Partner, which stands at the county.")
    case = models.CharField(max_length=60)
    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="partner_case", db_constraint=False)
    made_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["partner", "case"], name="complaints_partner_case_once")]

    def __str__(self) -> str:
        return self.case


class Delivery(ScopedModel):
    """A message to a partner about a ticket: the row is the job. Deliveries of one ticket tell versions that only rise."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.BigIntegerField()
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    body = models.JSONField()
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    try_after = models.DateTimeField(db_default=Now())
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["made_at", "id"]
        indexes = [
            models.Index(F("try_after"), condition=Q(state=DeliveryState.QUEUED), name="complaints_delivery_waiting"),
            models.Index(fields=["partner", "-made_at"], name="complaints_delivery_partner"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="life_cycle",
                field="state",
                transitions=[(old.value, new.value) for old, to in TRANSITIONS.items() for new in sorted(to)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.state}"


class SeenNonce(ScopedModel):
    """A message that was taken already: it is not taken again. Forgotten when its moment would be refused anyway."""

    partner = models.BigIntegerField()
    nonce = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "nonce"], name="complaints_nonce_once")]
        indexes = [models.Index(fields=["at"], name="complaints_nonce_at")]

    def __str__(self) -> str:
        return self.nonce
