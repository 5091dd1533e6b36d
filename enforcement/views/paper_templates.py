"""A bureau's templates of papers: what is shipped, what replaced it, bringing one's own and looking at it before it counts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from complaints.views.rules import for_readers
from enforcement import paper_queries as queries
from enforcement import paper_rendering, paper_values
from enforcement.actions import paper_templates as actions
from enforcement.forms.papers import BringForm, WordForm
from enforcement.models import PaperTemplate
from enforcement.paper_kinds import SERIES, PaperKind, TemplateState
from enforcement.paper_rendering import LARGEST_TEMPLATE, TYPE
from enforcement.views.papers import attachment
from people.http import HttpRequest
from people.models import Organisation
from tenancy import clock
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal


@dataclass(frozen=True)
class Tried:
    """What could not be done, with the reason in its form; `kind` is empty for the word in numbers."""

    form: forms.Form | None
    organisation: int
    kind: str = ""
    problem: str = ""


@require_safe
@for_readers
def templates(request: HttpRequest) -> HttpResponse:
    """The templates of the bureaus that the reader leads."""
    return page(request)


def page(request: HttpRequest, tried: Tried | None = None, status: int = 200) -> HttpResponse:
    bureaus = queries.bureaus_led_by(request.actor)
    if not bureaus:
        raise NotThere
    held = queries.templates_of(bureaus)
    context = {
        "bureaus": [_bureau(bureau, held, tried) for bureau in bureaus],
        "names": {kind.label: sorted(_names(kind)) for kind in PaperKind},
        "problem": tried.problem if tried else "",
    }
    return render(request, "enforcement/papers/templates.html", context, status=status)


def _names(kind: PaperKind) -> list[str]:
    """What a template of this kind may name; rows with the names of their columns."""
    values = paper_values.example(kind, "", "", clock.today())
    rows = {name: f"{name} ({', '.join(value[0])})" for name, value in values.items() if isinstance(value, list)}
    return [*(rows.get(name, name) for name in values), "qr"]


def _bureau(bureau: Organisation, held: dict[tuple[int, str], list[PaperTemplate]], tried: Tried | None) -> dict[str, Any]:
    mine = tried if tried is not None and tried.organisation == bureau.pk else None
    word = mine.form if mine and not mine.kind and mine.form else WordForm(initial={"word": queries.word_of(bureau)})
    word.auto_id = f"word_{bureau.pk}_%s"
    return {"bureau": bureau, "word": word, "kinds": [_kind(bureau, kind, held[bureau.pk, kind], mine) for kind in PaperKind]}


def _kind(bureau: Organisation, kind: PaperKind, rows: list[PaperTemplate], tried: Tried | None) -> dict[str, Any]:
    meant = tried is not None and tried.kind == kind and tried.form is not None
    form = tried.form if meant and tried is not None else BringForm()
    assert form is not None
    form.auto_id = f"bring_{bureau.pk}_{kind}_%s"
    return {
        "kind": kind,
        "title": SERIES[kind].title,
        "used": next((row for row in rows if row.state == TemplateState.USED), None),
        "waiting": next((row for row in rows if row.state == TemplateState.TRIED), None),
        "ended": [row for row in rows if row.state == TemplateState.ENDED],
        "form": form,
        "open": meant,
    }


@require_safe
@for_readers
def current(request: HttpRequest, organisation_id: int, kind: str) -> HttpResponse:
    """The template that counts, to be changed in Word or WPS; `?shipped=1` the one that comes with Mulin."""
    bureau, sort = queries.bureau_led_by(request.actor, organisation_id), actions.kind_of(kind)
    own = None if request.GET.get("shipped") else queries.template_in_use(bureau.pk, sort)
    body = bytes(own.content) if own else paper_rendering.shipped(sort)
    return attachment(body, TYPE, _("template-%(title)s.docx") % {"title": SERIES[sort].title})


@require_POST
@for_readers
def bring(request: HttpRequest, organisation_id: int, kind: str) -> HttpResponse:
    """Bring a template of one's own, to be looked at before it counts."""
    queries.bureau_led_by(request.actor, organisation_id)
    sort = actions.kind_of(kind)
    form = BringForm(request.POST, request.FILES)
    if not form.is_valid():
        return page(request, Tried(form, organisation_id, sort), 400)
    upload = form.cleaned_data["template"]
    try:
        body = upload.read(LARGEST_TEMPLATE + 1)
        actions.bring(organisation_id, kind, by=request.actor, name=upload.name or "", body=body)
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        put(form, refusal)
        return page(request, Tried(form, organisation_id, sort), refusal.status)
    messages.success(request, _("It can be filled. Look at the preview; it counts once you use it."))
    return redirect("enforcement:paper_templates")


@require_safe
@for_readers
def preview(request: HttpRequest, template_id: int) -> HttpResponse:
    """What a template makes of invented data."""
    row = queries.template(request.actor, template_id)
    try:
        body = actions.preview(row)
    except Refusal as refusal:
        return page(request, Tried(None, row.bureau_id, problem=str(refusal.message)), refusal.status)
    return attachment(body, TYPE, _("preview-%(title)s.docx") % {"title": SERIES[PaperKind(row.kind)].title})


Act = Callable[..., object]
STEPS: dict[str, tuple[Act, Promise]] = {
    "use": (actions.use, gettext_lazy("From now on it counts. Papers that were issued stay as they are.")),
    "drop": (actions.drop, gettext_lazy("Thrown away. Nothing has changed.")),
}


@require_POST
@for_readers
def step(request: HttpRequest, template_id: int, *, action: str) -> HttpResponse:
    """Use what was brought, or throw it away."""
    row = queries.template(request.actor, template_id)
    act, done = STEPS[action]
    return _done(request, row.bureau_id, lambda: act(template_id, by=request.actor), done)


@require_POST
@for_readers
def use_shipped(request: HttpRequest, organisation_id: int, kind: str) -> HttpResponse:
    """Go back to the template that comes with Mulin."""
    done = gettext_lazy("The shipped template counts again.")
    return _done(request, organisation_id, lambda: actions.use_shipped(organisation_id, kind, by=request.actor), done)


def _done(request: HttpRequest, organisation: int, act: Callable[[], object], done: Promise) -> HttpResponse:
    try:
        act()
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        return page(request, Tried(None, organisation, problem=str(refusal.message)), refusal.status)
    messages.success(request, str(done))
    return redirect("enforcement:paper_templates")


@require_POST
@for_readers
def word(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """What the bureau is called in the numbers of its papers."""
    queries.bureau_led_by(request.actor, organisation_id)
    form = WordForm(request.POST)
    status = 400
    if form.is_valid():
        try:
            actions.set_word(organisation_id, by=request.actor, word=form.cleaned_data["word"])
        except (NotThere, NotAllowed):
            raise
        except Refusal as refusal:
            put(form, refusal)
            status = refusal.status
        else:
            messages.success(request, _("Papers from now on bear this word."))
            return redirect("enforcement:paper_templates")
    return page(request, Tried(form, organisation_id), status)
