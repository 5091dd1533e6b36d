"""Who may do what to a project and to a monthly plan. Pages, API and tasks share these, because the actions ask them.

A plan is drafted by three sides together: the firm serving the compound, the owners' committee and the neighbourhood committee;
the street office checks and publishes it. Own rules after 晋江's practice (seed).
"""

from people.actors import Actor
from people.models import Organisation
from people.roles import DEPARTMENT, DESKS, OF_AN_ORGANISATION, PROPERTY, STREET, Role
from projects.models import MonthPlan, Project
from projects.states import PLAN_POSSIBLE, POSSIBLE, PlanState, ProjectState, Side

KIND_OF_SIDE = {Side.COMMITTEE: "OC", Side.NEIGHBOURHOOD: "CM"}
MANAGING = frozenset({Role.PROPERTY_MANAGER})


def sides_of(actor: Actor, area: int) -> dict[Side, int]:
    """The sides for which somebody speaks in a compound, with the organisation of each. At most one query."""
    firms = actor.organisations_at(area, MANAGING)
    found = {Side.FIRM: min(firms)} if firms else {}
    bodies = actor.organisations_at(area, DEPARTMENT)
    if bodies:
        kinds = dict(Organisation.objects.filter(pk__in=bodies, kind__in=KIND_OF_SIDE.values()).values_list("kind", "pk"))
        found |= {side: kinds[kind] for side, kind in KIND_OF_SIDE.items() if kind in kinds}
    return found


def may_plan(actor: Actor, area: int) -> bool:
    """Draft projects and plans: each of the three sides, and the street that helps them."""
    return actor.is_system or actor.holds(area, STREET) or bool(sides_of(actor, area))


def may_read_drafts(actor: Actor, area: int) -> bool:
    """Whoever plans, checks or watches: drafts are not promises, and residents see promises only."""
    return actor.holds(area, PROPERTY | DESKS | {Role.SUPERVISOR}) or may_plan(actor, area)


def carries_out(actor: Actor, project: Project) -> bool:
    """Acts for the organisation that carries it out, in the project's place."""
    return project.lead_id in actor.organisations_at(project.area, OF_AN_ORGANISATION)


def speaks_for_neighbourhood(actor: Actor, area: int) -> bool:
    return Side.NEIGHBOURHOOD in sides_of(actor, area)


def may_change(actor: Actor, project: Project) -> bool:
    return may_plan(actor, project.area)


def may_drop(actor: Actor, project: Project) -> bool:
    """A draft: whoever plans. What was promised: the street, with a reason that everybody reads."""
    if project.state == ProjectState.DRAFTED:
        return may_plan(actor, project.area)
    return actor.holds(project.area, STREET)


def may_work(actor: Actor, project: Project) -> bool:
    return carries_out(actor, project)


def may_say(actor: Actor, project: Project) -> bool:
    """A resident of the compound; that it is one of the building, the action looks up."""
    return actor.is_person and actor.holds(project.area, {Role.RESIDENT})


def may_confirm(actor: Actor, project: Project) -> bool:
    """The neighbourhood committee; never for work that it carried out itself."""
    return speaks_for_neighbourhood(actor, project.area) and not carries_out(actor, project)


def may_send_back(actor: Actor, project: Project) -> bool:
    return may_confirm(actor, project) or actor.holds(project.area, STREET)


def may_close(actor: Actor, project: Project) -> bool:
    return actor.holds(project.area, STREET)


def may_reopen(actor: Actor, project: Project) -> bool:
    """Residents of the compound, the three sides and the street: whoever sees the defect."""
    return may_say(actor, project) or may_plan(actor, project.area)


RULES = {
    "change": may_change,
    "drop": may_drop,
    "start": may_work,
    "report": may_work,
    "deliver": may_work,
    "say": may_say,
    "confirm": may_confirm,
    "send_back": may_send_back,
    "close": may_close,
    "reopen": may_reopen,
}


def may_agree(actor: Actor, plan: MonthPlan) -> bool:
    return bool(sides_of(actor, plan.area))


def may_check(actor: Actor, plan: MonthPlan) -> bool:
    """The street office."""
    return actor.holds(plan.area, STREET)


def may_draft_plan(actor: Actor, plan: MonthPlan) -> bool:
    return may_plan(actor, plan.area)


PLAN_RULES = {
    "take_in": may_draft_plan,
    "take_out": may_draft_plan,
    "agree": may_agree,
    "propose": may_agree,
    "return": may_check,
    "publish": may_check,
    "close": may_check,
}


def possible_actions(actor: Actor, project: Project) -> list[str]:
    """What this actor may do to a project now, in the order of its life."""
    return [name for name, rule in RULES.items() if ProjectState(project.state) in POSSIBLE[name] and rule(actor, project)]


def possible_plan_actions(actor: Actor, plan: MonthPlan) -> list[str]:
    return [name for name, rule in PLAN_RULES.items() if PlanState(plan.state) in PLAN_POSSIBLE[name] and rule(actor, plan)]


def reads_inside(actor: Actor, project: Project) -> bool:
    """Quotes, who did what, and what residents said in their words: for those who plan, watch, or carry it out."""
    return may_read_drafts(actor, project.area) or carries_out(actor, project)
