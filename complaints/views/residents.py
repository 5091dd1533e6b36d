"""Residents' pages: my tickets, and a ticket as its reporter or a neighbour sees it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from communities import qr
from complaints import numbers, queries, reporting, worklist
from complaints.actions import talks, tickets
from complaints.forms.rating import RateForm
from complaints.forms.residents import CancelForm, RedoForm, ReplyForm
from complaints.models import Ticket
from complaints.permissions import is_reporter, may_follow, possible_actions
from complaints.rating_reasons import named
from complaints.states import FINAL, PhotoKind, State
from complaints.views import following, showing, steps
from people.actors import Actor
from people.http import HttpRequest
from tenancy.form_fields import put
from tenancy.refusals import NotThere, Refusal, Stale

PAGE = 20
TABS: dict[str, str | Promise] = {
    "open": gettext_lazy("In progress"),
    "ended": gettext_lazy("Ended"),
    "followed": gettext_lazy("Followed"),
    "public": gettext_lazy("Public in my compound"),
}
OWN = frozenset({"open", "ended"})
"""Tabs of what one reported; of the others only the public wording is read."""


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """My tickets: open, ended, and the public ones of my compounds."""
    tab = request.GET.get("tab", "open")
    if tab not in TABS:
        tab = "open"
    own = reporting.own(request.actor)
    listed = {
        "open": own.exclude(reporting.ENDED),
        "ended": own.filter(reporting.ENDED),
        "followed": reporting.followed(request.actor),
        "public": reporting.public(request.actor),
    }
    chosen = listed[tab]
    start = chosen.filter(number=request.GET.get("before", "")[:32].replace("\x00", "")).values_list("pk", flat=True).first()
    if start is not None:
        chosen = chosen.filter(pk__lt=start)
    found = list(chosen[: PAGE + 1])
    more = f"?tab={tab}&before={found[PAGE - 1].number}" if len(found) > PAGE else ""
    context = {
        "tab": tab,
        "tabs": [
            {"url": f"?tab={key}", "label": label, "current": key == tab, "count": listed[key].count() if key == "open" else None}
            for key, label in TABS.items()
        ],
        "rows": (showing.rows if tab in OWN else showing.public_rows)(found[:PAGE]),
        "next_url": more,
        "previous_url": f"?tab={tab}" if start is not None else "",
    }
    return render(request, "complaints/mine.html", context)


@dataclass(frozen=True)
class Tried:
    """A step that did not go through: its form with what was typed, and what to say."""

    action: str
    form: forms.Form
    title: str = ""
    text: str = ""
    status: int = 400


def reporter_page(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """The page of a ticket for its reporter; other residents see a public one without reporter and without forms.

    `ticket` comes from `complaints.queries.get` with this request's actor.
    """
    return page(request, ticket, request.actor, showing.Links(ticket.number))


def page(request: HttpRequest, ticket: Ticket, actor: Actor, links: showing.Links, tried: Tried | None = None) -> HttpResponse:
    """As `reporter_page`, for any way of having got here; `tried` is shown on top, with what was typed in its form."""
    mine_ = is_reporter(actor, ticket)
    photos = list(queries.photos(actor, ticket))
    neighbour, words = queries.reads_as_neighbour(actor, ticket), queries.words_shown(actor, ticket)
    possible = [name for name in STEPS if name in possible_actions(actor, ticket)] if mine_ else []
    shown = {name: STEPS[name].form() for name in possible}
    if tried is not None and tried.action in shown:
        shown[tried.action] = tried.form
    context = {
        "base": base_for(actor),
        "ticket": ticket,
        "reporting": mine_,
        "stage": showing.stage(ticket, mine=mine_),
        "reasons": named(ticket.rating_reasons) if mine_ else [],
        "extension": queries.extension_granted(ticket) if mine_ and ticket.state == State.ACCEPTED else None,
        "words": words,
        "folded": words.abusive and not mine_,
        "parts": queries.parts_shown(actor, ticket) if mine_ else [],
        "neighbour": neighbour,
        "place": showing.public_place(ticket) if neighbour else showing.place_of(ticket, words.spot, with_home=mine_),
        "photos": showing.photo_entries([row for row in photos if row.kind == PhotoKind.FILED], links),
        "answer_photos": showing.photo_entries([row for row in photos if row.kind == PhotoKind.ANSWER], links),
        "entries": showing.timeline(actor, ticket, photos, links),
        "reporter": queries.reporter_shown(actor, ticket),
        "lines": reporting.lines_for(ticket) if mine_ and ticket.state not in FINAL else [],
        "forms": shown,
        "urls": {name: links.to(name) for name in possible},
        "tried": tried,
        "unsent": tried.form.data.get("text", "") if tried and tried.action not in shown else "",
        "tracking": tracking(ticket) if mine_ else None,
        "links": links,
        "follows": following.stands(actor, ticket),
        "may_follow": may_follow(actor, ticket),
        "ended": ticket.state in FINAL,
    }
    return render(request, "complaints/ticket_reporter.html", context, status=tried.status if tried else 200)


def base_for(actor: Actor) -> str:
    """Staff keep their frame, residents theirs, visitors the plain one."""
    if not actor.is_person:
        return "base_plain.html"
    return "base_desk.html" if actor.is_staff else "base_resident.html"


def tracking(ticket: Ticket) -> dict[str, Any]:
    """Number, code and QR code of the slip."""
    code = numbers.tracking_code(ticket.number)
    address = qr.public_url(reverse("complaints:track", args=(ticket.number, code)))
    return {"code": code, "url": address, "svg": qr.svg(address)}


@dataclass(frozen=True)
class Step:
    """A step of the reporter: its form, the action it calls, and what is said when it is done."""

    form: type[forms.Form]
    act: Callable[..., Ticket]
    done: str | Promise


STEPS = {
    "reply": Step(ReplyForm, talks.reply, gettext_lazy("Thank you. Your answer was sent; the work goes on.")),
    "rate": Step(RateForm, tickets.rate, gettext_lazy("Thank you for the rating.")),
    "redo": Step(RedoForm, tickets.redo, gettext_lazy("It will be done again; whoever has it was told why.")),
    "cancel": Step(CancelForm, tickets.cancel, gettext_lazy("The ticket is withdrawn.")),
}


def take(request: HttpRequest, name: str, number: str, actor: Actor, links: showing.Links) -> HttpResponse:
    """Take one of STEPS with what was posted; on a refusal the page again, with everything that was typed.

    Raises Http404 for a ticket this actor does not see.
    """
    step = STEPS[name]
    form = step.form(request.POST)
    try:
        ticket = queries.get(actor, number)
        if not form.is_valid():
            return page(request, ticket, actor, links, Tried(name, form))
        step.act(number, by=actor, version=_version(request), **form.cleaned_data)
    except NotThere:
        raise Http404 from None
    except Refusal as refusal:
        ticket = queries.get(actor, number)
        return page(request, ticket, actor, links, refused(name, form, refusal, ticket))
    messages.success(request, str(step.done))
    return redirect(links.page())


def _version(request: HttpRequest) -> int:
    """The version the page was drawn from; what is no number counts as one that is no longer true."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def refused(name: str, form: forms.Form, refusal: Refusal, ticket: Ticket) -> Tried:
    """A refusal in words: by its field, or above the page with who changed it, when, and how it stands now."""
    if refusal.field in form.fields:
        put(form, refusal)
        return Tried(name, form, status=refusal.status)
    said = _told(refusal, ticket)
    form.add_error(None, f"{said[0]} {said[1]}".strip())  # a dialog covers the page, so it says so itself
    return Tried(name, form, *said, refusal.status)


def _told(refusal: Refusal, ticket: Ticket) -> tuple[str, str]:
    now = _("Now it is “%(state)s”. What you typed is kept below.") % {"state": showing.STAGES[ticket.state][0]}  # type: ignore[index]
    if isinstance(refusal, Stale):
        when = f"{timezone.localtime(refusal.when):%Y-%m-%d %H:%M:%S}" if refusal.when else ""
        title = _("Not sent: %(who)s changed this ticket at %(when)s.") % {"who": refusal.who, "when": when}
        return title, now
    return str(refusal.message), now if refusal.status == 409 else ""


def _is_desk_work(actor: Actor, number: str) -> bool:
    """Staff who deal with somebody else's ticket get the desk's page and its answers."""
    return worklist.work_of(actor).filter(number=number).exclude(reporter_id=actor.id).exists()


def _step(name: str) -> Callable[..., HttpResponse]:
    @require_POST
    @login_required
    def view(request: HttpRequest, number: str) -> HttpResponse:
        if name in steps.CALLS and _is_desk_work(request.actor, number):
            return steps.step(request, number, action=name)
        return take(request, name, number, request.actor, showing.Links(number))

    return view


rate, redo, cancel, reply = _step("rate"), _step("redo"), _step("cancel"), _step("reply")
