"""One clock for law and order: the database's. Web servers and workers may disagree; the database does not with itself."""

from datetime import datetime

from django.db import connection


def now() -> datetime:
    """The start of the present transaction, aware. One small query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        found: datetime = cursor.fetchone()[0]
    return found
