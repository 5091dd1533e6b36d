"""Keys with which systems of other offices file through Open311."""

from django.db import models
from django.db.models.functions import Now

from people.models import Organisation, User
from tenancy.scoped import ScopedModel


class Open311Key(ScopedModel):
    """An api_key of GeoReport v2: it files in one county (`area`), for one organisation. Only its digest is kept."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the key, in hexadecimal.")
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["area", "digest"], name="complaints_open311_key_once"),
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | models.Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="complaints_open311_key_revoked_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}"
