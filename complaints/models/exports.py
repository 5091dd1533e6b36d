"""Lists that people take out of the desk."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from complaints.export_states import EXPORT_TRANSITIONS, ExportState, Form
from people.models import User
from tenancy.scoped import ScopedModel

_EDGES = [(old.value, new.value) for old, to in EXPORT_TRANSITIONS.items() for new in sorted(to)]


class Export(ScopedModel):
    """导出: a queue of somebody's desk with its filters, as a file. The row is the job, and stands in its owner's own place.

    `filters` holds the fields of `complaints.worklist.Filters`; `described` says them in words. `total` tickets were found when
    it began, `done` are written. `file` is the name in `files.storage`, empty while there is none.
    """

    personal_rows = True

    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    form = models.CharField(max_length=4, choices=Form.choices)
    language = models.CharField(max_length=10)
    queue = models.CharField(max_length=12)
    filters = models.JSONField(default=dict)
    described = models.CharField(max_length=500)
    address = models.CharField(max_length=2000, blank=True, help_text="The desk's address it was asked for at.")
    state = models.CharField(max_length=8, choices=ExportState.choices, default=ExportState.WAITING)
    total = models.PositiveIntegerField(null=True)
    done = models.PositiveIntegerField(default=0)
    file = models.CharField(max_length=60, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="In bytes.")
    ended_at = models.DateTimeField(null=True)
    kept_until = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    try_after = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["made_by", "-id"], name="complaints_export_of_user"),
            models.Index(fields=["try_after"], condition=Q(state=ExportState.WAITING), name="complaints_export_waits"),
            models.Index(fields=["kept_until"], condition=Q(state=ExportState.DONE), name="complaints_export_kept"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(state=ExportState.DONE) | ~Q(file=""), name="complaints_export_has_file"),
        ]
        triggers = [pgtrigger.FSM(name="life_cycle", field="state", transitions=_EDGES)]

    def __str__(self) -> str:
        return f"{self.queue}.{self.form}"
