"""Who hears of a project's step: whoever reported what it grew from, those who must act next, and the residents it is for.

Nobody has to remember to tell them; every step does (`step.finish`).
"""

from collections.abc import Iterable
from datetime import date

from communities import queries as communities
from complaints.models import Ticket
from notices import actions as notices
from people.models import User, UserKind
from people.queries import holders
from people.roles import OF_AN_ORGANISATION, STREET, Role
from projects import queries
from projects.models import MonthPlan, Project
from projects.states import EventKind, Side

FOLLOWED = frozenset(EventKind) - {EventKind.DRAFTED, EventKind.CHANGED, EventKind.SILENT}
"""What those who follow the first complaint are told of."""
TO_RESIDENTS = frozenset({EventKind.DELIVERED})
TO_LEAD = frozenset({EventKind.PLANNED, EventKind.SENT_BACK, EventKind.REOPENED, EventKind.SILENT, EventKind.DROPPED})
TO_STREET = frozenset({EventKind.CONFIRMED, EventKind.REOPENED, EventKind.SILENT})


def followers(project: Project) -> list[User]:
    """Those who reported the complaints that it grew from, each once; never named to each other."""
    reporters = Ticket.objects.filter(pk__in=project.origins.exclude(ticket=None).values("ticket"), reporter__isnull=False)
    return list(User.objects.filter(pk__in=reporters.values("reporter"), kind=UserKind.PERSON, is_active=True).order_by("pk"))


def tell(project: Project, kind: EventKind, *, once: str = "") -> None:
    """Tell everybody whom this step concerns, each person once. `once` tells apart what one version may be told several times."""
    told: set[int] = set()
    if kind in TO_RESIDENTS:
        _tell(holders([Role.RESIDENT], project.area), f"project_accept_{kind}", project, told, once)
    if kind == EventKind.DELIVERED:
        _tell(neighbourhood(project.area), f"project_accept_{kind}", project, told, once)
    if kind in TO_LEAD:
        _tell(holders(OF_AN_ORGANISATION, project.area, organisation=project.lead), f"project_lead_{kind}", project, told, once)
    if kind in TO_STREET:
        _tell(holders(STREET, project.area), f"project_street_{kind}", project, told, once)
    if kind in FOLLOWED:
        _tell(followers(project), f"project_{kind}", project, told, once)


def neighbourhood(area: int) -> list[User]:
    body = queries.sides_needed(area).get(Side.NEIGHBOURHOOD)
    return list(holders(OF_AN_ORGANISATION, area, organisation=body)) if body else []


def _tell(people: Iterable[User], kind: str, project: Project, told: set[int], once: str) -> None:
    fresh = [person for person in people if person.pk not in told]
    told |= {person.pk for person in fresh}
    tell_once(fresh, kind, project, once=once or f"{project.version}")


def tell_once(people: Iterable[User], kind: str, project: Project, *, once: str) -> None:
    """Tell these people, once for each `once`."""
    notices.tell(
        people,
        kind,
        area=project.area,
        key=f"{project.number}:{once}:{kind}",
        facts={
            "number": project.number,
            "title": project.title,
            "place": project.compound.name,
            "ends_on": f"{project.ends_on:%m-%d}",
            "progress": f"{project.progress}%",
        },
        url=f"/projects/{project.number}/",
    )


def tell_plan(people: Iterable[User], kind: str, plan: MonthPlan) -> None:
    """Tell these people of the plan's present version."""
    notices.tell(
        people,
        kind,
        area=plan.area,
        key=f"plan:{plan.pk}:{plan.version}:{kind}",
        facts={"place": plan.compound.name, "month": f"{plan.month:%Y-%m}"},
        url=f"/compounds/{plan.area:015d}/plans/{plan.month:%Y-%m}/",
    )


def tell_month(people: Iterable[User], kind: str, area: int, month: date) -> None:
    """Tell these people of a month that may have no plan yet."""
    unique = {person.pk: person for person in people}
    notices.tell(
        unique.values(),
        kind,
        area=area,
        key=f"plan:{area}:{month:%Y-%m}:{kind}",
        facts={"place": communities.compound(area).name, "month": f"{month:%Y-%m}"},
        url=f"/compounds/{area:015d}/plans/{month:%Y-%m}/",
    )
