"""Sending what waits."""

import time

from celery import shared_task

from notices import actions, announcing
from tenancy import bell

LONGEST_SWEEP = 5.0
"""Seconds: a mail server that answers slowly holds up nobody else; what is left waits behind whatever else waits for a worker."""


@shared_task(name="notices.sweep")
def sweep() -> int:
    """Send e-mails that wait: new ones first, then the oldest. Any number of workers may do this at once.

    Before that, tell offices of calendars that they have not been told of yet.
    """
    for calendar_id in announcing.calendars_to_tell():
        announcing.tell_of_calendar(calendar_id)
    sent, end = 0, time.monotonic() + LONGEST_SWEEP
    while claimed := actions.claim():
        sent += actions.deliver(*claimed)
        if time.monotonic() > end:
            bell.ring("notices.sweep", to=bell.LATER)
            break
    return sent
