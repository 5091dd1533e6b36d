"""Life of a consultation meeting (会商) and of what it decides: plain data, enforced by the database as well."""

from django.db import models
from django.utils.translation import pgettext_lazy


class MeetingKind(models.TextChoices):
    CONSULTATION = "consultation", pgettext_lazy("meeting", "consultation")
    GUARDS = "guards", pgettext_lazy("meeting", "police and guards together")
    OTHER = "other", pgettext_lazy("meeting", "something else")


class MeetingState(models.TextChoices):
    CALLED = "called", pgettext_lazy("meeting", "called")
    HELD = "held", pgettext_lazy("meeting", "held")
    CLOSED = "closed", pgettext_lazy("meeting", "closed")
    CANCELLED = "cancelled", pgettext_lazy("meeting", "cancelled")


MEETING_FIRST = MeetingState.CALLED
MEETING_TRANSITIONS: dict[MeetingState, dict[MeetingState, str]] = {
    MeetingState.CALLED: {MeetingState.HELD: "hold", MeetingState.CANCELLED: "cancel"},
    MeetingState.HELD: {MeetingState.CLOSED: "close"},
    MeetingState.CLOSED: {},
    MeetingState.CANCELLED: {},
}
"""From a state to each next one, by the action (in `enforcement.actions.meetings`) that takes the step."""
MEETING_FINAL = frozenset({MeetingState.CLOSED, MeetingState.CANCELLED})
OPEN_MEETINGS = frozenset({MeetingState.CALLED, MeetingState.HELD})


class DecisionKind(models.TextChoices):
    """What becomes of a decision: filed as a complaint's ticket, a joint visit that is to be planned, or a plain task."""

    TICKET = "ticket", pgettext_lazy("decision", "becomes a ticket")
    VISIT = "visit", pgettext_lazy("decision", "a joint visit is to be planned")
    TASK = "task", pgettext_lazy("decision", "a task")


class DecisionState(models.TextChoices):
    OPEN = "open", pgettext_lazy("decision", "to be done")
    DONE = "done", pgettext_lazy("decision", "done")
    DROPPED = "dropped", pgettext_lazy("decision", "dropped")


DECISION_FIRST = DecisionState.OPEN
DECISION_TRANSITIONS: dict[DecisionState, dict[DecisionState, str]] = {
    DecisionState.OPEN: {DecisionState.DONE: "report_done", DecisionState.DROPPED: "drop"},
    DecisionState.DONE: {},
    DecisionState.DROPPED: {},
}
"""As above; the actions are in `enforcement.actions.decisions`."""
DECISION_FINAL = frozenset({DecisionState.DONE, DecisionState.DROPPED})
