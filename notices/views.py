"""The bell: what one has been told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.timezone import is_aware
from django.utils.translation import get_language, ngettext
from django.views.decorators.http import require_POST

from notices import actions, queries
from notices.models import Notice
from notices.words import written
from people.http import HttpRequest
from tenancy.refusals import NotThere

PER_PAGE = 50
MOST_UNREAD = 100


def _row(notice: Notice) -> dict[str, Any]:
    subject, body = written(notice.kind, notice.facts, language=get_language() or "zh-hans")
    return {"id": notice.pk, "subject": subject, "body": body, "at": notice.made_at, "unread": notice.read_at is None}


def _moment(typed: str) -> datetime | None:
    try:
        found = parse_datetime(typed)
    except ValueError:
        return None
    return found if found is not None and is_aware(found) else None


@login_required
def notice_list(request: HttpRequest) -> HttpResponse:
    """Unread first, then what was read, newest first, a page at a time."""
    mine, before = queries.visible_to(request.actor), _moment(request.GET.get("before", ""))
    read = mine.filter(read_at__isnull=False)
    if before is not None:
        read = read.filter(made_at__lt=before)
    page = list(read[: PER_PAGE + 1])
    more, page = len(page) > PER_PAGE, page[:PER_PAGE]
    unread = [] if before is not None else list(mine.filter(read_at=None)[:MOST_UNREAD])
    context = {
        "unread": [_row(notice) for notice in unread],
        "read": [_row(notice) for notice in page],
        "first_url": reverse("notices:list") if before is not None else "",
        "next_url": f"?{urlencode({'before': page[-1].made_at.isoformat()})}" if more else "",
    }
    return render(request, "notices/list.html", context)


@login_required
@require_POST
def open_notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Mark it read and go to what it speaks of."""
    try:
        notice = actions.read(str(notice_id), by=request.actor)
    except NotThere as absent:
        raise Http404 from absent
    return redirect(notice.url if notice.url.startswith("/") else reverse("notices:list"))


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    changed = actions.read_all(by=request.actor)
    messages.success(request, ngettext("%(n)d notice marked as read.", "%(n)d notices marked as read.", changed) % {"n": changed})
    return redirect("notices:list")
