"""Who reads and who keeps routing rules (派单规则): the street its own, the county desk the county's."""

from complaints.models import RuleSet
from people.actors import Actor
from people.roles import DESKS, STREET, Role
from tenancy import areas
from tenancy.areas import Level

OWNERS = frozenset({Level.STREET, Level.COUNTY})
"""The places that have rules of their own."""


def may_read_rules(actor: Actor, area: int) -> bool:
    """Desks and supervisors of the place or a wider one; a street's desk also its county's rules, which decide there too."""
    if actor.is_system:
        return True
    if actor.holds(area, DESKS | {Role.SUPERVISOR}):
        return True
    streets = [post for post in actor.posts if post.role in STREET]
    return any(areas.ancestor(post.area, Level.COUNTY) == area for post in streets)


def reads_some(actor: Actor) -> bool:
    """Whether the list of rules is there at all."""
    return not actor.roles.isdisjoint(DESKS | {Role.SUPERVISOR})


def may_keep_rules(actor: Actor, area: int) -> bool:
    """Draft, change, propose: a street's clerks and leader, the county's desk."""
    level = areas.level_of(area)
    if level not in OWNERS:
        return False
    return actor.holds(area, STREET if level == Level.STREET else {Role.COUNTY_CLERK})


def may_publish_rules(actor: Actor, ruleset: RuleSet) -> bool:
    """A second person: neither who made the draft nor who proposed it."""
    return may_keep_rules(actor, ruleset.area) and actor.id not in {ruleset.created_by_id, ruleset.proposed_by_id}
