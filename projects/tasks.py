"""What workers do with projects. The rows decide whether there is anything to do."""

import time

from celery import shared_task

from projects.actions import jobs
from tenancy import bell, clock

BATCH = 20
LONGEST_SWEEP = 3.0
"""Seconds: each morning brings a row for every street, and whoever files a complaint meanwhile needs a worker, too."""


@shared_task(name="projects.sweep")
def sweep() -> int:
    """Make the rows of work that has come, and do what waits; the rest behind whatever else waits. Several workers share it."""
    jobs.make_rows(clock.today())
    done, end = 0, time.monotonic() + LONGEST_SWEEP
    while claimed := jobs.claim(BATCH):
        done += sum(jobs.run(*row) for row in claimed)
        if time.monotonic() > end:
            bell.ring("projects.sweep", to=bell.LATER)
            break
    return done
