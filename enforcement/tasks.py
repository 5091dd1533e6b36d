"""What workers do with joint enforcement. The rows decide whether there is anything to do."""

from celery import shared_task

from enforcement.actions import decisions


@shared_task(name="enforcement.look_after_decisions")
def look_after_decisions() -> int:
    """Take for done what has become of tickets, and tell once of decisions that are late."""
    return decisions.look_after()
