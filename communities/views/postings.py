"""Postings (公示): those of a compound, one of them with its proof, and the steps of its life."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities import posting_queries as queries
from communities import queries as compounds
from communities.actions import postings as actions
from communities.models import Compound, Objection, Posting
from communities.posting_forms import AnswerForm, AskForm, CancelForm, ObjectForm, PutUpForm, TakeDownForm
from communities.posting_permissions import RULES, may_answer, may_ask, possible_steps, reads_all
from communities.posting_states import ASKED_ELSEWHERE, PostingKind
from communities.views.compounds import base_for
from files import serving, taking
from people.actors import Actor
from people.http import HttpRequest
from tenancy import clock
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal

Words = str | Promise
PAGE = 30
FORMS: dict[str, type[forms.Form]] = {
    "put_up": PutUpForm,
    "take_down": TakeDownForm,
    "cancel": CancelForm,
    "object": ObjectForm,
}


@dataclass(frozen=True)
class Step:
    """The action it calls with what the form gave, and what is said when it is done."""

    act: Callable[[int, Actor, dict[str, Any]], object]
    done: Words


STEPS = {
    "put_up": Step(
        lambda posting_id, by, sent: actions.put_up(posting_id, by=by, **sent),
        gettext_lazy("It hangs. The residents have been told."),
    ),
    "take_down": Step(
        lambda posting_id, by, sent: actions.take_down(posting_id, by=by, **sent), gettext_lazy("It has been taken down.")
    ),
    "cancel": Step(
        lambda posting_id, by, sent: actions.cancel(posting_id, by=by, **sent), gettext_lazy("It need not be put up any more.")
    ),
    "object": Step(
        lambda posting_id, by, sent: actions.raise_objection(posting_id, by=by, **sent),
        gettext_lazy("Your objection has been taken in. You will be told what is answered."),
    ),
}


def compound_or_404(request: HttpRequest, area: int) -> Compound:
    found = compounds.visible_to(request.actor).filter(area=area).first()
    if found is None:
        raise Http404
    return found


def posting_or_404(request: HttpRequest, posting_id: int) -> Posting:
    try:
        return queries.get(request.actor, posting_id)
    except NotThere as gone:
        raise Http404 from gone


def kinds_for(actor: Actor, area: int) -> list[PostingKind]:
    """What this actor may ask by hand to be put up in a compound."""
    return [kind for kind in PostingKind if kind not in ASKED_ELSEWHERE and may_ask(actor, area, kind)]


@require_safe
@login_required
def postings(request: HttpRequest, area: int) -> HttpResponse:
    """What hangs, hung and is to be put up in a compound; `?before=` the last id of the page before."""
    compound = compound_or_404(request, area)
    found = queries.visible_to(request.actor).filter(area=area).order_by("-pk")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    rows, today = list(found[: PAGE + 1]), clock.today()
    context = {
        "base": base_for(request),
        "compound": compound,
        "rows": [_row(row, today) for row in rows[:PAGE]],
        "asks": bool(kinds_for(request.actor, area)),
        "previous_url": "?" if before else "",
        "next_url": f"?before={rows[PAGE - 1].pk}" if len(rows) > PAGE else "",
    }
    return render(request, "communities/postings.html", context)


def _row(posting: Posting, today: Any) -> dict[str, Any]:
    return {
        "posting": posting,
        "overdue": posting.state == "asked" and posting.due_on < today,
        "over": posting.state == "up" and posting.up_until is not None and posting.up_until < today,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ask(request: HttpRequest, area: int) -> HttpResponse:
    """Ask for something to be put up."""
    compound = compound_or_404(request, area)
    kinds = kinds_for(request.actor, area)
    if not kinds:
        raise PermissionDenied
    form = AskForm(request.POST if request.method == "POST" else None, kinds=kinds)
    context = {"compound": compound, "form": form}
    if request.method != "POST":
        return render(request, "communities/posting_ask.html", context)
    if not form.is_valid():
        return render(request, "communities/posting_ask.html", context, status=400)
    try:
        posting = actions.ask(area=area, by=request.actor, **form.cleaned_data)
    except NotThere as gone:
        raise Http404 from gone
    except Refusal as refusal:
        if isinstance(refusal, NotAllowed):
            raise PermissionDenied(str(refusal.message)) from refusal
        put(form, refusal)
        return render(request, "communities/posting_ask.html", context, status=refusal.status)
    messages.success(request, _("Asked for. Whoever hangs it has been told."))
    return redirect("communities:posting", posting.pk)


@require_safe
@login_required
def posting(request: HttpRequest, posting_id: int) -> HttpResponse:
    """One posting with its proof and what was objected."""
    return page(request, posting_or_404(request, posting_id))


@dataclass(frozen=True)
class Tried:
    """A step that did not go through, with its form; `objection` is the one that was to be answered."""

    name: str
    form: forms.Form
    status: int = 400
    objection: int = 0


def page(request: HttpRequest, row: Posting, tried: Tried | None = None) -> HttpResponse:
    """The page, with the forms of the steps that this reader may take."""
    actor = request.actor
    objections = [_objection(actor, row, each, tried) for each in queries.objections(actor, row)]
    possible = possible_steps(actor, row)
    if any(each["mine"] and each["objection"].answered_at is None for each in objections):
        possible = [name for name in possible if name != "object"]  # one at a time
    shown = {name: FORMS[name](initial={"version": row.version}, auto_id=f"{name}_%s") for name in possible if name in FORMS}
    if tried is not None and tried.name in FORMS:
        shown[tried.name] = tried.form
    context = {
        "base": base_for(request),
        **_row(row, clock.today()),
        "compound": row.compound,
        "inside": reads_all(actor, row.area),
        "photos": [_photo(row, each.photo_id) for each in queries.photos(row)],
        "objections": objections,
        "forms": {name: shown.get(name) for name in FORMS},
        "tried": tried,
    }
    return render(request, "communities/posting.html", context, status=tried.status if tried else 200)


def _photo(row: Posting, photo_id: UUID) -> dict[str, Any]:
    return {
        "url": reverse("communities:posting_photo", args=[row.pk, photo_id]),
        "thumbnail_url": reverse("communities:posting_small_photo", args=[row.pk, photo_id]),
        "alt": _("The board: %(spot)s") % {"spot": row.spot},
    }


def _objection(actor: Actor, row: Posting, each: Objection, tried: Tried | None) -> dict[str, Any]:
    form = None
    if each.answered_at is None and may_answer(actor, row):
        meant = tried is not None and tried.objection == each.pk
        form = tried.form if tried is not None and meant else AnswerForm(auto_id=f"answer_{each.pk}_%s")
    return {"objection": each, "mine": each.raised_by_id == actor.id, "form": form}


@require_POST
@login_required
def step(request: HttpRequest, posting_id: int, *, action: str) -> HttpResponse:
    """Take one step. 404 as for the posting, 403 where the role does not allow it, 400 and 409 with the page again."""
    row = posting_or_404(request, posting_id)
    if not RULES[action][0](request.actor, row):
        raise PermissionDenied
    form = FORMS[action](request.POST, auto_id=f"{action}_%s")
    if not form.is_valid():
        return page(request, row, Tried(action, form))
    sent = dict(form.cleaned_data)
    if action == "put_up":
        sent["photos"], problems = taking.read(request.FILES.getlist("photos"))
        for problem in problems:
            form.add_error("photos", problem)
        if problems:
            return page(request, row, Tried(action, form))
    return _done(
        request, row, lambda: STEPS[action].act(posting_id, request.actor, sent), STEPS[action].done, Tried(action, form)
    )


@require_POST
@login_required
def answer(request: HttpRequest, posting_id: int, objection_id: int) -> HttpResponse:
    """Answer an objection."""
    row = posting_or_404(request, posting_id)
    if not may_answer(request.actor, row):
        raise PermissionDenied
    if not queries.objections(request.actor, row).filter(pk=objection_id).exists():
        raise Http404
    form = AnswerForm(request.POST, auto_id=f"answer_{objection_id}_%s")
    tried = Tried("answer", form, objection=objection_id)
    if not form.is_valid():
        return page(request, row, tried)
    text = form.cleaned_data["text"]
    done = _("Answered. Whoever objected has been told.")
    return _done(request, row, lambda: actions.answer(posting_id, objection_id, by=request.actor, text=text), done, tried)


def _done(request: HttpRequest, row: Posting, act: Callable[[], object], done: Words, tried: Tried) -> HttpResponse:
    try:
        act()
    except NotThere as gone:
        raise Http404 from gone
    except Refusal as refusal:
        if isinstance(refusal, NotAllowed):
            raise PermissionDenied(str(refusal.message)) from refusal
        put(tried.form, refusal)
        again = Tried(tried.name, tried.form, refusal.status, tried.objection)
        return page(request, posting_or_404(request, row.pk), again)
    messages.success(request, str(done))
    return redirect("communities:posting", row.pk)


@require_safe
@login_required
def photo(request: HttpRequest, posting_id: int, photo_id: UUID, small: bool = False) -> HttpResponse:
    """A photo of the board, for whoever sees the posting."""
    row = posting_or_404(request, posting_id)
    found = queries.photos(row).filter(photo_id=photo_id).first()
    if found is None:
        raise Http404
    return serving.answer(found.photo, name=f"posting-{row.pk}", small=small)
