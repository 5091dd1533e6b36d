"""Referrals to the judge's workstation (法官工作站): the list, a draft, one of them, its steps, and papers as photos."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities import queries as compounds
from communities.posting_forms import VersionForm
from communities.views.compounds import base_for
from complaints.views.rules import for_readers
from enforcement import counsel_queries as queries
from enforcement.actions import consents, referrals
from enforcement.counsel_permissions import RULES, may_keep_referral, may_refer, own_steps, possible_steps, speaks_for_court
from enforcement.forms.meetings import PlaceForm
from enforcement.forms.referrals import GiveUpForm, PaperForm, PartyForm, ReasonForm, ReferralDraftForm, SettleForm
from enforcement.models import Referral
from files import serving, taking
from people.http import HttpRequest
from people.roles import STREET
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal

Words = str | Promise
PAGE = 30


@dataclass(frozen=True)
class Tried:
    """A step that did not go through, with its form; `party` is the one that it was about."""

    name: str
    form: forms.Form
    status: int = 400
    party: int = 0


@dataclass(frozen=True)
class Step:
    """The form of a step, the action it calls, and what is said when it is done."""

    form: type[forms.Form]
    act: Callable[..., object]
    done: Words


STEPS = {
    "add_party": Step(PartyForm, referrals.add_party, gettext_lazy("Named.")),
    "ask": Step(VersionForm, referrals.ask, gettext_lazy("Everybody with an account has been asked.")),
    "send": Step(VersionForm, referrals.send, gettext_lazy("Sent. The court has been told.")),
    "withdraw": Step(ReasonForm, referrals.withdraw, gettext_lazy("Withdrawn.")),
    "take_up": Step(VersionForm, referrals.take_up, gettext_lazy("Taken up. Everybody concerned has been told.")),
    "settle": Step(SettleForm, referrals.settle, gettext_lazy("Settled. Everybody concerned has been told.")),
    "give_up": Step(GiveUpForm, referrals.give_up, gettext_lazy("Written down. Everybody concerned has been told.")),
}
OWN_STEPS = {
    "agree": Step(forms.Form, consents.agree, gettext_lazy("You agree. You may take it back until the court takes it up.")),
    "refuse": Step(forms.Form, consents.refuse, gettext_lazy("You do not agree. Nothing is sent to the court.")),
    "take_back": Step(forms.Form, consents.take_back, gettext_lazy("Taken back. The court does not see it any more.")),
}
PARTY_STEPS = {
    "on_paper": Step(PaperForm, consents.on_paper, gettext_lazy("Kept, with the photo.")),
    "remove_party": Step(VersionForm, referrals.remove_party, gettext_lazy("Taken out.")),
}


@require_safe
@for_readers
def referral_list(request: HttpRequest) -> HttpResponse:
    """Newest first; `?before=` the last id of the page before."""
    found = queries.visible_to(request.actor).select_related("compound", "court").order_by("-pk")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    rows = list(found[: PAGE + 1])
    context = {
        "base": base_for(request),
        "rows": rows[:PAGE],
        "refers": not request.actor.roles.isdisjoint(STREET),
        "previous_url": "?" if before else "",
        "next_url": f"?before={rows[PAGE - 1].pk}" if len(rows) > PAGE else "",
    }
    return render(request, "enforcement/referrals/referrals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def draft(request: HttpRequest) -> HttpResponse:
    """Refer a dispute: first of which compound (`?place=`), then the rest; `?ticket=` fills the ticket in."""
    actor = request.actor
    if actor.roles.isdisjoint(STREET):
        raise PermissionDenied
    places = {row.area: row.name for row in compounds.visible_to(actor) if may_refer(actor, row.area)}
    asked = request.GET.get("place", "")
    if not asked:
        return render(request, "enforcement/referrals/draft_where.html", {"form": PlaceForm(places=list(places.items()))})
    area = next((code for code in places if str(code) == asked), None)
    if area is None:
        raise Http404
    initial = {"ticket": request.GET.get("ticket", "")}
    sent = request.POST if request.method == "POST" else None
    form = ReferralDraftForm(sent, courts=list(queries.courts(area)), initial=initial)
    context = {"form": form, "place": places[area]}
    if sent is None:
        return render(request, "enforcement/referrals/draft.html", context)
    if not form.is_valid():
        return render(request, "enforcement/referrals/draft.html", context, status=400)
    try:
        row = referrals.draft(area=area, by=actor, **form.cleaned_data)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(form, refusal)
        return render(request, "enforcement/referrals/draft.html", context, status=refusal.status)
    return redirect("enforcement:referral", row.pk)


@require_safe
@for_readers
def referral(request: HttpRequest, referral_id: int) -> HttpResponse:
    """One referral, with the forms of the steps that this reader may take."""
    return page(request, queries.get(request.actor, referral_id))


def form_of(row: Referral, name: str, sent: Any = None, *, party: int = 0) -> forms.Form:
    """The form of a step, filled with what was sent, or as it is first shown."""
    kind = (STEPS | PARTY_STEPS | OWN_STEPS)[name].form
    options: dict[str, Any] = {"auto_id": f"{name}_{party}_%s" if party else f"{name}_%s", "initial": {"version": row.version}}
    if kind is PartyForm:
        options["from_ticket"] = bool(row.ticket)
    return kind(sent, **options)


def page(request: HttpRequest, row: Referral, tried: Tried | None = None) -> HttpResponse:
    """The page. Those concerned read what goes to the court and what they said themselves, not who else it concerns."""
    actor = request.actor
    keeps = may_keep_referral(actor, row)
    inside = keeps or speaks_for_court(actor, row)
    own, possible = queries.own_party(actor, row), possible_steps(actor, row)
    if "send" in possible and queries.missing_consent(row):
        possible.remove("send")
    shown = {name: form_of(row, name) for name in possible if name in STEPS}
    if tried is not None and not tried.party and tried.name in STEPS:
        shown[tried.name] = tried.form
    context = {
        "base": base_for(request),
        "referral": row,
        "keeps": keeps,
        "inside": inside,
        "own": own,
        "own_steps": own_steps(row, own),
        "parties": _parties(row, possible, tried) if inside else [],
        "confirm_until": queries.confirm_until(row.agreed_on) if row.agreed_on else None,
        "forms": shown,
        "tried": tried,
    }
    return render(request, "enforcement/referrals/referral.html", context, status=tried.status if tried else 200)


def _parties(row: Referral, possible: list[str], tried: Tried | None) -> list[dict[str, Any]]:
    """Everybody concerned, with what they said and the forms for each."""
    said: dict[int, list[Any]] = {}
    for line in queries.lines(row):
        said.setdefault(line.party_id, []).append(line)
    found = []
    for party in queries.parties(row):
        meant = tried is not None and tried.party == party.pk
        shown = {name: form_of(row, name, party=party.pk) for name in possible if name in PARTY_STEPS}
        if tried is not None and meant:
            shown[tried.name] = tried.form
        found.append({"party": party, "lines": said.get(party.pk, []), "forms": shown, "open": meant})
    return found


@require_POST
@for_readers
def step(request: HttpRequest, referral_id: int, *, action: str) -> HttpResponse:
    """Take one step. 404 as for the referral, 403 where the role does not allow it, 400 and 409 with the page again."""
    row = queries.get(request.actor, referral_id)
    if action in RULES and not RULES[action][0](request.actor, row):
        raise PermissionDenied
    form = form_of(row, action, request.POST)
    if not form.is_valid():
        return page(request, row, Tried(action, form))
    taken = (STEPS | OWN_STEPS)[action]
    return _done(request, row, lambda: taken.act(referral_id, by=request.actor, **form.cleaned_data), taken, Tried(action, form))


@require_POST
@for_readers
def party_step(request: HttpRequest, referral_id: int, party_id: int, *, action: str) -> HttpResponse:
    """As `step`, about one of those concerned."""
    row = queries.get(request.actor, referral_id)
    if not RULES[action][0](request.actor, row):
        raise PermissionDenied
    queries.party(row, party_id)
    form = form_of(row, action, request.POST, party=party_id)
    tried, taken = Tried(action, form, party=party_id), PARTY_STEPS[action]
    if not form.is_valid():
        return page(request, row, tried)
    sent = dict(form.cleaned_data)
    if action == "on_paper":
        photos, problems = taking.read(request.FILES.getlist("photo")[:1])
        for problem in problems:
            form.add_error("photo", problem)
        if problems:
            return page(request, row, tried)
        sent["photo"] = photos[0] if photos else None
    return _done(request, row, lambda: taken.act(referral_id, party_id, by=request.actor, **sent), taken, tried)


def _done(request: HttpRequest, row: Referral, act: Callable[[], object], taken: Step, tried: Tried) -> HttpResponse:
    try:
        act()
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(tried.form, refusal)
        again = Tried(tried.name, tried.form, refusal.status, tried.party)
        return page(request, queries.get(request.actor, row.pk), again)
    messages.success(request, str(taken.done))
    return redirect("enforcement:referral", row.pk)


@require_safe
@for_readers
def paper(request: HttpRequest, referral_id: int, photo_id: UUID) -> HttpResponse:
    """The photo of a signed paper, for the street and for the court once it sees the referral."""
    row = queries.get(request.actor, referral_id)
    if not (may_keep_referral(request.actor, row) or speaks_for_court(request.actor, row)):
        raise NotThere
    photo = queries.paper(row, photo_id).photo
    assert photo is not None  # it was found by it
    return serving.answer(photo, name=f"consent-{row.pk}", small=False)
