"""Joint enforcement in numbers: visits, findings and what became of them, by street, compound, bureau, item and party.

Every number is counted of what the reader may see and opens its rows: `query` is the filter of the list of findings.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Q, QuerySet

from enforcement import finding_queries, visit_queries
from enforcement.finding_listing import COLUMNS, Only, stands
from enforcement.finding_states import Party
from enforcement.models import Finding, Member, Visit
from enforcement.visit_states import MemberState, VisitState
from people.actors import Actor
from people.models import Organisation
from people.queries import place_names

STREET_SPAN = 10**6
"""Places of a street differ in the last six digits of their code."""
BY = ("street", "compound", "bureau", "item", "party", "organisation")
"""By what the findings are counted."""


@dataclass(frozen=True)
class Sum:
    """One line. `visits` is None where visits are not counted so; `query` opens its findings."""

    name: str
    only: Only
    visits: int | None
    findings: int
    stands: dict[str, int] = field(default_factory=dict)

    @property
    def rate(self) -> Fraction | None:
        """Put right in time, of what fell due; None while nothing fell due."""
        due = self.stands["fell_due"]
        return Fraction(self.stands["in_time"], due) if due else None

    @property
    def percent(self) -> str:
        """The rate in percent with one decimal, rounded half up; a dash while nothing fell due."""
        if self.rate is None:
            return "—"
        tenths = (self.rate * 1000 + Fraction(1, 2)).__floor__()
        return f"{tenths // 10}.{tenths % 10} %"


def sums(actor: Actor, by: str, since: date, until: date, today: date) -> tuple[Sum, list[Sum]]:
    """All together, and the lines by one of `BY`, most findings first. Days are of the visit and of the finding, both included.

    Raises ValueError for what is not in `BY`.
    """
    if by not in BY:
        raise ValueError(by)
    period = Only(since=since, until=until)
    known = Q() if by != "organisation" else Q(party_organisation__isnull=False)
    found = period.rows(finding_queries.visible_to(actor), today).filter(stands("counted", today)).order_by()
    went = visit_queries.visible_to(actor).filter(state=VisitState.CONCLUDED, planned_on__gte=since, planned_on__lte=until)
    total = Sum("", period, went.count(), *_counted(found.aggregate(**_counts(today))))
    return total, _lines(by, period, found.filter(known), went.order_by(), today)


def _counts(today: date) -> dict[str, Count]:
    return {"many": Count("pk")} | {how: Count("pk", filter=stands(how, today)) for how in COLUMNS}


def _counted(row: dict[str, Any]) -> tuple[int, dict[str, int]]:
    return row["many"], {how: row[how] for how in COLUMNS}


def _lines(by: str, period: Only, found: QuerySet[Finding], went: QuerySet[Visit], today: date) -> list[Sum]:
    group, keyed = _GROUPS[by]
    rows: Any = found.values(grouped=group).annotate(**_counts(today))
    counted = {row["grouped"]: _counted(row) for row in rows}
    visits = _visits(by, went)
    keys = list(counted) if visits is None else list({**counted, **visits})
    names = keyed.names(keys)
    empty: tuple[int, dict[str, int]] = (0, dict.fromkeys(COLUMNS, 0))
    lines = [
        Sum(
            names.get(key, f"{key}"),
            keyed.only(period, key),
            visits.get(key, 0) if visits is not None else None,
            *counted.get(key, empty),
        )
        for key in keys
    ]
    return sorted(lines, key=lambda line: (-line.findings, -(line.visits or 0), line.name))


def _visits(by: str, went: QuerySet[Visit]) -> dict[Any, int] | None:
    """Concluded visits; of a bureau those that it signed. None for items and parties."""
    if by in {"street", "compound"}:
        return {row["grouped"]: row["many"] for row in went.values(grouped=_GROUPS[by][0]).annotate(many=Count("pk"))}
    if by == "bureau":
        signed = Member.objects.filter(visit__in=went, state=MemberState.SIGNED).order_by()
        return {row["organisation"]: row["many"] for row in signed.values("organisation").annotate(many=Count("pk"))}
    return None


@dataclass(frozen=True)
class _Keyed:
    """How the keys of a group are named, and put into the filter."""

    names: Callable[[Iterable[Any]], dict[Any, str]]
    only: Callable[[Only, Any], Only]


def _street_names(keys: Iterable[int]) -> dict[int, str]:
    return {code // STREET_SPAN: name for code, name in place_names(key * STREET_SPAN for key in keys).items()}


def _organisations(keys: Iterable[int]) -> dict[int, str]:
    return dict(Organisation.objects.filter(pk__in=list(keys)).values_list("pk", "name"))


def _items(keys: Iterable[str]) -> dict[str, str]:
    held = Finding.objects.filter(item__code__in=list(keys)).order_by("item").values_list("item__code", "item__name")
    return {code: f"{code} {name}" for code, name in held}


def _parties(keys: Iterable[str]) -> dict[str, str]:
    return {key: str(Party(key).label) for key in keys}


def _with(period: Only, **more: Any) -> Only:
    return replace(period, **more)


_GROUPS: dict[str, tuple[Any, _Keyed]] = {
    "street": (
        ExpressionWrapper(F("area") / STREET_SPAN, output_field=BigIntegerField()),
        _Keyed(_street_names, lambda period, key: _with(period, area=key * STREET_SPAN)),
    ),
    "compound": (F("area"), _Keyed(place_names, lambda period, key: _with(period, area=key))),
    "bureau": (F("organisation"), _Keyed(_organisations, lambda period, key: _with(period, bureau=key))),
    "item": (F("item__code"), _Keyed(_items, lambda period, key: _with(period, item=key))),
    "party": (F("party"), _Keyed(_parties, lambda period, key: _with(period, party=key))),
    "organisation": (
        F("party_organisation"),
        _Keyed(_organisations, lambda period, key: _with(period, organisation=key)),
    ),
}
