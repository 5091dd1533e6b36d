"""What every step on a project has in common: the checks before it, and what is written after it."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from people.actors import Actor
from projects import queries
from projects.actions import telling
from projects.models import MonthPlan, Project, ProjectEvent
from projects.permissions import PLAN_RULES, RULES
from projects.states import PLAN_POSSIBLE, POSSIBLE, EventKind, PlanState, ProjectState
from tenancy import clock
from tenancy.refusals import NotAllowed, Stale, WrongState
from tenancy.text import clean

LONGEST_REASON = 300


class StaleProject(Stale):
    """The project is not as it was when it was read."""

    words = _("%(who)s changed this project at %(when)s. Look at it again before you go on.")


class StalePlan(Stale):
    """The plan is not as it was when it was read."""

    words = _("This plan was changed in between. Look at it again before you go on.")


def begin(number: str, action: str, *, by: Actor, version: int) -> Project:
    """The project, locked and checked: visible, allowed, unchanged since `version`, in a state that allows the action."""
    project = queries.get(by, number, lock=True)
    if not RULES[action](by, project):
        raise NotAllowed
    if project.version != version:
        last = ProjectEvent.objects.filter(project=project).select_related("by").order_by("-pk").first()
        raise StaleProject(who=last.by.label if last else "", when=last.at if last else None, version=project.version)
    if project.state not in POSSIBLE[action]:
        raise WrongState(_("This cannot be done now: the project is “%(state)s”.") % {"state": project.get_state_display()})
    return project


def finish(
    project: Project, new: ProjectState, kind: EventKind, fields: Sequence[str], *, by: Actor, text: str = "", **facts: Any
) -> None:
    """Save the changed row as the next version, append to timeline and record, and tell those whom it concerns."""
    old, project.state = project.state, new
    project.version += 1
    project.save(update_fields=[*fields, "state", "version"])
    note(project, kind, by=by, old=old, text=text, **facts)
    telling.tell(project, kind)


def note(project: Project, kind: EventKind, *, by: Actor, old: str, text: str = "", **facts: Any) -> None:
    """Append to the timeline and to the record."""
    ProjectEvent.objects.create(
        area=project.area,
        project=project,
        at=clock.now(),
        by_id=by.id,
        kind=kind,
        old_state=old,
        new_state=project.state,
        version=project.version,
        text=text,
    )
    said = {"text": text} if text else {}
    after = {"state": project.state, "version": project.version, **said, **facts}
    audit.record(project, f"project.{kind}", by=by, area=project.area, before={"state": old}, after=after)


def begin_plan(plan: MonthPlan, action: str, *, by: Actor, version: int) -> None:
    """Check a plan that was read with its lock: allowed, unchanged since `version`, in a state that allows the action."""
    if not PLAN_RULES[action](by, plan):
        raise NotAllowed
    if plan.version != version:
        raise StalePlan(who="", when=None, version=plan.version)
    if plan.state not in PLAN_POSSIBLE[action]:
        raise WrongState(_("This cannot be done now: the plan is “%(state)s”.") % {"state": plan.get_state_display()})


def finish_plan(plan: MonthPlan, new: PlanState, action: str, fields: Sequence[str], *, by: Actor, **facts: Any) -> None:
    """Save the changed row as the next version and write the record."""
    old, plan.state = plan.state, new
    plan.version += 1
    plan.save(update_fields=[*fields, "state", "version"])
    after = {"state": new, "version": plan.version, "month": f"{plan.month:%Y-%m}", **facts}
    audit.record(plan, f"plan.{action}", by=by, area=plan.area, before={"state": old}, after=after)


def reason_of(text: str, *, field: str = "text") -> str:
    """The words that a step needs, cleaned. Raises Refusal."""
    return clean(text, field=field, longest=LONGEST_REASON, lines=True)
