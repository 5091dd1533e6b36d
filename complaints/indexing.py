"""What a ticket is found by: short numbers made of the characters that stand on it, kept beside it for `complaints.searching`.

The index only proposes. It is made of everything on the ticket, and whether somebody reads the words in question is decided
by what `complaints.queries.words_listed` shows them. See `docs/search.md`.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise, product

from django.db import connection

from complaints.folding import fold
from complaints.models import Ticket
from complaints.pinyin import initials, readings
from people.actors import Actor
from people.roles import DESKS, OF_AN_ORGANISATION, Role

SHORTEST_TAIL, LONGEST_TAIL = 4, 8
"""Of a ticket's number: so many last digits find it."""
ORGANISATION, PERSON = 10**16, 2 * 10**16
"""Above every place code (see migration 0021)."""
_RUN = re.compile(r"[^\W_]+")


@lru_cache(maxsize=30_000)
def comparable(sign: str) -> str:
    """One character as it is compared: folded; a space or a mark becomes a space, an invisible one nothing."""
    folded = fold(sign)
    return folded if folded.isalnum() else "" if unicodedata.category(sign) == "Cf" else " "


def runs(text: str) -> list[str]:
    """The text as it is compared, cut at spaces and marks, so that nothing is found across what is masked."""
    return _RUN.findall("".join(map(comparable, text)))


def key(kind: str, what: str) -> int:
    """A key of the index: 31 bits.

    Kinds: w characters, i initials, s syllables, n end of a number, r name and t phone of a reporter.
    """
    return zlib.crc32(f"{kind}{what}".encode()) & 0x7FFFFFFF


def pairs(run: str) -> Iterator[str]:
    """Neighbouring characters, but two letters: those are found as initials. Of digits also three: two say little."""
    for at in range(len(run) - 1):
        two, three = run[at : at + 2], run[at : at + 3]
        if not (two.isascii() and two.isalpha()):
            yield two
        if len(three) == 3 and three.isdigit():
            yield three


def initial_groups(run: str, size: int) -> Iterator[str]:
    read = [initials(sign) for sign in run]
    for at in range(len(run) - size + 1):
        yield from map("".join, product(*read[at : at + size]))


def syllable_pairs(run: str) -> Iterator[str]:
    """Neighbouring syllables, but of letters and digits, which read as themselves."""
    for first, second in pairwise(run):
        if not (first.isascii() or second.isascii()):
            yield from map(" ".join, product(readings(first), readings(second)))


def keys_of(texts: Iterable[str]) -> set[int]:
    """Keys of all that stands in these texts."""
    return set().union(*(_keys_of_run(run) for run in {run for text in texts for run in runs(text)}))


@lru_cache(maxsize=20_000)
def _keys_of_run(run: str) -> frozenset[int]:
    found = {key("w", pair) for pair in pairs(run)}
    for size in (2, 3):
        found |= {key("i", group) for group in initial_groups(run, size)}
    return frozenset(found | {key("s", pair) for pair in syllable_pairs(run)})


def digits_of(text: str) -> str:
    return "".join(sign for sign in text if sign.isascii() and sign.isdigit())


def name_key(name: str) -> int:
    return key("r", "".join(runs(name)))


def phone_key(phone: str) -> int:
    return key("t", digits_of(phone))


def keys(ticket: Ticket) -> list[int]:
    """Needs `compound`, `building` and `home` loaded."""
    places = [ticket.compound.name, *(row.name for row in (ticket.building, ticket.home) if row)]
    found = keys_of([ticket.text, ticket.text_masked or "", ticket.public_text, ticket.spot, *places])
    digits = digits_of(ticket.number)
    found |= {key("n", digits[-size:]) for size in range(SHORTEST_TAIL, LONGEST_TAIL + 1)}
    if ticket.reporter_name:
        found.add(name_key(ticket.reporter_name))
    if digits_of(ticket.reporter_phone):
        found.add(phone_key(ticket.reporter_phone))
    return sorted(found)


def keep(*tickets: Ticket) -> None:
    """Renew what these tickets are found by, in the caller's transaction; one query. Tickets out of scope are left alone."""
    words = ["{" + ",".join(map(str, keys(ticket))) + "}" for ticket in tickets]
    with connection.cursor() as cursor:
        cursor.execute("SELECT complaints_index(%s, %s)", [[ticket.pk for ticket in tickets], words])


def sight_of(actor: Actor) -> list[int] | None:
    """Keys of the tickets that this actor may see at all; None for all. Whether they do, `queries.visible_to` says."""
    if actor.is_system:
        return None
    found = {PERSON + actor.id}
    for post in actor.posts:
        if post.role in DESKS or post.role == Role.SUPERVISOR:
            found.add(post.area)
        elif post.role == Role.RESIDENT:
            found.add(-post.area)
        if post.role in OF_AN_ORGANISATION and post.organisation_id:
            found.add(ORGANISATION + post.organisation_id)
    return sorted(found)


def lookup(wanted: Iterable[int], actor: Actor, *, before: int, most: int) -> list[int]:
    """Ids below `before` of tickets with all these keys, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT complaints_search(%s::int[], %s::bigint[], %s, %s)", [sorted(set(wanted)), sight_of(actor), before, most]
        )
        return [row[0] for row in cursor.fetchall()]
