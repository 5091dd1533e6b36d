"""What workers do with compounds. The rows decide whether there is anything to do."""

from celery import shared_task

from communities.actions import postings


@shared_task(name="communities.tell_overdue")
def tell_overdue() -> int:
    """Tell, once, of postings that do not hang in time."""
    return postings.tell_overdue()
