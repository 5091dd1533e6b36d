"""What a set of rules would have changed about past tickets. Reads only; `actions.replays` keeps the result.

Both sides are decided anew on the text as it was filed: by the rules in force today, and by the same with the tried set in
the place of its owner's. So a difference is the set's alone. Who has the ticket now is told beside it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from complaints import catalogue, classify, learned, rules, ruling
from complaints.models import Ticket
from complaints.routing import Decision
from complaints.rulebook import Book, Hit, LiveSet, case_of
from complaints.rules import Rule

if TYPE_CHECKING:
    from complaints.learning.model import Model

MOST_NUMBERS = 20
"""Tickets named for each cell; the counts are of all."""


@dataclass
class Tally:
    """What was found so far, as it is kept in the row. Organisations are ids, 0 means: a person decides (研判)."""

    through: int = 0
    by_rule: int = 0
    changed: int = 0
    cells: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    matched: dict[int, int] = field(default_factory=dict)
    conflicts: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    failures: dict[int, str] = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        return {
            "through": self.through,
            "by_rule": self.by_rule,
            "changed": self.changed,
            "cells": [{"old": old, "new": new, **cell} for (old, new), cell in self.cells.items()],
            "matched": {str(rule): count for rule, count in self.matched.items()},
            "conflicts": [{"first": one, "second": two, **cell} for (one, two), cell in self.conflicts.items()],
            "failures": {str(rule): problem for rule, problem in self.failures.items()},
        }

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Tally":
        counts = {name: kept.get(name, 0) for name in ("through", "by_rule", "changed")}
        return cls(
            **counts,
            cells={(cell.pop("old"), cell.pop("new")): cell for cell in map(dict, kept.get("cells", []))},
            matched={int(rule): count for rule, count in kept.get("matched", {}).items()},
            conflicts={(cell.pop("first"), cell.pop("second")): cell for cell in map(dict, kept.get("conflicts", []))},
            failures={int(rule): problem for rule, problem in kept.get("failures", {}).items()},
        )


def _count(cells: dict[tuple[int, int], dict[str, Any]], key: tuple[int, int], ticket: Ticket) -> dict[str, Any]:
    cell = cells.setdefault(key, {"count": 0, "tickets": []})
    cell["count"] += 1
    if len(cell["tickets"]) < MOST_NUMBERS:
        cell["tickets"].append(ticket.number)
    return cell


def try_on(
    tickets: Iterable[Ticket], tried: LiveSet, others: Callable[[int], Sequence[LiveSet]], tally: Tally, *, on: date
) -> None:
    """Add these tickets to the tally. `others` gives the sets in force for a place, the owner's own among them."""
    known = catalogue.Catalogue.load()
    model = learned.in_use(known, [])  # one that cannot be read is noted by whoever routes
    for ticket in tickets:
        tally.through += 1
        found = classify.classify(ticket.text, known, model)
        if ruling.beyond_rules(found):
            continue
        now = others(ticket.area)
        _count_matches(ticket, tried.rules, found, tally)
        old, new = Book(now), Book(_with(tried, now))
        old_hit, new_hit = (ruling.first(ticket, found, book, on=on) for book in (old, new))
        tally.failures |= {failure.rule: failure.problem for failure in new.failures}
        if new_hit is not None:
            tally.by_rule += 1
        if (old_hit and old_hit[0].rule.outcome) == (new_hit and new_hit[0].rule.outcome):
            continue
        was, would_be = (_goes_to(hit, ticket, on, model) for hit in (old_hit, new_hit))
        cell = _count(tally.cells, (was, would_be), ticket)
        cell["there"] = cell.get("there", 0) + (ticket.lead_id == would_be)
        tally.changed += was != would_be


def _with(tried: LiveSet, now: Sequence[LiveSet]) -> list[LiveSet]:
    """The sets in force, the tried one in the place of its owner's; a street's before a county's."""
    found = [tried, *(one for one in now if one.area != tried.area)]
    return sorted(found, key=lambda one: -one.area)


def _count_matches(ticket: Ticket, tried: Sequence[Rule], found: classify.Decision, tally: Tally) -> None:
    case = case_of(ticket, tried, leaf=found.leaf, emergency=ticket.emergency or found.emergency)
    deciding = rules.decide(tried, case)
    if deciding is not None:
        tally.matched[deciding.id] = tally.matched.get(deciding.id, 0) + 1
    for first, second in rules.clashes(tried, case):
        _count(tally.conflicts, (first.id, second.id), ticket)


def _goes_to(hit: tuple[Hit, Decision] | None, ticket: Ticket, on: date, model: "Model | None") -> int:
    """The organisation, or 0 for a person who decides."""
    decision = hit[1] if hit else ruling.without_rules(ticket, on=on, model=model)
    return decision.organisation.pk if decision.organisation else 0
