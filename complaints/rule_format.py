"""Rules as they are kept in rows, in files and in the API: plain JSON, read strictly.

A row that reads as no rule raises `Broken`; whoever routes sets that rule aside.
"""

from collections.abc import Iterable
from datetime import time
from typing import Any

from complaints import catalogue
from complaints.folding import fold
from complaints.rules import Conditions, Days, Outcome, Rule
from tenancy import areas

WORD_FIELDS = ("any_words", "all_words", "no_words")
CODE_FIELDS = ("leaves", "kinds", "channels")
YES_NO_FIELDS = ("served", "emergency")
NUMBER_FIELDS = ("homes_from", "homes_to")
KNOWN_CONDITIONS = {"places", *WORD_FIELDS, *CODE_FIELDS, *YES_NO_FIELDS, *NUMBER_FIELDS, "hours", "days"}
KNOWN_OUTCOME = {"leaf", "organisation", "kind", "urgency", "assists"}


class Broken(ValueError):
    """What is kept is no rule; says which part."""


def clock_time(moment: time) -> str:
    return f"{moment:%H:%M}"


def kept_conditions(asked: Conditions) -> dict[str, Any]:
    """Only what is asked."""
    found: dict[str, Any] = {name: list(getattr(asked, name)) for name in ("places", *WORD_FIELDS, *CODE_FIELDS)}
    found |= {name: getattr(asked, name) for name in (*YES_NO_FIELDS, *NUMBER_FIELDS)}
    found["hours"] = [clock_time(moment) for moment in asked.hours] if asked.hours else None
    found["days"] = None if asked.days == Days.ANY else str(asked.days)
    return {name: value for name, value in found.items() if value not in (None, [])}


def kept_outcome(outcome: Outcome) -> dict[str, Any]:
    """Only what is said."""
    found = {
        "leaf": outcome.leaf,
        "organisation": outcome.organisation,
        "kind": outcome.kind,
        "urgency": outcome.urgency,
        "assists": list(outcome.assists),
    }
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def read(name: str, conditions: Any, outcome: Any, *, id: int = 0, position: int = 0, aside: bool = False) -> Rule:
    """The rule that was kept. Raises Broken."""
    asked, said = read_conditions(conditions), read_outcome(outcome)
    return Rule(name, asked, said, id=id, position=position, aside=aside)


def read_conditions(kept: Any) -> Conditions:
    """Raises Broken."""
    known = _object(kept, KNOWN_CONDITIONS, "conditions")
    found: dict[str, Any] = {name: _texts(known.get(name, []), name) for name in (*WORD_FIELDS, *CODE_FIELDS)}
    for name in WORD_FIELDS:
        if not all(has_substance(word) for word in found[name]):
            raise Broken(f"{name}: an empty word")
    found["places"] = tuple(_place(code) for code in _list(known.get("places", []), "places"))
    found |= {name: _yes_no(known.get(name), name) for name in YES_NO_FIELDS}
    found |= {name: _number(known.get(name), name) for name in NUMBER_FIELDS}
    found["hours"] = _hours(known.get("hours"))
    try:
        found["days"] = Days(known.get("days", Days.ANY))
    except ValueError as problem:
        raise Broken("days") from problem
    return Conditions(**found)


def read_outcome(kept: Any) -> Outcome:
    """Raises Broken, also for a leaf or a level of urgency that the catalogue has not (any more)."""
    known = _object(kept, KNOWN_OUTCOME, "outcome")
    codes = {name: known.get(name, "") for name in ("leaf", "kind", "urgency")}
    if not all(isinstance(code, str) for code in codes.values()):
        raise Broken("outcome")
    shipped = catalogue.Catalogue.load()
    if codes["leaf"] and codes["leaf"] not in {leaf.code for leaf in shipped.leaves}:
        raise Broken(f"leaf {codes['leaf']}")
    if codes["urgency"] and codes["urgency"] not in {level.code for level in shipped.urgencies}:
        raise Broken(f"urgency {codes['urgency']}")
    found = Outcome(
        organisation=_number(known.get("organisation"), "organisation"),
        assists=_texts(known.get("assists", []), "assists"),
        **codes,
    )
    if not found.says_anything:
        raise Broken("the outcome is empty")
    return found


def has_substance(word: str) -> bool:
    """Whether a word has anything left to look for once it is folded."""
    return any(character.isalnum() for character in fold(word))


def _object(kept: Any, known: set[str], what: str) -> dict[str, Any]:
    if not isinstance(kept, dict):
        raise Broken(what)
    if unknown := kept.keys() - known:
        raise Broken(f"{what}: {', '.join(sorted(map(str, unknown)))[:80]}")
    return kept


def _list(value: Any, what: str) -> Iterable[Any]:
    if not isinstance(value, list):
        raise Broken(what)
    return value


def _texts(value: Any, what: str) -> tuple[str, ...]:
    if not all(isinstance(each, str) for each in _list(value, what)):
        raise Broken(what)
    return tuple(value)


def _place(value: Any) -> int:
    try:
        areas.level_of(value)
    except (ValueError, TypeError) as problem:
        raise Broken("places") from problem
    return int(value)


def _yes_no(value: Any, what: str) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise Broken(what)
    return value


def _number(value: Any, what: str) -> int | None:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise Broken(what)
    return value


def _hours(value: Any) -> tuple[time, time] | None:
    if value is None:
        return None
    try:
        first, last = (time.fromisoformat(text) for text in value)
    except (TypeError, ValueError) as problem:
        raise Broken("hours") from problem
    if first == last or first.tzinfo or last.tzinfo:
        raise Broken("hours")
    return first, last
