"""Life of a ticket (诉求工单), as plain data: used by the actions, the buttons, the docs, the tests and a database trigger."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    SUBMITTED = "submitted", _("submitted")
    TRIAGE = "triage", _("waiting for triage")
    ARBITRATION = "arbitration", _("waiting for arbitration")
    DISPATCHED = "dispatched", _("dispatched")
    ACCEPTED = "accepted", _("accepted")
    MERGED = "merged", pgettext_lazy("ticket", "merged")
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
    Edge(S.TRIAGE, S.RESOLVED, "reply_directly"),
    Edge(S.TRIAGE, S.CANCELLED, "cancel"),
    Edge(S.DISPATCHED, S.ACCEPTED, "accept"),
    Edge(S.DISPATCHED, S.TRIAGE, "give_back"),
    Edge(S.DISPATCHED, S.ARBITRATION, "give_back"),
    Edge(S.DISPATCHED, S.TRIAGE, "recall"),
    Edge(S.DISPATCHED, S.CANCELLED, "cancel"),
    Edge(S.ARBITRATION, S.DISPATCHED, "arbitrate"),
    Edge(S.ARBITRATION, S.CANCELLED, "cancel"),
    Edge(S.ACCEPTED, S.RESOLVED, "resolve"),
    Edge(S.ACCEPTED, S.CANCELLED, "cancel"),
    Edge(S.TRIAGE, S.MERGED, "merge"),
    Edge(S.DISPATCHED, S.MERGED, "merge"),
    Edge(S.ACCEPTED, S.MERGED, "merge"),
    Edge(S.MERGED, S.TRIAGE, "unmerge"),
    Edge(S.MERGED, S.DISPATCHED, "unmerge"),
    Edge(S.MERGED, S.ACCEPTED, "unmerge"),
    Edge(S.MERGED, S.RESOLVED, "carry_answer"),
    Edge(S.MERGED, S.CANCELLED, "cancel"),
    Edge(S.RESOLVED, S.RATED, "rate"),
    Edge(S.RESOLVED, S.ACCEPTED, "redo"),
    Edge(S.RESOLVED, S.CLOSED, "close"),
    Edge(S.RATED, S.ACCEPTED, "redo"),
    Edge(S.RATED, S.CLOSED, "close"),
    Edge(S.RATED, S.DISPATCHED, "second_handling"),
)
FIRST = S.SUBMITTED
FINAL = frozenset({S.CLOSED, S.CANCELLED, S.REFUSED})
OPEN = frozenset({S.SUBMITTED, S.TRIAGE, S.ARBITRATION, S.DISPATCHED, S.ACCEPTED})
"""States in which somebody still has to act for the reporter."""
UNANSWERED = OPEN | {S.MERGED}
"""Neither answered nor ended: of what is merged, the main ticket is the one that somebody acts on."""

TRANSITIONS: dict[State, frozenset[State]] = {
    state: frozenset(edge.new for edge in EDGES if edge.old == state) for state in State
}
FROM: dict[str, frozenset[State]] = {
    action: frozenset(edge.old for edge in EDGES if edge.action == action) for action in {edge.action for edge in EDGES}
}
"""The states in which each of these actions is possible."""

SENT = frozenset({S.DISPATCHED, S.ACCEPTED, S.RESOLVED, S.RATED})
"""States in which an organisation leads and nothing has ended."""
AT_WORK = frozenset({S.DISPATCHED, S.ACCEPTED})
TO_SORT = frozenset({S.TRIAGE, S.ARBITRATION})
"""A person must say where it goes: the street, or the county desk."""
UNSORTED = TO_SORT | {S.SUBMITTED}
WITHIN: dict[str, frozenset[State]] = {
    "contact": frozenset({S.ACCEPTED}),
    "arrive": frozenset({S.ACCEPTED}),
    "ask": frozenset({S.ACCEPTED}),
    "reply": frozenset({S.ACCEPTED}),
    "resume": frozenset({S.ACCEPTED}),
    "ask_extension": frozenset({S.ACCEPTED}),
    "grant_extension": frozenset({S.ACCEPTED}),
    "refuse_extension": frozenset({S.ACCEPTED}),
    "recategorise": AT_WORK,
    "split": TO_SORT | AT_WORK,
    "nudge": OPEN - {S.SUBMITTED},
    "supervise": OPEN - {S.SUBMITTED},
    "publish": SENT | {S.CLOSED},
    "unpublish": frozenset(State),
    "assist": AT_WORK,
    "answer_assist": SENT | TO_SORT,
    "end_assist": SENT | TO_SORT,
}
"""Actions that leave the state as it is, and the states in which each is possible."""
POSSIBLE: dict[str, frozenset[State]] = FROM | WITHIN


class ReturnReason(models.TextChoices):
    """退单理由: why an organisation says that it is not for it (after 12345 practice; own list)."""

    ELSEWHERE = "elsewhere", _("It lies in somebody else's place")
    UNCLEAR_RIGHTS = "unclear_rights", _("It is unclear who owns or answers for it")
    OVERLAP = "overlap", _("Several organisations are competent")
    NOT_OURS = "not_ours", _("It is another organisation's duty")
    INCOMPLETE = "incomplete", _("What is needed to act is missing")


MOST_RETURNS = 2
"""After the second return the county desk decides, and that stands."""


class Confirmed(models.TextChoices):
    """How somebody confirmed, or corrected, what a ticket is about."""

    DISPATCHED = "dispatched", _("dispatched by hand")
    RECATEGORISED = "recategorised", _("kind changed by hand")
    ARBITRATED = "arbitrated", _("decided by arbitration")
    ANSWERED = "answered", _("answered as it was")


class ExtensionState(models.TextChoices):
    """延期: what became of a wish for more time."""

    ASKED = "asked", _("waiting for a decision")
    GRANTED = "granted", pgettext_lazy("extension", "granted")
    REFUSED = "refused", pgettext_lazy("extension", "refused")


EXTENSION_TRANSITIONS: dict[ExtensionState, frozenset[ExtensionState]] = {
    ExtensionState.ASKED: frozenset({ExtensionState.GRANTED, ExtensionState.REFUSED}),
    ExtensionState.GRANTED: frozenset(),
    ExtensionState.REFUSED: frozenset(),
}


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
    PARTNER = "partner", _("handed over by another system")
    OPEN311 = "open311", _("from another office's system (Open311)")


class EventKind(models.TextChoices):
    FILED = "filed", _("filed")
    ROUTED = "routed", _("routed")
    TRIAGED = "triaged", _("sent to triage")
    DISPATCHED = "dispatched", _("dispatched")
    GIVEN_BACK = "given_back", _("returned")
    RECALLED = "recalled", _("dispatch taken back")
    ACCEPTED = "accepted", _("accepted")
    RESOLVED = "resolved", _("answered")
    RATED = "rated", _("rated")
    REDONE = "redone", _("to be done again")
    SECOND = "second", _("second handling")
    CALLED_BACK = "called_back", _("called back")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")
    REFUSED = "refused", _("not taken up")
    REVEALED = "revealed", _("reporter looked up")
    PUBLISHED = "published", _("made public")
    UNPUBLISHED = "unpublished", _("no longer public")
    CONTACTED = "contacted", _("reporter contacted")
    ARRIVED = "arrived", _("on site")
    ASKED = "asked", _("reporter asked")
    REPLIED = "replied", _("reporter replied")
    RESUMED = "resumed", _("taken up again")
    EXTENSION_ASKED = "extension_asked", _("more time asked for")
    EXTENDED = "extended", _("more time granted")
    EXTENSION_REFUSED = "extension_refused", _("more time refused")
    RECATEGORISED = "recategorised", _("kind changed")
    SPLIT = "split", _("divided into parts")
    PART_DONE = "part_done", _("a part was answered")
    ARBITRATED = "arbitrated", _("decided by arbitration")
    REMINDED = "reminded", _("deadline near")
    OVERDUE = "overdue", _("deadline passed")
    ESCALATED = "escalated", _("escalated")
    NUDGED = "nudged", _("urged on")
    SUPERVISED = "supervised", _("placed under supervision")
    CALENDAR_REVISED = "calendar_revised", _("deadlines judged by a revised calendar")
    ASSIST_ASKED = "assist_asked", _("assistance asked for")
    ASSISTED = "assisted", _("assistance answered")
    ASSIST_ENDED = "assist_ended", _("assistance taken back")
    MERGED = "merged", pgettext_lazy("event", "merged with another")
    UNMERGED = "unmerged", _("taken out again")
    TOOK_IN = "took_in", _("another ticket merged with it")


class PhotoKind(models.TextChoices):
    FILED = "filed", _("with the complaint")
    ANSWER = "answer", _("with the answer")
