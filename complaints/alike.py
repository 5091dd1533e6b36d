"""Tickets of a compound that may be about what somebody is about to file. They are only pointed out: people decide.

Words are compared as pairs of neighbouring characters, and by the catalogue's keywords; texts that name different buildings are
not about the same thing. The weights are our own; `docs/following.md` says how well they do.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q

from complaints.catalogue import Catalogue
from complaints.folding import fold
from complaints.keywords import matcher
from complaints.models import Ticket
from complaints.queries import marked, reads_as_neighbour, visible_to, words_listed
from complaints.states import OPEN, State
from people.actors import Actor
from tenancy import clock

FEWEST_SIGNS = 4
"""Characters that a text needs to be compared."""
DAYS, MOST_COMPARED, MOST_SHOWN = 60, 200, 3
SAME_KIND, ENOUGH = 0.35, 0.4
_BUILDING = re.compile(r"([0-9]+|[一二三四五六七八九十]+)(?:号楼|栋|幢|座)")
_NUMERALS = {"一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9", "十": "10"}


@dataclass(frozen=True)
class Alike:
    """A ticket that may be about the same, and how many people stand behind it: all who reported it and who follow it."""

    ticket: Ticket
    people: int
    text: str
    score: float


@dataclass(frozen=True)
class Gist:
    """What a text is compared by."""

    pairs: frozenset[str]
    kinds: frozenset[str]
    buildings: frozenset[str]


def gist(text: str) -> Gist:
    folded = fold(text)
    plain = re.sub(r"[,.;!?\s]", "", folded)
    scores, _words = matcher(Catalogue.load()).scores(folded)
    best = max(scores.values(), default=0)
    kinds = frozenset(leaf for leaf, score in scores.items() if score * 2 >= best)
    buildings = frozenset(_NUMERALS.get(found, found) for found in _BUILDING.findall(folded))
    return Gist(frozenset(plain[at : at + 2] for at in range(len(plain) - 1)), kinds, buildings)


def likeness(one: Gist, other: Gist) -> float:
    """From 0 to 1.35: the share of the shorter text's pairs that the other has too, more for the same kind of matter."""
    if one.buildings and other.buildings and not one.buildings & other.buildings:
        return 0.0
    shared = len(one.pairs & other.pairs) / max(1, min(len(one.pairs), len(other.pairs)))
    return shared + (SAME_KIND if one.kinds & other.kinds else 0.0)


def alike(actor: Actor, area: int, text: str, *, besides: int = 0) -> list[Alike]:
    """The likeliest first, of what the actor may read there and is not over; two queries."""
    if len(fold(text)) < FEWEST_SIGNS:
        return []
    since = clock.now() - timedelta(days=DAYS)
    found = visible_to(actor).filter(area=area, state__in=[*sorted(OPEN), State.RESOLVED], filed_at__gte=since, restricted=False)
    rows = (
        marked(actor, found)
        .exclude(pk=besides)
        .annotate(others=Count("follows", distinct=True) + Count("merged", distinct=True, filter=Q(merged__ended_at=None)))
    )
    asked, ranked = gist(text), []
    for row in rows.select_related("compound", "building", "lead").order_by("-pk")[:MOST_COMPARED]:
        words = words_listed(actor, row).text
        compared = row.public_text if reads_as_neighbour(actor, row) else words
        score = likeness(asked, gist(compared))
        if score >= ENOUGH:
            ranked.append(Alike(row, 1 + row.others, words, score))
    return sorted(ranked, key=lambda each: (-each.score, -each.ticket.pk))[:MOST_SHOWN]
