"""Life of a referral to the judge's workstation (法官工作站), and of the consent of each person concerned: plain data."""

from django.db import models
from django.utils.translation import pgettext_lazy


class ReferralState(models.TextChoices):
    DRAFTED = "drafted", pgettext_lazy("referral", "drafted")
    WAITING = "waiting", pgettext_lazy("referral", "waiting for consent")
    SENT = "sent", pgettext_lazy("referral", "sent to the court")
    TAKEN_UP = "taken_up", pgettext_lazy("referral", "taken up")
    SETTLED = "settled", pgettext_lazy("referral", "settled")
    NOT_SETTLED = "not_settled", pgettext_lazy("referral", "not settled")
    WITHDRAWN = "withdrawn", pgettext_lazy("referral", "withdrawn")


REFERRAL_FIRST = ReferralState.DRAFTED
REFERRAL_TRANSITIONS: dict[ReferralState, dict[ReferralState, str]] = {
    ReferralState.DRAFTED: {ReferralState.WAITING: "ask", ReferralState.WITHDRAWN: "withdraw"},
    ReferralState.WAITING: {ReferralState.SENT: "send", ReferralState.WITHDRAWN: "withdraw"},
    ReferralState.SENT: {
        ReferralState.WAITING: "take_back",
        ReferralState.TAKEN_UP: "take_up",
        ReferralState.WITHDRAWN: "withdraw",
    },
    ReferralState.TAKEN_UP: {ReferralState.SETTLED: "settle", ReferralState.NOT_SETTLED: "give_up"},
    ReferralState.SETTLED: {},
    ReferralState.NOT_SETTLED: {},
    ReferralState.WITHDRAWN: {},
}
"""From a state to each next one, by the action (in `enforcement.actions.referrals` or `.consents`) that takes the step."""
REFERRAL_FINAL = frozenset({ReferralState.SETTLED, ReferralState.NOT_SETTLED, ReferralState.WITHDRAWN})
AT_COURT = frozenset({ReferralState.SENT, ReferralState.TAKEN_UP, ReferralState.SETTLED, ReferralState.NOT_SETTLED})
"""States in which the court sees it: everybody concerned has consented."""


class Consent(models.TextChoices):
    ASKED = "asked", pgettext_lazy("consent", "not said yet")
    GIVEN = "given", pgettext_lazy("consent", "agrees")
    REFUSED = "refused", pgettext_lazy("consent", "does not agree")
    TAKEN_BACK = "taken_back", pgettext_lazy("consent", "taken back")


CONSENT_FIRST = Consent.ASKED
CONSENT_TRANSITIONS: dict[Consent, dict[Consent, str]] = {
    Consent.ASKED: {Consent.GIVEN: "agree", Consent.REFUSED: "refuse"},
    Consent.GIVEN: {Consent.TAKEN_BACK: "take_back"},
    Consent.REFUSED: {Consent.GIVEN: "agree"},
    Consent.TAKEN_BACK: {Consent.GIVEN: "agree"},
}
"""By the actions of `enforcement.actions.consents`. Consent may be given after all, and taken back until it was taken up."""


class Way(models.TextChoices):
    """How somebody said so."""

    PORTAL = "portal", pgettext_lazy("way of consent", "here, by themselves")
    PAPER = "paper", pgettext_lazy("way of consent", "on paper")
