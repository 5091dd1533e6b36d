"""House-keeping of the photo store."""

from celery import shared_task

from files.actions import remove_orphans


@shared_task(name="files.remove_orphans")
def remove_orphans_task() -> int:
    """Delete stored pictures that no row names."""
    return remove_orphans()
