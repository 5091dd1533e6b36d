"""Who calls meetings (会商), who writes down what they decide, who reports it done. Own rules, after 会商机制 of the alliance."""

from collections.abc import Callable

from complaints.permissions import may_file
from enforcement.meeting_states import DecisionKind, DecisionState, MeetingState
from enforcement.models import Meeting, MeetingDecision
from people.actors import Actor
from people.roles import DESKS, OF_AN_ORGANISATION, STREET, Role
from tenancy.areas import Level, level_of

CALLING = DESKS | {Role.DEPARTMENT_LEAD}
"""The street, the county's desk, and whoever leads a bureau."""
READING = DESKS | {Role.SUPERVISOR}
"""Roles that read every meeting of their places; others those that their organisation called or is called to."""
PLACES = frozenset({Level.STREET, Level.COMPOUND})


def may_call(actor: Actor, area: int) -> bool:
    """About a street or a compound."""
    return level_of(area) in PLACES and bool(actor.organisations_at(area, CALLING))


def may_keep(actor: Actor, meeting: Meeting) -> bool:
    """Whose organisation called it: moves it, writes its minutes and decisions, closes it."""
    return meeting.host_id in actor.organisations_at(meeting.area, CALLING)


def may_report(actor: Actor, decision: MeetingDecision) -> bool:
    """Whoever acts for the organisation that does it."""
    return decision.organisation_id in actor.organisations_at(decision.area, OF_AN_ORGANISATION)


def may_file_for(actor: Actor, decision: MeetingDecision) -> bool:
    """The street files what a meeting decided to file, if nobody did so with the decision."""
    return decision.kind == DecisionKind.TICKET and not decision.ticket and actor.holds(decision.area, STREET)


def may_file_at_once(actor: Actor, compound: int) -> bool:
    """Whoever files for others in a compound (`complaints.permissions.may_file`) files with the decision itself."""
    return actor.holds(compound, STREET) and may_file(actor, compound)


def works_with_meetings(actor: Actor) -> bool:
    """Has any post with which meetings can be read."""
    return not actor.roles.isdisjoint(OF_AN_ORGANISATION | {Role.SUPERVISOR})


RULES: dict[str, tuple[Callable[[Actor, Meeting], bool], frozenset[MeetingState]]] = {
    "move": (may_keep, frozenset({MeetingState.CALLED})),
    "hold": (may_keep, frozenset({MeetingState.CALLED})),
    "cancel": (may_keep, frozenset({MeetingState.CALLED})),
    "decide": (may_keep, frozenset({MeetingState.HELD})),
    "close": (may_keep, frozenset({MeetingState.HELD})),
}
"""Who may take a step, and in which states it is possible."""


def possible_steps(actor: Actor, meeting: Meeting) -> list[str]:
    return [name for name, (rule, states) in RULES.items() if meeting.state in states and rule(actor, meeting)]


def decision_steps(actor: Actor, meeting: Meeting, decision: MeetingDecision) -> list[str]:
    """What this actor may do with a decision of a meeting now."""
    if decision.state != DecisionState.OPEN or meeting.state != MeetingState.HELD:
        return []
    found = ["file_ticket"] if may_file_for(actor, decision) else []
    if may_report(actor, decision) and not (decision.kind == DecisionKind.TICKET and not decision.ticket):
        found.append("report_done")
    return [*found, "drop"] if may_keep(actor, meeting) else found
