"""The month report of a compound, a street or a county: what it was, line by line, as it stands at the moment it is asked for.

Pages, papers and sheets are made of it. Residents get their compound's; the others those of the places they watch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from people.actors import Actor
from people.queries import place_names
from people.roles import DESKS, Role
from projects import figures, months, queries
from projects.figures import Sums
from projects.models import MonthPlan, PlanItem, Project
from projects.states import PROMISED, Source
from tenancy import areas, clock
from tenancy.areas import Level
from tenancy.refusals import NotThere

WATCHING = DESKS | {Role.SUPERVISOR}


@dataclass(frozen=True)
class Line:
    """One project in the month. `funding` is fen by source; `reason` says why it has not landed, where that was said."""

    project: Project
    street: str
    landed: bool
    late: bool
    silent: bool
    outcome: str
    reason: str
    funding: dict[Source, int]


@dataclass(frozen=True)
class Report:
    """`below`: the places the numbers are made of, by name, empty for a compound, which has its `plan` instead.

    Lines: first what has not landed, the late before the others, then by place.
    """

    place: int
    name: str
    above: str
    month: date
    made_at: datetime
    sums: Sums
    below: list[tuple[str, Sums]]
    lines: list[Line]
    plan: MonthPlan | None
    following: list[Project]


def watched(actor: Actor) -> list[int]:
    """The places that somebody watches over, the widest first."""
    places = {post.area for post in actor.posts if post.role in WATCHING}
    return sorted(places, key=lambda area: (-areas.SPANS[areas.level_of(area)], area))


def watches(actor: Actor, place: int) -> bool:
    return any(low <= place < high for low, high in map(areas.subtree, watched(actor)))


def of_compound(actor: Actor, area: int, month: date) -> Report:
    """Raises NotThere while there is no published plan that the actor sees."""
    plan = queries.plan(actor, area, month)
    if plan.state not in PROMISED:
        raise NotThere
    following = queries.plans_visible_to(actor).filter(area=area, month=months.after(month), state__in=sorted(PROMISED)).first()
    promised = [item.project for item in queries.items(following)] if following else []
    return _report(area, month, list(queries.promised_items(area, month)), plan=plan, following=promised)


def of_place(actor: Actor, place: int, month: date) -> Report:
    """The report of a street, county or other place that holds compounds. Raises NotThere for what the actor does not watch."""
    if areas.level_of(place) == Level.COMPOUND or not watches(actor, place):
        raise NotThere
    items = list(queries.promised_items(place, month))
    if not items:
        raise NotThere
    return _report(place, month, items, plan=None, following=[])


def _report(place: int, month: date, items: Sequence[PlanItem], *, plan: MonthPlan | None, following: list[Project]) -> Report:
    today = clock.today()
    silent = figures.silent_ones(items, today=today)
    level = figures.BELOW.get(areas.level_of(place), Level.COMPOUND)
    parts: dict[int, list[PlanItem]] = {}
    for item in items if plan is None else []:
        parts.setdefault(areas.ancestor(item.area, level), []).append(item)
    streets = {areas.ancestor(item.area, Level.STREET) for item in items}
    names = place_names([place, *parts, *streets])
    funding = queries.funding_of(item.project for item in items)
    lines = [
        Line(
            project=item.project,
            street=names.get(areas.ancestor(item.area, Level.STREET), ""),
            landed=figures.landed(item),
            late=figures.late(item, today),
            silent=item.project_id in silent,
            outcome=item.get_outcome_display() if item.outcome else item.project.get_state_display(),
            reason=item.reason,
            funding=funding.get(item.project_id, {}),
        )
        for item in items
    ]
    return Report(
        place=place,
        name=names.get(place, ""),
        above=names.get(areas.ancestor(place, Level.STREET), "") if plan else "",
        month=month,
        made_at=clock.now(),
        sums=figures.count(items, silent=silent, today=today),
        below=[(names.get(part, str(part)), figures.count(held, silent=silent, today=today)) for part, held in parts.items()],
        lines=sorted(lines, key=lambda line: (line.landed, not line.late, line.project.area, line.project.pk)),
        plan=plan,
        following=following,
    )
