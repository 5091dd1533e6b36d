"""Connections to other systems: the pages of the county's system administrator. How many messages, never what they say."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints.actions import exchange
from complaints.exchange.forms import AddressForm, PartnerForm
from complaints.exchange.sending import Problem
from complaints.exchange_states import DeliveryState
from complaints.models import Delivery, Partner, PartnerCase
from people.actors import Actor
from people.http import HttpRequest
from people.models import Organisation
from people.permissions import may_administer_system
from people.roles import Role
from tenancy import scope
from tenancy.areas import Level, level_of
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal

MOST_SHOWN = 50


def _administrator(request: HttpRequest) -> Actor:
    """To everybody else, administrators of less than a county included, these pages are not there."""
    if not may_administer_system(request.actor) or not _counties(request.actor):
        raise Http404
    return request.actor


def _counties(actor: Actor) -> list[int]:
    posts = (post for post in actor.posts if post.role == Role.SYSTEM_ADMIN)
    return sorted({post.area for post in posts if level_of(post.area) == Level.COUNTY})


def _inside(actor: Actor) -> scope.Scope:
    return actor.administrative_scope(Role.SYSTEM_ADMIN)


@require_safe
@login_required
def partners(request: HttpRequest) -> HttpResponse:
    actor = _administrator(request)
    with scope.limited_to(_inside(actor)):
        rows = list(Partner.objects.select_related("organisation").order_by("ended_at", "pk"))
        waiting = Delivery.objects.exclude(state=DeliveryState.SENT).order_by()
        counted = waiting.values_list("partner", "state").annotate(n=Count("pk"))
        counts = {(partner, state): n for partner, state, n in counted}
    shown = [
        {"row": row, "waiting": counts.get((row.pk, "queued"), 0), "given_up": counts.get((row.pk, "given_up"), 0)}
        for row in rows
    ]
    return render(request, "complaints/partners/partners.html", {"partners": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def add(request: HttpRequest) -> HttpResponse:
    """POST answers with the page that shows the secret, once."""
    actor = _administrator(request)
    county = _counties(actor)[0]
    with scope.limited_to(_inside(actor)):
        able = list(Organisation.objects.filter(area=county, active=True).order_by("kind", "pk"))
        form = PartnerForm(request.POST or None, organisations=able)
        if request.method != "POST":
            return render(request, "complaints/partners/add.html", {"form": form})
        if not form.is_valid():
            return render(request, "complaints/partners/add.html", {"form": form}, status=400)
        try:
            row, secret = exchange.add_partner(county=county, by=actor, **form.cleaned_data)
        except Refusal as refusal:
            put(form, refusal)
            return render(request, "complaints/partners/add.html", {"form": form}, status=refusal.status)
        return _page(request, row, secret=secret)


def _page(
    request: HttpRequest, row: Partner, *, secret: str = "", form: AddressForm | None = None, status: int = 200
) -> HttpResponse:
    deliveries = Delivery.objects.filter(partner=row.pk)
    counted = dict(deliveries.order_by().values_list("state").annotate(n=Count("pk")))
    context = {
        "partner": row,
        "secret": secret,
        "form": form or AddressForm(initial={"url": row.url}),
        "address": request.build_absolute_uri(f"/exchange/{row.area // 10**9}/{row.pk}/"),
        "cases": PartnerCase.objects.filter(partner=row.pk).count(),
        "counts": [(state.label, counted.get(state.value, 0)) for state in DeliveryState],
        "given_up": counted.get(DeliveryState.GIVEN_UP, 0),
        "deliveries": deliveries.exclude(state=DeliveryState.SENT).order_by("-made_at")[:MOST_SHOWN],
    }
    response = render(request, "complaints/partners/partner.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@login_required
def partner(request: HttpRequest, partner_id: int) -> HttpResponse:
    actor = _administrator(request)
    with scope.limited_to(_inside(actor)):
        row = Partner.objects.select_related("organisation").filter(pk=partner_id).first()
        if row is None:
            raise Http404
        return _page(request, row)


Work = Callable[[HttpRequest, int, Actor], HttpResponse]


def _step(work: Work) -> Callable[[HttpRequest, int], HttpResponse]:
    @require_POST
    @login_required
    def taken(request: HttpRequest, partner_id: int) -> HttpResponse:
        actor = _administrator(request)
        with scope.limited_to(_inside(actor)):
            try:
                return work(request, partner_id, actor)
            except (NotThere, NotAllowed) as gone:
                raise Http404 from gone
            except Refusal as refusal:
                messages.error(request, str(refusal.message))
                return redirect("complaints:partner", partner_id)

    return taken


@_step
def change_secret(request: HttpRequest, partner_id: int, actor: Actor) -> HttpResponse:
    row, secret = exchange.change_secret(partner_id, by=actor)
    return _page(request, row, secret=secret)


@_step
def change_url(request: HttpRequest, partner_id: int, actor: Actor) -> HttpResponse:
    form = AddressForm(request.POST)
    row = Partner.objects.select_related("organisation").filter(pk=partner_id).first()
    if row is None:
        raise NotThere
    if not form.is_valid():
        return _page(request, row, form=form, status=400)
    try:
        exchange.change_url(partner_id, url=form.cleaned_data["url"], by=actor)
    except Refusal as refusal:
        if refusal.field != "url":
            raise
        put(form, refusal)
        return _page(request, row, form=form, status=refusal.status)
    messages.success(request, _("The address is changed."))
    return redirect("complaints:partner", partner_id)


@_step
def end(request: HttpRequest, partner_id: int, actor: Actor) -> HttpResponse:
    exchange.end_partner(partner_id, by=actor)
    messages.success(request, _("The connection has ended: nothing is taken or sent any more."))
    return redirect("complaints:partner", partner_id)


@_step
def try_again(request: HttpRequest, partner_id: int, actor: Actor) -> HttpResponse:
    n = exchange.try_again(partner_id, by=actor)
    messages.success(request, ngettext("%(n)s message is queued again.", "%(n)s messages are queued again.", n) % {"n": n})
    return redirect("complaints:partner", partner_id)


@_step
def compare(request: HttpRequest, partner_id: int, actor: Actor) -> HttpResponse:
    row = Partner.objects.filter(pk=partner_id, ended_at=None).exclude(url="").first()
    if row is None:
        raise NotThere
    try:
        found: Any = exchange.compare(row)
    except Problem as problem:
        messages.error(request, _("It did not answer: %(problem)s.") % {"problem": problem})
    else:
        said = _("Compared: %(told)s told anew, %(open)s differences are left.")
        messages.success(request, said % {"told": found.told_anew, "open": len(found.differences)})
    return redirect("complaints:partner", partner_id)
