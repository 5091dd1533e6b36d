"""Check lists (检查事项清单) in versions: which bureau checks what, by which law, as it stood on which day.

Reference rows: what was not published beforehand is not checked (国办发〔2024〕54号), so everybody may read what is in force.
Each version keeps the laws it names, with the days on which they came into force and were repealed.
"""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from complaints.models import Leaf
from enforcement.states import LIST_TRANSITIONS, PUBLIC_LISTS, Certainty, Level, ListState, Severity
from people.models import OrganisationKind, User
from tenancy.scoped import ReferenceModel

_EDGES = [(old.value, new.value) for old, to in LIST_TRANSITIONS.items() for new in to]
_PUBLIC = sorted(PUBLIC_LISTS)


def _pair(name: str) -> models.CheckConstraint:
    both = {f"{name}_at__isnull": False, f"{name}_by__isnull": False}
    return models.CheckConstraint(condition=Q(**dict.fromkeys(both, True)) | Q(**both), name=f"enforcement_list_{name}_pair")


class CheckList(ReferenceModel):
    """One version of a county's list. Whoever made or proposed it cannot publish it. Every change raises `revision` by one."""

    area = models.BigIntegerField(help_text="The county that keeps it.")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ListState.choices, default=ListState.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    source = models.CharField(max_length=300, blank=True, help_text="Where it comes from; shown wherever it is.")
    sample = models.BooleanField(default=False, help_text="Made up after the statutes (示例数据), to be checked before use.")
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    proposed_at = models.DateTimeField(null=True, editable=False)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    retired_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["area", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["area", "version"], name="enforcement_list_version_once"),
            models.UniqueConstraint(fields=["area"], condition=Q(state=ListState.PUBLISHED), name="enforcement_list_in_force"),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True)
                | Q(proposed_by__isnull=False) & ~Q(published_by=F("created_by")) & ~Q(published_by=F("proposed_by")),
                name="enforcement_list_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_PUBLIC, published_by__isnull=False) | ~Q(state__in=_PUBLIC) & Q(published_by__isnull=True),
                name="enforcement_list_published_by_somebody",
            ),
            _pair("proposed"),
            _pair("published"),
        ]
        triggers = [
            pgtrigger.FSM(name="life_cycle", field="state", transitions=_EDGES),
            pgtrigger.ReadOnly(name="origin", fields=["version", "based_on", "created_at", "created_by"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.area} v{self.version}"


_ONLY_IN_DRAFTS = """
IF EXISTS (SELECT 1 FROM enforcement_checklist held
            WHERE held.state <> 'draft'
              AND (TG_OP <> 'INSERT' AND held.id = OLD.check_list_id OR TG_OP <> 'DELETE' AND held.id = NEW.check_list_id)) THEN
    RAISE EXCEPTION 'check lists change only in drafts' USING ERRCODE = 'check_violation';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""


def _only_in_drafts() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="only_in_drafts",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        func=_ONLY_IN_DRAFTS,
    )


class Law(ReferenceModel):
    """A statute as one version of a list names it: in force from `effective_from` until the day before `repealed_on`."""

    check_list = models.ForeignKey(CheckList, on_delete=models.PROTECT, related_name="laws")
    key = models.CharField(max_length=12)
    name = models.CharField(max_length=100)
    edition = models.CharField(max_length=40, blank=True)
    effective_from = models.DateField()
    repealed_on = models.DateField(null=True)
    checked = models.BooleanField(default=False, help_text="Its text was read.")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["check_list", "key"]
        constraints = [
            models.UniqueConstraint(fields=["check_list", "key"], name="enforcement_law_once"),
            models.CheckConstraint(
                condition=Q(repealed_on__isnull=True) | Q(repealed_on__gt=F("effective_from")),
                name="enforcement_law_days",
            ),
        ]
        triggers = [_only_in_drafts()]

    def __str__(self) -> str:
        return self.name


class CheckItem(ReferenceModel):
    """One thing that one bureau may check. `days` are calendar days to put it right."""

    check_list = models.ForeignKey(CheckList, on_delete=models.PROTECT, related_name="items")
    code = models.CharField(max_length=10)
    position = models.PositiveSmallIntegerField()
    bureau = models.ForeignKey(OrganisationKind, on_delete=models.PROTECT, related_name="+")
    others = models.JSONField(default=list, help_text="Codes of the kinds of organisations that help.")
    level = models.CharField(max_length=8, choices=Level.choices, default=Level.COUNTY)
    name = models.CharField(max_length=60)
    violation = models.CharField(max_length=300)
    method = models.CharField(max_length=300)
    subject = models.CharField(max_length=60, blank=True)
    penalty = models.CharField(max_length=300, blank=True)
    days = models.PositiveSmallIntegerField()
    on_spot = models.BooleanField(default=False)
    severity = models.CharField(max_length=8, choices=Severity.choices, default=Severity.ORDINARY)
    leaf = models.ForeignKey(Leaf, on_delete=models.PROTECT, null=True, related_name="+")
    certainty = models.CharField(max_length=1, choices=Certainty.choices, blank=True)
    provenance = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering = ["check_list", "position"]
        constraints = [
            models.UniqueConstraint(fields=["check_list", "code"], name="enforcement_item_once"),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=180), name="enforcement_item_days"),
        ]
        triggers = [_only_in_drafts()]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Basis(ReferenceModel):
    """法律依据: the articles of one law on which an item rests."""

    check_list = models.ForeignKey(CheckList, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(CheckItem, on_delete=models.PROTECT, related_name="bases")
    law = models.ForeignKey(Law, on_delete=models.PROTECT, related_name="+")
    articles = models.CharField(max_length=80)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["item", "law"], name="enforcement_basis_once")]
        triggers = [_only_in_drafts()]

    def __str__(self) -> str:
        return f"{self.law_id} {self.articles}"
