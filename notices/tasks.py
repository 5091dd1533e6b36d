"""Sending what waits."""

import time

from celery import shared_task

from notices import actions, announcing
from tenancy import bell

PORTION = 20
"""E-mails at a time: whatever else waits for a worker, a ticket to be routed above all, has its turn in between."""
LONGEST_SWEEP = 20.0
"""Seconds: a mail server that answers slowly must not run a sweep into the time limit; the next beat goes on."""


@shared_task(name="notices.sweep")
def sweep() -> int:
    """Send e-mails that wait: new ones first, then the oldest. Any number of workers may do this at once.

    Before that, tell offices of calendars that they have not been told of yet. What is left after a portion waits behind the
    other tasks in the queue.
    """
    for calendar_id in announcing.calendars_to_tell():
        announcing.tell_of_calendar(calendar_id)
    sent, end = 0, time.monotonic() + LONGEST_SWEEP
    for _each in range(PORTION):
        if time.monotonic() > end or not (claimed := actions.claim()):
            return sent
        sent += actions.deliver(*claimed)
    bell.ring("notices.sweep", to=bell.LATER)
    return sent
