"""Who keeps the records of a compound."""

from communities.models import Residency
from people.actors import Actor
from people.roles import STREET, Role
from tenancy.refusals import NotAllowed


def may_keep_records(actor: Actor, area: int) -> bool:
    """The street office; the system when it sets itself up."""
    return actor.is_system or actor.holds(area, STREET)


def require_record_keeping(actor: Actor, area: int) -> None:
    if not may_keep_records(actor, area):
        raise NotAllowed


VERIFYING = STREET | {Role.PROPERTY_MANAGER}
"""The street office and the manager of the firm there."""


def may_verify_residencies(actor: Actor, area: int) -> bool:
    return actor.is_system or actor.holds(area, VERIFYING)


def may_verify_residency(actor: Actor, residency: Residency) -> bool:
    """Nobody verifies their own."""
    return actor.id != residency.user_id and may_verify_residencies(actor, residency.area)
