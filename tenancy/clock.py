"""One clock for law and order: the database's. Web servers and workers may disagree; the database does not with itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.conf import settings
from django.db import connection
from django.utils import timezone

_standing: ContextVar[datetime | None] = ContextVar("mulin_standing_clock", default=None)
_began: ContextVar[datetime | None] = ContextVar("mulin_transaction_began", default=None)


def now() -> datetime:
    """The start of the present transaction, aware; moved by `MULIN_CLOCK_SHIFT`, never in production.

    One small query, or none within a scope, which has asked already.
    """
    standing = _standing.get()
    if standing is not None:
        return standing
    found = _began.get()
    if found is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT now()")
            found = cursor.fetchone()[0]
    return found + settings.CLOCK_SHIFT


@contextmanager
def began_at(moment: datetime) -> Iterator[None]:
    """For `tenancy.scope`: the present transaction began then, by the database's clock."""
    before = _began.set(moment)
    try:
        yield
    finally:
        _began.reset(before)


def standing() -> datetime | None:
    """The moment at which the clock stands, None when it goes. Asks nothing of the database."""
    return _standing.get()


def today() -> date:
    """The day in the installation's time zone, by the same clock."""
    return timezone.localdate(now())


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let the clock stand at an aware moment, so that demo and tests can live through months. Raises RuntimeError in production.

    Only what asks this clock notices: sign-in, locks and the record go by the real time.
    """
    if settings.IS_PRODUCTION:
        raise RuntimeError("the clock does not stand still in production")
    before = _standing.set(moment)
    try:
        yield
    finally:
        _standing.reset(before)
