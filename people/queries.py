"""Reads over people and organisations."""

import re
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from people.actors import Actor, live_appointments
from people.models import Appointment, AreaGrant, Organisation, User, UserKind
from people.roles import Role
from tenancy import areas
from tenancy.models import Area
from tenancy.refusals import NotThere, Refusal


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


def accounts_of(actor: Actor) -> QuerySet[User]:
    """Accounts that a security administrator may know of, by user name.

    Those with an appointment or grant, past or present, within the administrator's places, and those the administrator opened.
    """
    places = actor.administrative_scope(Role.SECURITY_ADMIN)
    held = Appointment.objects.filter(places.condition()).values("user")
    given = AreaGrant.objects.filter(places.condition("content_object_id")).values("user")
    known = Q(pk__in=held) | Q(pk__in=given) | Q(opened_by_id=actor.id)
    if not places.ranges:
        return User.objects.none()
    return User.objects.filter(known, kind=UserKind.PERSON).order_by("username")


def account(actor: Actor, user_id: int) -> User:
    """One of `accounts_of`. Raises NotThere for any other id."""
    found = accounts_of(actor).filter(pk=user_id).first()
    if found is None:
        raise NotThere
    return found


def appointments_of(actor: Actor, user: User) -> QuerySet[Appointment]:
    """The person's appointments, past ones too, as far as they lie within the administrator's places; newest first."""
    places = actor.administrative_scope(Role.SECURITY_ADMIN)
    return Appointment.objects.filter(places.condition(), user=user).select_related("organisation").order_by("-pk")


def grants_of(actor: Actor, user: User) -> QuerySet[AreaGrant]:
    places = actor.administrative_scope(Role.SECURITY_ADMIN)
    found: QuerySet[AreaGrant] = AreaGrant.objects.filter(places.condition("content_object_id"), user=user)
    return found.select_related("permission", "content_object").order_by("pk")


def organisations_of(actor: Actor) -> QuerySet[Organisation]:
    """Organisations within a security administrator's places, by name."""
    places = actor.administrative_scope(Role.SECURITY_ADMIN)
    found = Organisation.objects.filter(places.condition(), active=True)
    return found.select_related("kind").order_by("pinyin", "pk")


def places_of(actor: Actor) -> QuerySet[Area]:
    """Places within a security administrator's own, by code."""
    return Area.objects.filter(actor.administrative_scope(Role.SECURITY_ADMIN).condition("code")).order_by("code")


def place_named(actor: Actor, typed: str) -> int:
    """The code of a place given by its code, its name, or both. Raises Refusal (field `place`) when that is not exactly one."""
    code = re.search(r"(?<!\d)\d{15}(?!\d)", typed)
    if code:
        found = list(places_of(actor).filter(code=int(code.group()))[:1])
    else:
        found = list(places_of(actor).filter(name=typed.strip())[:6])
    if not found:
        raise Refusal(_("There is no such place within yours."), field="place")
    if len(found) > 1:
        named = "; ".join(f"{place.name} {place.code}" for place in found)
        raise Refusal(_("Several places have this name, give the code: %(places)s") % {"places": named}, field="place")
    return found[0].code


def place_names(codes: Iterable[int]) -> dict[int, str]:
    """Names of places by code."""
    return dict(Area.objects.filter(code__in=set(codes)).values_list("code", "name"))
