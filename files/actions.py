"""Taking in photos."""

from collections.abc import Iterable

from files import storage
from files.images import Photo as CleanPhoto
from files.models import Photo
from people.actors import Actor


def keep(photos: Iterable[CleanPhoto], *, area: int, by: Actor) -> list[Photo]:
    """Store cleaned photos and make their rows, in the order given.

    Files are written before the rows are committed; should the transaction fail, `files.remove_orphans` finds the rest.
    """
    rows = [
        Photo(
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
