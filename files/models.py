"""Photos: kept apart from the rows they belong to, served only through those rows' own `visible_to`."""

import uuid

from django.db import models
from django.db.models.functions import Now

from people.models import User
from tenancy.scoped import ScopedModel


class Photo(ScopedModel):
    """A re-encoded picture on private storage. `name` and `thumbnail` are random storage names, never the user's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True)
    thumbnail = models.CharField(max_length=80, unique=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField(help_text="Bytes of the stored picture.")
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField(db_default=Now(), editable=False)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.pk)
