"""Sending what waits."""

import time

from celery import shared_task
from django.db.models.functions import Now

from notices import actions, announcing
from notices.models import Notice
from notices.states import State
from tenancy import scope

BATCH = 200
LONGEST_SWEEP = 20.0
"""Seconds: a mail server that answers slowly must not run a sweep into the time limit; the next beat goes on."""


@shared_task(name="notices.sweep")
def sweep() -> int:
    """Send e-mails that wait, oldest first. Any number of workers may do this at once: each row is claimed under a lock.

    Before that, tell offices of calendars that they have not been told of yet.
    """
    for calendar_id in announcing.calendars_to_tell():
        announcing.tell_of_calendar(calendar_id)
    with scope.everything(reason="find notices that wait to be sent"):
        waiting = list(
            Notice.objects.filter(state=State.QUEUED, try_after__lte=Now())
            .order_by("try_after")
            .values_list("pk", "area")[:BATCH]
        )
    sent, end = 0, time.monotonic() + LONGEST_SWEEP
    for notice_id, area in waiting:
        if time.monotonic() > end:
            break
        with scope.limited_to(scope.Scope(((area, area + 1),))):
            sent += actions.deliver(str(notice_id))
    return sent
