"""A Celery worker in which some texts are poison: `python -m tests.faults.poisoned_worker ARGUMENTS`.

Reading DIES ends the process without a word, as running out of memory does; HANGS never ends; RAISES is a plain mistake.
Leases and time limits are short, so that a test sees all tries within seconds.
"""

import os
import sys
import time
from datetime import timedelta

from config.celery import app

DIES, HANGS, RAISES = "毒药一号", "毒药二号", "毒药三号"
LONGEST_LEASE = timedelta(seconds=2)


def poison() -> None:
    """Put the poison where a real fault would be: in reading the text."""
    import django

    django.setup()
    from complaints import classify
    from complaints.actions import routing

    read = classify.classify

    def classify_or_die(text, *rest, **named):
        if DIES in text:
            os._exit(137)
        if HANGS in text:
            time.sleep(3600)
        if RAISES in text:
            raise ValueError("a mistake of ours")
        return read(text, *rest, **named)

    classify.classify = classify_or_die
    routing.FIRST_LEASE, routing.LONGEST_LEASE = LONGEST_LEASE / 4, LONGEST_LEASE
    app.conf.task_soft_time_limit, app.conf.task_time_limit = 3, 6


if __name__ == "__main__":
    poison()
    app.worker_main(sys.argv[1:])
