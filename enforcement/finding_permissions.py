"""Who decides on findings, who answers for them and who reads them.

Only the competent bureau concludes its own findings (职能不转移); more time and taking back need its head (own).
"""

from enforcement.finding_states import FINDING_FINAL, UNDER_ORDER, FindingState
from enforcement.models import Finding
from people.actors import Actor
from people.roles import DEPARTMENT, PROPERTY, STREET, Role

F = FindingState


def decides(actor: Actor, finding: Finding) -> bool:
    """One of the people of the bureau that found it."""
    return finding.organisation_id in actor.organisations_at(finding.area, DEPARTMENT | STREET)


def heads(actor: Actor, finding: Finding) -> bool:
    """The head of that bureau, or of the street office where it found it."""
    return finding.organisation_id in actor.organisations_at(finding.area, {Role.DEPARTMENT_LEAD, Role.STREET_LEADER})


def answers(actor: Actor, finding: Finding) -> bool:
    """Whoever answers for it: the firm's people, the committee's. For owners and shops the bureau notes what they say."""
    if finding.party_organisation_id is None:
        return decides(actor, finding)
    return finding.party_organisation_id in actor.organisations_at(finding.area, PROPERTY | DEPARTMENT)


def files(actor: Actor, finding: Finding) -> bool:
    """The street office files tickets for others."""
    return actor.holds(finding.area, STREET)


def links(actor: Actor, finding: Finding) -> bool:
    """The bureau, and the street office, whose desk runs tickets and projects."""
    return decides(actor, finding) or files(actor, finding)


RULES = {
    "fix": (decides, frozenset({F.FOUND})),
    "order": (decides, frozenset({F.FOUND})),
    "answer": (answers, frozenset({F.ORDERED})),
    "ask_time": (answers, frozenset({F.ORDERED})),
    "decide_time": (heads, UNDER_ORDER),
    "accept": (decides, UNDER_ORDER),
    "send_back": (decides, frozenset({F.ANSWERED, F.RECHECK})),
    "ask_recheck": (decides, frozenset({F.ANSWERED})),
    "transfer": (decides, frozenset({F.FOUND}) | UNDER_ORDER),
    "drop": (heads, frozenset({F.FOUND, F.ORDERED})),
    "lift": (heads, FINDING_FINAL),
    "open_ticket": (files, frozenset(F) - {F.DROPPED}),
    "link_ticket": (links, frozenset(F) - {F.DROPPED}),
    "link_project": (links, frozenset(F) - {F.DROPPED}),
}
"""Who may take a step, and in which states. What else must hold, the actions say."""


def possible_steps(actor: Actor, finding: Finding, *, time_asked: bool) -> list[str]:
    """What this actor may do with a finding now; `time_asked` when somebody waits to hear about more time."""
    found = [name for name, (rule, states) in RULES.items() if finding.state in states and rule(actor, finding)]
    held_back = {
        "ask_time": time_asked,
        "decide_time": not time_asked,
        "lift": finding.lifted_at is not None,
        "open_ticket": finding.ticket_id is not None,
        "link_ticket": finding.ticket_id is not None,
        "link_project": finding.project_id is not None,
        "fix": not finding.item.on_spot,
        "accept": finding.recheck_id is not None and finding.state == F.RECHECK,
        "send_back": finding.recheck_id is not None and finding.state == F.RECHECK,
    }
    return [name for name in found if not held_back.get(name, False)]
