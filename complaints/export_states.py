"""Life of a list that somebody takes out of the desk (导出): plain data, enforced by the database as well."""

from django.db import models
from django.utils.translation import pgettext_lazy


class ExportState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("export", "being written")
    DONE = "done", pgettext_lazy("export", "ready")
    FAILED = "failed", pgettext_lazy("export", "given up")
    GONE = "gone", pgettext_lazy("export", "deleted")


EXPORT_TRANSITIONS: dict[ExportState, frozenset[ExportState]] = {
    ExportState.WAITING: frozenset({ExportState.DONE, ExportState.FAILED}),
    ExportState.DONE: frozenset({ExportState.GONE}),
    ExportState.FAILED: frozenset(),
    ExportState.GONE: frozenset(),
}


class Form(models.TextChoices):
    XLSX = "xlsx", "Excel"
    CSV = "csv", "CSV"
