"""Learning in a process of its own, so that the worker that asked for it stays small, responsive and alive.

`learn` starts `python -m complaints.learning.apart`, which reads the texts as JSON and writes the model and its figures as JSON.
The child takes the shipped texts from the checkout and sees neither the database nor the settings.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from complaints.catalogue import FALLBACK_LEAF, Catalogue
from complaints.classify import classify
from complaints.learning.texts import DISPATCH, EMERGENCY, OWN_WAY, TRIAGE, Labelled, held_back, written

if TYPE_CHECKING:
    from complaints.learning.model import Model

ROOT = Path(__file__).resolve().parent.parent.parent
_PASSED_ON = ("PATH", "MULIN_VAR", "TMPDIR")
_POLITE = 3  # routing comes first, yet on a busy machine it must come to an end
_LAST_WORDS = 160  # characters of what the child said before it failed


class LearningFailed(RuntimeError):
    """The child did not come to an end, or not to a good one."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A text with what a person made of it."""

    text: str
    leaf: str
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """On how many of `n` held-back texts a model names the right leaf, and the right department."""

    n: int
    leaf: int
    department: int


@dataclass(frozen=True, slots=True)
class Learnt:
    """A new model's bytes and digest, of how many shipped texts, and how it compares with the one in use."""

    content: bytes
    digest: str
    shipped: int
    new: Figures
    current: Figures


def learn(texts: Sequence[Judged], held: Sequence[Judged], current: bytes, *, seconds: float) -> Learnt:
    """Learn from the shipped texts and `texts`; try on `held`, beside the model `current` (empty: the shipped one).

    Raises LearningFailed, also when it takes longer than `seconds`.
    """
    asked = {
        "texts": [asdict(each) for each in texts],
        "held": [asdict(each) for each in held],
        "current": base64.b64encode(current).decode(),
        "seconds": seconds,
    }
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        child = subprocess.run(
            [sys.executable, "-m", "complaints.learning.apart"],
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=seconds,
            cwd=ROOT,
            env={**environment, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise LearningFailed(f"not done within {seconds:.0f} seconds") from late
    if child.returncode != 0:
        said = child.stderr.decode(errors="replace").strip()[-_LAST_WORDS:]
        raise LearningFailed(f"ended with {child.returncode}: {said}")
    answer: dict[str, Any] = json.loads(child.stdout)
    return Learnt(
        base64.b64decode(answer["content"]),
        answer["digest"],
        answer["shipped"],
        Figures(**answer["new"]),
        Figures(**answer["current"]),
    )


def made_of(shipped: Sequence[Labelled], asked: Mapping[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    """The answer to what `learn` asked."""
    from complaints.learning.fitting import train  # scikit-learn, which nobody else needs

    held = [Judged(**each) for each in asked["held"]]
    model = train([*shipped, *(_labelled(Judged(**each)) for each in asked["texts"])], catalogue)
    return {
        "content": base64.b64encode(model.to_bytes()).decode(),
        "digest": model.made_from,
        "shipped": len(shipped),
        "new": asdict(judge(held, model, catalogue)),
        "current": asdict(judge(held, _current(base64.b64decode(asked["current"]), catalogue), catalogue)),
    }


def judge(held: Sequence[Judged], model: Model | None, catalogue: Catalogue) -> Figures:
    """How a model (None: the shipped one) does on texts that it has not learnt."""
    leaf = department = 0
    for each in held:
        said = classify(each.text, catalogue, model)
        found = FALLBACK_LEAF if said.leaf is None or said.action == TRIAGE else said.leaf
        leaf += found == each.leaf
        department += catalogue.leaf(found).lead == catalogue.leaf(each.leaf).lead
    return Figures(len(held), leaf, department)


def _current(raw: bytes, catalogue: Catalogue) -> Model | None:
    """What is really in use: the shipped one also in the place of a version that cannot be read."""
    from complaints.learning.model import Model, UnfitModelError

    try:
        return Model.from_bytes(raw, catalogue) if raw else None
    except UnfitModelError:
        return None


def _labelled(judged: Judged) -> Labelled:
    action = EMERGENCY if judged.emergency else OWN_WAY.get(judged.leaf, DISPATCH)
    return Labelled(judged.text, judged.leaf, action=action)


def main() -> None:
    asked = json.loads(sys.stdin.buffer.read())
    os.nice(_POLITE)
    seconds = int(asked["seconds"]) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))  # also when nobody waits for it any more
    json.dump(made_of((*written(), *held_back()), asked, Catalogue.load()), sys.stdout)


if __name__ == "__main__":
    main()
