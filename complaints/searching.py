"""Looking for tickets by number, words, pinyin or place, as far as the reader reads them. See `docs/search.md`.

The index proposes the newest tickets that have all that was typed; what of it stands in the words that this reader is shown
decides, and how much of it stands there orders them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, pairwise, product

from complaints import indexing
from complaints.indexing import LONGEST_TAIL, SHORTEST_TAIL, comparable, digits_of, initial_groups, key, pairs
from complaints.models import Ticket
from complaints.pinyin import initials, readings, syllables
from complaints.queries import home_shown, marked, reads_as_neighbour, visible_to, words_listed
from people.actors import Actor

LONGEST_QUESTION = 80
MOST_TERMS = 6
MOST_SHOWN, PORTION, MOST_PORTIONS = 50, 120, 4
MOST_WAYS = 4
"""Ways to read what was typed that are looked up."""
NUMBER, PLACE, TEXT = "number", "place", "text"
_NUMBER = re.compile(r"[0-9]{9}-?[0-9]{4}-?[0-9]{8}")
_TAIL = re.compile(r"[0-9]{4,8}|[0-9]{4}-?[0-9]{8}")
_NEWEST = 2**62


@dataclass(frozen=True)
class Term:
    """One word of a question. Letters are read as themselves, as initials and as syllables."""

    word: str

    @property
    def spelt(self) -> bool:
        return len(self.word) > 1 and self.word.isascii() and self.word.isalpha()

    @cached_property
    def splits(self) -> list[tuple[str, ...]]:
        return syllables(self.word) if self.spelt else []

    def ways(self) -> list[set[int]]:
        """Sets of keys; a ticket with the word has all of one of them. An empty set: too short to be looked up."""
        if not self.spelt:
            groups = list(pairs(self.word))
            digits = " ".join(group for group in groups if len(group) == 3)  # three say more than the two within them
            return [_every_other("w", [group for group in groups if len(group) == 3 or group not in digits])]
        spelt = [{key("s", " ".join(pair)) for pair in pairwise(split)} for split in self.splits]
        return [*spelt, _every_other("i", list(initial_groups(self.word, min(3, len(self.word)))))]

    def spans(self, text: "Comparable") -> Iterator[tuple[int, int]]:
        """Where it stands."""
        if not self.spelt:
            yield from ((found.start(), found.end()) for found in re.finditer(re.escape(self.word), text.signs))
            return
        for at in range(len(text.signs) - 1):
            if all(letter in text.letters(at + step) for step, letter in enumerate(self.word)):
                yield at, at + len(self.word)
            for split in self.splits:
                if all(syllable in text.syllables(at + step) for step, syllable in enumerate(split)):
                    yield at, at + len(split)


def _every_other(kind: str, groups: list[str]) -> set[int]:
    """Keys of neighbouring groups. They overlap, so of many every second one will do: what is proposed is compared anyway."""
    return {key(kind, group) for group in (groups if len(groups) < 4 else [*groups[::2], groups[-1]])}


class Comparable:
    """A text as it is compared, which knows where each of its characters came from."""

    def __init__(self, text: str) -> None:
        signs, origins = [], []
        for at, sign in enumerate(text):
            for one in comparable(sign):
                signs.append(one)
                origins.append(at)
        self.text, self.signs, self.origins = text, "".join(signs), origins

    def letters(self, at: int) -> str:
        return initials(self.signs[at]) if at < len(self.signs) else ""

    def syllables(self, at: int) -> tuple[str, ...]:
        return readings(self.signs[at]) if at < len(self.signs) else ()

    def origin(self, at: int) -> int:
        return self.origins[at] if at < len(self.origins) else len(self.text)


@dataclass(frozen=True)
class Question:
    """What was typed: a number or the end of one, and words that all have to be found."""

    typed: str
    terms: tuple[Term, ...] = ()
    number: str = ""

    @classmethod
    def read(cls, typed: str) -> "Question":
        typed = typed.replace("\x00", "").strip()[:LONGEST_QUESTION]
        plain = "".join(map(comparable, typed))
        terms = tuple(dict.fromkeys(Term(word) for run in plain.split() for word in _pieces(run)))[:MOST_TERMS]
        compact = typed.replace(" ", "")
        digits = digits_of(compact)
        is_number = _NUMBER.fullmatch(compact) or _TAIL.fullmatch(compact)
        return cls(typed, terms, digits if is_number else "")

    @property
    def too_short(self) -> bool:
        """Nothing in it is long enough to be looked up."""
        return not self.number and not any(self.ways())

    def ways(self) -> list[set[int]]:
        """Sets of keys to be looked up one after the other."""
        every = islice(product(*(term.ways() for term in self.terms)), MOST_WAYS)
        return [keys for keys in (set().union(*some) for some in every) if keys]


def _pieces(run: str) -> list[str]:
    """Letters apart from everything else: 电梯gz is 电梯 and gz."""
    return re.findall(r"[a-z]{2,}|(?:(?![a-z]{2}).)+", run)


@dataclass(frozen=True)
class Piece:
    text: str
    found: bool


@dataclass(frozen=True)
class Hit:
    """A ticket that was found, and by what: its number, its place or its words. From `marked`, with names loaded."""

    ticket: Ticket
    by: str
    weight: int
    text: list[Piece] = field(default_factory=list)
    place: list[Piece] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """The best of the newest that match. `more`: there may be older ones, so narrow it."""

    hits: list[Hit]
    more: bool


def search(actor: Actor, question: Question) -> Found:
    """At most MOST_SHOWN: the number first, then places, then words; within each what is found more often, then what is newer."""
    hits = {hit.ticket.pk: hit for hit in _by_number(actor, question)}
    more = False
    for keys in question.ways():
        found, rest = _by_words(actor, question, keys)
        more = more or rest
        for hit in found:
            hits.setdefault(hit.ticket.pk, hit)
    ranked = sorted(hits.values(), key=lambda hit: ((NUMBER, PLACE, TEXT).index(hit.by), -hit.weight, -hit.ticket.pk))
    return Found([_shown(actor, hit, question) for hit in ranked[:MOST_SHOWN]], more or len(ranked) > MOST_SHOWN)


def _by_number(actor: Actor, question: Question) -> list[Hit]:
    if not question.number:
        return []
    digits = question.number
    tail = digits[-LONGEST_TAIL:]
    ids = indexing.lookup([key("n", tail)], actor, before=_NEWEST, most=MOST_SHOWN) if len(tail) >= SHORTEST_TAIL else []
    return [Hit(row, NUMBER, len(digits)) for row in _rows(actor, ids) if digits_of(row.number).endswith(digits)]


def _by_words(actor: Actor, question: Question, keys: set[int]) -> tuple[list[Hit], bool]:
    """Hits among the newest, and whether there may be more behind them."""
    hits: list[Hit] = []
    before = _NEWEST
    for _portion in range(MOST_PORTIONS):
        ids = indexing.lookup(keys, actor, before=before, most=PORTION)
        hits += [hit for row in _rows(actor, ids) if (hit := _weighed(actor, row, question))]
        if len(ids) < PORTION:
            return hits, False
        if len(hits) >= MOST_SHOWN:
            break
        before = ids[-1]
    return hits, True


def _rows(actor: Actor, ids: list[int]) -> list[Ticket]:
    if not ids:
        return []
    seen = marked(actor, visible_to(actor)).filter(pk__in=ids)
    return list(seen.select_related("compound", "building", "home", "leaf", "lead").order_by("-pk"))


def _texts(actor: Actor, row: Ticket) -> tuple[str, str]:
    """Where it is, and what it says, as this reader gets to see both."""
    words = words_listed(actor, row)
    homes = [row.home.name] if row.home and home_shown(actor, row) else []
    places = [row.compound.name, *([row.building.name] if row.building else []), *homes]
    places += [words.spot] if words.spot else []
    shown = [words.text]
    if row.public and not reads_as_neighbour(actor, row) and row.public_text != words.text:
        shown.append(row.public_text)
    return " ".join(places), "\n".join(shown)


def _weighed(actor: Actor, row: Ticket, question: Question) -> Hit | None:
    """None unless all that was typed stands in what the reader reads."""
    place, text = map(Comparable, _texts(actor, row))
    weight, only_place = 0, True
    for term in question.terms:
        in_place, in_text = any(term.spans(place)), sum(1 for _span in term.spans(text))
        if not in_place and not in_text:
            return None
        only_place = only_place and in_place
        weight += min(in_text, 3)
    return Hit(row, PLACE if only_place else TEXT, weight)


def _shown(actor: Actor, hit: Hit, question: Question) -> Hit:
    place, text = map(Comparable, _texts(actor, hit.ticket))
    return Hit(hit.ticket, hit.by, hit.weight, _pieces_of(text, question, around=True), _pieces_of(place, question, around=False))


AROUND = 60
"""Characters shown before the first place where something was found."""


def _pieces_of(text: Comparable, question: Question, *, around: bool) -> list[Piece]:
    spans = sorted((text.origin(start), text.origin(end - 1) + 1) for term in question.terms for start, end in term.spans(text))
    start = max(0, spans[0][0] - AROUND) if spans and around else 0
    pieces, at = [Piece("…", False)] if start else [], start
    for low, high in spans:
        if high <= at:
            continue
        if low > at:
            pieces.append(Piece(text.text[at:low], False))
        pieces.append(Piece(text.text[max(low, at) : high], True))
        at = high
    rest = text.text[at : max(at, start + 240)] if around else text.text[at:]
    return [*pieces, Piece(rest, False)] if rest else pieces
