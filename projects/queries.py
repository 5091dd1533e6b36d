"""Reads over projects and plans. `visible_to` is the one place that says who sees which project."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from communities.queries import firm_serving
from people.actors import Actor, Post
from people.models import Organisation
from people.roles import DEPARTMENT, DESKS, PROPERTY, Role
from projects.models import Agreement, Funding, Matter, MonthPlan, Origin, PlanItem, Project, ProjectPhoto
from projects.permissions import KIND_OF_SIDE
from projects.states import LANDED, PROMISED, SHOWN, OriginKind, Outcome, ProjectState, Side, Source
from tenancy import areas
from tenancy.areas import Level
from tenancy.refusals import NotThere


def visible_to(actor: Actor) -> QuerySet[Project]:
    """The projects an actor may know of, within the scope in force.

    Residents: what was promised to their compounds. The firm, the street, the county desk and supervisors: all of their places.
    Departments, neighbourhood and owners' committees: those of places their post covers, drafts where the body plans there.
    """
    projects: QuerySet[Project] = Project.objects.all()
    if actor.is_system:
        return projects
    if not actor.is_person:
        return projects.none()
    seen = Q(pk__in=[])
    planning = planning_bodies(actor)
    for post in actor.posts:
        if post.role in PROPERTY | DESKS | {Role.SUPERVISOR} or post.organisation_id in planning:
            seen |= _within(post)
        elif post.role == Role.RESIDENT:
            seen |= _within(post) & promised()
        elif post.role in DEPARTMENT:
            seen |= _within(post) & Q(lead_id=post.organisation_id) & promised()
    return projects.filter(seen)


def planning_bodies(actor: Actor) -> set[int]:
    """The neighbourhood and owners' committees for which somebody acts."""
    bodies = {post.organisation_id for post in actor.posts if post.role in DEPARTMENT and post.organisation_id}
    if not bodies:
        return set()
    return set(Organisation.objects.filter(pk__in=bodies, kind__in=KIND_OF_SIDE.values()).values_list("pk", flat=True))


def promised() -> Q:
    """What a published plan promised, also when it was dropped later."""
    published = PlanItem.objects.filter(project=OuterRef("pk"), plan__state__in=sorted(PROMISED))
    return Q(state__in=sorted(SHOWN)) | Q(Exists(published), state=ProjectState.DROPPED)


def _within(post: Post) -> Q:
    low, high = areas.subtree(post.area)
    return Q(area__gte=low, area__lt=high)


def get(actor: Actor, number: str, *, lock: bool = False) -> Project:
    """One project the actor may see. Raises NotThere for any other number, wherever it is."""
    found = visible_to(actor).filter(number=number).select_related("compound", "building", "matter", "lead").first()
    if found is None:
        raise NotThere
    if lock:
        Project.objects.select_for_update().get(pk=found.pk)
        found.refresh_from_db()
    return found


def plans_visible_to(actor: Actor) -> QuerySet[MonthPlan]:
    """Plans: published ones for residents of the compound, all for whoever plans, checks or watches."""
    plans: QuerySet[MonthPlan] = MonthPlan.objects.all()
    if actor.is_system:
        return plans
    if not actor.is_person:
        return plans.none()
    seen = Q(pk__in=[])
    planning = planning_bodies(actor)
    for post in actor.posts:
        if post.role in PROPERTY | DESKS | {Role.SUPERVISOR} or post.organisation_id in planning:
            seen |= _within(post)
        elif post.role == Role.RESIDENT:
            seen |= _within(post) & Q(state__in=sorted(PROMISED))
    return plans.filter(seen)


def plan(actor: Actor, area: int, month: date, *, lock: bool = False) -> MonthPlan:
    """The plan of a compound's month. Raises NotThere."""
    found = plans_visible_to(actor).filter(area=area, month=month).select_related("compound").first()
    if found is None:
        raise NotThere
    if lock:
        MonthPlan.objects.select_for_update().get(pk=found.pk)
        found.refresh_from_db()
    return found


def sides_needed(area: int) -> dict[Side, Organisation]:
    """Who must agree to a compound's plan, as far as they exist: firm serving it today, owners' and neighbourhood committee."""
    found: dict[Side, Organisation] = {}
    service = firm_serving(area)
    if service is not None:
        found[Side.FIRM] = service.firm
    at = {Side.COMMITTEE: area, Side.NEIGHBOURHOOD: areas.ancestor(area, Level.NEIGHBOURHOOD)}
    for side, place in at.items():
        body = Organisation.objects.filter(kind=KIND_OF_SIDE[side], area=place).order_by("pk").first()
        if body is not None:
            found[side] = body
    return found


def agreed(plan: MonthPlan) -> set[Side]:
    """The sides that agreed to what the plan promises now."""
    rows = Agreement.objects.filter(plan=plan, revision=plan.revision).values_list("side", flat=True)
    return {Side(side) for side in rows}


def items(plan: MonthPlan) -> QuerySet[PlanItem]:
    found: QuerySet[PlanItem] = PlanItem.objects.filter(plan=plan)
    return found.select_related("project__matter", "project__lead").order_by("pk")


def promised_items(place: int, month: date) -> QuerySet[PlanItem]:
    """What the published plans of a month promise in a place of any level, within the scope in force."""
    low, high = areas.subtree(place)
    found: QuerySet[PlanItem] = PlanItem.objects.filter(
        area__gte=low, area__lt=high, plan__month=month, plan__state__in=sorted(PROMISED)
    )
    return found.select_related("project__matter", "project__lead", "project__compound").order_by("area", "pk")


LANDED_ITEM = Q(outcome=Outcome.LANDED) | Q(outcome="", project__state__in=sorted(LANDED))
"""Items of plans that have landed: said when the month was closed, or as the project stands now."""


def months_of(actor: Actor, area: int) -> QuerySet[MonthPlan]:
    """A compound's plans, the newest first, each with `planned` and `landed`."""
    landed = Q(items__outcome=Outcome.LANDED) | Q(items__outcome="", items__project__state__in=sorted(LANDED))
    counted = plans_visible_to(actor).filter(area=area).annotate(planned=Count("items"), landed=Count("items", filter=landed))
    return counted.order_by("-month")


def drafts(actor: Actor, area: int) -> QuerySet[Project]:
    """Drafted projects of a compound that stand in no plan."""
    waiting = PlanItem.objects.filter(project=OuterRef("pk"), outcome="")
    found = visible_to(actor).filter(~Exists(waiting), area=area, state=ProjectState.DRAFTED)
    return found.select_related("matter", "lead", "compound", "building").order_by("pk")


def photos(project: Project) -> QuerySet[ProjectPhoto]:
    """A project's photos, oldest first. The project comes from `get`: whoever sees it sees these."""
    found: QuerySet[ProjectPhoto] = ProjectPhoto.objects.filter(project=project)
    return found.select_related("photo").order_by("pk")


def asked(projects: Iterable[Project]) -> dict[int, int]:
    """How many complaints each of these projects answers, by primary key."""
    rows = Origin.objects.filter(project__in=list(projects), kind=OriginKind.TICKET).order_by()
    return dict(rows.values_list("project").annotate(Count("pk")))


def funding_of(projects: Iterable[Project]) -> dict[int, dict[Source, int]]:
    """Where the money of each of these projects comes from, in fen, by primary key. One query."""
    found: dict[int, dict[Source, int]] = {}
    for part in Funding.objects.filter(project__in=list(projects)):
        found.setdefault(part.project_id, {})[Source(part.source)] = part.amount_fen
    return found


def matter_of_leaf() -> dict[str, Matter]:
    """The matter that answers each leaf of the complaint catalogue."""
    return {leaf: matter for matter in Matter.objects.all() for leaf in matter.leaves}


HOT_DAYS = 90
FEWEST_TICKETS = 2
"""One complaint is a ticket; two are a spot (own)."""
