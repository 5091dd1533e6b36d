"""Which findings a list, a sheet or a number shows: one filter for all of them, kept in the address."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet

from enforcement.finding_queries import late
from enforcement.finding_states import FINDING_OPEN, PUT_RIGHT, FindingState, Party
from enforcement.models import Finding
from tenancy import areas

COLUMNS = ("open", "late", "right", "in_time", "fell_due")
HOW = (*COLUMNS, "counted")
"""What can be asked of a finding besides its state; `counted` is every one that was not taken back."""


def stands(how: str, today: date) -> Q:
    """How findings stand on a day. Of those that fell due, those put right in time make the rate (`docs/findings.md`)."""
    match how:
        case "open":
            return Q(state__in=sorted(FINDING_OPEN))
        case "late":
            return late(today)
        case "right":
            return Q(state__in=sorted(PUT_RIGHT))
        case "in_time":
            return Q(state=FindingState.ACCEPTED, ended_at__date__lte=F("due_on"))
        case "fell_due":
            return Q(state=FindingState.ACCEPTED, due_on__isnull=False) | late(today)
        case "counted":
            return ~Q(state=FindingState.DROPPED)
        case _:
            raise ValueError(how)


@dataclass(frozen=True)
class Only:
    """A filter; what is empty is not asked. Days are when it was found, both included."""

    q: str = ""
    state: str = ""
    how: str = ""
    area: int | None = None
    bureau: int | None = None
    item: str = ""
    party: str = ""
    organisation: int | None = None
    since: date | None = None
    until: date | None = None

    def rows(self, found: QuerySet[Finding], today: date) -> QuerySet[Finding]:
        """Those of the given rows that are asked for."""
        wanted = Q()
        if self.q:
            words = Q(number__icontains=self.q) | Q(visit__number__iexact=self.q) | Q(text__icontains=self.q)
            wanted &= words | Q(item__name__icontains=self.q) | Q(visit__compound__name__icontains=self.q)
        if self.state in FindingState.values:
            wanted &= Q(state=self.state)
        if self.how in HOW:
            wanted &= stands(self.how, today)
        if self.area is not None:
            low, high = areas.subtree(self.area)
            wanted &= Q(area__gte=low, area__lt=high)
        if self.bureau is not None:
            wanted &= Q(organisation=self.bureau)
        if self.item:
            wanted &= Q(item__code=self.item)
        if self.party in Party.values:
            wanted &= Q(party=self.party)
        if self.organisation is not None:
            wanted &= Q(party_organisation=self.organisation)
        if self.since is not None:
            wanted &= Q(found_at__date__gte=self.since)
        if self.until is not None:
            wanted &= Q(found_at__date__lte=self.until)
        return found.filter(wanted)

    def query(self, **more: Any) -> str:
        """The filter as an address keeps it, with `more` put in."""
        said = {**asdict(self), **more}
        return urlencode({name: value for name, value in said.items() if value not in (None, "")})

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Only":
        """From what a form read."""
        return cls(**{name: kept[name] for name in cls.__dataclass_fields__ if name in kept and kept[name] not in (None, "")})
