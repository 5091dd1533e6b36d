"""The health of the system, for the system administrator: how many wait and since when, never what they say."""

import platform
from typing import Any

import django
import redis
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.db.models import Count, Min
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from audit.models import Seal
from complaints import learning_queries
from complaints.models import Ticket
from complaints.states import State
from notices import actions as notices
from notices.models import Notice
from notices.states import State as NoticeState
from people.actors import Actor
from people.http import HttpRequest
from people.permissions import may_administer_system
from people.roles import Role
from tenancy import scope
from tenancy.checks import broken_walls

LATE_AFTER = 60  # seconds; a sweep comes every 15


def _administrator(request: HttpRequest) -> Actor:
    """To everybody else these pages are not there."""
    if not may_administer_system(request.actor):
        raise Http404
    return request.actor


def _queue(found: Any, moment: str) -> dict[str, Any]:
    numbers = found.aggregate(count=Count("pk"), oldest=Min(moment))
    age = (timezone.now() - numbers["oldest"]).total_seconds() if numbers["oldest"] else 0
    return {**numbers, "late": age > LATE_AFTER}


def _valkey() -> dict[str, Any]:
    """Whether the broker answers, and how many bells wait there."""
    client = redis.Redis.from_url(settings.VALKEY_URL, socket_connect_timeout=0.3, socket_timeout=0.5)
    prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
    try:
        version = client.info("server").get("valkey_version") or client.info("server").get("redis_version")
        waiting = {name: client.llen(f"{prefix}{name}") for name in ("urgent", "default")}
    except redis.RedisError:
        return {"up": False, "version": "–", "waiting": {}}
    finally:
        client.close()
    return {"up": True, "version": version, "waiting": waiting}


def _postgresql() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])


@login_required
def health(request: HttpRequest) -> HttpResponse:
    """Queues within the administrator's places, parts and versions, and whether the walls stand."""
    actor = _administrator(request)
    with scope.limited_to(actor.administrative_scope(Role.SYSTEM_ADMIN)):
        routing = _queue(Ticket.objects.filter(state=State.SUBMITTED), "filed_at")
        waiting = _queue(Notice.objects.filter(state=NoticeState.QUEUED), "made_at")
        failed = _queue(Notice.objects.filter(state=NoticeState.FAILED), "made_at")
        problems = list(
            Notice.objects.filter(state=NoticeState.FAILED).values("problem").annotate(count=Count("pk")).order_by("-count")[:10]
        )
    context = {
        "routing": routing,
        "waiting": waiting,
        "failed": failed,
        "problems": problems,
        "walls": broken_walls(),
        "valkey": _valkey(),
        "model": learning_queries.live(),
        "seal": Seal.objects.order_by("-last_id").first(),
        "versions": [("Python", platform.python_version()), ("Django", django.__version__), ("PostgreSQL", _postgresql())],
    }
    return render(request, "dashboards/system.html", context)


@login_required
@require_POST
def try_again(request: HttpRequest) -> HttpResponse:
    """Queue the given-up notices once more."""
    actor = _administrator(request)
    with scope.limited_to(actor.administrative_scope(Role.SYSTEM_ADMIN)):
        queued = notices.try_failed_again(by=actor)
    said = ngettext("%(n)d notice is queued again.", "%(n)d notices are queued again.", queued) % {"n": queued}
    messages.success(request, said if queued else _("No notice had been given up."))
    return redirect("dashboards:system")
