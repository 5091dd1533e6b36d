"""Measure how texts are sorted: `python -m tools.measure_routing [--misses] [--all]`.

(a) Ten folds over the texts written to learn from: each fold judged by a model of the other nine.
(b) A model of those texts alone, judged on the two sets held back: the 120 sample texts, which came with the catalogue and
    which whoever wrote the extra keywords had read, and the 82 second texts, written later, for which no keyword was changed.
(c) With `--all`: ten folds over everything, as the shipped model learns from everything.
The line CONFIDENT is tried on each held-back set after being chosen on the other.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from complaints.catalogue import DATA, FALLBACK_LEAF, Catalogue
from complaints.classify import CONFIDENT, Decision, classify
from complaints.learning.fitting import train
from complaints.learning.model import Model
from complaints.learning.texts import EMERGENCY, TRIAGE, Labelled, read, written

WANTED = 0.95  # share of automatic decisions that must reach the right department
FOLDS = 10
LINES = [step / 20 for step in range(8, 20)]


@dataclass(frozen=True)
class Outcome:
    """What the classifier made of a text."""

    text: Labelled
    decision: Decision
    wanted: str  # department

    @property
    def leaf(self) -> str:
        unclear = self.decision.leaf is None or self.decision.action == TRIAGE
        return FALLBACK_LEAF if unclear else str(self.decision.leaf)

    @property
    def department(self) -> str:
        return CATALOGUE.leaf(self.leaf).lead

    @property
    def right(self) -> bool:
        return self.department == self.wanted

    def automatic(self, line: float = CONFIDENT) -> bool:
        sure = self.decision.automatic if line == CONFIDENT else self.decision.confidence >= line
        sent = self.decision.leaf is not None and (sure or self.decision.reason_code == "emergency")
        return sent and self.leaf != FALLBACK_LEAF


CATALOGUE = Catalogue.load()


def samples(name: str) -> list[Labelled]:
    return list(read([DATA / f"{name}.jsonl"]))


def judge(texts: Sequence[Labelled], model: Model | None = None) -> list[Outcome]:
    return [Outcome(row, classify(row.text, CATALOGUE, model), CATALOGUE.leaf(row.leaf).lead) for row in texts]


def folded(texts: Sequence[Labelled]) -> list[Outcome]:
    """Each text judged by a model of the nine tenths it does not belong to."""
    outcomes = []
    for fold in range(FOLDS):
        learnt = [row for at, row in enumerate(texts) if at % FOLDS != fold]
        outcomes += judge(texts[fold::FOLDS], train(learnt, CATALOGUE))
    return outcomes


def line_for(outcomes: list[Outcome], wanted: float = 0.97) -> float:
    """The lowest line at which `wanted` of the automatic ones are right, with a margin for texts unlike these."""
    for line in LINES:
        sent = [o for o in outcomes if o.automatic(line)]
        if sum(o.right for o in sent) >= wanted * len(sent):
            return line
    return 1.0


def share(part: int, whole: int) -> str:
    return f"{part}/{whole} = {part / whole:.1%}" if whole else "0/0"


def also_f1(outcomes: list[Outcome]) -> float:
    named = sum(len(o.decision.also) for o in outcomes)
    wanted = sum(len(o.text.also) for o in outcomes)
    both = sum(len(set(o.decision.also) & set(o.text.also)) for o in outcomes)
    return 2 * both / (named + wanted) if named + wanted else 0.0


def report(title: str, outcomes: list[Outcome]) -> None:
    sent = [o for o in outcomes if o.automatic()]
    urgent = [o for o in outcomes if o.text.action == EMERGENCY]
    calm = [o for o in outcomes if o.text.action != EMERGENCY]
    rows = (
        ("texts", str(len(outcomes))),
        ("leaf right", share(sum(o.leaf == o.text.leaf for o in outcomes), len(outcomes))),
        ("leaf or also", share(sum(o.leaf in (o.text.leaf, *o.text.also) for o in outcomes), len(outcomes))),
        ("department right", share(sum(o.right for o in outcomes), len(outcomes))),
        (f"automatic at {CONFIDENT}", share(len(sent), len(outcomes))),
        ("  department wrong", share(sum(not o.right for o in sent), len(sent))),
        ("emergencies caught", share(sum(o.decision.emergency for o in urgent), len(urgent))),
        ("false alarms", share(sum(o.decision.emergency for o in calm), len(calm))),
        ("action right", share(sum(o.decision.action == o.text.action for o in outcomes), len(outcomes))),
        ("also, F1", f"{also_f1(outcomes):.2f}" if any(o.text.also for o in outcomes) else "no labels"),
    )
    print(f"\n{title}")
    for name, value in rows:
        print(f"  {name:24}{value}", flush=True)


def report_lines(first: list[Outcome], second: list[Outcome]) -> None:
    print("\nthe line, chosen on one set and tried on the other")
    for name, chosen, tried in (("first → second", first, second), ("second → first", second, first)):
        line = line_for(chosen)
        sent = [o for o in tried if o.automatic(line)]
        wrong = share(sum(not o.right for o in sent), len(sent))
        print(f"  {name}: {line:.2f}, automatic {share(len(sent), len(tried))}, wrong {wrong}")


def print_misses(outcomes: list[Outcome]) -> None:
    for o in outcomes:
        if (o.leaf, o.decision.emergency, o.decision.action) == (o.text.leaf, o.text.action == EMERGENCY, o.text.action):
            continue
        mark = "WRONG" if o.automatic() and not o.right else "auto" if o.automatic() else "person"
        found = {"leaf": o.leaf, "action": o.decision.action, "confidence": o.decision.confidence, "words": o.decision.words}
        print(f"  {mark:6} {o.text.leaf} {o.text.action} | {json.dumps(found, ensure_ascii=False)} | {o.text.text[:60]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="also print every held-back text that went wrong")
    parser.add_argument("--all", action="store_true", help="also ten folds over everything (c)")
    parser.add_argument("--quick", action="store_true", help="only (b)")
    asked = parser.parse_args()
    texts = written()
    began = time.perf_counter()
    model = train(texts, CATALOGUE)
    size = len(model.to_bytes()) / 1e6
    spent = time.perf_counter() - began
    print(f"learnt {model.texts} texts in {spent:.1f} s: {len(model.vocabulary)} n-grams, {size:.1f} MB")
    first, second = samples("sample_texts"), samples("second_texts")
    began = time.process_time()
    held = judge(first, model), judge(second, model)
    spent = (time.process_time() - began) / (len(first) + len(second)) * 1000
    report("(b) 120 sample texts", held[0])
    report("(b) 82 second texts", held[1])
    print(f"\n  {spent:.2f} ms a text")
    report_lines(*held)
    if asked.misses:
        print_misses([*held[0], *held[1]])
    if not asked.quick:
        report(f"(a) {FOLDS} folds over the texts to learn from", folded(texts))
    if asked.all:
        report(f"(c) {FOLDS} folds over everything", folded([*texts, *first, *second]))


if __name__ == "__main__":
    main()
