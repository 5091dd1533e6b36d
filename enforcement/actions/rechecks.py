"""Planning a re-check (复查): a visit of its own that carries only what failed, and does not count as one more visit."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from enforcement import finding_queries, visit_queries
from enforcement.actions import visits
from enforcement.actions.visits import Plan
from enforcement.finding_states import FindingState
from enforcement.models import Finding, Visit
from enforcement.visit_permissions import may_plan
from people.actors import Actor
from tenancy.refusals import NotAllowed, Refusal


@transaction.atomic
def plan(number: str, *, by: Actor, findings: Sequence[str], lead: int, planned_on: date, reason: str, announced: bool) -> Visit:
    """Plan a re-check of what visit `number` found and what waits to be looked at again.

    The bureaus are those that found it. Raises Refusal on `findings` for others than such.
    """
    before = visit_queries.get(by, number)
    if not may_plan(by, before):
        raise NotAllowed
    waiting = {row.number: row for row in to_look_at(by, before)}
    chosen = [waiting[each] for each in dict.fromkeys(findings) if each in waiting]
    if not chosen or len(chosen) != len(set(findings)):
        raise Refusal(_("Choose findings that wait to be looked at again."), field="findings", code="required")
    bureaus = list(dict.fromkeys(row.organisation_id for row in chosen))
    planned = Plan(lead=lead, planned_on=planned_on, reason=reason, bureaus=bureaus, announced=announced)
    visit = visits.plan(before.area, planned, by=by, recheck_of=before)
    for row in chosen:
        held = Finding.objects.select_for_update().get(pk=row.pk)
        if held.state != FindingState.RECHECK or held.recheck_id is not None:
            raise Refusal(_("Choose findings that wait to be looked at again."), field="findings", code="required")
        held.recheck = visit
        held.save(update_fields=["recheck"])
        audit.record(held, "finding.recheck_planned", by=by, area=held.area, after={"visit": visit.number})
    return visit


def to_look_at(actor: Actor, visit: Visit) -> list[Finding]:
    """What a visit found that waits for a re-check and is carried by none."""
    found = finding_queries.listed(actor).filter(visit=visit, state=FindingState.RECHECK, recheck=None)
    return list(found.order_by("pk"))
