"""The rules in force where a ticket stands: read once per version, asked for every ticket.

One query a ticket says which versions are in force; what a version holds is remembered by id and revision, so that every
worker uses a new version with its next ticket. Nothing here writes: rules that fail are collected, and whoever routes sets
them aside.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db.models import Subquery
from django.utils import timezone, translation

from communities.queries import firm_serving
from complaints import rules
from complaints.folding import fold
from complaints.models import RuleSet, Ticket
from complaints.queries import masked_text
from complaints.rule_queries import names_for, read_rows, rows_of
from complaints.rule_sentences import Names, sentence
from complaints.rule_states import SetState
from complaints.rules import Case, Days, Rule
from people.queries import calendar_of, place_names
from tenancy import areas
from tenancy.models import AreaAlias

MOST_REMEMBERED = 500


@dataclass(frozen=True)
class LiveSet:
    """A version as it is used. `sentences` are by rule and language; `broken` says what is wrong with rows that are no rule."""

    id: int
    area: int
    version: int
    rules: tuple[Rule, ...]
    owner: str = ""
    sentences: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    broken: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Hit:
    """A rule that matches a ticket, and its words that the text holds."""

    held_by: LiveSet
    rule: Rule
    words: tuple[str, ...]

    def why(self) -> dict[str, Any]:
        """What is kept with the ticket."""
        return {
            "source": "rule",
            "ruleset": self.held_by.id,
            "owner": self.held_by.area,
            "owner_name": self.held_by.owner,
            "version": self.held_by.version,
            "rule": self.rule.id,
            "name": self.rule.name,
            "sentence": dict(self.held_by.sentences.get(self.rule.id, {})),
            "words": list(self.words),
        }


@dataclass(frozen=True)
class Failure:
    """A rule that failed while it was asked."""

    rule: int
    problem: str


class RuleFailed(Exception):
    """A rule cannot be carried out."""


@dataclass
class Book:
    """What is asked about tickets of one place: sets in order, the street's first. Failures gather in `failures`."""

    sets: Sequence[LiveSet] = ()
    failures: list[Failure] = field(default_factory=list)

    def hits(self, ticket: Ticket, *, leaf: str | None, emergency: bool) -> Iterator[Hit]:
        """The rules that match, in the order in which they decide."""
        every = [rule for one in self.sets for rule in one.rules]
        case = case_of(ticket, every, leaf=leaf, emergency=emergency) if every else None
        for one in self.sets:
            self.failures += [Failure(rule, problem) for rule, problem in one.broken.items()]
            for rule in one.rules:
                if case is not None and rules.matches(rule, case):
                    yield Hit(one, rule, rules.words_found(rule, case))

    def failed(self, hit: Hit, problem: Exception) -> None:
        said = str(problem) if isinstance(problem, RuleFailed) else type(problem).__name__
        self.failures.append(Failure(hit.rule.id, said[:200]))


def case_of(ticket: Ticket, asked: Iterable[Rule], *, leaf: str | None, emergency: bool) -> Case:
    """The ticket as rules see it. Calendar and firm are looked up only when one of the rules asks."""
    conditions = [rule.conditions for rule in asked]
    at = timezone.localtime(ticket.filed_at)
    working = True
    if any(each.days != Days.ANY for each in conditions):
        working = calendar_of(ticket.area)[1].is_workday(at.date())
    served = any(each.served is not None for each in conditions) and firm_serving(ticket.area, on=at.date()) is not None
    return Case(
        text=fold(masked_text(ticket)),
        area=ticket.area,
        leaf=leaf,
        emergency=emergency,
        channel=ticket.channel,
        minute=at.hour * 60 + at.minute,
        working_day=working,
        kind=ticket.compound.kind,
        homes=ticket.compound.homes_count,
        served=served,
    )


_remembered: dict[tuple[Any, ...], LiveSet] = {}


def owners_over(area: int) -> list[int]:
    """Whose rules are asked for a ticket of this place, first one first."""
    return [areas.ancestor(area, areas.Level.STREET), areas.ancestor(area, areas.Level.COUNTY)]


def in_force(area: int, *, failures: list[Failure] | None = None) -> Book:
    """The rules asked for tickets of this place. One query when nothing has changed since the last ticket.

    Failures of rules are added to `failures`, which outlives the transaction that asks.
    """
    recoded = Subquery(AreaAlias.objects.order_by("-recoded_at").values("recoded_at")[:1])
    keys = list(
        RuleSet.objects.filter(area__in=owners_over(area), state=SetState.PUBLISHED)
        .annotate(recoded=recoded)
        .order_by("-area")  # a street's code is greater than its county's
        .values_list("pk", "revision", "area", "published_at", "recoded")
    )
    return Book([_live(key) for key in keys], [] if failures is None else failures)


def _live(key: tuple[Any, ...]) -> LiveSet:
    found = _remembered.get(key)
    if found is None:
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        found = _remembered[key] = read(RuleSet.objects.get(pk=key[0]))
    return found


def read(ruleset: RuleSet) -> LiveSet:
    """A version as it would be used."""
    kept, broken = read_rows(row for row in rows_of(ruleset) if row.set_aside_at is None)
    found = _where_places_are_now(kept)
    names = names_for(found)
    return LiveSet(
        ruleset.pk,
        ruleset.area,
        ruleset.version,
        tuple(rules.in_order(found)),
        place_names([ruleset.area]).get(ruleset.area, ""),
        {rule.id: sentences(rule, names) for rule in found},
        broken,
    )


def sentences(rule: Rule, names: Names) -> dict[str, str]:
    """The rule in words, by language."""
    found = {}
    for code, _label in settings.LANGUAGES:
        with translation.override(code):
            found[code] = sentence(rule, names)
    return found


def _where_places_are_now(kept: Sequence[Rule]) -> list[Rule]:
    """Rules name places by code; one that was re-coded since is looked for under its new code."""
    named = {code for rule in kept for code in rule.conditions.places}
    moved = dict(AreaAlias.objects.filter(old_code__in=named).values_list("old_code", "new_code")) if named else {}
    return [
        replace(rule, conditions=replace(rule.conditions, places=tuple(moved.get(c, c) for c in rule.conditions.places)))
        for rule in kept
    ]
