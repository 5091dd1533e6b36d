"""Life of a joint visit (联合检查) and of each bureau's part in it, and what an item can turn out to be. Plain data.

A visit is planned, the bureaus are asked and name their officers, the head of the lead organisation approves, it takes place,
each bureau signs for its own items, and with the last signature it is over.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class VisitState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("visit", "being planned")
    ASKED = "asked", pgettext_lazy("visit", "bureaus asked")
    APPROVED = "approved", pgettext_lazy("visit", "approved")
    UNDER_WAY = "under_way", pgettext_lazy("visit", "under way")
    CONCLUDED = "concluded", pgettext_lazy("visit", "concluded")
    CANCELLED = "cancelled", pgettext_lazy("visit", "called off")


V = VisitState
VISIT_FIRST = V.DRAFT
VISIT_TRANSITIONS: dict[VisitState, dict[VisitState, str]] = {
    V.DRAFT: {V.ASKED: "ask", V.CANCELLED: "call_off"},
    V.ASKED: {V.DRAFT: "take_back", V.APPROVED: "approve", V.CANCELLED: "call_off"},
    V.APPROVED: {V.UNDER_WAY: "start", V.CANCELLED: "call_off"},
    V.UNDER_WAY: {V.CONCLUDED: "sign"},
    V.CONCLUDED: {},
    V.CANCELLED: {},
}
"""From a state to each next one, by the action (in `enforcement.actions.visits`). The last bureau's signature concludes."""
VISIT_FINAL = frozenset({V.CONCLUDED, V.CANCELLED})
PLANNED_VISITS = frozenset({V.DRAFT, V.ASKED})
"""Nobody outside the desks and the bureaus knows of these yet."""
SETTLED_VISITS = frozenset({V.APPROVED, V.UNDER_WAY, V.CONCLUDED})
"""What counts as a visit when the next one is planned."""


class VisitKind(models.TextChoices):
    FULL = "full", pgettext_lazy("kind of visit", "joint visit")
    CAMPAIGN = "campaign", pgettext_lazy("kind of visit", "part of a campaign")
    RECHECK = "recheck", pgettext_lazy("kind of visit", "re-check")


class MemberState(models.TextChoices):
    """What a bureau answered."""

    ASKED = "asked", pgettext_lazy("bureau asked", "not answered yet")
    JOINED = "joined", pgettext_lazy("bureau asked", "takes part")
    DECLINED = "declined", pgettext_lazy("bureau asked", "does not take part")
    SIGNED = "signed", pgettext_lazy("bureau asked", "signed")


M = MemberState
MEMBER_FIRST = M.ASKED
MEMBER_TRANSITIONS: dict[MemberState, dict[MemberState, str]] = {
    M.ASKED: {M.JOINED: "join", M.DECLINED: "decline"},
    M.JOINED: {M.ASKED: "take_back", M.DECLINED: "decline", M.SIGNED: "sign"},
    M.DECLINED: {M.JOINED: "join", M.ASKED: "take_back"},
    M.SIGNED: {},
}
MEMBER_FINAL = frozenset({M.SIGNED})


class Result(models.TextChoices):
    """What an item turned out to be."""

    UNCHECKED = "unchecked", pgettext_lazy("result of a check", "not checked")
    PASS = "pass", pgettext_lazy("result of a check", "in order")
    VIOLATION = "violation", pgettext_lazy("result of a check", "violation")
    NOT_APPLICABLE = "na", pgettext_lazy("result of a check", "does not apply")


class CompanionRole(models.TextChoices):
    """Who goes along and inspects nothing (国办发〔2024〕54号: 网格员、临聘人员不得实施检查)."""

    GRID = "grid", _("grid worker")
    EXPERT = "expert", _("expert")
    STREET = "street", _("street office")
    OTHER = "other", pgettext_lazy("companion", "other")


class PresentRole(models.TextChoices):
    """For whom the person spoke who was present in the place checked."""

    FIRM = "firm", _("property firm")
    COMMITTEE = "committee", _("owners' committee")
    SHOP = "shop", _("shop")
    OWNER = "owner", _("owner")
    NOBODY = "nobody", _("nobody was there")


class ChangeKind(models.TextChoices):
    """What a phone sends."""

    RESULT = "result", _("result of an item")
    FINDING = "finding", _("finding")
    PRESENT = "present", _("person present")


class Outcome(models.TextChoices):
    """What became of what a phone sent; nothing that was sent is thrown away."""

    APPLIED = "applied", pgettext_lazy("sent change", "taken over")
    CONFLICT = "conflict", pgettext_lazy("sent change", "differs from another")
    REFUSED = "refused", pgettext_lazy("sent change", "refused")
