"""The catalogue is whole, and a broken one is refused with a reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from complaints.catalogue import DATA, Catalogue, CatalogueError

Break = Callable[[dict[str, Any]], None]


@pytest.fixture
def raw() -> dict[str, Any]:
    return json.loads((DATA / "catalogue.json").read_text(encoding="utf-8"))


def first_leaf(raw: dict[str, Any]) -> dict[str, Any]:
    return raw["categories"][0]["leaves"][0]


def emergency_leaf(raw: dict[str, Any]) -> dict[str, Any]:
    return next(leaf for category in raw["categories"] for leaf in category["leaves"] if leaf["emergency"])


def test_the_shipped_catalogue_is_whole_and_read_once() -> None:
    catalogue = Catalogue.load()
    assert catalogue is Catalogue.load()
    assert len(catalogue.categories) == 12
    assert len(catalogue.leaves) == 78
    assert len(catalogue.departments) == 29
    assert [urgency.code for urgency in catalogue.urgencies] == ["U1", "U2", "U3", "U4", "U5"]


def test_a_leaf_takes_the_times_of_its_urgency() -> None:
    catalogue = Catalogue.load()
    stopped = catalogue.leaf("0202")
    assert (stopped.name, stopped.lead, stopped.assists, stopped.urgency) == ("电梯故障停运", "PM", ("MR", "HC"), "U2")
    assert (stopped.accept_minutes, stopped.first_contact_minutes, stopped.onsite_minutes) == (60, 120, 120)
    assert stopped.resolve_workdays == 2
    assert catalogue.department(stopped.lead).name_en == "Property firm"
    assert catalogue.urgency("U1").clock == "wall"


def test_exactly_the_life_threatening_leaves_are_emergencies_with_a_line_to_call() -> None:
    emergencies = {leaf.code: leaf for leaf in Catalogue.load().leaves if leaf.emergency}
    assert set(emergencies) == {"0106", "0201", "0306", "0903", "0907"}
    assert "119" in (emergencies["0106"].emergency_line or "")
    assert "110" in (emergencies["0903"].emergency_line or "")
    assert "120" in (emergencies["0907"].emergency_line or "")


def test_only_reports_on_officials_are_confidential() -> None:
    assert [leaf.code for leaf in Catalogue.load().leaves if leaf.confidential] == ["1206"]


def test_an_unknown_code_is_a_key_error() -> None:
    for look_up in (Catalogue.load().leaf, Catalogue.load().department, Catalogue.load().urgency):
        with pytest.raises(KeyError):
            look_up("nothing")


def test_the_english_names_carry_no_chinese() -> None:
    catalogue = Catalogue.load()
    for row in (*catalogue.categories, *catalogue.leaves, *catalogue.departments, *catalogue.urgencies):
        assert row.name_en.isascii() or "ç" in row.name_en, row.name_en


def unknown_lead(raw: dict[str, Any]) -> None:
    first_leaf(raw)["lead"] = "XX"


def duplicate_leaf(raw: dict[str, Any]) -> None:
    raw["categories"][0]["leaves"].append(dict(first_leaf(raw)))


def emergency_without_line(raw: dict[str, Any]) -> None:
    emergency_leaf(raw)["emergency_line"] = None


def emergency_in_office_hours(raw: dict[str, Any]) -> None:
    emergency_leaf(raw)["urgency"] = "U2"


def unknown_urgency(raw: dict[str, Any]) -> None:
    first_leaf(raw)["urgency"] = "U9"


def lead_assists_itself(raw: dict[str, Any]) -> None:
    first_leaf(raw)["assists"] = [first_leaf(raw)["lead"]]


def misspelled_field(raw: dict[str, Any]) -> None:
    first_leaf(raw)["keyword"] = first_leaf(raw).pop("keywords")


def no_keywords(raw: dict[str, Any]) -> None:
    first_leaf(raw)["keywords"] = []


def wrong_parent(raw: dict[str, Any]) -> None:
    raw["categories"][1]["leaves"].append(raw["categories"][0]["leaves"].pop())


def no_time_to_accept(raw: dict[str, Any]) -> None:
    raw["urgencies"][3]["accept_minutes"] = 0


def unknown_provenance(raw: dict[str, Any]) -> None:
    first_leaf(raw)["provenance"] = "hearsay"


def no_fallback(raw: dict[str, Any]) -> None:
    raw["categories"][-1]["leaves"].pop()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (unknown_lead, "leaf 0101: unknown department 'XX'"),
        (duplicate_leaf, "leaf 0101: the code is there twice"),
        (emergency_without_line, "an emergency without a line to call"),
        (emergency_in_office_hours, "whose clock stops at night"),
        (unknown_urgency, "leaf 0101: unknown urgency 'U9'"),
        (lead_assists_itself, "leaf 0101: a department is named twice"),
        (misspelled_field, "unexpected keyword argument 'keyword'"),
        (no_keywords, "leaf 0101: needs keywords"),
        (wrong_parent, "leaf 0106: stands under category 02"),
        (no_time_to_accept, "U4: accept_minutes must be a whole number above 0"),
        (unknown_provenance, "0101: unknown provenance 'hearsay'"),
        (no_fallback, "leaf 1299 (other) is missing"),
    ],
)
def test_a_broken_catalogue_is_refused_with_its_reason(raw: dict[str, Any], spoil: Break, reason: str) -> None:
    spoil(raw)
    with pytest.raises(CatalogueError) as refusal:
        Catalogue.parse(json.dumps(raw))
    assert reason in str(refusal.value)


def test_every_problem_is_named_not_only_the_first(raw: dict[str, Any]) -> None:
    unknown_lead(raw)
    emergency_without_line(raw)
    with pytest.raises(CatalogueError) as refusal:
        Catalogue.parse(json.dumps(raw))
    assert len(refusal.value.problems) == 2


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '"catalogue"'])
def test_text_that_is_no_catalogue_is_refused(text: str) -> None:
    with pytest.raises(CatalogueError, match="malformed"):
        Catalogue.parse(text)
