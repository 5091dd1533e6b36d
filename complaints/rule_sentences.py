"""A rule in a plain sentence of the reader's language: “Complaints about …, in …, that say … go to …”."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language, gettext, npgettext, pgettext

from communities.models import CompoundKind
from complaints import catalogue
from complaints.rule_format import clock_time
from complaints.rules import Conditions, Days, Outcome, Rule
from complaints.states import Channel


@dataclass(frozen=True)
class Names:
    """Names that the catalogue does not hold: of places by code and of organisations by id."""

    places: Mapping[int, str] = field(default_factory=dict)
    organisations: Mapping[int, str] = field(default_factory=dict)


def sentence(rule: Rule, names: Names) -> str:
    """The whole rule. What has no name (any more) is shown by its code."""
    asked, said = _conditions(rule.conditions, names), _outcome(rule.outcome, names)
    outcome = pgettext("between outcomes of a rule", ", ").join(said) or gettext("stay as they are")
    if not asked:
        return gettext("All complaints %(outcome)s.") % {"outcome": outcome}
    conditions = pgettext("between conditions of a rule", ", ").join(asked)
    return gettext("Complaints %(conditions)s %(outcome)s.") % {"conditions": conditions, "outcome": outcome}


def _conditions(asked: Conditions, names: Names) -> list[str]:
    found = []
    if asked.leaves:
        found.append(gettext("about %(leaves)s") % {"leaves": either([quoted(leaf_name(code)) for code in asked.leaves])})
    if asked.places:
        places = either([names.places.get(code, str(code)) for code in asked.places])
        found.append(gettext("in %(places)s") % {"places": places})
    if asked.any_words:
        found.append(gettext("that say %(words)s") % {"words": either([quoted(word) for word in asked.any_words])})
    if asked.all_words:
        found.append(gettext("that name all of %(words)s") % {"words": listed([quoted(word) for word in asked.all_words])})
    if asked.no_words:
        found.append(gettext("that do not say %(words)s") % {"words": either([quoted(word) for word in asked.no_words])})
    found += _when(asked)
    found += _where(asked)
    if asked.emergency is not None:
        found.append(gettext("that are emergencies") if asked.emergency else gettext("that are no emergencies"))
    if asked.channels:
        found.append(gettext("that came by %(channels)s") % {"channels": either([_channel(code) for code in asked.channels])})
    return found


def _when(asked: Conditions) -> list[str]:
    found = []
    if asked.days != Days.ANY:
        found.append(gettext("filed on working days") if asked.days == Days.WORKING else gettext("filed on days off"))
    if asked.hours:
        first, last = asked.hours
        overnight = last < first
        said = gettext("filed between %(first)s and %(last)s of the next day") if overnight else ""
        said = said or gettext("filed between %(first)s and %(last)s")
        found.append(said % {"first": clock_time(first), "last": clock_time(last)})
    return found


def _where(asked: Conditions) -> list[str]:
    found = []
    if asked.kinds:
        kinds = either([_compound_kind(code) for code in asked.kinds])
        found.append(gettext("from compounds of the kind %(kinds)s") % {"kinds": kinds})
    low, high = asked.homes_from, asked.homes_to
    if low is not None and high is not None:
        found.append(gettext("from compounds with %(low)d to %(high)d homes") % {"low": low, "high": high})
    elif low is not None:
        found.append(_homes("from compounds with at least", low))
    elif high is not None:
        found.append(_homes("from compounds with at most", high))
    if asked.served is not None:
        served = gettext("from compounds that a property firm serves")
        found.append(served if asked.served else gettext("from compounds that no property firm serves"))
    return found


def _homes(which: str, number: int) -> str:
    if which.endswith("least"):
        words = npgettext("rule", "from compounds with at least %(n)d home", "from compounds with at least %(n)d homes", number)
    else:
        words = npgettext("rule", "from compounds with at most %(n)d home", "from compounds with at most %(n)d homes", number)
    return words % {"n": number}


def _outcome(outcome: Outcome, names: Names) -> list[str]:
    found = []
    if outcome.organisation is not None:
        name = names.organisations.get(outcome.organisation, f"#{outcome.organisation}")
        found.append(gettext("go to %(organisation)s") % {"organisation": name})
    if outcome.kind:
        found.append(gettext("go to the nearest organisation of the kind %(kind)s") % {"kind": quoted(kind_name(outcome.kind))})
    if outcome.leaf:
        found.append(gettext("count as %(leaf)s") % {"leaf": quoted(leaf_name(outcome.leaf))})
    if outcome.urgency:
        found.append(gettext("get the urgency %(level)s") % {"level": quoted(urgency_name(outcome.urgency))})
    if outcome.assists:
        kinds = listed([quoted(kind_name(code)) for code in outcome.assists])
        found.append(gettext("and %(kinds)s is asked to assist") % {"kinds": kinds})
    return found


def quoted(word: str) -> str:
    return gettext("“%(word)s”") % {"word": word}


def listed(parts: Sequence[str]) -> str:
    return gettext(", ").join(parts)


def either(parts: Sequence[str]) -> str:
    """“a, b or c”."""
    if len(parts) < 2:
        return "".join(parts)
    return gettext("%(first)s or %(last)s") % {"first": listed(parts[:-1]), "last": parts[-1]}


def leaf_name(code: str) -> str:
    return _name_of(catalogue.Catalogue.load().leaves, code)


def kind_name(code: str) -> str:
    return _name_of(catalogue.Catalogue.load().departments, code)


def urgency_name(code: str) -> str:
    return _name_of(catalogue.Catalogue.load().urgencies, code)


def _name_of(rows: Iterable[Any], code: str) -> str:
    """A catalogue row's name in the reader's language; the code itself for what has left the catalogue."""
    row = next((row for row in rows if row.code == code), None)
    if row is None:
        return code
    return str(row.name_en if (get_language() or "").startswith("en") else row.name)


def _channel(code: str) -> str:
    return str(Channel(code).label) if code in Channel.values else code


def _compound_kind(code: str) -> str:
    return str(CompoundKind(code).label) if code in CompoundKind.values else code
