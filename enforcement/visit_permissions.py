"""Who plans, approves, carries out and reads joint visits.

Only lawful bodies inspect, each its own matters, by at least two certified officers (国办发〔2024〕54号; 行政处罚法 42).
"""

from enforcement.models import Member, Visit
from enforcement.visit_states import MemberState, VisitState
from people.actors import Actor
from people.models import Organisation
from people.roles import DEPARTMENT, DESKS, STREET, Role

STREET_KIND = "ST"
PLANNING = STREET | DEPARTMENT
HEADS = {True: Role.STREET_LEADER, False: Role.DEPARTMENT_LEAD}
"""Who heads a street office (True), and any other organisation."""
WATCHING = DESKS | {Role.SUPERVISOR}
OFFICERS_PER_BUREAU = 2


def planning_organisations(actor: Actor, area: int) -> set[int]:
    """The organisations for which somebody may plan a visit; whether they are bureaus of its list, the action looks up."""
    return actor.organisations_at(area, PLANNING)


def may_plan(actor: Actor, visit: Visit) -> bool:
    """The street office, and the people of the lead organisation."""
    return actor.holds(visit.area, STREET) or speaks_for(actor, visit.area, visit.lead_id)


def speaks_for(actor: Actor, area: int, organisation: int) -> bool:
    return organisation in actor.organisations_at(area, PLANNING)


def heads(actor: Actor, visit: Visit) -> bool:
    """Heads the lead organisation (检查前报经行政机关负责人批准)."""
    role = HEADS[visit.lead.kind_id == STREET_KIND]
    return visit.lead_id in actor.organisations_at(visit.area, {role})


def may_approve(actor: Actor, visit: Visit) -> bool:
    """A second person: not whoever planned it."""
    return heads(actor, visit) and actor.id != visit.planned_by_id


def may_answer(actor: Actor, member: Member) -> bool:
    """The people of the bureau that is asked."""
    return member.organisation_id in actor.organisations_at(member.area, DEPARTMENT | STREET)


def may_start(actor: Actor, visit: Visit) -> bool:
    """An officer of the visit."""
    return visit.officers.filter(user_id=actor.id).exists()


def may_call_off(actor: Actor, visit: Visit) -> bool:
    return may_plan(actor, visit) or heads(actor, visit)


RULES = {
    "change": (may_plan, frozenset({VisitState.DRAFT})),
    "ask": (may_plan, frozenset({VisitState.DRAFT})),
    "take_back": (may_plan, frozenset({VisitState.ASKED})),
    "approve": (may_approve, frozenset({VisitState.ASKED})),
    "call_off": (may_call_off, frozenset({VisitState.DRAFT, VisitState.ASKED, VisitState.APPROVED})),
    "start": (may_start, frozenset({VisitState.APPROVED})),
}
"""Who may take a step of the whole visit, and in which states."""
MEMBER_RULES = {
    "join": (frozenset({VisitState.ASKED, VisitState.APPROVED}), frozenset(MemberState) - {MemberState.SIGNED}),
    "decline": (frozenset({VisitState.ASKED}), frozenset({MemberState.ASKED, MemberState.JOINED})),
    "sign": (frozenset({VisitState.UNDER_WAY}), frozenset({MemberState.JOINED})),
}
"""In which states of the visit, and of its own, a bureau may take a step. Once it is approved only the officers may change."""


def possible_steps(actor: Actor, visit: Visit) -> list[str]:
    """What this actor may do with the whole visit now."""
    return [name for name, (rule, states) in RULES.items() if visit.state in states and rule(actor, visit)]


def possible_member_steps(actor: Actor, visit: Visit, member: Member) -> list[str]:
    """What this actor may do for one bureau now."""
    if not may_answer(actor, member):
        return []
    found = [name for name, (visits, own) in MEMBER_RULES.items() if visit.state in visits and member.state in own]
    if visit.state == VisitState.APPROVED and member.state != MemberState.JOINED:
        found = [name for name in found if name != "join"]
    if "sign" in found and not member.officers.filter(user_id=actor.id).exists():
        found.remove("sign")
    return found


def competent(kinds: set[str], organisations: set[int]) -> set[int]:
    """Those of some organisations that are bureaus of these kinds, or street offices. One query at most."""
    if not organisations:
        return set()
    found = Organisation.objects.filter(pk__in=organisations, active=True, kind__in=kinds | {STREET_KIND})
    return set(found.values_list("pk", flat=True))


def may_keep_certificates(actor: Actor, organisation: Organisation) -> bool:
    """The head of the organisation: the lead of a bureau, the leader of a street office."""
    role = HEADS[organisation.kind_id == STREET_KIND]
    return organisation.pk in actor.organisations_at(organisation.area, {role})
