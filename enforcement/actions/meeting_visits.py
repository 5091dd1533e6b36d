"""A joint visit that a meeting (会商) decided on: planned like any other, and kept with the decision."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from enforcement import meeting_queries
from enforcement.actions import visits
from enforcement.actions.meetings import note
from enforcement.actions.visits import Plan
from enforcement.meeting_states import DecisionState
from enforcement.models import Meeting, MeetingDecision, Visit
from people.actors import Actor
from tenancy import areas
from tenancy.refusals import Refusal


@transaction.atomic
def plan(area: int, planned: Plan, *, by: Actor, decision: int) -> Visit:
    """Plan the visit to a compound that `decision` asks for. When it is over, the decision is done by itself.

    Raises what `visits.plan` raises, and Refusal on `decision` for one that is not open, is of another place or has its visit.
    """
    found = meeting_queries.visits_to_plan(by).filter(pk=decision).first()
    if found is None:
        raise Refusal(_("Choose a decision that still waits for its visit."), field="decision", code="not_found")
    meeting = Meeting.objects.select_for_update().get(pk=found.meeting_id)
    row = MeetingDecision.objects.select_for_update(of=("self",)).get(pk=found.pk)
    low, high = areas.subtree(meeting.area)
    if row.visit or row.state != DecisionState.OPEN or not low <= area < high:
        raise Refusal(_("Choose a decision that still waits for its visit."), field="decision", code="not_found")
    visit = visits.plan(area, planned, by=by)
    row.visit = visit.number
    row.save(update_fields=["visit"])
    note(meeting, "visit_planned", by=by, decision=row.position, visit=visit.number)
    return visit
