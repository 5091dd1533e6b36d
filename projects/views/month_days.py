"""A month as a calendar: on which day what is promised, and what happened."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.queries import calendar_of
from projects import months
from projects.models import MonthPlan, Project, ProjectEvent
from projects.states import IN_HAND, EventKind
from projects.views.showing import ICONS, STOPS

Day = dict[str, Any]
SHOWN = frozenset(
    {
        EventKind.STARTED,
        EventKind.REPORTED,
        EventKind.SILENT,
        EventKind.DELIVERED,
        EventKind.SENT_BACK,
        EventKind.CONFIRMED,
        EventKind.CLOSED,
        EventKind.REOPENED,
        EventKind.DROPPED,
    }
)


def weeks(plan: MonthPlan, projects: Sequence[Project], *, today: date) -> list[list[Day]]:
    """The weeks of a month, Monday first, with days of its neighbours left empty; none when nothing is on any day.

    Each day has what is promised for it and has not landed, and what happened on it; of several things of one project the last.
    Three queries at most.
    """
    first, last = plan.month, months.last_day(plan.month)
    marks: dict[date, dict[int, Day]] = {}
    for project in projects:
        if project.state in IN_HAND and first <= project.ends_on <= last:
            late = project.ends_on < today
            marks.setdefault(project.ends_on, {})[project.pk] = _mark(project, "clock", _("promised"), late=late)
    for event, project in _events(projects, first, last):
        day = timezone.localdate(event.at)
        kind = EventKind(event.kind)
        marks.setdefault(day, {})[project.pk] = _mark(project, ICONS[kind], kind.label, stop=kind in STOPS)
    if not marks:
        return []
    _key, calendar = calendar_of(plan.area)
    monday = months.week_of(first)
    days = [monday + timedelta(days=n) for n in range((last - monday).days // 7 * 7 + 7)]
    shown = [_day(day, plan.month, today, calendar.is_workday(day), marks.get(day, {})) for day in days]
    return [shown[start : start + 7] for start in range(0, len(shown), 7)]


def _events(projects: Sequence[Project], first: date, last: date) -> list[tuple[ProjectEvent, Project]]:
    of_key = {project.pk: project for project in projects}
    rows = ProjectEvent.objects.filter(project__in=of_key, kind__in=sorted(SHOWN), at__date__gte=first, at__date__lte=last)
    return [(event, of_key[event.project_id]) for event in rows.order_by("pk")]


def _mark(project: Project, icon: str, words: Any, *, late: bool = False, stop: bool = False) -> Day:
    url = reverse("projects:project", args=[project.number])
    return {"title": project.title, "url": url, "icon": "late" if late else icon, "words": words, "late": late, "stop": stop}


def _day(day: date, month: date, today: date, worked: bool, marks: dict[int, Day]) -> Day:
    within = months.month_of(day) == month
    return {
        "day": day,
        "within": within,
        "today": day == today,
        "rest": not worked,
        "marks": list(marks.values()) if within else [],
    }
