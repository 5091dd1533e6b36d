"""House-keeping of sign-ins."""

from celery import shared_task
from django.core.management import call_command


@shared_task(name="people.clear_sessions")
def clear_sessions() -> None:
    """Delete sessions that have ended: every scan of a QR code at a gate makes one."""
    call_command("clearsessions")
