"""Who refers a dispute to the judge's workstation (法官工作站), who says yes to it, and who settles it.

No mediation where somebody concerned does not want it (人民调解法 17); nobody's data goes to another body without their consent
(个人信息保护法 23), which can be taken back (15).
"""

from collections.abc import Callable

from enforcement.counsel_states import AT_COURT, Consent, ReferralState
from enforcement.models import Referral, ReferralParty
from people.actors import Actor
from people.roles import DEPARTMENT, STREET

COURT = "CT"
"""The kind of organisation (catalogue: 人民法院(法官工作站)) to which disputes are referred."""
BEFORE_TAKEN_UP = frozenset({ReferralState.WAITING, ReferralState.SENT})


def may_refer(actor: Actor, area: int) -> bool:
    """The street in whose compound the dispute is (own)."""
    return actor.holds(area, STREET)


def may_keep_referral(actor: Actor, referral: Referral) -> bool:
    return may_refer(actor, referral.area)


def speaks_for_court(actor: Actor, referral: Referral) -> bool:
    """Whoever acts for the court there; before everybody concerned has consented it is nobody's."""
    return referral.state in AT_COURT and referral.court_id in actor.organisations_at(referral.area, DEPARTMENT)


RULES: dict[str, tuple[Callable[[Actor, Referral], bool], frozenset[ReferralState]]] = {
    "add_party": (may_keep_referral, frozenset({ReferralState.DRAFTED})),
    "remove_party": (may_keep_referral, frozenset({ReferralState.DRAFTED})),
    "ask": (may_keep_referral, frozenset({ReferralState.DRAFTED})),
    "on_paper": (may_keep_referral, BEFORE_TAKEN_UP),
    "send": (may_keep_referral, frozenset({ReferralState.WAITING})),
    "withdraw": (may_keep_referral, BEFORE_TAKEN_UP | {ReferralState.DRAFTED}),
    "take_up": (speaks_for_court, frozenset({ReferralState.SENT})),
    "settle": (speaks_for_court, frozenset({ReferralState.TAKEN_UP})),
    "give_up": (speaks_for_court, frozenset({ReferralState.TAKEN_UP})),
}
"""Who may take a step, and in which states it is possible. What somebody concerned says: `own_steps`."""


def possible_steps(actor: Actor, referral: Referral) -> list[str]:
    return [name for name, (rule, states) in RULES.items() if referral.state in states and rule(actor, referral)]


OWN: dict[str, frozenset[Consent]] = {
    "agree": frozenset({Consent.ASKED, Consent.REFUSED, Consent.TAKEN_BACK}),
    "refuse": frozenset({Consent.ASKED}),
    "take_back": frozenset({Consent.GIVEN}),
}


def own_steps(referral: Referral, party: ReferralParty | None) -> list[str]:
    """What somebody concerned may say now, given who of those concerned they are."""
    if party is None or referral.state not in BEFORE_TAKEN_UP:
        return []
    return [name for name, states in OWN.items() if party.consent in states]
