"""Telling of orders that are late, step by step: the row is the job, `told_late` says how many steps were told."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from enforcement import finding_queries
from enforcement.actions import finding_telling as telling
from enforcement.finding_states import UNDER_ORDER, FindingEventKind
from enforcement.models import Finding, FindingEvent
from people.actors import Actor, system
from tenancy import clock, scope

STEPS = (1, 8, 16)
"""Days after the last day (own): whoever answers and the bureau; then its head and the street; then the county."""


def tell_late(most: int = 200) -> int:
    """Tell of orders that reached their next step of lateness. A sweep of a worker; returns how many were told."""
    today = clock.today()
    due = Q(pk__in=[])
    for told, days in enumerate(STEPS):
        due |= Q(told_late=told, due_on__lte=today - timedelta(days=days))
    with scope.everything(reason="find orders that are late"):
        found = Finding.objects.filter(due, state__in=sorted(UNDER_ORDER)).order_by("due_on", "pk")
        rows = list(found.values_list("number", "area")[:most])
    return sum(_tell(number, area) for number, area in rows)


@transaction.atomic
def _tell(number: str, area: int) -> bool:
    with scope.place(area):
        by = system()
        row = finding_queries.get(by, number, lock=True)
        if row.state not in UNDER_ORDER or row.due_on is None or row.told_late >= len(STEPS):
            return False
        days = (clock.today() - row.due_on).days
        if days < STEPS[row.told_late]:
            return False
        while row.told_late < len(STEPS) and days >= STEPS[row.told_late]:
            row.told_late += 1
        row.save(update_fields=["told_late"])
        FindingEvent.objects.create(
            area=row.area,
            finding=row,
            at=clock.now(),
            by_id=by.id,
            kind=FindingEventKind.LATE,
            state=row.state,
            version=row.version,
            text=f"{days}",
        )
        _tell_step(row, days, by)
        return True


def _tell_step(row: Finding, days: int, by: Actor) -> None:
    step = row.told_late
    telling.party(row, "finding_late", by=by, days=days, step=step)
    telling.bureau(row, "finding_late", by=by, days=days, step=step)
    if step >= 2:
        telling.street(row, "finding_late", by=by, days=days, step=step)
    if step >= len(STEPS):
        telling.county(row, "finding_late", by=by, days=days, step=step)
