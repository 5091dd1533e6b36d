"""What months come to: planned, landed, late and silent. Rolled up every night, one row for each compound and month."""

from collections.abc import Container, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.db.models import Min, Sum

from projects import months, queries
from projects.models import MonthFigures, PlanItem, WeekReport
from projects.states import IN_HAND, LANDED, Outcome, ProjectState
from tenancy import areas, clock
from tenancy.areas import Level


@dataclass(frozen=True)
class Sums:
    """A place's month: numbers of projects, and fen."""

    planned: int
    landed: int
    late: int
    silent: int
    budget_fen: int

    @property
    def open(self) -> int:
        return self.planned - self.landed

    @property
    def tenths_of_percent(self) -> int:
        """Landed of planned in tenths of a percent, rounded half up: 627 of 702 is 893, read as 89.3 %."""
        return (self.landed * 2000 + self.planned) // (self.planned * 2) if self.planned else 0

    @property
    def share(self) -> str:
        """The same as people read it: 627 of 702 is `89.3%`."""
        return f"{self.tenths_of_percent // 10}.{self.tenths_of_percent % 10}%" if self.planned else "—"


def roll_up(area: int, month: date, *, today: date) -> None:
    """Count one compound's month anew. A month without a published plan has no row."""
    items = list(queries.promised_items(area, month))
    if not items:
        MonthFigures.objects.filter(area=area, month=month).delete()
        return
    found = count(items, silent=silent_ones(items, today=today), today=today)
    MonthFigures.objects.update_or_create(area=area, month=month, defaults={**asdict(found), "counted_at": clock.now()})


def count(items: Iterable[PlanItem], *, silent: Container[int], today: date) -> Sums:
    """The numbers of these items, which come with their projects.

    Late and silent is what is still in hand in that month: what was carried over counts in the month it went to.
    """
    held = list(items)
    return Sums(
        planned=len(held),
        landed=sum(map(landed, held)),
        late=sum(late(item, today) for item in held),
        silent=sum(item.project_id in silent for item in held),
        budget_fen=sum(item.project.budget_fen for item in held),
    )


def landed(item: PlanItem) -> bool:
    return item.outcome == Outcome.LANDED or (not item.outcome and item.project.state in LANDED)


def late(item: PlanItem, today: date) -> bool:
    return not item.outcome and item.project.state in IN_HAND and item.project.ends_on < today


def silent_ones(items: Iterable[PlanItem], *, today: date) -> set[int]:
    """Primary keys of the projects under way of which nothing was said last week or this. One query."""
    working = {item.project_id for item in items if not item.outcome and item.project.state == ProjectState.WORKING}
    last_week = months.week_of(today) - timedelta(weeks=1)
    said = WeekReport.objects.filter(project__in=working, week__gte=last_week)
    return working - set(said.values_list("project_id", flat=True))


def sums(area: int, month: date) -> Sums:
    """The sums of all compounds of a place, within the scope in force."""
    low, high = areas.subtree(area)
    names = ("planned", "landed", "late", "silent", "budget_fen")
    rows = MonthFigures.objects.filter(month=month, area__gte=low, area__lt=high)
    found = rows.aggregate(**{name: Sum(name) for name in names})
    return Sums(**{name: found[name] or 0 for name in names})


BELOW = {Level.PROVINCE: Level.PREFECTURE, Level.PREFECTURE: Level.COUNTY, Level.COUNTY: Level.STREET}
"""What the sums of a place are made of; of anything lower, compounds."""


def below(area: int, month: date) -> dict[int, Sums]:
    """The sums of each place below: of a county's streets, of a street's compounds. Only those with a plan, by code."""
    level = BELOW.get(areas.level_of(area), Level.COMPOUND)
    low, high = areas.subtree(area)
    found: dict[int, list[Sums]] = {}
    for row in MonthFigures.objects.filter(month=month, area__gte=low, area__lt=high).order_by("area"):
        one = Sums(row.planned, row.landed, row.late, row.silent, row.budget_fen)
        found.setdefault(areas.ancestor(row.area, level), []).append(one)
    return {place: total(rows) for place, rows in found.items()}


def total(rows: Iterable[Sums]) -> Sums:
    held = list(rows)
    return Sums(
        planned=sum(row.planned for row in held),
        landed=sum(row.landed for row in held),
        late=sum(row.late for row in held),
        silent=sum(row.silent for row in held),
        budget_fen=sum(row.budget_fen for row in held),
    )


def counted_at(area: int, month: date) -> datetime | None:
    """When the oldest of a place's figures was counted."""
    low, high = areas.subtree(area)
    rows = MonthFigures.objects.filter(month=month, area__gte=low, area__lt=high)
    found: datetime | None = rows.aggregate(oldest=Min("counted_at"))["oldest"]
    return found
