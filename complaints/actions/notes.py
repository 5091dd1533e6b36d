"""Keeping knowledge notes (知识库): write, change, withdraw, put back, and take over those that come with Mulin."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from complaints import prepared
from complaints.models import KnowledgeNote
from complaints.note_checks import MOST_NOTES, Content, checked, name_taken
from complaints.note_permissions import may_keep_notes, may_read_notes
from complaints.note_queries import get_note, has_own, today
from complaints.note_states import NoteState
from complaints.rule_permissions import OWNERS
from people.actors import Actor
from tenancy import clock
from tenancy.areas import Level
from tenancy.models import Area
from tenancy.refusals import NotAllowed, NotThere, Refusal, Stale, WrongState

CHECK_AFTER = timedelta(days=365)
"""When a note that was taken over is to be checked (own)."""
CONTENT = ("name", "way", "words", "steps", "leaves", "source", "text", "review_on")
LISTS = frozenset({"words", "steps", "leaves"})


class StaleNote(Stale):
    """Somebody else changed the note in between."""

    words = _("%(who)s changed this note at %(when)s. Look at it as it is now, then send it again.")


@transaction.atomic
def write(*, area: int, content: Content, by: Actor) -> KnowledgeNote:
    """A new note of a street or county, offered at once.

    Raises NotThere for a place without notes or not `by`'s to read, NotAllowed, and Refusal as `note_checks.checked` does, on
    a name that is taken, and when the place has MOST_NOTES.
    """
    _lock_owner(area, by)
    return _write(area, [checked(content)], by=by)[0]


@transaction.atomic
def change(note_id: int, *, content: Content, by: Actor, version: int) -> KnowledgeNote:
    """Put other content in the place of a note's; an example becomes the office's own.

    Raises NotThere, NotAllowed, StaleNote, WrongState for one that is withdrawn, and Refusal as `write` does.
    """
    note = _begin(note_id, by=by, version=version, state=NoteState.LIVE)
    kept = checked(content, before=note.review_on)
    _check_name(note.area, kept.name, other_than=note.pk)
    _replace(note, kept, by=by)
    return note


@transaction.atomic
def withdraw(note_id: int, *, by: Actor, version: int) -> KnowledgeNote:
    """Offer it no longer; it stays in the list of withdrawn ones. Raises as `change` does."""
    note = _begin(note_id, by=by, version=version, state=NoteState.LIVE)
    note.state = NoteState.WITHDRAWN
    _finish(note, "withdrawn", ["state"], by=by, before={"name": note.name, "state": NoteState.LIVE})
    return note


@transaction.atomic
def put_back(note_id: int, *, by: Actor, version: int) -> KnowledgeNote:
    """Offer a withdrawn note again, as it was. Raises as `change` does, and Refusal when its name is taken by now."""
    note = _begin(note_id, by=by, version=version, state=NoteState.WITHDRAWN)
    _check_name(note.area, note.name, other_than=note.pk)
    note.state = NoteState.LIVE
    _finish(note, "put_back", ["state"], by=by, before={"name": note.name, "state": NoteState.WITHDRAWN})
    return note


@transaction.atomic
def take_over(*, area: int, by: Actor) -> list[KnowledgeNote]:
    """Write the notes that come with Mulin as a county's own, marked as examples, so that it can change and withdraw them.

    Raises NotThere, NotAllowed, and WrongState for a county that has notes already.
    """
    owner = _lock_owner(area, by)
    if owner.level != Level.COUNTY:
        raise NotThere
    if has_own(area):
        raise WrongState(_("This county has notes of its own already; those that come with Mulin are no longer offered here."))
    day = today() + CHECK_AFTER
    shipped = [
        Content(note.name, note.way, note.text, note.words, note.source, day, note.steps, note.leaves)
        for note in prepared.shipped()
    ]
    return _write(area, [checked(each) for each in shipped], by=by, example=True)


@transaction.atomic
def bring_in(*, area: int, given: Sequence[tuple[Content, int]], by: Actor) -> tuple[int, int]:
    """Notes from a sheet, each with the version that was downloaded, 0 for a new one; how many were written and changed.

    What the sheet does not name stays as it is. Raises as `write` does, and WrongState for a note that was changed since, or
    is no longer offered, or is there although it is called new; `field` is `notes.<n>.<field>`, n from 0. All or nothing.
    """
    _lock_owner(area, by)
    there = {note.name: note for note in KnowledgeNote.objects.filter(area=area, state=NoteState.LIVE).select_for_update()}
    fresh: list[Content] = []
    changed, seen = 0, set[str]()
    for number, (content, version) in enumerate(given):
        try:
            note = there.get(content.name)
            _check_version(note, version)
            kept = checked(content, before=note.review_on if note else None)
            if kept.name in seen:
                raise name_taken()
        except Refusal as refusal:
            refusal.field = f"notes.{number}.{refusal.field or 'version'}"
            raise
        seen.add(kept.name)
        if note is None:
            fresh.append(kept)
        elif _differs(note, kept):
            _replace(note, kept, by=by)
            changed += 1
    return len(_write(area, fresh, by=by)), changed


def _check_version(note: KnowledgeNote | None, version: int) -> None:
    if (note.version if note else 0) == version:
        return
    if note is None:
        raise WrongState(_("No note of this name is offered here. To write a new one, leave the version empty."))
    if not version:
        raise WrongState(_("A note of this name is offered here already. Download the sheet again and change it there."))
    raise StaleNote(who=note.changed_by.label, when=note.changed_at, version=note.version)


def _lock_owner(area: int, by: Actor) -> Area:
    """One change of an owner's notes at a time. Raises NotThere, NotAllowed."""
    place = Area.objects.select_for_update().filter(code=area, level__in=sorted(OWNERS)).first()
    if place is None or not may_read_notes(by, area):
        raise NotThere
    if not may_keep_notes(by, area):
        raise NotAllowed(_("Only the office that owns these notes changes them."))
    return place


def _begin(note_id: int, *, by: Actor, version: int, state: NoteState) -> KnowledgeNote:
    """The note, locked and checked: readable, kept by `by`, unchanged since `version`, in this state."""
    _lock_owner(get_note(by, note_id).area, by)
    note = get_note(by, note_id, lock=True)
    if note.version != version:
        raise StaleNote(who=note.changed_by.label, when=note.changed_at, version=note.version)
    if note.state != state:
        raise WrongState(_("This cannot be done now: this note is “%(state)s”.") % {"state": note.get_state_display()})
    return note


def _write(area: int, contents: Iterable[Content], *, by: Actor, example: bool = False) -> list[KnowledgeNote]:
    made: list[KnowledgeNote] = []
    held = KnowledgeNote.objects.filter(area=area).count()
    for content in contents:
        if held + len(made) >= MOST_NOTES:
            raise Refusal(
                _("A place has at most %(most)d notes, withdrawn ones included. Put one of those back and change it.")
                % {"most": MOST_NOTES},
                code="too_many",
            )
        _check_name(area, content.name)
        now = clock.now()
        note = KnowledgeNote(area=area, example=example, written_at=now, written_by=by.user, changed_at=now, changed_by=by.user)
        _fill(note, content)
        note.save(force_insert=True)
        audit.record(note, "notes.written", by=by, area=area, after=_facts(note))
        made.append(note)
    return made


def _check_name(area: int, name: str, *, other_than: int = 0) -> None:
    if KnowledgeNote.objects.filter(area=area, name=name, state=NoteState.LIVE).exclude(pk=other_than).exists():
        raise name_taken()


def _fill(note: KnowledgeNote, content: Content) -> None:
    for name in CONTENT:
        value = getattr(content, name)
        setattr(note, name, list(value) if name in LISTS else value)


def _replace(note: KnowledgeNote, content: Content, *, by: Actor) -> None:
    """Other content, which is then the office's own."""
    before = _facts(note)
    _fill(note, content)
    note.example = False
    _finish(note, "changed", [*CONTENT, "example"], by=by, before=before)


def _differs(note: KnowledgeNote, content: Content) -> bool:
    given = {name: getattr(content, name) for name in CONTENT}
    return any(getattr(note, name) != (list(value) if name in LISTS else value) for name, value in given.items())


def _facts(note: KnowledgeNote) -> dict[str, Any]:
    day = note.review_on.isoformat() if note.review_on else None
    kept = {name: getattr(note, name) for name in CONTENT if name != "review_on"}
    return {**kept, "review_on": day, "example": note.example, "version": note.version}


def _finish(note: KnowledgeNote, action: str, fields: Sequence[str], *, by: Actor, before: dict[str, Any]) -> None:
    """Save the note as its next version, and record what was done."""
    note.version += 1
    note.changed_at, note.changed_by = clock.now(), by.user
    note.save(update_fields=[*fields, "version", "changed_at", "changed_by"])
    after = _facts(note) if "name" in fields else {"name": note.name, "state": note.state, "version": note.version}
    audit.record(note, f"notes.{action}", by=by, area=note.area, before=before, after=after)
