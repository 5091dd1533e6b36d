"""The version of the learned model in use: asked for with every ticket, read once a process.

Nothing here writes: a version that cannot be read is collected, and whoever routes notes it.
"""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from complaints.catalogue import Catalogue
from complaints.learning_states import SHIPPED, ModelState
from complaints.models import ModelVersion

if TYPE_CHECKING:
    from complaints.learning.model import Model

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Unreadable:
    """A version that this process could not read; the shipped one did its work."""

    id: int
    problem: str


_remembered: dict[tuple[int, str], "Model | Unreadable"] = {}


def in_use(catalogue: Catalogue, unreadable: list[Unreadable]) -> "Model | None":
    """The model in use, None for the shipped one. One query when it is the same as for the last ticket.

    A version that cannot be read is added to `unreadable`; that is no reason for a ticket to fail.
    """
    row = ModelVersion.objects.filter(state=ModelState.LIVE).values_list("pk", "version", "problem").first()
    if row is None or row[1] == SHIPPED:
        return None
    key = (row[0], catalogue.version)
    found = _remembered.get(key)
    if found is None:
        _remembered.clear()  # one is enough, and they are large
        found = _remembered[key] = _read(row[0], catalogue)
    if isinstance(found, Unreadable):
        if not row[2]:
            unreadable.append(found)
        return None
    return found


def _read(version_id: int, catalogue: Catalogue) -> "Model | Unreadable":
    from complaints.learning.model import Model  # numpy, which the web process never needs

    raw = bytes(ModelVersion.objects.values_list("content", flat=True).get(pk=version_id))
    try:
        return Model.from_bytes(raw, catalogue)
    except Exception as problem:  # whatever is wrong with the bytes, the ticket goes on
        logger.exception("model version %s cannot be read", version_id)
        return Unreadable(version_id, f"{type(problem).__name__}: {problem}"[:200])
