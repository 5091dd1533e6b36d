"""Taking in photos."""

from collections.abc import Iterable

from files import storage
from files.images import Photo as CleanPhoto
from files.models import Photo
from people.actors import Actor
from tenancy import clock, scope

ORPHAN_AFTER = 24 * 3600
"""Seconds a stored picture may go unnamed: a filing in progress has not committed its rows yet."""


def keep(photos: Iterable[CleanPhoto], *, area: int, by: Actor) -> list[Photo]:
    """Store cleaned photos and make their rows, in the order given.

    Files are written before the rows are committed; should the transaction fail, `files.remove_orphans` finds the rest.
    """
    standing = clock.standing()
    told = {"added_at": standing} if standing else {}  # otherwise the database says when
    rows = [
        Photo(
            **told,
            area=area,
            name=storage.write(photo.body),
            thumbnail=storage.write(photo.thumbnail),
            width=photo.width,
            height=photo.height,
            size=len(photo.body),
            sha256=photo.sha256,
            added_by_id=by.id,
        )
        for photo in photos
    ]
    return list(Photo.objects.bulk_create(rows))


def remove_orphans() -> int:
    """Delete pictures older than a day that no row names; returns how many."""
    old = list(storage.names_older_than(ORPHAN_AFTER))
    with scope.everything(reason="find pictures that no row names"):
        named = set(Photo.objects.filter(name__in=old).values_list("name", flat=True))
        named |= set(Photo.objects.filter(thumbnail__in=old).values_list("thumbnail", flat=True))
    orphans = [name for name in old if name not in named]
    for name in orphans:
        storage.delete(name)
    storage.remove_unfinished(ORPHAN_AFTER)
    return len(orphans)
