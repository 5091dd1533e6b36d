"""Too many wrong passwords: counted per account and address, so nobody can lock out somebody who sits elsewhere."""

from math import ceil
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext

from audit import actions as audit
from people import actors
from people.models import User, UserKind

LONGEST_NAME = 100


def client_address(request: HttpRequest) -> str:
    """The client's address as the outermost middleware has found it, our own proxies taken into account."""
    return audit.origin.get().address or request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104  no socket is bound


def account_tried(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """What tries are counted under: the account's own name, whether its name (in any case) or its phone was typed.

    An unknown name is counted as it was typed, in lower case, so that it looks the same from outside.
    """
    given = (credentials or {}).get("username")
    typed = str(given if given is not None else request.POST.get("login", "")).encode("utf-8", "replace").decode()
    typed = typed.replace("\x00", "").strip()
    found = User.objects.filter(Q(username__iexact=typed) | Q(phone=typed), kind=UserKind.PERSON).order_by("pk").first()
    return (found.username if found else typed).lower()[:LONGEST_NAME]


def seconds_left(request: HttpRequest, account: str) -> int:
    """Until the account may be tried again from this address; at least 1."""
    cool_off = get_cool_off(request)
    last = AccessAttempt.objects.filter(username=account, ip_address=client_address(request)).order_by("-attempt_time").first()
    if cool_off is None or last is None:
        return 1
    left: float = (last.attempt_time + cool_off - timezone.now()).total_seconds()
    return max(1, ceil(left))


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None, **__: Any) -> HttpResponse:
    """429, with when to try again, as a page or as JSON."""
    account = account_tried(request, credentials)
    if getattr(request, "axes_failures_since_start", 0):  # this very try closed the lock; later ones are not recorded again
        known = User.objects.filter(username__iexact=account, kind=UserKind.PERSON).first()
        audit.record(known or account, "account.locked_out", by=actors.visitor(""), area=audit.INSTALLATION)
    seconds = seconds_left(request, account)
    minutes = ceil(seconds / 60)
    message = ngettext(
        "Too many wrong passwords for this account from here. Try again in %(minutes)d minute.",
        "Too many wrong passwords for this account from here. Try again in %(minutes)d minutes.",
        minutes,
    ) % {"minutes": minutes}
    if request.path.startswith("/api/"):
        body = {"type": "client_error", "errors": [{"code": "throttled", "detail": message, "attr": None}]}
        answer: HttpResponse = JsonResponse(body, status=429)
    else:
        answer = render(request, "429.html", {"message": message, "minutes": minutes}, status=429)
    answer["Retry-After"] = str(seconds)
    return answer
