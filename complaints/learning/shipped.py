"""The model of the texts that come with Mulin: made at first use, then kept under the var directory.

It is not in the repository: it would be megabytes of numbers that must be renewed with every text, and could go stale. Making
it takes seconds. It is kept under the digest of what it is made from, so a change of texts, catalogue or form makes another.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from functools import lru_cache
from pathlib import Path

from complaints import folding, keywords
from complaints.catalogue import Catalogue
from complaints.learning.model import FORM, Model, UnfitModelError
from complaints.learning.texts import digest, held_back, written

ROOT = Path(__file__).resolve().parent.parent.parent


@lru_cache(maxsize=2)
def model(catalogue: Catalogue) -> Model:
    """The shipped model. Directories that cannot be written cost only the making of it in each process."""
    texts = (*written(), *held_back())
    made_from = digest(texts, catalogue, form=FORM)
    paths = [folder / f"{_key(made_from)}.npz" for folder in _folders()]
    for path in paths:
        try:
            kept = Model.from_bytes(path.read_bytes(), catalogue)
        except (OSError, UnfitModelError):
            continue
        if kept.made_from == made_from:
            return kept
    from complaints.learning.fitting import train  # brings scikit-learn, which nobody needs who finds the model made

    made = train(texts, catalogue)
    raw = made.to_bytes()
    any(_keep(path, raw) for path in paths)
    return made


def _key(made_from: str) -> str:
    """Names the file: another way of reading texts or of fitting makes another model of the same texts."""
    total = hashlib.sha256(made_from.encode())
    for source in (Path(folding.__file__), Path(keywords.__file__), *sorted(Path(__file__).parent.glob("*.py"))):
        total.update(source.read_bytes())
    return total.hexdigest()[:32]


def _folders() -> list[Path]:
    """Where it may lie: the checkout's own var directory, made at set-up, or the one the environment names.

    Not read from the settings, because `manage.py classify` runs without them.
    """
    named = os.environ.get("MULIN_VAR")
    return [ROOT / "var" / "models", *([Path(named) / "models"] if named else [])]


def _keep(path: Path, raw: bytes) -> bool:
    """Written beside and moved over, so that nobody reads half of it; of two processes at once the last one wins."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as beside:
            beside.write(raw)
        os.chmod(beside.name, 0o644)  # the temporary file was for its maker alone; the model may be read by any worker
        os.replace(beside.name, path)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    model(Catalogue.load())
