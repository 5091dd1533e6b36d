"""The complaint catalogue (12 categories, 78 leaves) as reference rows, loaded from `complaints/data/catalogue.json`."""

from django.db import models

from people.models import OrganisationKind
from tenancy.scoped import ReferenceModel


class Urgency(ReferenceModel):
    """A level of urgency with its time limits: working minutes, wall-clock minutes for U1, working days to resolve."""

    code = models.CharField(max_length=4, primary_key=True)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80)
    accept_minutes = models.PositiveIntegerField()
    first_contact_minutes = models.PositiveIntegerField()
    onsite_minutes = models.PositiveIntegerField(null=True)
    resolve_workdays = models.PositiveIntegerField()
    provenance = models.CharField(max_length=20)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Category(ReferenceModel):
    """One of the twelve top categories."""

    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80)
    provenance = models.CharField(max_length=20)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Leaf(ReferenceModel):
    """What a complaint is about; names the kind of organisation that leads and those that may assist."""

    code = models.CharField(max_length=4, primary_key=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="leaves")
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120)
    description = models.CharField(max_length=300, blank=True)
    lead = models.ForeignKey(OrganisationKind, on_delete=models.PROTECT, related_name="+")
    assists = models.ManyToManyField(OrganisationKind, related_name="+")
    urgency = models.ForeignKey(Urgency, on_delete=models.PROTECT, related_name="+")
    emergency = models.BooleanField(default=False)
    emergency_line = models.CharField(max_length=60, blank=True)
    confidential = models.BooleanField(default=False)
    legal_basis = models.JSONField(default=list)
    provenance = models.CharField(max_length=20)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
