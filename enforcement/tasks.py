"""What workers do with joint enforcement. The rows decide whether there is anything to do."""

from celery import shared_task

from enforcement.actions import advice, decisions, late_findings


@shared_task(name="enforcement.look_after_decisions")
def look_after_decisions() -> int:
    """Take for done what has become of tickets, and tell once of decisions that are late."""
    return decisions.look_after()


@shared_task(name="enforcement.tell_late_findings")
def tell_late_findings() -> int:
    """Tell of orders that reached their next step of lateness."""
    return late_findings.tell_late()


@shared_task(name="enforcement.tell_late_advice")
def tell_late_advice() -> int:
    """Tell of questions of law whose last day has passed."""
    return advice.tell_late()
