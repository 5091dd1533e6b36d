"""Which check list was asked to be put up in which compound, and the posting that shows it."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from communities.models import Posting
from enforcement.models.check_lists import CheckList
from people.models import User
from tenancy.scoped import ScopedModel


class ShownList(ScopedModel):
    """挂牌公示 of a check list in one compound. When its posting ended, it may be asked for anew: then this row is `replaced`."""

    check_list = models.ForeignKey(CheckList, on_delete=models.PROTECT, related_name="+")
    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    replaced_at = models.DateTimeField(null=True, help_text="When another posting took its place.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "check_list"], condition=Q(replaced_at=None), name="enforcement_shown_list_once"
            ),
            models.UniqueConstraint(fields=["posting"], name="enforcement_shown_list_of_a_posting"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="origin", fields=["check_list", "posting", "made_at", "made_by"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.check_list_id}"
