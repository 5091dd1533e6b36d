"""Who may appoint whom, and who may look after whose account."""

from django.db.models import Q
from django.utils import timezone

from people.actors import Actor
from people.models import Appointment, AreaGrant, User
from people.roles import ADMINISTRATORS, STAFF, Role
from tenancy import areas


def may_appoint(actor: Actor, role: Role, area: int) -> bool:
    """Security administrators, within their own places, and never over a wider one; the system when it sets itself up."""
    if actor.is_system:
        return True
    low, high = areas.subtree(area)
    scope = actor.administrative_scope(Role.SECURITY_ADMIN)
    return any(start <= low and high <= end for start, end in scope.ranges)


def may_administer_system(actor: Actor) -> bool:
    return Role.SYSTEM_ADMIN in actor.roles


def may_read_record(actor: Actor) -> bool:
    return Role.AUDIT_ADMIN in actor.roles


def may_see_accounts(actor: Actor) -> bool:
    return Role.SECURITY_ADMIN in actor.roles


def may_found_organisation(actor: Actor, area: int) -> bool:
    """Organisations are put on record by those who make the appointments for them."""
    return may_appoint(actor, Role.SUPERVISOR, area)


def may_look_after(actor: Actor, user: User) -> bool:
    """Reset the password, close or reopen: only when every post and grant of the person lies within the administrator's places.

    Otherwise the administrator of a small place could take over the account of somebody who also holds a wide one.
    Nobody does this to themselves.
    """
    if actor.id == user.pk or not may_see_accounts(actor):
        return False
    today = timezone.localdate()
    held = Appointment.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), user=user, revoked_at=None)
    given = AreaGrant.objects.filter(Q(until=None) | Q(until__gte=today), user=user)
    reach = {*held.values_list("area", flat=True), *given.values_list("content_object_id", flat=True)}
    return all(may_appoint(actor, Role.SUPERVISOR, area) for area in reach)


def may_read_calendar(actor: Actor, county: int) -> bool:
    """Everybody on the staff of the county or of a place in it, and of a wider place. Residents see deadlines, not calendars."""
    if actor.is_system:
        return True
    posts = (post for post in actor.posts if post.role in STAFF)
    return any(post.covers(county) or areas.ancestor(post.area, areas.Level.COUNTY) == county for post in posts)


def may_publish_calendar(actor: Actor, county: int) -> bool:
    """The county's own desk."""
    return actor.holds(county, {Role.COUNTY_CLERK})


def are_separate(held: frozenset[Role], wanted: Role) -> bool:
    """三员分立: the three administrators are three people, and none of them does business work (own rule, after GB/T 22239)."""
    at_work = (held & STAFF) - {wanted}
    if wanted in ADMINISTRATORS:
        return not at_work
    return wanted not in STAFF or not at_work & ADMINISTRATORS
