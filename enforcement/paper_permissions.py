"""Who issues, voids and reads papers of joint visits, and who keeps a bureau's templates."""

from enforcement.models import Member, Paper
from people.actors import Actor
from people.models import Organisation
from people.roles import DEPARTMENT, DESKS, PROPERTY, STREET, Role

WATCHING = DESKS | {Role.SUPERVISOR}
READING_REGISTERS = frozenset({Role.COUNTY_CLERK, Role.SUPERVISOR})
OFFICIAL = DEPARTMENT | STREET
"""People of lawful bodies: a street office, too, may be a bureau of a visit."""


def may_issue(actor: Actor, member: Member) -> bool:
    """An officer of this bureau in this visit who still speaks for it (行政处罚法 42)."""
    mine = member.organisation_id in actor.organisations_at(member.area, OFFICIAL)
    return mine and any(each.user_id == actor.id for each in member.officers.all())


def may_void(actor: Actor, paper: Paper) -> bool:
    """The bureau's lead, or whoever issued it and still speaks for the bureau."""
    if paper.bureau_id in actor.organisations_at(paper.area, {Role.DEPARTMENT_LEAD, Role.STREET_LEADER}):
        return True
    return paper.issued_by_id == actor.id and paper.bureau_id in actor.organisations_at(paper.area, OFFICIAL)


def addressed_to(actor: Actor, area: int) -> set[int]:
    """The property firms for which the actor reads papers in a place."""
    return actor.organisations_at(area, PROPERTY)


def may_keep_templates(actor: Actor, bureau: Organisation) -> bool:
    """The bureau's lead, with a post over all of the bureau's place."""
    return bureau.pk in actor.organisations_at(bureau.area, {Role.DEPARTMENT_LEAD})


def may_read_register(actor: Actor, bureau: Organisation) -> bool:
    """The bureau's own people; the county's desk and supervisors over the bureau's place."""
    mine = {post.organisation_id for post in actor.posts if post.role in DEPARTMENT}
    return bureau.pk in mine or actor.holds(bureau.area, READING_REGISTERS)
