"""House-keeping of sign-ins."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from people.tasks import clear_sessions


def test_only_sessions_that_have_ended_are_deleted(db: None) -> None:
    now = timezone.now()
    Session.objects.create(session_key="ended", session_data="", expire_date=now - timedelta(days=1))
    Session.objects.create(session_key="going-on", session_data="", expire_date=now + timedelta(days=1))
    clear_sessions()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["going-on"]
