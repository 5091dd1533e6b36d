"""Steps on a ticket, one address each: read the form, call the action, answer. A refusal comes back with all that was typed."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from complaints import queries, timekeeping
from complaints.actions import assists, extensions, merging, publishing, recalling, returns, talks, tickets, urging
from complaints.forms.desk import StepForm
from complaints.models import Ticket
from complaints.permissions import RULES, may_dispatch, may_recategorise
from complaints.routing import REASONS
from complaints.states import State
from complaints.views import case, due_times, step_forms
from complaints.views.doors import ticket_or_404
from files import taking
from people.actors import Actor
from people.http import HttpRequest
from tenancy import clock
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal

Uploads = list[UploadedFile]  # type: ignore[type-arg]  # generic in the stubs only
Call = Callable[[str, Actor, dict[str, Any]], Ticket]
CALLS: dict[str, Call] = {
    "accept": lambda number, by, sent: tickets.accept(number, by=by, version=sent["version"]),
    "give_back": lambda number, by, sent: returns.give_back(number, by=by, **sent),
    "arbitrate": lambda number, by, sent: returns.arbitrate(number, by=by, **sent),
    "resolve": lambda number, by, sent: tickets.resolve(
        number, by=by, version=sent["version"], text=sent["text"], photos=sent.get("photos") or []
    ),
    "redo": lambda number, by, sent: tickets.redo(number, by=by, version=sent["version"], text=sent["text"]),
    "cancel": lambda number, by, sent: tickets.cancel(number, by=by, version=sent["version"], text=sent["text"]),
    "dispatch": lambda number, by, sent: tickets.dispatch(
        number, by=by, version=sent["version"], leaf=sent["leaf"], organisation=sent["organisation"], text=sent["text"]
    ),
    "recall": lambda number, by, sent: recalling.recall(number, by=by, version=sent["version"]),
    "reply_directly": lambda number, by, sent: tickets.reply_directly(number, by=by, **sent),
    "refuse": lambda number, by, sent: tickets.refuse(number, by=by, version=sent["version"], text=sent["text"]),
    "close": lambda number, by, sent: tickets.close(number, by=by, version=sent["version"]),
    "unpublish": lambda number, by, sent: publishing.unpublish(number, by=by, version=sent["version"], text=sent["text"]),
    "assist": lambda number, by, sent: assists.ask(number, by=by, **sent),
    "answer_assist": lambda number, by, sent: assists.answer(number, by=by, **sent),
    "end_assist": lambda number, by, sent: assists.end(number, by=by, **sent),
    "contact": lambda number, by, sent: talks.contact(number, by=by, **sent),
    "arrive": lambda number, by, sent: talks.arrive(number, by=by, **sent),
    "ask": lambda number, by, sent: talks.ask(number, by=by, **sent),
    "resume": lambda number, by, sent: talks.resume(number, by=by, **sent),
    "ask_extension": lambda number, by, sent: extensions.ask(number, by=by, **sent),
    "grant_extension": lambda number, by, sent: extensions.grant(number, by=by, **sent),
    "refuse_extension": lambda number, by, sent: extensions.refuse(number, by=by, **sent),
    "recategorise": lambda number, by, sent: urging.recategorise(number, by=by, **sent),
    "nudge": lambda number, by, sent: urging.nudge(number, by=by, **sent),
    "unmerge": lambda number, by, sent: merging.unmerge(number, by=by, version=sent["version"], text=sent["text"]),
    "supervise": lambda number, by, sent: urging.supervise(number, by=by, **sent),
}
DONE = {
    "accept": _("%(number)s is accepted."),
    "give_back": _("%(number)s went back to the street office."),
    "arbitrate": _("It is decided: %(lead)s leads %(number)s and cannot return it."),
    "resolve": _("%(number)s is answered. The reporter is asked to rate it."),
    "redo": _("%(lead)s has been asked to do %(number)s again."),
    "cancel": _("%(number)s is withdrawn; the reporter has been told why."),
    "dispatch": _("%(number)s is dispatched to %(lead)s."),
    "recall": _("The dispatch of %(number)s is taken back; it waits for triage again."),
    "reply_directly": _("%(number)s is answered. The reporter is asked to rate it."),
    "refuse": _("%(number)s is not taken up; the reporter has been told why."),
    "close": _("%(number)s is closed."),
    "unpublish": _("%(number)s is no longer public; the reporter has been told why."),
    "assist": _("The organisation has been asked to assist with %(number)s."),
    "answer_assist": _("Your part of %(number)s is answered; the lead organisation has been told."),
    "end_assist": _("The question is taken back; the organisation sees %(number)s no more."),
    "contact": _("The contact is noted on %(number)s; the reporter sees it too."),
    "arrive": _("It is noted that somebody is on site for %(number)s."),
    "ask": _("The reporter of %(number)s has been asked. The time to answer stands still until the reply."),
    "resume": _("%(number)s is taken up again; the time to answer goes on."),
    "ask_extension": _("More time is asked for with %(number)s; the street office decides."),
    "grant_extension": _("More time is granted for %(number)s; the reporter has been told the new date."),
    "refuse_extension": _("More time is refused for %(number)s; %(lead)s has been told why."),
    "recategorise": _("The kind of %(number)s is changed; its times count from the same start."),
    "nudge": _("Whoever has %(number)s has been urged on."),
    "unmerge": _("%(number)s is worked on by itself again; whoever filed it has been told."),
    "supervise": _("%(number)s is under supervision; whoever has it has been told."),
}
TO_THE_COUNTY = _("%(number)s was returned a second time: the county desk decides now.")


@require_POST
@login_required
def step(request: HttpRequest, number: str, *, action: str) -> HttpResponse:
    """Take one step. 404 as for the ticket itself, 403 where the role does not allow it, 400 and 409 with the case again."""
    ticket = ticket_or_404(request, number)
    if not RULES[action](request.actor, ticket):  # before photos are decoded; the action asks again under the lock
        raise PermissionDenied
    form = step_forms.form_for(action, ticket, request.actor, request.POST)
    uploads = request.FILES.getlist("photos") if "photos" in form.fields else []
    if form.is_valid() and uploads:
        form.cleaned_data["photos"], problems = taking.read(uploads)
        for problem in problems:
            form.add_error("photos", problem)
    if form.errors:
        return _again(request, ticket, action, form, uploads, status=400)
    try:
        changed = CALLS[action](number, request.actor, form.cleaned_data)
    except NotThere as gone:
        raise Http404 from gone
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal.message)) from refusal
    except Refusal as refusal:
        return _refused(request, number, action, refusal, uploads)
    said = TO_THE_COUNTY if changed.state == State.ARBITRATION and action == "give_back" else DONE[action]
    messages.success(request, said % {"number": number, "lead": changed.lead.name if changed.lead else ""})
    return onward(request, number)


def _refused(request: HttpRequest, number: str, action: str, refusal: Refusal, uploads: Uploads) -> HttpResponse:
    """The case as it stands now, with the refusal; the form takes the present version, so sending it once more is then meant."""
    ticket = ticket_or_404(request, number)
    sent = request.POST.copy()
    if refusal.status == 409:
        sent["version"] = str(ticket.version)
    form = step_forms.form_for(action, ticket, request.actor, sent)
    put(form, refusal)
    return _again(request, ticket, action, form, uploads, status=refusal.status)


def _again(request: HttpRequest, ticket: Ticket, action: str, form: StepForm, uploads: Uploads, *, status: int) -> HttpResponse:
    if uploads:
        form.add_error("photos", taking.choose_again(uploads))
    return case.answer(request, ticket, status=status, back=next_address(request), failed={action: form})


def next_address(request: HttpRequest) -> str:
    """Where the reader came from, if it lies within this site."""
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=set()) else ""


def onward(request: HttpRequest, number: str) -> HttpResponse:
    """Back to the list with the case open, as long as the reader may still see it."""
    address = urlsplit(next_address(request) or reverse("complaints:desk"))
    parameters = [(name, value) for name, value in parse_qsl(address.query) if name != "ticket"]
    if queries.visible_to(request.actor).filter(number=number).exists():
        parameters.append(("ticket", number))
    url = f"{address.path}?{urlencode(parameters)}" if parameters else address.path
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


@require_POST
@login_required
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Who filed it and what is masked, shown once; each look is recorded."""
    ticket_or_404(request, number)
    try:
        ticket = tickets.reveal(number, by=request.actor)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal.message)) from refusal
    return case.answer(request, ticket, back=next_address(request), revealed=True)


@require_GET
@login_required
def suggest(request: HttpRequest, number: str) -> HttpResponse:
    """The field “who leads”, with the organisation that answers for the chosen kind of complaint here."""
    ticket = ticket_or_404(request, number)
    if not may_dispatch(request.actor, ticket):
        raise PermissionDenied
    found = step_forms.suggestion(ticket, request.GET.get("leaf"))
    form = step_forms.dispatch_form(ticket)
    form.initial["organisation"] = found.organisation.pk if found.organisation else None
    return render(request, "complaints/_lead_field.html", {"form": form, "found": found, "reason": REASONS.get(found.reason, "")})


@require_GET
@login_required
def times(request: HttpRequest, number: str) -> HttpResponse:
    """When the running clocks would fall due if the ticket were about the chosen kind."""
    ticket = ticket_or_404(request, number)
    if not may_recategorise(request.actor, ticket):
        raise PermissionDenied
    kept = timekeeping.account(ticket, now=clock.now())
    try:
        found = timekeeping.as_another_kind(ticket, kept, request.GET.get("leaf", ""))
    except KeyError:
        found = []
    return render(request, "complaints/_new_times.html", {"dues": [due_times.named(stand) for stand in found]})
