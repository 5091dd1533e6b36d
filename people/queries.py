"""Reads over people and organisations."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from people.actors import live_appointments
from people.models import Appointment, Organisation, User
from people.roles import Role
from tenancy import areas


def narrowest(kind: str, area: int) -> Organisation | None:
    """The active organisation of a kind that answers for a place: the street's own squad before the county bureau.

    Own rule, after DOMAIN: 分级管理、属地负责. Of several equally near ones the oldest counts.
    """
    return Organisation.objects.filter(kind=kind, active=True, area__in=areas.lineage(area)).order_by("-area", "pk").first()


def holders(roles: Iterable[Role], area: int, *, organisation: Organisation | None = None) -> QuerySet[User]:
    """People who hold one of these roles today over a place (for an organisation, when one is given)."""
    held = Appointment.objects.filter(live_appointments(), role__in=list(roles), area__in=areas.lineage(area))
    if organisation is not None:
        held = held.filter(organisation=organisation)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk")


def at_or_under(scope_condition: Q) -> QuerySet[Organisation]:
    """Active organisations within an administrator's places."""
    return Organisation.objects.filter(scope_condition, active=True).order_by("pinyin", "pk")
