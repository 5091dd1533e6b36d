"""What may stand in a rule of a street or county: cleaned, or refused with the field that must change."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from communities.models import CompoundKind
from complaints import catalogue, rule_format
from complaints.rule_queries import organisations_for, places_for
from complaints.rules import Conditions, Outcome, Rule
from complaints.states import Channel
from people.models import Organisation
from tenancy import areas
from tenancy.refusals import Refusal
from tenancy.text import clean

MOST_RULES = 200
MOST_WORDS = 30
MOST_PLACES = 50
MOST_HOMES = 1_000_000
LONGEST_NAME = 60
LONGEST_WORD = 40
LONGEST_NOTE = 300
BY_HAND = "HOTLINE"
"""The kind of organisation that means: a person decides. No rule is needed for that."""


def checked(rule: Rule, *, area: int) -> Rule:
    """The rule as it may be kept by the owner of `area`. Raises Refusal; `field` is the name of a condition or outcome."""
    name = clean(rule.name, field="name", longest=LONGEST_NAME)
    asked, said = _conditions(rule.conditions, area), _outcome(rule.outcome)
    if not said.says_anything:
        raise Refusal(_("Say what is to become of these complaints: at least one of the fields below."), field="organisation")
    if asked == Conditions():
        raise Refusal(_("Say which complaints are meant: at least one condition."), field="any_words", code="required")
    if said.organisation is not None:
        _check_organisation(said.organisation, asked.places or (area,), area)
    return replace(rule, name=name, conditions=asked, outcome=said)


def checked_all(rules: Sequence[Rule], *, area: int) -> list[Rule]:
    """A whole set, as imported. Raises Refusal; `field` is `rules.<n>.<field>`, n from 0, or `rules`."""
    if len(rules) > MOST_RULES:
        raise Refusal(_("At most %(most)d rules fit in a set.") % {"most": MOST_RULES}, field="rules", code="too_many")
    found: list[Rule] = []
    for number, rule in enumerate(rules):
        try:
            made = checked(rule, area=area)
            if any(made.name == other.name for other in found):
                raise name_taken()
        except Refusal as refusal:
            raise Refusal(refusal.message, field=f"rules.{number}.{refusal.field}", code=refusal.code) from None
        found.append(replace(made, position=number + 1))
    return found


def name_taken() -> Refusal:
    return Refusal(_("Another rule of this set has this name. Choose another."), field="name", code="unique")


def _conditions(asked: Conditions, area: int) -> Conditions:
    known = catalogue.Catalogue.load()
    _among(asked.leaves, {leaf.code for leaf in known.leaves}, "leaves")
    if any(known.leaf(code).confidential for code in asked.leaves):
        raise Refusal(_("Complaints about officials go where the catalogue says; no rule is asked about them."), field="leaves")
    _among(asked.kinds, set(CompoundKind.values), "kinds")
    _among(asked.channels, set(Channel.values), "channels")
    if len(asked.places) > MOST_PLACES:
        raise Refusal(_("At most %(most)d places fit.") % {"most": MOST_PLACES}, field="places")
    there = set(places_for(area).filter(code__in=asked.places).values_list("code", flat=True)) if asked.places else set()
    if not there.issuperset(asked.places):
        raise Refusal(_("A place is not one of yours. Choose from the list."), field="places", code="not_found")
    low, high = asked.homes_from, asked.homes_to
    for name, value in (("homes_from", low), ("homes_to", high)):
        if value is not None and not 0 <= value <= MOST_HOMES:
            raise Refusal(_("Give a number from 0 to %(most)d.") % {"most": MOST_HOMES}, field=name)
    if low is not None and high is not None and high < low:
        raise Refusal(_("This is less than the number before it."), field="homes_to")
    if asked.hours and asked.hours[0] == asked.hours[1]:
        raise Refusal(_("From and to are the same. For the whole day leave both empty."), field="hours")
    some, every, none = (checked_words(getattr(asked, name), name) for name in rule_format.WORD_FIELDS)
    if len(some) + len(every) + len(none) > MOST_WORDS:
        raise Refusal(_("At most %(most)d words fit in a rule.") % {"most": MOST_WORDS}, field="any_words", code="too_many")
    places, leaves = _once(asked.places), _once(asked.leaves)
    return replace(asked, places=places, leaves=leaves, any_words=some, all_words=every, no_words=none)


def checked_words(words: Iterable[str], field: str) -> tuple[str, ...]:
    """Words to look for in a text, cleaned, each once. Raises Refusal (naming `field`)."""
    found = [clean(word, field=field, longest=LONGEST_WORD) for word in words]
    for word in found:
        if not rule_format.has_substance(word):
            raise Refusal(_("“%(word)s” has no letter, character or number to look for.") % {"word": word}, field=field)
    return _once(found)


def _outcome(said: Outcome) -> Outcome:
    known = catalogue.Catalogue.load()
    kinds = {department.code for department in known.departments} - {BY_HAND}
    if said.leaf:
        _among([said.leaf], {leaf.code for leaf in known.leaves}, "leaf")
    if said.kind:
        _among([said.kind], kinds, "kind")
    if said.urgency:
        _among([said.urgency], {level.code for level in known.urgencies}, "urgency")
    _among(said.assists, kinds, "assists")
    if said.organisation is not None and said.kind:
        raise Refusal(_("Name an organisation or a kind of organisation, not both."), field="kind")
    if said.leaf and known.leaf(said.leaf).confidential and (said.kind or said.organisation is not None or said.assists):
        raise Refusal(_("Complaints about officials go where the catalogue says. Leave the fields below empty."), field="leaf")
    return replace(said, assists=_once(said.assists))


def _check_organisation(organisation: int, places: Sequence[int], area: int) -> None:
    found: Organisation | None = organisations_for(area).filter(pk=organisation).first()
    if found is None:
        raise Refusal(
            _("This organisation does not answer for this place. Choose one from the list."),
            field="organisation",
            code="not_found",
        )
    low, high = areas.subtree(found.area)
    if not all(low <= start and end <= high for start, end in map(areas.subtree, places)):
        raise Refusal(
            _("This organisation answers for a part only. Limit the rule to places there, or choose another."),
            field="organisation",
        )


def _among(codes: Iterable[str], known: set[str], field: str) -> None:
    if not set(codes) <= known:
        raise Refusal(_("This is not one of the choices."), field=field, code="invalid_choice")


def _once(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))
