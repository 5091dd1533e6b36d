"""Where you stand decides what you see: the scope of a piece of work, and the one way to set it.

A scope is a set of half-open ranges of place codes. While one is in force the database answers only with rows inside it
(row-level security reads the transaction-local setting `mulin.scope`), and `ScopedManager` adds the same ranges to each
query so that indexes serve. Without a scope a scoped query raises `NoScope`, and the database would answer nothing.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, models, transaction

from tenancy import areas, clock

logger = logging.getLogger(__name__)
NO_HOLDERS: Mapping[areas.Level, str] = {}


def own_place(person: int) -> int:
    """Where rows stand that are one person's alone: below all place codes, so that no place ever holds it (own rule)."""
    return -person


class NoScope(RuntimeError):
    """A scoped table was queried with no scope in force."""


@dataclass(frozen=True)
class Scope:
    """Sorted, merged, half-open ranges of place codes. `everything` stands for the whole installation.

    `person` opens the rows that are this person's alone, wherever they stand or whether anywhere (`own_place`). Only models
    that declare `personal_rows` ask for them, so that no other query pays for the second range.
    """

    ranges: tuple[tuple[int, int], ...] = ()
    everything: bool = False
    person: int = field(default=0, compare=False)

    @classmethod
    def of_ranges(cls, ranges: Iterable[tuple[int, int]]) -> "Scope":
        merged: list[tuple[int, int]] = []
        for low, high in sorted(ranges):
            if merged and low <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
            else:
                merged.append((low, high))
        return cls(tuple(merged))

    @classmethod
    def of_places(cls, codes: Iterable[int]) -> "Scope":
        """The places and all under them."""
        return cls.of_ranges(areas.subtree(code) for code in codes)

    def covers(self, area: int) -> bool:
        if self.person and area == own_place(self.person):
            return True
        return self.everything or any(low <= area < high for low, high in self.ranges)

    def literal(self) -> str:
        """As PostgreSQL's int8multirange writes it."""
        if self.everything:
            return "{(,)}"
        own = [(own_place(self.person), own_place(self.person) + 1)] if self.person else []
        return "{" + ",".join(f"[{low},{high})" for low, high in [*own, *self.ranges]) + "}"

    def personal_condition(self) -> models.Q:
        """As `condition`, with the rows that are the person's alone."""
        if self.everything or not self.person:
            return self.condition()
        own = models.Q(area=own_place(self.person))
        return self.condition() | own if self.ranges else own

    def condition(self, field: str = "area", *, holders: Mapping[areas.Level, str] = NO_HOLDERS) -> models.Q:
        """The ranges as plain comparisons: those are leakproof, so they may use an index under row-level security.

        `holders` are columns that name the place of a level that holds a row: a whole place of that level is asked for by its
        name, and an index over the column then gives its rows in order.
        """
        if self.everything:
            return models.Q()
        if not self.ranges:
            return models.Q(pk__in=[])
        condition = models.Q()
        for low, high in self.ranges:
            column = next(
                (name for level, name in holders.items() if high - low == areas.SPANS[level] and low % (high - low) == 0), ""
            )
            whole = models.Q((column, low // (high - low))) if column else models.Q()
            condition |= whole or models.Q((f"{field}__gte", low), (f"{field}__lt", high))
        return condition

    def held(self, holders: Mapping[areas.Level, str]) -> models.Q:
        """The one place that all ranges lie in, by the first of these columns that has one; nothing when there is none."""
        for level, column in holders.items():
            span = areas.SPANS[level]
            places = {code // span for low, high in self.ranges for code in (low, high - 1)}
            if len(places) == 1:
                return models.Q((column, places.pop()))
        return models.Q()


NOWHERE = Scope()
_current: ContextVar[Scope | None] = ContextVar("mulin_scope", default=None)


def current() -> Scope | None:
    return _current.get()


def required() -> Scope:
    """The scope in force. Raises NoScope when there is none."""
    scope = _current.get()
    if scope is None:
        raise NoScope("no scope is set: enter scope.limited_to(...) before touching scoped tables")
    return scope


def _tell_database(scope: Scope | None) -> datetime:
    """Gives the start of the transaction, which nearly everybody wants to know next."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('mulin.scope', %s, true), now()", [scope.literal() if scope else ""])
        began: datetime = cursor.fetchone()[1]
    return began


@contextmanager
def limited_to(scope: Scope) -> Iterator[Scope]:
    """Work inside `scope`, in a transaction.

    A released savepoint keeps a transaction-local setting, so on the way out the outer value is put back by hand; after an
    error the rollback of the savepoint does it.
    """
    nested = connection.in_atomic_block
    outer = _current.get()
    with transaction.atomic():
        began = _tell_database(scope)
        token = _current.set(scope)
        try:
            with clock.began_at(began):
                yield scope
        finally:
            _current.reset(token)
        if nested and not connection.needs_rollback:
            _tell_database(outer)


@contextmanager
def place(code: int) -> Iterator[Scope]:
    """Work inside one place and all under it."""
    with limited_to(Scope.of_places([code])) as scope:
        yield scope


@contextmanager
def everything(*, reason: str) -> Iterator[Scope]:
    """Work over the whole installation. The reason is logged; there is no other way to see across places."""
    if not reason:
        raise ValueError("work over the whole installation needs a reason")
    logger.info("scope: everything, because: %s", reason)
    with limited_to(Scope(everything=True)) as scope:
        yield scope


def replace(scope: Scope) -> None:
    """Put another scope in the place of the one in force, until the block that set it ends.

    For one use: an API token names the person only after the middleware has opened the request's scope.
    """
    if _current.get() is None:
        raise NoScope("there is no scope to replace")
    _tell_database(scope)
    _current.set(scope)
