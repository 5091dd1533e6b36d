"""Who asks for legal advice, who gives it, and who reads it: whoever asked, whoever answers, the street if told so (own)."""

from collections.abc import Callable

from enforcement.advice_states import ConsultationState
from enforcement.models import Consultation
from people.actors import Actor
from people.roles import DEPARTMENT, PROPERTY, STREET, Role

ADVISER = "JU"
"""The kind of organisation (catalogue: 司法局, legal advice and people's mediation) that answers."""
FOR_AN_OFFICE = PROPERTY | STREET
ASKING = FOR_AN_OFFICE | {Role.RESIDENT}
WATCHING = STREET | {Role.COUNTY_CLERK, Role.SUPERVISOR}
"""Who learns how many were asked and answered in their places, and nothing more."""


def may_ask(actor: Actor, area: int) -> bool:
    """Who lives in a compound, serves it, or looks after it for the street."""
    return actor.holds(area, ASKING)


def asks_for(actor: Actor, area: int) -> int | None:
    """The firm or office that the actor asks for in a compound; None for a resident, who asks for themselves."""
    return min(actor.organisations_at(area, FOR_AN_OFFICE), default=None)


def asked(actor: Actor, row: Consultation) -> bool:
    """Whoever asked it; of a firm or an office their colleagues too."""
    return row.asked_by_id == actor.id or row.organisation_id in actor.organisations_at(row.area, FOR_AN_OFFICE)


def advises(actor: Actor, row: Consultation) -> bool:
    return row.adviser_id in actor.organisations_at(row.area, DEPARTMENT)


RULES: dict[str, tuple[Callable[[Actor, Consultation], bool], frozenset[ConsultationState]]] = {
    "answer": (advises, frozenset({ConsultationState.WAITING})),
    "ask_further": (asked, frozenset({ConsultationState.ANSWERED})),
    "rate": (asked, frozenset({ConsultationState.ANSWERED})),
    "withdraw": (asked, frozenset({ConsultationState.WAITING})),
}
"""Who may take a step, and in which states it is possible."""


def possible_steps(actor: Actor, row: Consultation) -> list[str]:
    """What can be done now; nothing that was answered is withdrawn."""
    found = [name for name, (rule, states) in RULES.items() if row.state in states and rule(actor, row)]
    return [name for name in found if name != "withdraw" or row.answered_at is None]
