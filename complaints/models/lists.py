"""Lists of the desk that somebody has put aside under a name."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from people.models import User
from tenancy.scoped import ScopedModel


class SavedList(ScopedModel):
    """常用列表: a queue of the desk with its filters, under a name.

    It stands in its maker's own place, or, when it is shared, in the street whose office shares it. `filters` are fields of the
    desk's address, each as it stands there; they are read anew each time, so that one nobody offers any more is left out.
    """

    personal_rows = True

    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    name = models.CharField(max_length=40)
    queue = models.CharField(max_length=12)
    filters = models.JSONField(default=dict)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["made_by", "name"], name="complaints_saved_list_once"),
            models.CheckConstraint(condition=~Q(name=""), name="complaints_saved_list_has_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shared(self) -> bool:
        """In a street rather than with its maker alone."""
        return self.area > 0
