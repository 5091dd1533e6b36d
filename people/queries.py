"""Reads over people and organisations."""

import re
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from people.actors import Actor, live_appointments
from people.models import Appointment, AreaGrant, OfficeCalendar, Organisation, User, UserKind
from people.office_calendars import content_of
from people.roles import STAFF, Role
from tenancy import areas
from tenancy.calendar import WorkingCalendar
from tenancy.models import Area
from tenancy.refusals import NotThere, Refusal


def narrowest(kind: str, area: int) -> Organisation | None:
    """The active organisation of a kind that answers for a place: the street's own squad before the county bureau.

    Own rule, after DOMAIN: 分级管理、属地负责. Of several equally near ones the oldest counts.
    """
    return Organisation.objects.filter(kind=kind, active=True, area__in=areas.lineage(area)).order_by("-area", "pk").first()


def nearest(kinds: Iterable[str], area: int) -> dict[str, Organisation]:
    """`narrowest` of several kinds at once, by kind; without those that have none here. One query."""
    found = Organisation.objects.filter(kind__in=list(kinds), active=True, area__in=areas.lineage(area))
    return {each.kind_id: each for each in found.order_by("area", "-pk")}  # the last one of a kind stays: near, then old


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


_remembered: dict[int, WorkingCalendar] = {}
"""Versions never change and their keys are never used again, so a process keeps those it has read."""
MOST_REMEMBERED = 1000


def calendar_of(area: int) -> tuple[int, WorkingCalendar]:
    """The calendar in force where a place lies, after the key of its version (0: the default). Two queries at most."""
    county = areas.ancestor(area, areas.Level.COUNTY)
    key = OfficeCalendar.objects.filter(area=county).order_by("-version").values_list("pk", flat=True).first() or 0
    return key, calendars([key])[key]


def calendars(keys: Iterable[int]) -> dict[int, WorkingCalendar]:
    """Calendars by the keys of their versions; 0 is the default. One query for those not remembered, none otherwise.

    Raises KeyError for a key that never was.
    """
    wanted = set(keys)
    found = {key: _remembered[key] for key in wanted & _remembered.keys()}
    if 0 in wanted:
        found[0] = WorkingCalendar()
    missing = wanted - found.keys()
    if missing:
        read = {row.pk: content_of(row).calendar() for row in OfficeCalendar.objects.filter(pk__in=missing)}
        if len(_remembered) + len(read) > MOST_REMEMBERED:
            _remembered.clear()
        _remembered.update(read)
        found.update({key: read[key] for key in missing})
    return found


def calendar_in_force(county: int) -> OfficeCalendar | None:
    """The newest version, with who published it; None: version 0."""
    return OfficeCalendar.objects.filter(area=county).select_related("published_by").order_by("-version").first()


def calendars_in_force(counties: Iterable[int]) -> dict[int, OfficeCalendar]:
    """The newest version of each county that has one, in one query."""
    newest = OfficeCalendar.objects.filter(area__in=set(counties)).order_by("area", "-version").distinct("area")
    return {row.area: row for row in newest.select_related("published_by")}


def calendar_versions(county: int) -> QuerySet[OfficeCalendar]:
    """Newest first."""
    return OfficeCalendar.objects.filter(area=county).select_related("published_by").order_by("-version")


def calendar_version(county: int, version: int) -> OfficeCalendar | None:
    """One version of a county; None for version 0, which has no row. Raises NotThere for one that never was."""
    if version == 0:
        return None
    found = calendar_versions(county).filter(version=version).first()
    if found is None:
        raise NotThere
    return found


def counties_of(actor: Actor) -> list[Area]:
    """Counties whose calendar a member of staff may read, by code: those of their posts, and all under a wider post."""
    wanted = Q(pk__in=[])
    for post in actor.posts:
        if post.role in STAFF:
            low, high = areas.subtree(post.area)
            wanted |= Q(code=areas.ancestor(post.area, areas.Level.COUNTY)) | Q(code__gte=low, code__lt=high)
    return list(Area.objects.filter(wanted, level=areas.Level.COUNTY).order_by("code"))


def posts_within(roles: Iterable[Role], area: int) -> list[tuple[User, int]]:
    """Who holds one of these roles today in a place or under it, and the place of the post; by person, the first post only."""
    low, high = areas.subtree(area)
    held = Appointment.objects.filter(
        live_appointments(), role__in=list(roles), area__gte=low, area__lt=high, user__is_active=True
    )
    first: dict[int, tuple[User, int]] = {}
    for post in held.select_related("user").order_by("user", "pk"):
        first.setdefault(post.user_id, (post.user, post.area))
    return list(first.values())
