"""Places (区划与小区代码), readable by everybody."""

from django.db import models

from tenancy.areas import Level
from tenancy.scoped import ReferenceModel


class Area(ReferenceModel):
    """A place. Its code is the tenancy key of everything in it."""

    code = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=80)
    level = models.CharField(max_length=16, choices=Level.choices)
    pinyin = models.CharField(max_length=200, blank=True, help_text="Sort key; the database sorts by bytes.")
    invented = models.BooleanField(default=False, help_text="Sample data, not a real place.")

    class Meta:
        ordering = ["code"]
        permissions = [
            ("watch_area", "May read what happens in this place (挂钩)"),
            ("serve_area", "May act for a property firm in this place"),
        ]

    def __str__(self) -> str:
        return self.name


class AreaAlias(ReferenceModel):
    """A code that a place had before it was re-coded, so that printed QR codes and links go on working."""

    old_code = models.BigIntegerField(primary_key=True)
    new_code = models.BigIntegerField(db_index=True)
    recoded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.old_code} → {self.new_code}"
