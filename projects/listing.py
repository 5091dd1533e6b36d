"""Lists of projects by what the address asks for. What a month's numbers count, its lists show."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import pgettext_lazy

from people.actors import Actor
from projects import months
from projects.models import PlanItem, Project, WeekReport
from projects.queries import LANDED_ITEM, visible_to
from projects.states import IN_HAND, LANDED, PROMISED, ProjectState
from tenancy import areas


class Only(models.TextChoices):
    """One of the numbers of a month, or of everything."""

    OPEN = "open", pgettext_lazy("projects", "not landed")
    LANDED = "landed", pgettext_lazy("projects", "landed")
    LATE = "late", pgettext_lazy("projects", "late")
    SILENT = "silent", pgettext_lazy("projects", "silent")


@dataclass(frozen=True)
class Filters:
    """`month` takes what its published plan holds; `place` is the code of a place of any level."""

    state: str = ""
    matter: str = ""
    month: date | None = None
    only: str = ""
    place: int | None = None


def listed(actor: Actor, filters: Filters, today: date) -> QuerySet[Project]:
    """What the actor sees of it, the newest first."""
    found = visible_to(actor)
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.matter:
        found = found.filter(matter=filters.matter)
    if filters.place is not None:
        low, high = areas.subtree(filters.place)
        found = found.filter(area__gte=low, area__lt=high)
    landed = Q(state__in=sorted(LANDED))
    pending = in_hand = Q(state__in=sorted(IN_HAND))
    if filters.month is not None:
        items = PlanItem.objects.filter(project=OuterRef("pk"), plan__month=filters.month, plan__state__in=sorted(PROMISED))
        found = found.filter(Exists(items))
        landed = Q(Exists(items.filter(LANDED_ITEM)))
        pending = ~landed
        in_hand = Q(Exists(items.filter(outcome=""))) & pending
    match filters.only:
        case Only.OPEN:
            found = found.filter(pending)
        case Only.LANDED:
            found = found.filter(landed)
        case Only.LATE:
            found = found.filter(in_hand, ends_on__lt=today).exclude(state=ProjectState.DROPPED)
        case Only.SILENT:
            found = found.filter(in_hand, silent(today))
    return found.select_related("compound", "matter", "lead").order_by("-pk")


def silent(today: date) -> Q:
    """Under way, and nothing was said last week or this."""
    last_week = months.week_of(today) - timedelta(weeks=1)
    said = WeekReport.objects.filter(project=OuterRef("pk"), week__gte=last_week)
    return Q(~Exists(said), state=ProjectState.WORKING)
