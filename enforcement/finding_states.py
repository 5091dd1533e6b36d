"""Life of a finding (检查发现的问题), from what was seen to what became of it. Plain data.

整改三种去向: put right on the spot, ordered to be put right by a day, or handed over to become a case.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class FindingState(models.TextChoices):
    FOUND = "found", pgettext_lazy("finding", "found")
    FIXED = "fixed", pgettext_lazy("finding", "put right on the spot")
    ORDERED = "ordered", pgettext_lazy("finding", "ordered to be put right")
    ANSWERED = "answered", pgettext_lazy("finding", "said to be put right")
    RECHECK = "recheck", pgettext_lazy("finding", "to be looked at again")
    ACCEPTED = "accepted", pgettext_lazy("finding", "put right")
    TRANSFERRED = "transferred", pgettext_lazy("finding", "handed over as a case")
    DROPPED = "dropped", pgettext_lazy("finding", "taken back")


F = FindingState
FINDING_FIRST = F.FOUND
FINDING_TRANSITIONS: dict[FindingState, dict[FindingState, str]] = {
    F.FOUND: {F.FIXED: "fix", F.ORDERED: "order", F.TRANSFERRED: "transfer", F.DROPPED: "drop"},
    F.ORDERED: {F.ANSWERED: "answer", F.ACCEPTED: "accept", F.TRANSFERRED: "transfer", F.DROPPED: "drop"},
    F.ANSWERED: {F.ACCEPTED: "accept", F.ORDERED: "send_back", F.RECHECK: "ask_recheck", F.TRANSFERRED: "transfer"},
    F.RECHECK: {F.ACCEPTED: "accept", F.ORDERED: "send_back", F.TRANSFERRED: "transfer"},
    F.FIXED: {},
    F.ACCEPTED: {},
    F.TRANSFERRED: {},
    F.DROPPED: {},
}
"""From a state to each next one, by the action (in `enforcement.actions.findings`)."""
FINDING_FINAL = frozenset({F.FIXED, F.ACCEPTED, F.TRANSFERRED, F.DROPPED})
FINDING_OPEN = frozenset(F) - FINDING_FINAL
UNDER_ORDER = frozenset({F.ORDERED, F.ANSWERED, F.RECHECK})
"""What has a day by which it must be right."""
PUT_RIGHT = frozenset({F.FIXED, F.ACCEPTED})


class Party(models.TextChoices):
    """Who answers for it (责任主体)."""

    FIRM = "firm", _("property firm")
    OWNER = "owner", _("owner")
    SHOP = "shop", _("shop")
    COMMITTEE = "committee", _("owners' committee")
    OTHER = "other", pgettext_lazy("party", "somebody else")


class FindingEventKind(models.TextChoices):
    FOUND = "found", pgettext_lazy("event of a finding", "found")
    FIXED = "fix", pgettext_lazy("event of a finding", "put right on the spot")
    ORDERED = "order", pgettext_lazy("event of a finding", "ordered to be put right")
    ANSWERED = "answer", pgettext_lazy("event of a finding", "said to be put right")
    SENT_BACK = "send_back", pgettext_lazy("event of a finding", "not put right yet")
    RECHECK = "ask_recheck", pgettext_lazy("event of a finding", "to be looked at again on the spot")
    ACCEPTED = "accept", pgettext_lazy("event of a finding", "accepted as put right")
    TRANSFERRED = "transfer", pgettext_lazy("event of a finding", "handed over as a case")
    DROPPED = "drop", pgettext_lazy("event of a finding", "taken back")
    EXTENSION_ASKED = "ask_time", pgettext_lazy("event of a finding", "asked for more time")
    EXTENDED = "extend", pgettext_lazy("event of a finding", "more time given")
    NOT_EXTENDED = "not_extend", pgettext_lazy("event of a finding", "no more time given")
    LATE = "late", pgettext_lazy("event of a finding", "late")
    LIFTED = "lift", pgettext_lazy("event of a finding", "publication lifted")
    LINKED = "link", pgettext_lazy("event of a finding", "linked")
