"""A draft that stands in a plan: whatever changes of it changes what the sides agreed to (own)."""

from django.utils.translation import gettext_lazy as _

from people.actors import Actor
from projects.actions.step import StaleProject, finish_plan
from projects.models import MonthPlan, PlanItem, Project
from projects.states import PlanState, ProjectState
from tenancy.refusals import WrongState

UNPUBLISHED = (PlanState.DRAFTING, PlanState.PROPOSED)


def hold_plan(number: str) -> MonthPlan | None:
    """The unpublished plan in which a project stands, locked. Call it before the project is locked: plans lock in this order."""
    row = PlanItem.objects.filter(project__number=number, outcome="", plan__state__in=UNPUBLISHED).first()
    found: MonthPlan | None = MonthPlan.objects.select_for_update().get(pk=row.plan_id) if row else None
    return found


def ask_anew(held: MonthPlan | None, project: Project, *, by: Actor, leaves: bool = False) -> None:
    """Raise the plan's revision, so that the sides must agree again; a draft that `leaves` stands in it no longer.

    Raises WrongState while the street checks the plan, and StaleProject when the draft went into or out of a plan meanwhile.
    """
    if project.state != ProjectState.DRAFTED:
        return
    row = PlanItem.objects.filter(project=project, outcome="").first()
    if (row and row.plan_id) != (held and held.pk):
        raise StaleProject(who="", when=None, version=project.version)
    if row is None or held is None:
        return
    if held.state != PlanState.DRAFTING:
        raise WrongState(_("Its plan is with the street office. It can be changed when the street sends the plan back."))
    if leaves:
        row.delete()
    held.revision += 1
    action = "taken_out" if leaves else "project_changed"
    finish_plan(held, PlanState.DRAFTING, action, ["revision"], by=by, project=project.number)
