"""Life of a ticket (诉求工单), as plain data: used by the actions, the buttons, the docs, the tests and a database trigger."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    SUBMITTED = "submitted", _("submitted")
    TRIAGE = "triage", _("waiting for triage")
    DISPATCHED = "dispatched", _("dispatched")
    ACCEPTED = "accepted", _("accepted")
    RESOLVED = "resolved", _("resolved")
    RATED = "rated", _("rated")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")
    REFUSED = "refused", _("not taken up")


@dataclass(frozen=True)
class Edge:
    """One step that `action` (a name in `complaints.actions.tickets` or `.routing`) may take."""

    old: State
    new: State
    action: str


S = State
EDGES: tuple[Edge, ...] = (
    Edge(S.SUBMITTED, S.DISPATCHED, "route"),
    Edge(S.SUBMITTED, S.TRIAGE, "route"),
    Edge(S.SUBMITTED, S.CANCELLED, "cancel"),
    Edge(S.TRIAGE, S.DISPATCHED, "dispatch"),
    Edge(S.TRIAGE, S.REFUSED, "refuse"),
    Edge(S.TRIAGE, S.CANCELLED, "cancel"),
    Edge(S.DISPATCHED, S.ACCEPTED, "accept"),
    Edge(S.DISPATCHED, S.TRIAGE, "give_back"),
    Edge(S.DISPATCHED, S.CANCELLED, "cancel"),
    Edge(S.ACCEPTED, S.RESOLVED, "resolve"),
    Edge(S.ACCEPTED, S.CANCELLED, "cancel"),
    Edge(S.RESOLVED, S.RATED, "rate"),
    Edge(S.RESOLVED, S.ACCEPTED, "redo"),
    Edge(S.RESOLVED, S.CLOSED, "close"),
    Edge(S.RATED, S.ACCEPTED, "redo"),
    Edge(S.RATED, S.CLOSED, "close"),
)
FIRST = S.SUBMITTED
FINAL = frozenset({S.CLOSED, S.CANCELLED, S.REFUSED})
OPEN = frozenset({S.SUBMITTED, S.TRIAGE, S.DISPATCHED, S.ACCEPTED})
"""States in which somebody still has to act for the reporter."""

TRANSITIONS: dict[State, frozenset[State]] = {
    state: frozenset(edge.new for edge in EDGES if edge.old == state) for state in State
}
FROM: dict[str, frozenset[State]] = {
    action: frozenset(edge.old for edge in EDGES if edge.action == action) for action in {edge.action for edge in EDGES}
}
"""The states in which each of these actions is possible."""

SENT = frozenset({S.DISPATCHED, S.ACCEPTED, S.RESOLVED, S.RATED})
"""States in which an organisation leads and nothing has ended."""
WITHIN: dict[str, frozenset[State]] = {
    "publish": SENT | {S.CLOSED},
    "unpublish": frozenset(State),
    "assist": frozenset({S.DISPATCHED, S.ACCEPTED}),
    "answer_assist": SENT | {S.TRIAGE},
    "end_assist": SENT | {S.TRIAGE},
}
"""Actions that leave the state as it is, and the states in which each is possible."""
POSSIBLE: dict[str, frozenset[State]] = FROM | WITHIN


class AssistState(models.TextChoices):
    """协办: what was asked of an assisting organisation."""

    OPEN = "open", _("not answered yet")
    ANSWERED = "answered", pgettext_lazy("assist", "answered")
    ENDED = "ended", _("taken back")


ASSIST_TRANSITIONS: dict[AssistState, frozenset[AssistState]] = {
    AssistState.OPEN: frozenset({AssistState.ANSWERED, AssistState.ENDED}),
    AssistState.ANSWERED: frozenset({AssistState.ENDED}),
    AssistState.ENDED: frozenset(),
}
"""Whoever is asked once more after an answer is asked anew, in a row of its own."""


class Channel(models.TextChoices):
    WEB = "web", _("web page")
    API = "api", _("API")
    QR = "qr", _("QR code, without an account")
    PATROL = "patrol", _("found on patrol")
    PHONE = "phone", _("by telephone")


class EventKind(models.TextChoices):
    FILED = "filed", _("filed")
    ROUTED = "routed", _("routed")
    TRIAGED = "triaged", _("sent to triage")
    DISPATCHED = "dispatched", _("dispatched")
    GIVEN_BACK = "given_back", _("returned")
    ACCEPTED = "accepted", _("accepted")
    RESOLVED = "resolved", _("answered")
    RATED = "rated", _("rated")
    REDONE = "redone", _("to be done again")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")
    REFUSED = "refused", _("not taken up")
    REVEALED = "revealed", _("reporter looked up")
    PUBLISHED = "published", _("made public")
    UNPUBLISHED = "unpublished", _("no longer public")
    ASSIST_ASKED = "assist_asked", _("assistance asked for")
    ASSISTED = "assisted", _("assistance answered")
    ASSIST_ENDED = "assist_ended", _("assistance taken back")


class PhotoKind(models.TextChoices):
    FILED = "filed", _("with the complaint")
    ANSWER = "answer", _("with the answer")
