"""The catalogue of complaints: what residents complain about, who leads, how urgent it is and how long it may take.

It is reference data in `data/catalogue.json`, read once and checked strictly, because a wrong department code would
send tickets nowhere. Times are defaults of our own (no national rule fixes them, see `docs/law.md`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

DATA = Path(__file__).parent / "data"
PROVENANCE = frozenset({"seed", "source", "synthesis", "own"})
CLOCKS = frozenset({"wall", "working"})
FALLBACK_LEAF = "1299"  # 其他或无法归类: what a person chooses when nothing else fits; the classifier never does


class CatalogueError(ValueError):
    """The catalogue cannot be trusted. Carries every problem found, one a line, not only the first."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


_C = TypeVar("_C", bound=_Coded)


@dataclass(frozen=True, slots=True)
class Department:
    """Somebody who can lead or assist: a bureau, a utility, a property firm, an owners' body (`kind` says which)."""

    code: str
    name: str
    name_en: str
    kind: str
    aliases: tuple[str, ...]
    note: str
    provenance: str


@dataclass(frozen=True, slots=True)
class Urgency:
    """One of the five levels, U1 the most urgent.

    `accept_minutes`, `first_contact_minutes` and `onsite_minutes` run on `clock`: "wall" is every minute of day and
    night (only U1), "working" counts working minutes. `resolve_workdays` is in working days. `basis` says what the
    figures were compared with; all of them are our own proposal.
    """

    code: str
    name: str
    name_en: str
    description: str
    clock: str
    accept_minutes: int
    first_contact_minutes: int
    onsite_minutes: int | None
    resolve_workdays: int
    basis: str
    provenance: str


@dataclass(frozen=True, slots=True)
class Category:
    """One of the twelve headings."""

    code: str
    name: str
    name_en: str
    provenance: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """One kind of complaint. `parent` is its category, `lead` a department code, `assists` department codes.

    The times and their clock are those of its urgency: minutes are working minutes, for an emergency (U1) wall-clock
    minutes; `resolve_workdays` is in working days. `emergency_line` is advice shown to the resident; Mulin never
    replaces 110, 119, 120 or 122. A `confidential` leaf hides who filed it from everybody but the officer dealing
    with it.
    """

    code: str
    parent: str
    name: str
    name_en: str
    description: str
    lead: str
    assists: tuple[str, ...]
    urgency: str
    clock: str
    accept_minutes: int
    first_contact_minutes: int
    onsite_minutes: int | None
    resolve_workdays: int
    emergency: bool
    emergency_line: str | None
    emergency_line_en: str | None
    confidential: bool
    keywords: tuple[str, ...]
    legal_basis: tuple[str, ...]
    practical_matters: tuple[int, ...]
    enforcement_items: tuple[str, ...]
    service_items: tuple[str, ...]
    provenance: str
    provenance_note: str


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Everything above, in the order of the file. Compared by identity, so that it can key a cache."""

    version: str
    departments: tuple[Department, ...]
    urgencies: tuple[Urgency, ...]
    categories: tuple[Category, ...]
    leaves: tuple[Leaf, ...]
    _departments: Mapping[str, Department] = field(init=False, repr=False)
    _urgencies: Mapping[str, Urgency] = field(init=False, repr=False)
    _leaves: Mapping[str, Leaf] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_departments", {d.code: d for d in self.departments})
        object.__setattr__(self, "_urgencies", {u.code: u for u in self.urgencies})
        object.__setattr__(self, "_leaves", {leaf.code: leaf for leaf in self.leaves})

    @classmethod
    def load(cls) -> Catalogue:
        """The catalogue shipped with Mulin, read once per process. Raises CatalogueError if the file is not sound."""
        return _shipped()

    @classmethod
    def parse(cls, text: str) -> Catalogue:
        """A catalogue from JSON text. Raises CatalogueError naming every problem found."""
        return _parse(text)

    def leaf(self, code: str) -> Leaf:
        """Raises KeyError for a code the catalogue does not have."""
        return self._leaves[code]

    def department(self, code: str) -> Department:
        """Raises KeyError for a code the catalogue does not have."""
        return self._departments[code]

    def urgency(self, code: str) -> Urgency:
        """Raises KeyError for a code the catalogue does not have."""
        return self._urgencies[code]


@lru_cache(maxsize=1)
def _shipped() -> Catalogue:
    return _parse((DATA / "catalogue.json").read_text(encoding="utf-8"))


def _parse(text: str) -> Catalogue:
    try:
        raw = json.loads(text)
        urgencies = {row["code"]: row for row in raw["urgencies"]}
        catalogue = Catalogue(
            version=raw["version"],
            departments=tuple(_row(Department, row) for row in raw["departments"]),
            urgencies=tuple(_row(Urgency, row) for row in raw["urgencies"]),
            categories=tuple(_row(Category, row, ignore={"leaves"}) for row in raw["categories"]),
            leaves=tuple(
                _row(Leaf, {"parent": category["code"], **_times(urgencies.get(leaf["urgency"])), **leaf})
                for category in raw["categories"]
                for leaf in category["leaves"]
            ),
        )
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise CatalogueError([f"the catalogue is malformed: {type(error).__name__} {error}"]) from error
    problems = [problem for check in (_codes, _references, _times_are_sane, _emergencies, _words) for problem in check(catalogue)]
    if problems:
        raise CatalogueError(problems)
    return catalogue


def _times(urgency: Mapping[str, Any] | None) -> dict[str, Any]:
    """A leaf takes the times of its urgency; an urgency that does not exist is reported by `_references`."""
    names = ("clock", "accept_minutes", "first_contact_minutes", "onsite_minutes", "resolve_workdays")
    return {name: urgency[name] if urgency else None for name in names}


_R = TypeVar("_R")


def _row(kind: Callable[..., _R], row: Mapping[str, Any], *, ignore: Iterable[str] = ()) -> _R:
    """A dataclass from a JSON object; missing and unknown keys raise TypeError, so that a typing slip is not lost."""
    dropped = set(ignore)
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in row.items() if k not in dropped})


def _codes(catalogue: Catalogue) -> Iterable[str]:
    groups: tuple[tuple[str, tuple[_Coded, ...], str], ...] = (
        ("department", catalogue.departments, r"[A-Z]{2,8}"),
        ("urgency", catalogue.urgencies, r"U[1-9]"),
        ("category", catalogue.categories, r"[0-9]{2}"),
        ("leaf", catalogue.leaves, r"[0-9]{4}"),
    )
    for noun, rows, shape in groups:
        seen: set[str] = set()
        for row in rows:
            if not re.fullmatch(shape, row.code):
                yield f"{noun} {row.code!r}: the code does not look like {shape}"
            if row.code in seen:
                yield f"{noun} {row.code}: the code is there twice"
            seen.add(row.code)
    named_rows: list[Department | Urgency | Category | Leaf] = [
        *catalogue.departments,
        *catalogue.urgencies,
        *catalogue.categories,
        *catalogue.leaves,
    ]
    for named in named_rows:
        if not named.name.strip() or not named.name_en.strip():
            yield f"{named.code}: needs a Chinese and an English name"
        if named.provenance not in PROVENANCE:
            yield f"{named.code}: unknown provenance {named.provenance!r}"


def _references(catalogue: Catalogue) -> Iterable[str]:
    departments = {d.code for d in catalogue.departments}
    urgencies = {u.code for u in catalogue.urgencies}
    for leaf in catalogue.leaves:
        if not leaf.code.startswith(leaf.parent):
            yield f"leaf {leaf.code}: stands under category {leaf.parent}"
        for code in (leaf.lead, *leaf.assists):
            if code not in departments:
                yield f"leaf {leaf.code}: unknown department {code!r}"
        if leaf.lead in leaf.assists or len(set(leaf.assists)) != len(leaf.assists):
            yield f"leaf {leaf.code}: a department is named twice"
        if leaf.urgency not in urgencies:
            yield f"leaf {leaf.code}: unknown urgency {leaf.urgency!r}"
    if FALLBACK_LEAF not in {leaf.code for leaf in catalogue.leaves}:
        yield f"leaf {FALLBACK_LEAF} (other) is missing"


def _times_are_sane(catalogue: Catalogue) -> Iterable[str]:
    timed_rows: list[Urgency | Leaf] = [*catalogue.urgencies, *catalogue.leaves]
    for row in timed_rows:
        for name in ("accept_minutes", "first_contact_minutes", "resolve_workdays"):
            value = getattr(row, name)
            if not isinstance(value, int) or value <= 0:
                yield f"{row.code}: {name} must be a whole number above 0, not {value!r}"
        if row.onsite_minutes is not None and not row.onsite_minutes > 0:
            yield f"{row.code}: onsite_minutes must be above 0 or null"
    for urgency in catalogue.urgencies:
        if urgency.clock not in CLOCKS:
            yield f"urgency {urgency.code}: clock must be one of {sorted(CLOCKS)}, not {urgency.clock!r}"


def _emergencies(catalogue: Catalogue) -> Iterable[str]:
    for leaf in catalogue.leaves:
        round_the_clock = leaf.clock == "wall"
        if leaf.emergency and not (leaf.emergency_line and leaf.emergency_line_en):
            yield f"leaf {leaf.code}: an emergency without a line to call, in Chinese and English"
        if leaf.emergency and not round_the_clock:
            yield f"leaf {leaf.code}: an emergency at {leaf.urgency}, whose clock stops at night"
        if not leaf.emergency and (leaf.emergency_line or round_the_clock):
            yield f"leaf {leaf.code}: has an emergency line or clock but is no emergency"


def _words(catalogue: Catalogue) -> Iterable[str]:
    for leaf in catalogue.leaves:
        if not leaf.keywords or not all(word.strip() for word in leaf.keywords):
            yield f"leaf {leaf.code}: needs keywords, none of them empty"
        if len(set(leaf.keywords)) != len(leaf.keywords):
            yield f"leaf {leaf.code}: a keyword is there twice"
