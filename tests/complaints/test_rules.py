"""Routing rules as such: what matches, what shadows what, and how a rule reads. No database."""

from collections import Counter
from dataclasses import fields, replace
from datetime import time

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from communities.models import CompoundKind
from complaints import rule_format, rules
from complaints.folding import fold
from complaints.rule_sentences import Names, sentence
from complaints.rules import Case, Conditions, Days, Outcome, Rule
from complaints.states import Channel

STREET, COMPOUND, ELSEWHERE = 350582_001_000_000, 350582_001_001_001, 350582_002_001_001
PLACES = [350582_000_000_000, STREET, 350582_001_001_000, COMPOUND, ELSEWHERE]
WORDS = ["电", "电梯", "梯", "停运", "电梯停运", "car", "Car park", "护栏", "3"]
TEXTS = ["电梯停运三天", "护栏断了", "a card on the car park", "CAR", "电梯3号", "电瓶车", "梯子", "护 栏"]

words = some.lists(some.sampled_from(WORDS), max_size=2, unique=True).map(tuple)
hours = some.none() | some.tuples(some.times().map(lambda t: t.replace(second=0, microsecond=0)), some.just(time(6))).filter(
    lambda pair: pair[0] != pair[1]
)
few_homes = some.none() | some.integers(0, 9)
conditions = some.builds(
    Conditions,
    places=some.lists(some.sampled_from(PLACES), max_size=2, unique=True).map(tuple),
    leaves=some.lists(some.sampled_from(["0201", "0202"]), max_size=2, unique=True).map(tuple),
    any_words=words,
    all_words=words,
    no_words=words,
    hours=hours,
    days=some.sampled_from(Days),
    kinds=some.lists(some.sampled_from(CompoundKind.values[:2]), max_size=1).map(tuple),
    homes_from=few_homes,
    homes_to=few_homes,
    served=some.none() | some.booleans(),
    emergency=some.none() | some.booleans(),
    channels=some.lists(some.sampled_from(Channel.values[:2]), max_size=1).map(tuple),
)
cases = some.builds(
    Case,
    text=some.lists(some.sampled_from(TEXTS), min_size=1, max_size=2).map(lambda parts: fold("，".join(parts))),
    area=some.sampled_from([COMPOUND, ELSEWHERE]),
    leaf=some.sampled_from([None, "0201", "0202"]),
    emergency=some.booleans(),
    channel=some.sampled_from(Channel.values[:2]),
    minute=some.integers(0, rules.MINUTES - 1),
    working_day=some.booleans(),
    kind=some.sampled_from(CompoundKind.values[:2]),
    homes=some.integers(0, 9),
    served=some.booleans(),
)
TO_FIRM = Outcome(kind="PM")


def rule(number: int = 1, outcome: Outcome = TO_FIRM, **asked: object) -> Rule:
    return Rule(f"规则{number}", Conditions(**asked), outcome, id=number, position=number)


def case(text: str = "三号楼电梯停运", **facts: object) -> Case:
    return Case(fold(text), **{"area": COMPOUND, **facts})


@settings(max_examples=150)
@given(some.lists(conditions, min_size=2, max_size=5), some.lists(cases, min_size=20, max_size=20))
def test_a_shadowed_rule_never_decides(asked: list[Conditions], seen: list[Case]) -> None:
    kept = [Rule(str(n), each, TO_FIRM, id=n, position=n) for n, each in enumerate(asked)]
    hidden = {one.id for one, _before in rules.shadowed(kept)}
    for each in seen:
        deciding = rules.decide(kept, each)
        assert deciding is None or deciding.id not in hidden


def only(asked: Conditions, *names: str) -> Conditions:
    """These conditions of it and no others."""
    return Conditions(**{name: getattr(asked, name) for name in names})


@pytest.mark.parametrize("name", [each.name for each in fields(Conditions)])
def test_what_is_implied_holds(name: str) -> None:
    """One condition at a time, so that it alone decides: where `implies` says yes, no complaint shows otherwise."""

    @settings(max_examples=60, suppress_health_check=[HealthCheck.differing_executors])
    @given(conditions, conditions, some.lists(cases, min_size=20, max_size=20))
    def holds(one: Conditions, other: Conditions, seen: list[Case]) -> None:
        narrow, wide = only(one, name), only(other, name)
        if rules.implies(narrow, wide):
            for each in seen:
                assert not rules.matches(Rule("a", narrow), each) or rules.matches(Rule("b", wide), each), (narrow, wide)

    holds()


@settings(max_examples=100)
@given(conditions)
def test_every_condition_implies_itself_and_survives_being_kept(asked: Conditions) -> None:
    assert rules.implies(asked, asked)
    assert rule_format.read_conditions(rule_format.kept_conditions(asked)) == asked


@settings(max_examples=200)
@given(
    some.builds(Case, text=some.text(), area=some.integers(), minute=some.integers(), homes=some.integers()),
    conditions,
)
def test_matching_never_raises(seen: Case, asked: Conditions) -> None:
    assert rules.matches(Rule("a", asked), seen) in (True, False)


@settings(max_examples=100)
@given(
    some.recursive(
        some.none() | some.booleans() | some.integers() | some.text(max_size=5),
        lambda inner: some.lists(inner) | some.dictionaries(some.sampled_from([*rule_format.KNOWN_CONDITIONS, "x"]), inner),
        max_leaves=8,
    )
)
def test_whatever_a_row_holds_reads_as_a_rule_or_is_broken(kept: object) -> None:
    try:
        found = rule_format.read("a", kept, {"kind": "PM"})
    except rule_format.Broken:
        return
    assert rules.matches(found, case()) in (True, False)


@pytest.mark.parametrize(
    ("asked", "facts", "expected"),
    [
        ({"places": (STREET,)}, {}, True),
        ({"places": (STREET,)}, {"area": ELSEWHERE}, False),
        ({"any_words": ("电 梯",)}, {}, True),
        ({"any_words": ("自行车", "电梯")}, {}, True),
        ({"all_words": ("自行车", "电梯")}, {}, False),
        ({"no_words": ("停运",)}, {}, False),
        ({"hours": (time(22), time(6))}, {"minute": 23 * 60}, True),
        ({"hours": (time(22), time(6))}, {"minute": 5 * 60 + 59}, True),
        ({"hours": (time(22), time(6))}, {"minute": 6 * 60}, False),
        ({"hours": (time(22), time(6))}, {"minute": 12 * 60}, False),
        ({"hours": (time(8), time(12))}, {"minute": 8 * 60}, True),
        ({"days": Days.OFF}, {"working_day": True}, False),
        ({"days": Days.OFF}, {"working_day": False}, True),
        ({"homes_from": 500}, {"homes": 499}, False),
        ({"homes_to": 500}, {"homes": 500}, True),
        ({"served": False}, {"served": True}, False),
        ({"emergency": True}, {"emergency": True}, True),
        ({"leaves": ("0202",)}, {"leaf": "0201"}, False),
        ({"channels": ("phone",)}, {"channel": "phone"}, True),
    ],
)
def test_a_condition(asked: dict[str, object], facts: dict[str, object], expected: bool) -> None:
    assert rules.matches(rule(**asked), case(**facts)) is expected


def test_words_are_compared_in_their_folded_form_and_latin_ones_as_whole_words() -> None:
    assert rules.matches(rule(any_words=("ＬＩＦＴ",)), case("The Lift is broken"))
    assert not rules.matches(rule(any_words=("lift",)), case("facelift"))
    assert rules.matches(rule(any_words=("3号楼",)), case("③号楼漏水"))


def test_the_first_rule_decides_and_one_set_aside_never_does() -> None:
    one, two = rule(1, any_words=("电梯",)), rule(2, any_words=("停运",))
    assert rules.decide([two, one], case()) == one
    assert rules.decide([two, replace(one, aside=True)], case()) == two
    assert rules.words_found(two, case()) == ("停运",)


def test_conflicts_are_pairs_with_different_outcomes() -> None:
    one, two = rule(1, any_words=("电梯",)), rule(2, any_words=("停运",))
    other = rule(3, Outcome(kind="MR"), any_words=("三号楼",))
    assert rules.conflicts([one, two, other], {"a": case(), "b": case("护栏")}) == {(1, 3): ["a"]}


def test_shadows_and_rules_that_never_match() -> None:
    wide, narrow = rule(1, any_words=("电梯",)), rule(2, all_words=("电梯停运",), places=(STREET,))
    assert rules.shadowed([wide, narrow]) == [(narrow, wide)]
    assert rules.shadowed([replace(narrow, position=0), wide]) == []
    assert rules.never_matched([wide, narrow], Counter({1: 3})) == [narrow]


def test_a_difference_names_what_was_added_changed_moved_and_removed() -> None:
    old = [rule(1, any_words=("a",)), rule(2, any_words=("b",)), rule(3, any_words=("c",)), rule(4, any_words=("d",))]
    new = [replace(old[1], position=1), replace(old[0], position=2), rule(3, any_words=("x",)), rule(5, any_words=("e",))]
    found = [(change.what, change.name) for change in rules.difference(old, new)]
    assert found == [("moved", "规则2"), ("moved", "规则1"), ("changed", "规则3"), ("added", "规则5"), ("removed", "规则4")]


def test_a_sentence_in_both_languages() -> None:
    said = rule(
        1, Outcome(organisation=7, urgency="U2", assists=("FR",)), any_words=("电梯", "升降机"), places=(STREET,),
        hours=(time(22), time(6)), days=Days.OFF,
    )  # fmt: skip
    names = Names({STREET: "青阳街道"}, {7: "市场监督管理局"})
    with translation.override("en"):
        english = sentence(said, names)
    assert english.startswith(
        "Complaints in 青阳街道, that say “电梯” or “升降机”, filed on days off, filed between 22:00 and 06:00"
    )
    assert "go to 市场监督管理局" in english
    with translation.override("zh-hans"):
        chinese = sentence(said, names)
    assert "青阳街道" in chinese
    assert "Complaints" not in chinese
    with translation.override("en"):
        assert sentence(rule(), Names()).startswith("All complaints go to the nearest organisation of the kind")
