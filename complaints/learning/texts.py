"""The texts from which the classifier learns: a text with what a person made of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from complaints.catalogue import DATA, FALLBACK_LEAF, Catalogue

DISPATCH = "dispatch"
EMERGENCY = "emergency_hint_and_dispatch"
TRIAGE = "human_triage"
CONSULT = "consult_reply"
CONFIDENTIAL = "confidential_dispatch"
PRAISE = "praise_record"
COURT = "redirect_legal"
ACTIONS = frozenset({DISPATCH, EMERGENCY, TRIAGE, CONSULT, CONFIDENTIAL, PRAISE, COURT})
"""What is done with a text: sent to a department; the same with the number to call; sorted by a person; answered from the
knowledge notes; sent to discipline inspection unseen by others; recorded as praise; told the lawful way."""
OWN_WAY = {"1205": CONSULT, "1206": CONFIDENTIAL, FALLBACK_LEAF: TRIAGE}
"""Leaves whose texts are not simply dispatched."""
_KEYWORDS_A_TEXT = 4


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text, the leaf that leads, other leaves it touches, one of ACTIONS, and how much it counts against one of weight 1."""

    text: str
    leaf: str
    also: tuple[str, ...] = ()
    action: str = DISPATCH
    weight: float = 1.0


def read(paths: Iterable[Path]) -> tuple[Labelled, ...]:
    """Texts from JSON lines with the keys text, leaf and, where known, also and action."""
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return tuple(Labelled(row["text"], row["leaf"], tuple(row.get("also", ())), _action(row)) for row in rows)


def _action(row: dict[str, Any]) -> str:
    """As labelled, or else what follows from the leaf."""
    if row.get("action"):
        return str(row["action"])
    return EMERGENCY if row["emergency"] else OWN_WAY.get(row["leaf"], DISPATCH)


def written() -> tuple[Labelled, ...]:
    """The texts written to learn from, many of them border cases on purpose (`docs/routing.md`)."""
    return read(sorted((DATA / "training").glob("*.jsonl")))


def held_back() -> tuple[Labelled, ...]:
    """The two sets by which the classifier is judged when it has learnt from `written` alone."""
    return read([DATA / "sample_texts.jsonl", DATA / "second_texts.jsonl"])


def of_catalogue(catalogue: Catalogue) -> tuple[Labelled, ...]:
    """What the catalogue itself says about its leaves, as texts: name and description, and the keywords a few at a time."""
    raw = json.loads((DATA / "keywords.json").read_text(encoding="utf-8"))
    weak = set(raw["weak"])
    texts = []
    for leaf in catalogue.leaves:
        texts.append(Labelled(f"{leaf.name},{leaf.description}", leaf.code, weight=0.5))
        words = [word.replace("…", "") for word in (*leaf.keywords, *raw["leaves"].get(leaf.code, ())) if word not in weak]
        few = [words[at : at + _KEYWORDS_A_TEXT] for at in range(0, len(words), _KEYWORDS_A_TEXT)]
        texts += [Labelled(",".join(some), leaf.code, weight=0.5) for some in few]
    return tuple(texts)


def digest(texts: Sequence[Labelled], catalogue: Catalogue, *, form: int) -> str:
    """What a model was made from, in 64 hexadecimal digits: the form of the model, the catalogue and the texts."""
    total = hashlib.sha256(f"{form}|{catalogue.version}".encode())
    for row in (*of_catalogue(catalogue), *texts):
        line = json.dumps([row.text, row.leaf, row.also, row.action, row.weight], ensure_ascii=True)
        total.update(line.encode())
    return total.hexdigest()
