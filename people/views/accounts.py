"""Accounts, appointments and grants: the security administrator's pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from people import queries, second_factor
from people.actions import accounts, appointments
from people.actors import live_appointments
from people.forms.accounts import AccountFilter, AppointmentForm, GrantForm, OpenAccountForm, put_on
from people.http import HttpRequest
from people.models import Appointment, User
from people.permissions import may_look_after, may_see_accounts
from people.roles import Role
from tenancy.refusals import NotThere, Refusal

PER_PAGE = 50
PLACES_OFFERED = 500

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def for_security_administrators(view: View[P]) -> View[P]:
    """To everybody else these pages are not there."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not may_see_accounts(request.actor):
            raise Http404
        try:
            return view(request, *args, **kwargs)
        except NotThere as absent:
            raise Http404 from absent

    return guarded


def _filtered(request: HttpRequest, form: AccountFilter) -> QuerySet[User]:
    found = queries.accounts_of(request.actor)
    if not form.is_valid():
        return found
    words, role, state = form.cleaned_data["q"].strip(), form.cleaned_data["role"], form.cleaned_data["state"]
    if words:
        found = found.filter(Q(name__icontains=words) | Q(username__icontains=words) | Q(phone__startswith=words))
    if role:
        held = Appointment.objects.filter(
            live_appointments(), request.actor.administrative_scope(Role.SECURITY_ADMIN).condition(), role=role
        )
        found = found.filter(pk__in=held.values("user"))
    return found.filter(is_active=state == "open") if state else found


@for_security_administrators
def account_list(request: HttpRequest) -> HttpResponse:
    """Accounts by user name, a page at a time; filters stand in the address."""
    form = AccountFilter(request.GET)
    found, after = _filtered(request, form), request.GET.get("after", "").replace("\x00", "")[:60]
    rows = list((found.filter(username__gt=after) if after else found)[: PER_PAGE + 1])
    more, rows = len(rows) > PER_PAGE, rows[:PER_PAGE]
    posts: dict[int, list[Appointment]] = {}
    places = request.actor.administrative_scope(Role.SECURITY_ADMIN)
    held = Appointment.objects.filter(live_appointments(), places.condition(), user__in=[row.pk for row in rows])
    for post in held.select_related("organisation").order_by("pk"):
        posts.setdefault(post.user_id, []).append(post)
    names = queries.place_names(post.area for held_by in posts.values() for post in held_by)
    kept = {name: value for name in ("q", "role", "state") if (value := request.GET.get(name, ""))}
    context = {
        "rows": [
            {
                "user": row,
                "url": reverse("people:account", args=[row.pk]),
                "posts": [(post, names.get(post.area, post.area)) for post in posts.get(row.pk, [])],
            }
            for row in rows
        ],
        "form": form,
        "reset_url": reverse("people:accounts") if kept else "",
        "first_url": f"?{urlencode(kept)}" if after else "",
        "next_url": f"?{urlencode({**kept, 'after': rows[-1].username})}" if more else "",
    }
    return render(request, "people/accounts.html", context)


@for_security_administrators
@sensitive_variables("password")
def open_account(request: HttpRequest) -> HttpResponse:
    """A new account with its first appointment; the temporary password is on the answer and nowhere else."""
    form = OpenAccountForm(request.POST if request.method == "POST" else None, actor=request.actor)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                user, password = accounts.open_with_post(**form.account(), by=request.actor)
            except Refusal as refusal:
                put_on(form, refusal)
            else:
                return render(request, "people/temporary_password.html", {"user_shown": user, "password": password, "new": True})
    return render(request, "people/open_account.html", {"form": form, "places": _places(request)}, status=status)


def _places(request: HttpRequest) -> list[Any]:
    """Suggestions for the place field; beyond these one types the code."""
    return list(queries.places_of(request.actor)[:PLACES_OFFERED])


def _page(
    request: HttpRequest, user: User, *, appoint: AppointmentForm | None = None, grant: GrantForm | None = None, status: int = 200
) -> HttpResponse:
    held, given = list(queries.appointments_of(request.actor, user)), list(queries.grants_of(request.actor, user))
    names, today = queries.place_names(post.area for post in held), timezone.localdate()
    context = {
        "shown": user,
        "posts": [
            {
                "post": post,
                "place": names.get(post.area, post.area),
                "live": post.revoked_at is None and (post.ends_on is None or post.ends_on >= today),
            }
            for post in held
        ],
        "grants": given,
        "appoint_form": appoint or AppointmentForm(actor=request.actor),
        "grant_form": grant or GrantForm(actor=request.actor, prefix="grant"),
        "has_second_factor": second_factor.has_second_factor(user),
        "may_look_after": may_look_after(request.actor, user),
        "oneself": user.pk == request.actor.id,
        "places": _places(request),
    }
    return render(request, "people/account.html", context, status=status)


@for_security_administrators
def account(request: HttpRequest, user_id: int) -> HttpResponse:
    return _page(request, queries.account(request.actor, user_id))


@for_security_administrators
@require_POST
def appoint(request: HttpRequest, user_id: int) -> HttpResponse:
    user = queries.account(request.actor, user_id)
    form = AppointmentForm(request.POST, actor=request.actor)
    if form.is_valid():
        try:
            appointments.appoint(user, by=request.actor, **form.post())
        except Refusal as refusal:
            put_on(form, refusal)
        else:
            messages.success(request, _("Appointed. It holds from the person’s next request on."))
            return redirect("people:account", user_id)
    return _page(request, user, appoint=form, status=400)


@for_security_administrators
@require_POST
def grant(request: HttpRequest, user_id: int) -> HttpResponse:
    user = queries.account(request.actor, user_id)
    form = GrantForm(request.POST, actor=request.actor, prefix="grant")
    if form.is_valid():
        cleaned = form.cleaned_data
        try:
            appointments.grant(user, cleaned["codename"], area=cleaned["place"], until=cleaned["until"], by=request.actor)
        except Refusal as refusal:
            put_on(form, refusal)
        else:
            messages.success(request, _("Granted."))
            return redirect("people:account", user_id)
    return _page(request, user, grant=form, status=400)


def _done(request: HttpRequest, user_id: int, act: Callable[[], Any], said: str) -> HttpResponse:
    """Do one thing to an account and go back to it; a refusal is shown there."""
    try:
        act()
    except NotThere:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, said)
    return redirect("people:account", user_id)


@for_security_administrators
@require_POST
def revoke(request: HttpRequest, user_id: int, appointment_id: int) -> HttpResponse:
    user = queries.account(request.actor, user_id)
    if not queries.appointments_of(request.actor, user).filter(pk=appointment_id).exists():
        raise Http404
    said = _("Revoked. It is gone with the person’s next request.")
    return _done(request, user_id, lambda: appointments.revoke(appointment_id, by=request.actor), said)


@for_security_administrators
@require_POST
def take_back(request: HttpRequest, user_id: int, grant_id: int) -> HttpResponse:
    user = queries.account(request.actor, user_id)
    if not queries.grants_of(request.actor, user).filter(pk=grant_id).exists():
        raise Http404
    return _done(request, user_id, lambda: appointments.take_back(grant_id, by=request.actor), _("Taken back."))


@for_security_administrators
@require_POST
def close(request: HttpRequest, user_id: int) -> HttpResponse:
    said = _("Closed. All sessions have ended.")
    return _done(request, user_id, lambda: accounts.close(user_id, by=request.actor), said)


@for_security_administrators
@require_POST
def reopen(request: HttpRequest, user_id: int) -> HttpResponse:
    return _done(request, user_id, lambda: accounts.reopen(user_id, by=request.actor), _("Open again."))


@for_security_administrators
@require_POST
def remove_second_factor(request: HttpRequest, user_id: int) -> HttpResponse:
    said = _("Removed. At the next sign-in the person sets it up anew.")
    return _done(request, user_id, lambda: accounts.remove_second_factor(user_id, by=request.actor), said)


@for_security_administrators
@require_POST
@sensitive_variables("password")
def reset_password(request: HttpRequest, user_id: int) -> HttpResponse:
    """The temporary password is on the answer and nowhere else."""
    try:
        password = accounts.reset_password(user_id, by=request.actor)
    except NotThere:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("people:account", user_id)
    user = queries.account(request.actor, user_id)
    return render(request, "people/temporary_password.html", {"user_shown": user, "password": password})
