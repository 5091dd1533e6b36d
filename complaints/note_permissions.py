"""Who reads and who keeps knowledge notes (知识库); an own rule, as for routing rules."""

from complaints.rule_permissions import may_keep_rules
from people.actors import Actor
from people.roles import OF_AN_ORGANISATION, Role
from tenancy import areas
from tenancy.areas import Level

READERS = OF_AN_ORGANISATION | {Role.SUPERVISOR}
"""Whoever answers people, and who looks at how they are answered."""


def may_read_notes(actor: Actor, area: int) -> bool:
    """The staff of the place or a wider one; the staff of places in it too, where its notes are offered."""
    if actor.is_system:
        return True
    posts = [post for post in actor.posts if post.role in READERS]
    return any(post.covers(area) or area in owners_over(post.area) for post in posts)


def reads_some_notes(actor: Actor) -> bool:
    """Whether the list of notes is there at all."""
    return not actor.roles.isdisjoint(READERS)


def may_keep_notes(actor: Actor, area: int) -> bool:
    """Write, change, withdraw: who keeps the routing rules of the place keeps its notes."""
    return may_keep_rules(actor, area)


def owners_over(area: int) -> tuple[int, ...]:
    """The street and the county that hold a place, nearest first: whose notes are offered there."""
    found = areas.ancestor(area, Level.STREET), areas.ancestor(area, Level.COUNTY)
    levels = {Level.STREET, Level.COUNTY}
    return tuple(dict.fromkeys(code for code in found if areas.level_of(code) in levels))
