"""Measure today's routing: `python -m tools.measure_routing [--misses]`.

Two sets. The 120 sample texts came with the catalogue, and whoever wrote the extra keywords had read them, so their figures
flatter. The second texts were written after the keywords, and no keyword was changed for them: read those figures first.
Nothing is trained, the keywords come from the catalogue and general knowledge, so accuracy needs no folds. What the sample
texts do choose is the line CONFIDENT; it is therefore also tried with the line chosen on four fifths and applied to the
fifth left out.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass

from complaints.catalogue import DATA, Catalogue
from complaints.classify import CONFIDENT, Decision, classify

WANTED = 0.95  # share of automatic decisions that must reach the right department
FOLDS = 5


@dataclass(frozen=True)
class Sample:
    """A text with the leaf and department a person gave it."""

    id: str
    text: str
    leaf: str
    department: str
    emergency: bool


@dataclass(frozen=True)
class Outcome:
    """What the classifier made of a sample."""

    sample: Sample
    decision: Decision
    department: str | None

    @property
    def right(self) -> bool:
        return self.department == self.sample.department


def read_samples(name: str = "sample_texts") -> list[Sample]:
    lines = (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [Sample(r["id"], r["text"], r["leaf"], r["department"], r["emergency"]) for r in rows]


def judge(samples: list[Sample], catalogue: Catalogue) -> list[Outcome]:
    outcomes = []
    for sample in samples:
        decision = classify(sample.text, catalogue)
        department = catalogue.leaf(decision.leaf).lead if decision.leaf else None
        outcomes.append(Outcome(sample, decision, department))
    return outcomes


def line_for(outcomes: list[Outcome]) -> float:
    """The lowest confidence line at which WANTED of those at or above it are right; 1.0 if there is none."""
    for line in sorted({o.decision.confidence for o in outcomes}):
        above = [o for o in outcomes if o.decision.confidence >= line]
        if sum(o.right for o in above) >= WANTED * len(above):
            return line
    return 1.0


def left_out(outcomes: list[Outcome]) -> tuple[int, int]:
    """Automatic and wrong-among-automatic when each fifth is judged by a line chosen on the other four."""
    automatic = wrong = 0
    for fold in range(FOLDS):
        line = line_for([o for i, o in enumerate(outcomes) if i % FOLDS != fold])
        above = [o for o in outcomes[fold::FOLDS] if o.decision.confidence >= line]
        automatic += len(above)
        wrong += sum(not o.right for o in above)
    return automatic, wrong


def share(part: int, whole: int) -> str:
    return f"{part}/{whole} = {part / whole:.1%}" if whole else "0/0"


def report(title: str, outcomes: list[Outcome], spent_ms: float) -> None:
    automatic = [o for o in outcomes if o.decision.automatic]
    wrong = [o for o in automatic if not o.right]
    urgent = [o for o in outcomes if o.sample.emergency]
    false_alarms = [o for o in outcomes if o.decision.emergency and not o.sample.emergency]
    leaf_right = [o for o in outcomes if o.decision.leaf == o.sample.leaf]
    held_out, held_out_wrong = left_out(outcomes)
    rows = (
        ("texts", str(len(outcomes))),
        ("leaf right", share(len(leaf_right), len(outcomes))),
        ("department right", share(sum(o.right for o in outcomes), len(outcomes))),
        (f"automatic at {CONFIDENT}", share(len(automatic), len(outcomes))),
        ("  leaf right", share(sum(o in leaf_right for o in automatic), len(automatic))),
        ("  department wrong", share(len(wrong), len(automatic))),
        (f"lowest line with {WANTED:.0%} right", f"{line_for(outcomes):.2f}"),
        (f"line chosen on other {FOLDS - 1}/{FOLDS}", f"{held_out} automatic, wrong {share(held_out_wrong, held_out)}"),
        ("emergencies caught", share(sum(o.decision.emergency for o in urgent), len(urgent))),
        ("false alarms", share(len(false_alarms), len(outcomes) - len(urgent))),
        ("time per text", f"{spent_ms:.2f} ms"),
    )
    print(f"\n{title}")
    for name, value in rows:
        print(f"  {name:28}{value}")


def print_misses(outcomes: list[Outcome]) -> None:
    for o in outcomes:
        if o.decision.leaf == o.sample.leaf and o.decision.emergency == o.sample.emergency:
            continue
        mark = "WRONG" if o.decision.automatic and not o.right else "auto" if o.decision.automatic else "person"
        alarm = " alarm" if o.decision.emergency else " MISSED" if o.sample.emergency else ""
        print(f"  {o.sample.id} {mark:6} wanted {o.sample.leaf} got {o.decision.leaf} {o.decision.confidence}{alarm}")
        print(f"         {' '.join(o.decision.words)} | {o.decision.alternatives} | {o.sample.text[:60]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="also print every text that went wrong")
    misses = parser.parse_args().misses
    catalogue = Catalogue.load()
    classify("", catalogue)  # builds the matcher, so that it is not part of the time per text
    for name in ("sample_texts", "second_texts"):
        samples = read_samples(name)
        began = time.perf_counter()
        outcomes = judge(samples, catalogue)
        report(name, outcomes, (time.perf_counter() - began) / len(samples) * 1000)
        if misses:
            print_misses(outcomes)


if __name__ == "__main__":
    main()
