"""Who may do what with postings (公示). Own rules: no law says who pins the paper to the board."""

from communities.models import Posting
from communities.posting_states import POSTING_SHOWN, PostingKind, PostingState
from people.actors import Actor
from people.roles import DEPARTMENT, DESKS, PROPERTY, STREET, Role

ASKING = STREET | {Role.PROPERTY_MANAGER}
ASKING_FOR = {PostingKind.CHECK_LIST.value: DESKS, PostingKind.RESULT.value: STREET}
"""Kinds that a property firm does not ask for itself: they are about it. The county's desk keeps the check list."""
HANGING = PROPERTY | STREET
READING = PROPERTY | DESKS | DEPARTMENT | {Role.SUPERVISOR}
"""Roles that also see what does not hang yet, and every objection."""


def may_ask(actor: Actor, area: int, kind: str) -> bool:
    if actor.is_system:
        return True
    return actor.holds(area, ASKING_FOR.get(kind, ASKING))


def may_put_up(actor: Actor, posting: Posting) -> bool:
    return actor.holds(posting.area, HANGING)


def may_take_down(actor: Actor, posting: Posting) -> bool:
    return actor.holds(posting.area, HANGING)


def may_cancel(actor: Actor, posting: Posting) -> bool:
    return may_ask(actor, posting.area, posting.kind)


def may_object(actor: Actor, posting: Posting) -> bool:
    """Residents of the compound, while it hangs."""
    return actor.is_person and actor.holds(posting.area, {Role.RESIDENT})


def may_answer(actor: Actor, posting: Posting) -> bool:
    """Whoever may ask for a posting of this kind."""
    return actor.holds(posting.area, ASKING_FOR.get(posting.kind, ASKING))


def reads_all(actor: Actor, area: int) -> bool:
    return actor.is_system or actor.holds(area, READING)


def may_read(actor: Actor, posting: Posting) -> bool:
    return reads_all(actor, posting.area) or (posting.state in POSTING_SHOWN and actor.holds(posting.area, {Role.RESIDENT}))


RULES = {
    "put_up": (may_put_up, frozenset({PostingState.ASKED})),
    "take_down": (may_take_down, frozenset({PostingState.UP})),
    "cancel": (may_cancel, frozenset({PostingState.ASKED})),
    "object": (may_object, frozenset({PostingState.UP})),
    "answer": (may_answer, POSTING_SHOWN),
}
"""Who may take a step, and in which states it is possible."""


def possible_steps(actor: Actor, posting: Posting) -> list[str]:
    return [name for name, (rule, states) in RULES.items() if posting.state in states and rule(actor, posting)]
