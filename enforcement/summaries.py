"""What a joint visit found, for the notice board and for everybody: no names, no homes, no photos."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from enforcement.finding_queries import published
from enforcement.finding_states import Party
from enforcement.models import Finding, Line, Member, Visit
from enforcement.visit_states import MemberState, Result, VisitState

MOST_VISITS = 3
SHOWN = (Result.PASS, Result.VIOLATION, Result.NOT_APPLICABLE, Result.UNCHECKED)
"""In which order the items are counted: what was looked at first."""


@dataclass(frozen=True)
class Told:
    """One finding as everybody may read it. `spot` is empty where it would tell where somebody lives."""

    item: str
    bureau: str
    spot: str
    state: str
    due_on: Any


@dataclass(frozen=True)
class Summary:
    """A concluded visit: which bureaus signed, how many items turned out how, and what was found."""

    visit: Visit
    bureaus: list[str]
    counts: dict[str, int]
    findings: list[Told]


def of(visit: Visit) -> Summary:
    """Three queries."""
    signed = Member.objects.filter(visit=visit, state=MemberState.SIGNED).select_related("organisation").order_by("pk")
    counted = dict(Line.objects.filter(visit=visit).values_list("result").annotate(many=Count("pk")).order_by())
    found = Finding.objects.filter(published(), visit=visit).select_related("item", "organisation", "building").order_by("pk")
    return Summary(
        visit,
        [row.organisation.name for row in signed],
        {str(result.label): counted.get(result, 0) for result in SHOWN},
        [_told(row) for row in found],
    )


def _told(row: Finding) -> Told:
    place = row.spot if row.party in {Party.FIRM, Party.COMMITTEE} else (row.building.name if row.building else "")
    return Told(row.item.name, row.organisation.name, place, str(row.get_state_display()), row.due_on)


def newest(area: int) -> list[Summary]:
    """Of the last visits to a compound that are over, newest first, within the scope in force."""
    over = Visit.objects.filter(area=area, state=VisitState.CONCLUDED).select_related("compound").order_by("-planned_on", "-pk")
    return [of(visit) for visit in over[:MOST_VISITS]]


def stood(summary: Summary) -> list[tuple[str, int]]:
    """How many findings stand how, most first."""
    return Counter(each.state for each in summary.findings).most_common()
