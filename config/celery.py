"""Celery: workers and the beat schedule, kept in git."""

import os

from celery import Celery
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("mulin")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["enforcement", "projects", "complaints", "communities", "notices", "files", "people", "audit"])


@app.on_after_finalize.connect
def schedule(sender: Celery, **_: object) -> None:
    """What is done again and again. Housekeeping goes to `later`: a ticket to be routed never waits behind it in a queue."""
    from django.conf import settings

    every = float(settings.SWEEP_SECONDS)
    sender.conf.task_default_queue = "default"
    sender.conf.beat_schedule = {
        "route what waits": {
            "task": "complaints.sweep",
            "schedule": every,
            "options": {"queue": "urgent", "expires": every},
        },
        "send what waits": {
            "task": "notices.sweep",
            "schedule": every,
            "options": {"queue": "default", "expires": every},
        },
        "close what is answered": {
            "task": "complaints.close_answered",
            "schedule": 3600.0,
            "options": {"queue": "later"},
        },
        "have those called who did not rate": {
            "task": "complaints.call_back",
            "schedule": 3600.0,
            "options": {"queue": "later", "expires": 3600.0},
        },
        "remind and escalate": {
            "task": "complaints.escalate",
            "schedule": every,
            "options": {"queue": "urgent", "expires": every},
        },
        "go by revised calendars": {
            "task": "complaints.revise_calendars",
            "schedule": every * 4,
            "options": {"queue": "later", "expires": every * 4},
        },
        "go on with replays of rules": {
            "task": "complaints.sweep_replays",
            "schedule": every,
            "options": {"queue": "later", "expires": every},
        },
        "go on with lists that were asked for": {
            "task": "complaints.sweep_exports",
            "schedule": every * 4,
            "options": {"queue": "later", "expires": every * 4},
        },
        "learn from confirmed tickets": {  # hourly, for whoever died at it; how often it begins anew stands in the settings
            "task": "complaints.learn",
            "schedule": 3600.0,
            "options": {"queue": "later", "expires": 3600.0},
        },
        "tell of postings that are overdue": {
            "task": "communities.tell_overdue",
            "schedule": 3600.0,
            "options": {"queue": "later", "expires": 3600.0},
        },
        "look after what meetings decided": {
            "task": "enforcement.look_after_decisions",
            "schedule": 3600.0,
            "options": {"queue": "later", "expires": 3600.0},
        },
        "tell of orders that are late": {
            "task": "enforcement.tell_late_findings",
            "schedule": 3600.0,
            "options": {"queue": "later", "expires": 3600.0},
        },
        "tell of legal consultations that are late": {
            "task": "enforcement.tell_late_advice",
            "schedule": 3600.0,
            "options": {"queue": "later", "expires": 3600.0},
        },
        "tell other systems of their cases": {
            "task": "complaints.deliver",
            "schedule": every,
            "options": {"queue": "default", "expires": every},
        },
        "compare cases with other systems": {
            "task": "complaints.compare_cases",
            "schedule": 86400.0,
            "options": {"queue": "later", "expires": 86400.0},
        },
        "look after practical projects": {
            "task": "projects.sweep",
            "schedule": every * 4,
            "options": {"queue": "later", "expires": every * 4},
        },
        "seal the record": {"task": "audit.seal", "schedule": 3600.0, "options": {"queue": "later"}},
        "clear ended sessions": {"task": "people.clear_sessions", "schedule": 86400.0, "options": {"queue": "later"}},
        "remove orphaned photos": {
            "task": "files.remove_orphans",
            "schedule": 86400.0,
            "options": {"queue": "later"},
        },
    }


@worker_init.connect
@beat_init.connect
def check_before_work(**_: object) -> None:
    """Workers refuse to start where the web server would."""
    from config.boot import refuse_unsafe_boot

    refuse_unsafe_boot()
