"""The rows behind the three rates: of what the reader watches over, by the day they were filed; and what a list shows of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, TruncDate

from complaints import worklist
from complaints.clocks import Clock, Mark
from complaints.indicators import COUNTED, FOR, Facts, Rate, Sum, Why, judged, summed
from complaints.models import ClockLine, Merger, Ticket
from people.actors import Actor
from people.models import Organisation
from people.queries import place_names
from tenancy import areas

BY = ("organisation", "compound", "month")
NOBODY = 0
"""Stands for the organisation of a ticket that nobody leads yet."""


@dataclass(frozen=True)
class Only:
    """Which tickets: filed from one day to another, both included; of a place, an organisation (0: nobody's).

    With `rate`, `how` says which: `for` those in the numerator, `of` those in the denominator, or one reason of `Why`.
    """

    since: date
    until: date
    area: int | None = None
    organisation: int | None = None
    rate: str = ""
    how: str = ""

    def query(self, **more: Any) -> str:
        """For an address."""
        kept = {name: f"{value}" for name, value in asdict(replace(self, **more)).items() if value not in (None, "")}
        return urlencode(kept)

    def chooses(self, found: dict[Rate, Why]) -> bool:
        """Is a ticket that counts like this one of those asked for?"""
        if self.rate not in Rate.values or not self.how:
            return True
        why = found[Rate(self.rate)]
        return why in FOR if self.how == "for" else why in COUNTED if self.how == "of" else why == self.how


def facts(actor: Actor, only: Only) -> list[Facts]:
    """One query; the newest first."""
    rows = _narrowed(worklist.watched_by(actor), only)
    lines = ClockLine.objects.filter(ticket=OuterRef("pk"), assist=None, clock=Clock.CONTACT).order_by("-pk")
    stopped = lines.annotate(stopped=Case(When(mark=Mark.STOP, then=F("at")))).values("stopped")[:1]
    with_another = Q(ended_at=None) | Q(ended_at=OuterRef("resolved_at"))
    rows = rows.annotate(
        merged_now=Exists(Merger.objects.filter(with_another, ticket=OuterRef("pk"))),
        filed_on=TruncDate("filed_at"),
        led_by=Coalesce("second_from_id", "lead_id"),
        contacted=Subquery(stopped),
    )
    taken = rows.order_by("-pk").values_list(
        *("number", "area", "led_by", "filed_on", "state", "channel", "parent_id", "merged_now", "reporter_id", "reporter_phone"),
        *("contact_due_at", "contacted", "result", "manner"),
    )
    return [_facts(*row) for row in taken.iterator(chunk_size=5_000)]


def _facts(*row: Any) -> Facts:
    number, area, organisation, filed_on, state, channel, parent, merged, reporter, phone, due, stopped, result, manner = row
    reachable = reporter is not None or bool(phone)
    whole = (number, area, organisation, filed_on, state, channel, parent is not None, merged, reachable)
    return Facts(*whole, due, stopped, result, manner)


def _narrowed(rows: QuerySet[Ticket], only: Only) -> QuerySet[Ticket]:
    found = rows.filter(filed_at__date__gte=only.since, filed_at__date__lte=only.until)
    if only.area is not None:
        low, high = areas.subtree(only.area)
        found = found.filter(area__gte=low, area__lt=high)
    if only.organisation is not None:
        mine = Q(second_from=only.organisation) | Q(second_from=None, lead=only.organisation)
        found = found.filter(Q(second_from=None, lead=None) if only.organisation == NOBODY else mine)
    return found


@dataclass(frozen=True)
class Line:
    """One line: its name, the filter that opens its tickets, and what they come to."""

    name: str
    only: Only
    sum: Sum


def lines(actor: Actor, by: str, only: Only, now: datetime) -> tuple[Line, list[Line]]:
    """All together, and the lines by one of BY: most tickets first, months in their order. Raises KeyError for another `by`."""
    key, names, narrow = _GROUPS[by]
    groups: dict[Any, list[Facts]] = defaultdict(list)
    every = facts(actor, only)
    for each in every:
        groups[key(each)].append(each)
    named = names(groups)
    found = [Line(named.get(value, f"{value}"), narrow(only, value), summed(rows, now)) for value, rows in groups.items()]
    found.sort(key=lambda line: (line.only.since, line.name) if by == "month" else (-line.sum.tickets, line.name))
    return Line("", only, summed(every, now)), found


def rows(actor: Actor, only: Only, now: datetime) -> list[tuple[Facts, dict[Rate, Why]]]:
    """Every ticket that the filter chooses, with what it counts for: as many as the number says that opened it."""
    found = ((each, judged(each, now)) for each in facts(actor, only))
    return [(each, counts) for each, counts in found if only.chooses(counts)]


def _organisations(keys: Iterable[int]) -> dict[int, str]:
    return dict(Organisation.objects.filter(pk__in=[key for key in keys if key]).values_list("pk", "name"))


def names_of(found: Iterable[Facts]) -> tuple[dict[int, str], dict[int, str]]:
    """Names of the places and of the organisations of some tickets."""
    some = list(found)
    return place_names(each.area for each in some), _organisations({each.organisation or NOBODY for each in some})


def _month(day: date) -> date:
    return day.replace(day=1)


def _within(only: Only, month: date) -> Only:
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    last = date.fromordinal(after.toordinal() - 1)
    return replace(only, since=max(only.since, month), until=min(only.until, last))


Group = tuple[Callable[[Facts], Any], Callable[[Iterable[Any]], dict[Any, str]], Callable[[Only, Any], Only]]
_GROUPS: dict[str, Group] = {
    "organisation": (
        lambda each: each.organisation or NOBODY,
        _organisations,
        lambda only, key: replace(only, organisation=key),
    ),
    "compound": (lambda each: each.area, place_names, lambda only, key: replace(only, area=key)),
    "month": (
        lambda each: _month(each.filed_on),
        lambda keys: {key: f"{key:%Y-%m}" for key in keys},
        _within,
    ),
}
