"""Who may appoint whom."""

from people.actors import Actor
from people.roles import Role
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
