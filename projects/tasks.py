"""What workers do with projects. The rows decide whether there is anything to do."""

import time

from celery import shared_task

from projects.actions import jobs
from tenancy import clock

BATCH = 20
LONGEST_SWEEP = 20.0
"""Seconds: well before the time limit; the next beat goes on."""


@shared_task(name="projects.sweep")
def sweep() -> int:
    """Make the rows of work that has come, and do what waits. Several workers share it."""
    jobs.make_rows(clock.today())
    done, end = 0, time.monotonic() + LONGEST_SWEEP
    while time.monotonic() < end and (claimed := jobs.claim(BATCH)):
        done += sum(jobs.run(*row) for row in claimed)
    return done
