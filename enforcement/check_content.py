"""What a check list says, as plain data: read from the shipped file, an Excel sheet or the API, and checked in one place."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from enforcement.states import Certainty, Level, Severity
from tenancy.refusals import Refusal
from tenancy.text import clean

FILE = Path(__file__).parent / "data" / "items.json"
MOST_ITEMS, MOST_LAWS, MOST_BASES = 300, 120, 8
LONGEST_DAYS = 180
"""Calendar days (own): a longer period is no time to put something right but a plan."""
LONGEST = {"name": 60, "violation": 300, "method": 300, "subject": 60, "penalty": 300}
REQUIRED = ("name", "violation", "method")
FIRST_LAW, LAST_LAW = date(1949, 10, 1), date(2100, 1, 1)


@dataclass(frozen=True)
class LawEntry:
    """A statute by its key: in force from `effective_from` until the day before `repealed_on`."""

    key: str
    name: str
    effective_from: date
    edition: str = ""
    repealed_on: date | None = None
    checked: bool = False
    note: str = ""

    def in_force(self, day: date) -> bool:
        return self.effective_from <= day and (self.repealed_on is None or day < self.repealed_on)


@dataclass(frozen=True)
class ItemEntry:
    """One item. `basis` pairs keys of laws with articles; `days` are calendar days; `bureau`, `others`: kinds of bodies."""

    code: str
    bureau: str
    name: str
    violation: str
    method: str
    days: int
    basis: tuple[tuple[str, str], ...]
    others: tuple[str, ...] = ()
    level: str = Level.COUNTY
    subject: str = ""
    penalty: str = ""
    on_spot: bool = False
    severity: str = Severity.ORDINARY
    leaf: str | None = None
    certainty: str = ""
    provenance: str = ""


@dataclass(frozen=True)
class Content:
    laws: tuple[LawEntry, ...]
    items: tuple[ItemEntry, ...]


def shipped() -> tuple[Content, str]:
    """The list that comes with Mulin, and where it comes from. It is sample data (示例数据)."""
    read = json.loads(FILE.read_text(encoding="utf-8"))
    laws = tuple(
        LawEntry(
            row["key"],
            row["name"],
            date.fromisoformat(row["effective_from"]),
            row["version"],
            date.fromisoformat(row["repealed_on"]) if row["repealed_on"] else None,
            row["checked"],
            row["note"],
        )
        for row in read["laws"]
    )
    items = tuple(
        ItemEntry(**{**row, "basis": tuple(map(tuple, row["basis"])), "others": tuple(row["others"])}) for row in read["items"]
    )
    return Content(laws, items), read["provenance"]


def checked(content: Content, *, kinds: Iterable[str], leaves: Iterable[str]) -> Content:
    """The same, cleaned. Raises Refusal, its field saying where: `laws.<n>.<column>` or `items.<n>.<column>`, n from 0."""
    if not content.items:
        raise Refusal(_("A list holds at least one item."), field="items", code="empty")
    _at_most(content.items, MOST_ITEMS, "items")
    _at_most(content.laws, MOST_LAWS, "laws")
    laws = tuple(_law(number, law) for number, law in enumerate(content.laws))
    _once([law.key for law in laws], "laws", "key")
    known = {law.key for law in laws}
    kinds, leaves = frozenset(kinds), frozenset(leaves)
    items = tuple(_item(number, item, known, kinds, leaves) for number, item in enumerate(content.items))
    _once([item.code for item in items], "items", "code")
    return Content(laws, items)


def _at_most(rows: Sequence[Any], most: int, name: str) -> None:
    if len(rows) > most:
        raise Refusal(_("At most %(most)d fit into a list.") % {"most": most}, field=name, code="too_many")


def _once(keys: Sequence[str], rows: str, column: str) -> None:
    seen: set[str] = set()
    for number, key in enumerate(keys):
        if key in seen:
            raise Refusal(_("“%(key)s” stands there twice.") % {"key": key}, field=f"{rows}.{number}.{column}", code="twice")
        seen.add(key)


def _law(number: int, law: LawEntry) -> LawEntry:
    at = f"laws.{number}"
    key = _key(law.key, f"{at}.key", 12)
    if not FIRST_LAW <= law.effective_from < LAST_LAW:
        raise Refusal(_("Give the day on which it came into force."), field=f"{at}.effective_from", code="invalid")
    if law.repealed_on is not None and not law.effective_from < law.repealed_on < LAST_LAW:
        raise Refusal(_("It cannot be repealed before it is in force."), field=f"{at}.repealed_on", code="invalid")
    return LawEntry(
        key,
        clean(law.name, field=f"{at}.name", longest=100),
        law.effective_from,
        clean(law.edition, field=f"{at}.edition", longest=40, required=False),
        law.repealed_on,
        law.checked,
        clean(law.note, field=f"{at}.note", longest=200, required=False),
    )


def _key(typed: str, field: str, longest: int) -> str:
    key = clean(typed, field=field, longest=longest)
    if not (key.isascii() and key.isalnum()):
        raise Refusal(_("Use letters and digits only."), field=field, code="invalid")
    return key


def _item(number: int, item: ItemEntry, laws: set[str], kinds: frozenset[str], leaves: frozenset[str]) -> ItemEntry:
    at = f"items.{number}"
    words = {
        name: clean(getattr(item, name), field=f"{at}.{name}", longest=longest, required=name in REQUIRED)
        for name, longest in LONGEST.items()
    }
    unknown = next((kind for kind in (item.bureau, *item.others) if kind not in kinds), None)
    if unknown is not None:
        field = f"{at}.bureau" if unknown == item.bureau else f"{at}.others"
        raise Refusal(_("There is no kind of organisation “%(code)s”.") % {"code": unknown}, field=field, code="not_found")
    if item.leaf and item.leaf not in leaves:
        raise Refusal(_("There is no kind of complaint “%(code)s”.") % {"code": item.leaf}, field=f"{at}.leaf", code="not_found")
    if not 1 <= item.days <= LONGEST_DAYS:
        raise Refusal(_("Give from 1 to %(most)d days.") % {"most": LONGEST_DAYS}, field=f"{at}.days", code="invalid")
    for name, allowed in (("level", Level.values), ("severity", Severity.values), ("certainty", ["", *Certainty.values])):
        if getattr(item, name) not in allowed:
            raise Refusal(_("Choose one of: %(names)s.") % {"names": ", ".join(allowed)}, field=f"{at}.{name}", code="invalid")
    return ItemEntry(
        code=_key(item.code, f"{at}.code", 10),
        bureau=item.bureau,
        days=item.days,
        basis=_basis(at, item.basis, laws),
        others=tuple(dict.fromkeys(item.others)),
        level=item.level,
        on_spot=item.on_spot,
        severity=item.severity,
        leaf=item.leaf or None,
        certainty=item.certainty,
        provenance=clean(item.provenance, field=f"{at}.provenance", longest=30, required=False),
        **words,
    )


def _basis(at: str, pairs: Sequence[tuple[str, str]], laws: set[str]) -> tuple[tuple[str, str], ...]:
    field = f"{at}.basis"
    if not pairs:
        raise Refusal(_("Name the law and the article."), field=field, code="required")
    _at_most(pairs, MOST_BASES, field)
    found: dict[str, str] = {}
    for key, articles in pairs:
        if key not in laws:
            raise Refusal(_("The list of laws has no “%(key)s”.") % {"key": key}, field=field, code="not_found")
        if key in found:
            raise Refusal(_("“%(key)s” stands there twice.") % {"key": key}, field=field, code="twice")
        found[key] = clean(articles, field=field, longest=80)
    return tuple(found.items())


def by_key(laws: Iterable[LawEntry]) -> Mapping[str, LawEntry]:
    return {law.key: law for law in laws}
