"""The two kinds of tables: scoped rows belong to a place, reference rows belong to everybody."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django.db import models

from tenancy import scope
from tenancy.areas import Level

M = TypeVar("M", bound=models.Model)


class ScopedManager(models.Manager[M]):
    """Adds the ranges of the scope in force and raises NoScope when there is none.

    For speed and for a loud error; the wall is the policy in the database.
    """

    def get_queryset(self) -> models.QuerySet[M]:
        in_force = scope.required()
        if getattr(self.model, "personal_rows", False):
            return super().get_queryset().filter(in_force.personal_condition())
        return super().get_queryset().filter(in_force.condition(holders=getattr(self.model, "holders", {})))


class ScopedModel(models.Model):
    """A row that belongs to a place: fenced by row-level security on `area`.

    The migration that makes the table also makes its fence (`tenancy.fences.Fence`).
    """

    area = models.BigIntegerField(editable=False)

    personal_rows: ClassVar[bool] = False
    """Whether some rows are one person's alone (`tenancy.scope.own_place`)."""

    holders: ClassVar[Mapping[Level, str]] = {}
    """Columns with the street's or the county's part of the place code, smallest place first."""

    objects: ScopedManager[Any] = ScopedManager()

    class Meta:
        abstract = True


class ReferenceModel(models.Model):
    """A row that every place may read; written only by those appointed to."""

    class Meta:
        abstract = True
