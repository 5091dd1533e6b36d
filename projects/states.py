"""Lives of a practical project (实事项目) and of a compound's monthly plan (月度计划), as plain data."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProjectState(models.TextChoices):
    DRAFTED = "drafted", pgettext_lazy("project", "drafted")
    PLANNED = "planned", pgettext_lazy("project", "planned")
    WORKING = "working", pgettext_lazy("project", "under way")
    DELIVERED = "delivered", pgettext_lazy("project", "waiting for acceptance")
    ACCEPTED = "accepted", pgettext_lazy("project", "accepted by residents")
    CLOSED = "closed", pgettext_lazy("project", "done")
    DROPPED = "dropped", pgettext_lazy("project", "dropped")


class PlanState(models.TextChoices):
    DRAFTING = "drafting", pgettext_lazy("monthly plan", "being drafted")
    PROPOSED = "proposed", pgettext_lazy("monthly plan", "with the street office")
    PUBLISHED = "published", pgettext_lazy("monthly plan", "published")
    CLOSED = "closed", pgettext_lazy("monthly plan", "closed")


S = TypeVar("S", ProjectState, PlanState)


@dataclass(frozen=True)
class Edge(Generic[S]):
    """One step that the action of this name may take."""

    old: S
    new: S
    action: str


P = ProjectState
PROJECT_EDGES: tuple[Edge[ProjectState], ...] = (
    Edge(P.DRAFTED, P.PLANNED, "publish"),
    Edge(P.DRAFTED, P.DROPPED, "drop"),
    Edge(P.PLANNED, P.WORKING, "start"),
    Edge(P.PLANNED, P.DROPPED, "drop"),
    Edge(P.WORKING, P.DELIVERED, "deliver"),
    Edge(P.WORKING, P.DROPPED, "drop"),
    Edge(P.DELIVERED, P.WORKING, "send_back"),
    Edge(P.DELIVERED, P.ACCEPTED, "confirm"),
    Edge(P.ACCEPTED, P.WORKING, "send_back"),
    Edge(P.ACCEPTED, P.CLOSED, "close"),
    Edge(P.CLOSED, P.WORKING, "reopen"),
)
M = PlanState
PLAN_EDGES: tuple[Edge[PlanState], ...] = (
    Edge(M.DRAFTING, M.PROPOSED, "propose"),
    Edge(M.PROPOSED, M.DRAFTING, "return"),
    Edge(M.PROPOSED, M.PUBLISHED, "publish"),
    Edge(M.PUBLISHED, M.CLOSED, "close"),
)
PROJECT_FIRST, PLAN_FIRST = P.DRAFTED, M.DRAFTING
PROJECT_FINAL, PLAN_FINAL = frozenset({P.DROPPED}), frozenset({M.CLOSED})
"""A project that is done can come back within its warranty; one that was dropped cannot."""


def _transitions(edges: tuple[Edge[S], ...], states: type[S]) -> dict[S, frozenset[S]]:
    return {state: frozenset(edge.new for edge in edges if edge.old == state) for state in states}


PROJECT_TRANSITIONS = _transitions(PROJECT_EDGES, ProjectState)
PLAN_TRANSITIONS = _transitions(PLAN_EDGES, PlanState)
LANDED = frozenset({P.ACCEPTED, P.CLOSED})
"""落地: the residents have said yes."""
SHOWN = frozenset(P) - {P.DRAFTED, P.DROPPED}
"""What residents of the compound see; a dropped one only when it had been promised."""
PROMISED = frozenset({M.PUBLISHED, M.CLOSED})
"""Plans that promise something."""
IN_HAND = frozenset({P.PLANNED, P.WORKING, P.DELIVERED})

POSSIBLE: dict[str, frozenset[ProjectState]] = {
    action: frozenset(edge.old for edge in PROJECT_EDGES if edge.action == action)
    for action in {edge.action for edge in PROJECT_EDGES} - {"publish"}
} | {
    "change": frozenset({P.DRAFTED}),
    "report": frozenset({P.WORKING}),
    "say": frozenset({P.DELIVERED}),
}
"""The states in which each action on a project is possible; publishing goes by the plan."""
PLAN_POSSIBLE: dict[str, frozenset[PlanState]] = {
    action: frozenset(edge.old for edge in PLAN_EDGES if edge.action == action) for action in {e.action for e in PLAN_EDGES}
} | {
    "take_in": frozenset({M.DRAFTING}),
    "take_out": frozenset({M.DRAFTING}),
    "agree": frozenset({M.DRAFTING}),
}


class Side(models.TextChoices):
    """Who drafts a plan together."""

    FIRM = "firm", _("property firm")
    COMMITTEE = "committee", _("owners' committee")
    NEIGHBOURHOOD = "neighbourhood", _("neighbourhood committee")


class OriginKind(models.TextChoices):
    """来源: what a project grew from."""

    TICKET = "ticket", _("complaint")
    MEETING = "meeting", _("decision of a meeting")
    FINDING = "finding", _("finding of an inspection")
    PROPOSAL = "proposal", _("owner's proposal")
    OWNER_FUNDED = "owner_funded", _("work that owners pay for themselves")
    OWN = "own", _("seen by those who plan")


class Source(models.TextChoices):
    """资金来源: where the money comes from."""

    MAINTENANCE = "maintenance", _("maintenance fund")
    REVENUE = "revenue", _("public revenue of the compound")
    PUBLIC = "public", _("public budget")
    FIRM = "firm", pgettext_lazy("money", "property firm")
    OWNERS = "owners", pgettext_lazy("money", "collected among owners")


class Ground(models.TextChoices):
    """先地下后地上."""

    BELOW = "below", _("below ground")
    ABOVE = "above", _("above ground")


class Use(models.TextChoices):
    """先功能后景观."""

    FUNCTION = "function", _("it must work")
    LANDSCAPE = "landscape", _("it must look well")


class Outcome(models.TextChoices):
    """What became of a project in a month that is over."""

    LANDED = "landed", pgettext_lazy("project in a month", "landed")
    CARRIED = "carried", pgettext_lazy("project in a month", "carried over")
    DROPPED = "dropped", pgettext_lazy("project in a month", "dropped")


class Stage(models.TextChoices):
    BEFORE = "before", _("before")
    DURING = "during", pgettext_lazy("photo", "during the work")
    AFTER = "after", pgettext_lazy("photo", "after")


class EventKind(models.TextChoices):
    DRAFTED = "drafted", pgettext_lazy("project", "drafted")
    CHANGED = "changed", pgettext_lazy("project", "changed")
    PLANNED = "planned", pgettext_lazy("project", "promised in the plan of a month")
    CARRIED = "carried", pgettext_lazy("project", "carried over to the next month")
    STARTED = "started", pgettext_lazy("project", "work began")
    REPORTED = "reported", pgettext_lazy("project", "progress reported")
    SILENT = "silent", pgettext_lazy("project", "nothing reported for a week")
    DELIVERED = "delivered", pgettext_lazy("project", "work finished")
    SENT_BACK = "sent_back", pgettext_lazy("project", "sent back to be done again")
    CONFIRMED = "confirmed", pgettext_lazy("project", "acceptance confirmed")
    CLOSED = "closed", pgettext_lazy("project", "closed")
    REOPENED = "reopened", pgettext_lazy("project", "reopened for a defect")
    DROPPED = "dropped", pgettext_lazy("project", "dropped")
