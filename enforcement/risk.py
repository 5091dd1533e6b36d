"""How much a compound needs a visit, from what is counted there: an own measure, shown with its parts and decided by people."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

LONGEST_GAP_DAYS = 365
MOST = 100


@dataclass(frozen=True)
class Facts:
    """What was counted in one compound. `days_since` the last visit is None where there was none."""

    open_tickets: int = 0
    urgent_tickets: int = 0
    open_findings: int = 0
    late_findings: int = 0
    late_projects: int = 0
    days_since: int | None = None

    def plain(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Weight:
    """Points for each of something, up to a most."""

    each: int
    most: int

    def points(self, many: int) -> int:
        return min(self.each * many, self.most)


WEIGHTS = {
    "open_tickets": Weight(2, 30),
    "urgent_tickets": Weight(5, 15),
    "open_findings": Weight(2, 10),
    "late_findings": Weight(8, 24),
    "late_projects": Weight(3, 6),
}
"""Own. With the fifteen points for time they come to a hundred."""
TIME = 15


def points(facts: Facts) -> dict[str, int]:
    """The points of each part, `days_since` among them: a year without a visit, or none ever, gives all of its points."""
    found = {name: weight.points(getattr(facts, name)) for name, weight in WEIGHTS.items()}
    days = LONGEST_GAP_DAYS if facts.days_since is None else min(facts.days_since, LONGEST_GAP_DAYS)
    found["days_since"] = TIME * days // LONGEST_GAP_DAYS
    return found


def score(facts: Facts) -> int:
    """From 0 to 100."""
    return sum(points(facts).values())


@dataclass(frozen=True)
class Hint:
    """Why a bureau should come along: open complaints of kinds that its items answer, and open findings of its own."""

    bureau: str
    complaints: int = 0
    findings: int = 0

    @property
    def weight(self) -> int:
        return self.complaints + 2 * self.findings


def bundle(answers: Sequence[tuple[str, str]], complaints: dict[str, int], findings: dict[str, int]) -> list[Hint]:
    """Bureaus that have something to look at, most of it first.

    `answers`: (bureau, kind of complaint) of a list's items; `complaints`: open ones by kind; `findings`: open ones by bureau.
    """
    leaves = {bureau: {leaf for _b, leaf in pairs} for bureau, pairs in groupby(sorted(set(answers)), key=lambda pair: pair[0])}
    hints = [
        Hint(bureau, sum(complaints.get(leaf, 0) for leaf in leaves.get(bureau, ())), findings.get(bureau, 0))
        for bureau in sorted({*leaves, *findings})
    ]
    return sorted((hint for hint in hints if hint.weight), key=lambda hint: (-hint.weight, hint.bureau))
