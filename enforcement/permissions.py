"""Who reads and who keeps check lists (检查事项清单). What is in force is public: an item not published is not checked."""

from enforcement.models import CheckList
from enforcement.states import PUBLIC_LISTS
from people.actors import Actor
from people.roles import DEPARTMENT, DESKS, Role
from tenancy import areas
from tenancy.areas import Level

KEEPERS = frozenset({Role.COUNTY_CLERK})
"""The county's desk keeps its list (own): the bureaus agree to it outside the system."""
WORKING_WITH = DESKS | DEPARTMENT | {Role.SUPERVISOR}
"""Roles that see drafts too: they say what should be in it."""


def belongs_to(actor: Actor, county: int) -> bool:
    """Whether any post lies within the county or holds it."""
    low, high = areas.subtree(county)
    return any(low <= post.area < high or _holds(post.area, county) for post in actor.posts)


def _holds(area: int, county: int) -> bool:
    low, high = areas.subtree(area)
    return low <= county < high


def may_keep_list(actor: Actor, county: int) -> bool:
    """Draft, change, propose, withdraw."""
    return areas.level_of(county) == Level.COUNTY and actor.holds(county, KEEPERS)


def may_read_list(actor: Actor, row: CheckList) -> bool:
    """What is or was in force: everybody with a place in the county. Drafts: desks, bureaus and supervisors there."""
    if actor.is_system:
        return True
    if not belongs_to(actor, row.area):
        return False
    return row.state in PUBLIC_LISTS or reads_drafts(actor, row.area)


def reads_drafts(actor: Actor, county: int) -> bool:
    low, high = areas.subtree(county)
    posts = [post for post in actor.posts if post.role in WORKING_WITH]
    return any(low <= post.area < high or _holds(post.area, county) for post in posts)


def may_publish_list(actor: Actor, row: CheckList) -> bool:
    """A second person: neither who made the draft nor who proposed it."""
    return may_keep_list(actor, row.area) and actor.id not in {row.created_by_id, row.proposed_by_id}


def may_show(actor: Actor, area: int) -> bool:
    """Have the list put up in a compound, or in all of a place: the street's and the county's desk."""
    return actor.holds(area, DESKS)
