"""Sealing the record: every entry, in order of id, into a chain of digests that `audit/verify.py` can check."""

import logging
import time

from django.db import connection, transaction
from django.db.models import Max

from audit.models import Entry, Seal
from audit.verify import CHUNK, FIELDS, START, Digest, canonical
from tenancy import scope

logger = logging.getLogger(__name__)

LOCK = 7_312_904_401
PATIENCE = 20.0
MOST = 100_000  # entries under one seal: a long backlog is sealed in steps that each fit into a task's time


def _writers() -> set[str]:
    """Transactions of others that have written to the record and are not over; such a lock is held to the end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND mode = 'RowExclusiveLock'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND relation = 'audit_entry'::regclass AND pid IS DISTINCT FROM pg_backend_pid()"
        )
        return {row[0] for row in cursor.fetchall()}


def settled(*, patience: float = PATIENCE) -> int:
    """The highest id up to which nothing can appear any more; 0 when that cannot be said within `patience` seconds.

    Ids are given out before the commit, so a slow transaction may still bring an entry below the newest one. Whoever was
    writing when the newest id was read must have ended first.
    """
    with scope.everything(reason="find where the record is settled"):
        newest = Entry.objects.aggregate(newest=Max("id"))["newest"] or 0
    writing, deadline = _writers(), time.monotonic() + patience
    while writing & _writers():
        if time.monotonic() >= deadline:
            logger.warning("the record is not sealed now: somebody has been writing to it for more than %s s", patience)
            return 0
        time.sleep(0.1)
    return int(newest)


@transaction.atomic
def seal_up_to(last_id: int) -> int:
    """Seal what lies between the last seal and `last_id`, at most `MOST` at a time; returns how many entries.

    Any number of workers may do this at the same time: one seals, the others find nothing left.
    """
    with scope.everything(reason="seal the record"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        before = Seal.objects.order_by("-last_id").first()
        after = before.last_id if before else 0
        digest, first, last = Digest(before.digest if before else START), 0, 0
        fresh = Entry.objects.filter(id__gt=after, id__lte=last_id).order_by("id").values(*FIELDS)[:MOST]
        for row in fresh.iterator(chunk_size=CHUNK):
            first, last = first or row["id"], row["id"]
            digest.add(canonical(row))
        if not digest.entries:
            return 0
        Seal.objects.create(first_id=first, last_id=last, entries=digest.entries, digest=digest.hex())
    # Also in the log, which is kept elsewhere: whoever rewrites the table cannot rewrite this.
    logger.info("record sealed: entries %s to %s, digest %s", first, last, digest.hex())
    return digest.entries


def seal() -> int:
    """Seal everything that is settled; returns how many entries."""
    until, sealed = settled(), 0
    while fresh := seal_up_to(until):
        sealed += fresh
    return sealed
