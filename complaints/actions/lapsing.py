"""How what was asked of an assisting organisation ends: taken back, or unanswered with its ticket."""

from complaints.actions import telling, timing
from complaints.models import Assist, Ticket
from complaints.states import AssistState
from people.actors import Actor
from tenancy import clock


def end_assist(row: Assist, *, by: Actor) -> None:
    """One part is no longer wanted: its clock stops, and the organisation sees the ticket no more."""
    row.state, row.ended_at, row.ended_by = AssistState.ENDED, clock.now(), by.user
    timing.assist_over(row, by=by)
    row.save(update_fields=["state", "ended_at", "ended_by", *timing.ASSIST_DUE_FIELDS])


def end_open_assists(ticket: Ticket, *, by: Actor) -> dict[str, list[int]]:
    """End them, and tell each organisation that nothing is expected of it any more. Returns which, as facts of the step."""
    open_ones = list(Assist.objects.filter(ticket=ticket, state=AssistState.OPEN).select_related("organisation"))
    for row in open_ones:
        end_assist(row, by=by)
        telling.tell_assistant(ticket, row.organisation, "ticket_assist_ended")
    return {"assists_ended": [row.organisation_id for row in open_ones]} if open_ones else {}
