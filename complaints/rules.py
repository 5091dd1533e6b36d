"""Routing rules (派单规则): what a rule asks of a complaint, whether it matches, and what a set of rules is worth.

Pure: no database, no clock. A rule is a conjunction of plain conditions and never a regular expression; words are compared
in the folded form that `complaints.folding` gives texts. `docs/rules.md` says what each condition means. All rules here are
our own.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from functools import lru_cache

from complaints.folding import fold
from tenancy import areas

MINUTES = 24 * 60


class Days(StrEnum):
    """Which days a rule is for."""

    ANY = "any"
    WORKING = "working"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a complaint must be like; an empty condition asks nothing.

    `places` are codes, a place holding all under it; `leaves` are what the classifier thinks it is about. Of `any_words` one
    must occur, of `all_words` every one, of `no_words` none. `hours` are (from, to) of local time, from included, and may
    pass midnight. `homes` bounds the number of homes of the compound, both included; `served`: has a property firm today.
    """

    places: tuple[int, ...] = ()
    leaves: tuple[str, ...] = ()
    any_words: tuple[str, ...] = ()
    all_words: tuple[str, ...] = ()
    no_words: tuple[str, ...] = ()
    hours: tuple[time, time] | None = None
    days: Days = Days.ANY
    kinds: tuple[str, ...] = ()
    homes_from: int | None = None
    homes_to: int | None = None
    served: bool | None = None
    emergency: bool | None = None
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of it: leaf, who leads (an organisation by id, or the nearest of a kind), urgency, kinds asked to assist.

    What is left empty is decided as without a rule.
    """

    leaf: str = ""
    organisation: int | None = None
    kind: str = ""
    urgency: str = ""
    assists: tuple[str, ...] = ()

    @property
    def says_anything(self) -> bool:
        return self != Outcome()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a set. One that was set aside never matches."""

    name: str
    conditions: Conditions = field(default_factory=Conditions)
    outcome: Outcome = field(default_factory=Outcome)
    id: int = 0
    position: int = 0
    aside: bool = False

    @property
    def content(self) -> tuple[str, Conditions, Outcome]:
        """What the rule says, wherever it stands."""
        return self.name, self.conditions, self.outcome


@dataclass(frozen=True, slots=True)
class Case:
    """A complaint as rules see it. `text` is folded; `minute` is the minute of the local day on which it was filed."""

    text: str
    area: int
    leaf: str | None = None
    emergency: bool = False
    channel: str = ""
    minute: int = 0
    working_day: bool = True
    kind: str = ""
    homes: int = 0
    served: bool = False


@lru_cache(maxsize=20_000)
def folded(word: str) -> str:
    """A word as it is looked for. Remembered: every ticket meets the same few words."""
    return fold(word)


def contains(text: str, word: str) -> bool:
    """Whether a folded text holds a folded word; a Latin word or number only where it stands alone (`car` not in `card`)."""
    at = text.find(word) if word else -1
    while at >= 0:
        end = at + len(word)
        if not (_joined(text, at - 1, word[0]) or _joined(text, end, word[-1])):
            return True
        at = text.find(word, at + 1)
    return False


def _joined(text: str, at: int, edge: str) -> bool:
    return 0 <= at < len(text) and _latin(text[at]) and _latin(edge)


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def matches(rule: Rule, case: Case) -> bool:
    """Whether a rule is for this complaint. Never raises."""
    asked = rule.conditions
    return not rule.aside and all(condition(asked, case) for condition in _CONDITIONS)


def _within(places: Iterable[int], area: int) -> bool:
    return any(low <= area < high for low, high in map(areas.subtree, places))


def _says(asked: Conditions, case: Case) -> bool:
    if asked.any_words and not any(contains(case.text, folded(word)) for word in asked.any_words):
        return False
    if not all(contains(case.text, folded(word)) for word in asked.all_words):
        return False
    return not any(contains(case.text, folded(word)) for word in asked.no_words)


def _in_hours(hours: tuple[time, time] | None, minute: int) -> bool:
    return hours is None or any(low <= minute < high for low, high in _stretches(hours))


def _stretches(hours: tuple[time, time]) -> list[tuple[int, int]]:
    """The hours as half-open stretches of minutes of one day."""
    low, high = (moment.hour * 60 + moment.minute for moment in hours)
    return [(low, high)] if low < high else [(0, high), (low, MINUTES)]


_CONDITIONS: tuple[Callable[[Conditions, Case], bool], ...] = (
    lambda asked, case: not asked.places or _within(asked.places, case.area),
    lambda asked, case: not asked.leaves or case.leaf in asked.leaves,
    lambda asked, case: asked.emergency is None or asked.emergency == case.emergency,
    lambda asked, case: not asked.channels or case.channel in asked.channels,
    lambda asked, case: not asked.kinds or case.kind in asked.kinds,
    lambda asked, case: asked.homes_from is None or case.homes >= asked.homes_from,
    lambda asked, case: asked.homes_to is None or case.homes <= asked.homes_to,
    lambda asked, case: asked.served is None or asked.served == case.served,
    lambda asked, case: _in_hours(asked.hours, case.minute),
    lambda asked, case: asked.days == Days.ANY or (asked.days == Days.WORKING) == case.working_day,
    _says,
)


def words_found(rule: Rule, case: Case) -> tuple[str, ...]:
    """The rule's words that the text holds, as the rule spells them."""
    asked = (*rule.conditions.all_words, *rule.conditions.any_words)
    return tuple(dict.fromkeys(word for word in asked if contains(case.text, folded(word))))


def in_order(rules: Iterable[Rule]) -> list[Rule]:
    return sorted(rules, key=lambda rule: (rule.position, rule.id))


def decide(rules: Iterable[Rule], case: Case) -> Rule | None:
    """The first rule of a set that matches, by position."""
    return next((rule for rule in in_order(rules) if matches(rule, case)), None)


def all_matching(rules: Iterable[Rule], case: Case) -> list[Rule]:
    return [rule for rule in in_order(rules) if matches(rule, case)]


# What one set of conditions says about another. `implies` may miss a case (it compares condition by condition), but where it
# answers yes no complaint can show otherwise: a rule called shadowed never decides.


def implies(narrow: Conditions, wide: Conditions) -> bool:
    """Whether everything that meets `narrow` meets `wide`."""
    return all(
        (
            not wide.places or (bool(narrow.places) and all(_held_by(place, wide.places) for place in narrow.places)),
            _subset(narrow.leaves, wide.leaves),
            _subset(narrow.kinds, wide.kinds),
            _subset(narrow.channels, wide.channels),
            wide.emergency in (None, narrow.emergency),
            wide.served in (None, narrow.served),
            wide.days in (Days.ANY, narrow.days),
            wide.homes_from is None or (narrow.homes_from is not None and narrow.homes_from >= wide.homes_from),
            wide.homes_to is None or (narrow.homes_to is not None and narrow.homes_to <= wide.homes_to),
            wide.hours is None or (narrow.hours is not None and _hours_within(narrow.hours, wide.hours)),
            _words_imply(narrow, wide),
        )
    )


def _held_by(place: int, others: Iterable[int]) -> bool:
    low, high = areas.subtree(place)
    return any(start <= low and high <= end for start, end in map(areas.subtree, others))


def _subset(narrow: Sequence[str], wide: Sequence[str]) -> bool:
    return not wide or (bool(narrow) and set(narrow) <= set(wide))


def _hours_within(narrow: tuple[time, time], wide: tuple[time, time]) -> bool:
    outer = _stretches(wide)
    return all(any(low <= start and end <= high for low, high in outer) for start, end in _stretches(narrow) if start < end)


def _words_imply(narrow: Conditions, wide: Conditions) -> bool:
    some, every, none = ([folded(word) for word in words] for words in (narrow.any_words, narrow.all_words, narrow.no_words))

    def certain(word: str) -> bool:
        """Does every text that `narrow` lets through hold this word?"""
        return any(contains(each, word) for each in every) or (bool(some) and all(contains(each, word) for each in some))

    wanted = [folded(word) for word in wide.any_words]
    one_of_them = (
        not wanted
        or any(certain(word) for word in wanted)
        or (bool(some) and all(any(contains(each, word) for word in wanted) for each in some))
    )
    all_of_them = all(certain(folded(word)) for word in wide.all_words)
    none_of_them = all(any(contains(folded(word), absent) for absent in none) for word in wide.no_words)
    return one_of_them and all_of_them and none_of_them


def shadowed(rules: Iterable[Rule]) -> list[tuple[Rule, Rule]]:
    """Rules that an earlier one never lets have a turn, each with the first such one."""
    ordered = [rule for rule in in_order(rules) if not rule.aside]
    found = []
    for number, rule in enumerate(ordered):
        before = next((earlier for earlier in ordered[:number] if implies(rule.conditions, earlier.conditions)), None)
        if before is not None:
            found.append((rule, before))
    return found


def conflicts(rules: Iterable[Rule], cases: Mapping[str, Case]) -> dict[tuple[int, int], list[str]]:
    """Pairs of rules (by id, the one that decides first) that match the same complaints with different outcomes."""
    ordered, found = in_order(rules), dict[tuple[int, int], list[str]]()
    for name, case in cases.items():
        for first, second in clashes(ordered, case):
            found.setdefault((first.id, second.id), []).append(name)
    return found


def clashes(rules: Iterable[Rule], case: Case) -> list[tuple[Rule, Rule]]:
    """The rule that decides a complaint, with each later one that matches too and says something else."""
    found = all_matching(rules, case)
    return [(found[0], rule) for rule in found[1:] if rule.outcome != found[0].outcome]


def never_matched(rules: Iterable[Rule], counts: Counter[int]) -> list[Rule]:
    """Rules that decided none of the complaints counted by rule id; those set aside are no surprise."""
    return [rule for rule in in_order(rules) if not rule.aside and not counts[rule.id]]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a rule between two versions: `added`, `removed`, `changed` or `moved`."""

    what: str
    name: str
    old: Rule | None
    new: Rule | None


def difference(old: Iterable[Rule], new: Iterable[Rule]) -> list[Change]:
    """How a version differs from another, rules told apart by name; in the order of the new one, removed ones at the end.

    A rule counts as moved when it stands otherwise among the rules that both have.
    """
    before, after = {rule.name: rule for rule in in_order(old)}, {rule.name: rule for rule in in_order(new)}
    ranks = {name: rank for rank, name in enumerate(name for name in before if name in after)}
    found = []
    for place, (name, rule) in enumerate((name, rule) for name, rule in after.items() if name in before):
        was = before[name]
        if was.content != rule.content or was.aside != rule.aside:
            found.append(Change("changed", name, was, rule))
        elif ranks[name] != place:
            found.append(Change("moved", name, was, rule))
    found += [Change("added", name, None, rule) for name, rule in after.items() if name not in before]
    order = {name: number for number, name in enumerate(after)}
    found.sort(key=lambda change: order[change.name])
    return found + [Change("removed", name, rule, None) for name, rule in before.items() if name not in after]
