"""A bureau's own templates of papers: brought, looked at as a preview, used, ended; and its word in numbers."""

import hashlib

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from communities import qr
from enforcement import paper_queries as queries
from enforcement import paper_rendering, paper_values
from enforcement.models import PaperTemplate, PaperWord
from enforcement.paper_kinds import PaperKind, TemplateState
from people.actors import Actor
from people.models import Organisation
from tenancy import clock
from tenancy.refusals import NotThere, Refusal, WrongState
from tenancy.text import clean

LONGEST_WORD, LONGEST_NAME = 10, 80


def kind_of(kind: str) -> PaperKind:
    """Raises NotThere."""
    if kind not in PaperKind.values:
        raise NotThere
    return PaperKind(kind)


@transaction.atomic
def bring(organisation: int, kind: str, *, by: Actor, name: str, body: bytes) -> PaperTemplate:
    """Bring a template, to be looked at; one that was brought before and never used is thrown away.

    Raises NotThere, and Refusal on `template` for what cannot be filled with the example.
    """
    bureau, sort = _locked(organisation, by), kind_of(kind)
    _tried(bureau, sort, body)
    for old in _those(bureau, sort, TemplateState.TRIED):
        _end(old, TemplateState.DROPPED, "dropped", by=by)
    newest = PaperTemplate.objects.filter(bureau=bureau, kind=sort).order_by("-version").values_list("version", flat=True).first()
    row = PaperTemplate(
        bureau=bureau,
        kind=sort,
        version=(newest or 0) + 1,
        name=clean(name, field="template", longest=1000, required=False)[-LONGEST_NAME:],
        content=body,
        sha256=hashlib.sha256(body).hexdigest(),
        brought_at=clock.now(),
        brought_by_id=by.id,
    )
    row.save(force_insert=True)
    _record(row, "brought", by=by)
    return row


def preview(row: PaperTemplate) -> bytes:
    """The paper that a template makes of the example. Raises Refusal."""
    return _tried(row.bureau, PaperKind(row.kind), bytes(row.content))


def _tried(bureau: Organisation, kind: PaperKind, body: bytes) -> bytes:
    values = paper_values.example(kind, bureau.name, queries.word_of(bureau), clock.today())
    return paper_rendering.fill(body, values, qr.public_url("/v/")).body


@transaction.atomic
def use(template_id: int, *, by: Actor) -> PaperTemplate:
    """From now on it counts; the one before ends."""
    row = queries.template(by, template_id)
    _locked(row.bureau_id, by)
    row = queries.template(by, template_id, lock=True)
    if row.state != TemplateState.TRIED:
        raise WrongState(_("This template is not waiting to be used."))
    for old in _those(row.bureau, PaperKind(row.kind), TemplateState.USED):
        _end(old, TemplateState.ENDED, "ended", by=by)
    row.state, row.used_at, row.used_by = TemplateState.USED, clock.now(), by.user
    row.save(update_fields=["state", "used_at", "used_by"])
    _record(row, "used", by=by)
    return row


@transaction.atomic
def drop(template_id: int, *, by: Actor) -> PaperTemplate:
    """Throw away what was brought and not used."""
    row = queries.template(by, template_id, lock=True)
    if row.state != TemplateState.TRIED:
        raise WrongState(_("This template is not waiting to be used."))
    return _end(row, TemplateState.DROPPED, "dropped", by=by)


@transaction.atomic
def use_shipped(organisation: int, kind: str, *, by: Actor) -> None:
    """Go back to the template that comes with Mulin."""
    bureau, sort = _locked(organisation, by), kind_of(kind)
    held = _those(bureau, sort, TemplateState.USED)
    if not held:
        raise WrongState(_("The shipped template is in use already."))
    for old in held:
        _end(old, TemplateState.ENDED, "ended", by=by)


@transaction.atomic
def set_word(organisation: int, *, by: Actor, word: str) -> PaperWord:
    """What the bureau is called in the numbers of papers from now on; those that were issued keep theirs."""
    bureau = _locked(organisation, by)
    said = clean(word, field="word", longest=LONGEST_WORD)
    if not all(sign.isalnum() for sign in said):
        raise Refusal(_("Letters and digits only, such as 晋城管."), field="word")
    before = queries.word_of(bureau)
    row, _made = PaperWord.objects.update_or_create(
        organisation=bureau, defaults={"word": said, "set_at": clock.now(), "set_by_id": by.id}
    )
    audit.record(row, "paper_word.set", by=by, area=bureau.area, before={"word": before}, after={"word": said})
    return row


def _locked(organisation: int, by: Actor) -> Organisation:
    """A bureau that the actor leads: one change of its templates at a time."""
    bureau = queries.bureau_led_by(by, organisation)
    return Organisation.objects.select_for_update(no_key=True).get(pk=bureau.pk)


def _those(bureau: Organisation, kind: PaperKind, state: TemplateState) -> list[PaperTemplate]:
    found = PaperTemplate.objects.filter(bureau=bureau, kind=kind, state=state).defer("content").select_related("bureau")
    return list(found.select_for_update(of=("self",)))


def _end(row: PaperTemplate, state: TemplateState, what: str, *, by: Actor) -> PaperTemplate:
    row.state, row.ended_at, row.ended_by = state, clock.now(), by.user
    row.save(update_fields=["state", "ended_at", "ended_by"])
    _record(row, what, by=by)
    return row


def _record(row: PaperTemplate, what: str, *, by: Actor) -> None:
    after = {"bureau": row.bureau_id, "kind": row.kind, "version": row.version, "sha256": row.sha256}
    audit.record(row, f"paper_template.{what}", by=by, area=row.bureau.area, after=after)
