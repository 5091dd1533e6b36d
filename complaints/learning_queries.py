"""Reads over what the model learns from: confirmed tickets, corrections, and the versions that came of them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet
from django.db.models.fields.json import KT

from complaints import personal
from complaints.catalogue import Catalogue
from complaints.learning_states import ModelState
from complaints.models import ModelVersion, Ticket
from complaints.states import SENT, State
from complaints.worklist import has_desk, work_of
from people.actors import Actor

_SURE = SENT | {State.CLOSED}
"""States in which nobody disputes what a ticket is about; what was returned waits to be judged again."""
MOST_CORRECTIONS = 20
MOST_VERSIONS = 50


@dataclass(frozen=True, slots=True)
class ConfirmedText:
    """A ticket that a person judged. `text` is masked; `before` is the leaf of before any person, None if it had none."""

    number: str
    text: str
    leaf: str
    emergency: bool
    at: datetime
    before: str | None

    @property
    def corrected(self) -> bool:
        return self.before is not None and self.before != self.leaf


def confirmed(*, most: int) -> list[ConfirmedText]:
    """The newest confirmed tickets within the scope in force, at most `most`. Never restricted or confidential ones."""
    kept = Ticket.objects.filter(why_here__has_key="confirmed", leaf__isnull=False, state__in=sorted(_SURE))
    kept = kept.filter(restricted=False, confidential=False).order_by("-pk")
    rows = kept.values_list("number", "text", "leaf_id", "emergency", "why_here__confirmed")[:most]
    return [
        ConfirmedText(number, personal.masked(text), leaf, emergency, datetime.fromisoformat(said["at"]), said["before"])
        for number, text, leaf, emergency, said in rows
    ]


def digest_of(texts: Sequence[ConfirmedText], catalogue: Catalogue) -> str:
    """What there is to learn from, in 64 hexadecimal digits: the catalogue, and which ticket is about what."""
    total = hashlib.sha256(catalogue.version.encode())
    for each in sorted(texts, key=lambda each: each.number):
        total.update(f"|{each.number}={each.leaf}".encode())
    return total.hexdigest()


@dataclass(frozen=True, slots=True)
class Correction:
    """How many tickets somebody moved from one leaf to another."""

    before: str
    after: str
    count: int


def corrections(actor: Actor) -> list[Correction]:
    """The most frequent ones on the actor's desk, most first; none for whoever has no desk."""
    if not has_desk(actor):
        return []
    found = work_of(actor).filter(why_here__confirmed__corrected=True, leaf__isnull=False)
    counted = found.annotate(before=KT("why_here__confirmed__before")).order_by().values("before", "leaf_id")
    rows = counted.annotate(count=Count("pk")).order_by("-count", "before", "leaf_id")[:MOST_CORRECTIONS]
    return [Correction(row["before"], row["leaf_id"], row["count"]) for row in rows]


def versions() -> QuerySet[ModelVersion]:
    """Newest first, without the models themselves."""
    return ModelVersion.objects.defer("content").select_related("chosen_by").order_by("-version")


def usable() -> QuerySet[ModelVersion]:
    """Versions that can be gone back to, newest first."""
    return versions().filter(state=ModelState.RETIRED)


def live() -> ModelVersion | None:
    """The version in use; None (before the catalogue was loaded) means the shipped one."""
    return ModelVersion.objects.defer("content").filter(state=ModelState.LIVE).first()
