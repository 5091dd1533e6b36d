"""Papers of joint visits: what was issued under which number, and the templates that bureaus brought themselves."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from enforcement.finding_states import Party
from enforcement.models.visits import Visit, pair
from enforcement.paper_kinds import TEMPLATE_TRANSITIONS, PaperKind, TemplateState
from people.models import Organisation, User
from tenancy.scoped import ReferenceModel, ScopedModel


class PaperWord(ReferenceModel):
    """What a bureau is called in the numbers of its papers (机关代字), where its head chose another word than the usual one."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="+")
    word = models.CharField(max_length=10)
    set_at = models.DateTimeField(db_default=Now())
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.word


class PaperCounter(ReferenceModel):
    """The last number of one series: a bureau, a kind, a year. Locked while a paper is issued, so that none is left out."""

    bureau = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=PaperKind.choices)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["bureau", "-year", "kind"]
        constraints = [models.UniqueConstraint(fields=["bureau", "kind", "year"], name="enforcement_paper_series_once")]
        triggers = [
            pgtrigger.Trigger(
                name="one_by_one",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="IF NEW.last <> OLD.last + 1 THEN RAISE EXCEPTION 'numbers of papers go up by one'"
                " USING ERRCODE = 'check_violation'; END IF; RETURN NEW;",
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.bureau_id} {self.kind} {self.year}: {self.last}"


class PaperTemplate(ReferenceModel):
    """A bureau's own template of one kind of paper, in versions. What was tried counts once its head has looked at a preview."""

    bureau = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=PaperKind.choices)
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=TemplateState.choices, default=TemplateState.TRIED)
    name = models.CharField(max_length=80, help_text="What the file was called.")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    brought_at = models.DateTimeField(db_default=Now(), editable=False)
    brought_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["bureau", "kind", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["bureau", "kind", "version"], name="enforcement_template_version_once"),
            models.UniqueConstraint(
                fields=["bureau", "kind"], condition=Q(state=TemplateState.USED), name="enforcement_template_in_use"
            ),
            models.UniqueConstraint(
                fields=["bureau", "kind"], condition=Q(state=TemplateState.TRIED), name="enforcement_template_tried"
            ),
            models.CheckConstraint(
                condition=~Q(state=TemplateState.USED) | Q(used_by__isnull=False), name="enforcement_template_used_by_somebody"
            ),
            pair("template", "used"),
            pair("template", "ended"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="life_cycle",
                field="state",
                transitions=[(old.value, new.value) for old, to in TEMPLATE_TRANSITIONS.items() for new in to],
            ),
            pgtrigger.ReadOnly(
                name="origin", fields=["bureau", "kind", "version", "name", "content", "sha256", "brought_at", "brought_by"]
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.bureau_id} {self.kind} v{self.version}"


class Paper(ScopedModel):
    """One paper as it was issued, with the bytes that everybody downloads. Never changed, never deleted; voided with a reason.

    `party…` say whom an order addresses, `findings` are the numbers of the findings it names.
    """

    kind = models.CharField(max_length=8, choices=PaperKind.choices)
    bureau = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    printed = models.CharField(max_length=40)
    code = models.CharField(max_length=14, unique=True)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="papers", db_constraint=False)
    template = models.ForeignKey(
        PaperTemplate, on_delete=models.PROTECT, null=True, related_name="+", help_text="Empty: the shipped one."
    )
    party = models.CharField(max_length=10, choices=Party.choices, blank=True)
    party_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    party_name = models.CharField(max_length=60, blank=True, help_text="Never shown to residents.")
    findings = models.JSONField(default=list)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField(db_default=Now(), editable=False)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    voided_at = models.DateTimeField(null=True)
    voided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    voided_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["visit", "id"], name="enforcement_paper_visit")]
        constraints = [
            models.UniqueConstraint(fields=["bureau", "kind", "year", "number"], name="enforcement_paper_number_once"),
            models.UniqueConstraint(
                fields=["visit", "bureau", "kind", "party", "party_organisation", "party_name"],
                condition=Q(voided_at=None),
                nulls_distinct=False,
                name="enforcement_paper_once",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="enforcement_paper_number_from_one"),
            models.CheckConstraint(
                condition=Q(kind=PaperKind.ORDER) & ~Q(party="") | ~Q(kind=PaperKind.ORDER) & Q(party=""),
                name="enforcement_paper_order_has_a_party",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, voided_why="") | Q(voided_at__isnull=False) & ~Q(voided_why=""),
                name="enforcement_paper_voided_says_why",
            ),
            pair("paper", "voided"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="as_issued", exclude=["area", "voided_at", "voided_by", "voided_why"]),
            pgtrigger.Trigger(
                name="voided_once",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__voided_at__isnull=False)
                & pgtrigger.Q(new__voided_at__df=pgtrigger.F("old__voided_at")),
                func="RAISE EXCEPTION 'a voided paper stays voided' USING ERRCODE = 'check_violation';",
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.printed
