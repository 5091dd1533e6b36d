"""Making the search's index complete: tickets from before it, and those that something else than an action wrote."""

from django.db import connection, transaction

from complaints import indexing
from complaints.models import Ticket
from tenancy import scope


def complete(beyond: int, most: int, *, until: int = 2**62) -> tuple[int, int]:
    """Index the next tickets above the id `beyond` that have no entry. Returns how many, and the id reached."""
    with scope.everything(reason="index tickets that are not yet"), connection.cursor() as cursor:
        cursor.execute("SELECT complaints_unindexed(%s, %s)", [beyond, most])
        return _index([row[0] for row in cursor.fetchall() if row[0] <= until], beyond)


def renew(beyond: int, most: int, *, until: int = 2**62) -> tuple[int, int]:
    """As `complete`, but the next tickets whether or not they have an entry."""
    with scope.everything(reason="index tickets anew"):
        found = Ticket.objects.filter(pk__gt=beyond, pk__lte=until).order_by("pk").values_list("pk", flat=True)[:most]
        return _index(list(found), beyond)


@transaction.atomic
def _index(ids: list[int], beyond: int) -> tuple[int, int]:
    """Locks the tickets, so that what an action writes meanwhile is not overwritten with what stood there before."""
    rows = Ticket.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
    tickets = list(rows.select_related("compound", "building", "home"))
    if tickets:
        indexing.keep(*tickets)
    return len(tickets), ids[-1] if ids else beyond
