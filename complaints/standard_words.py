"""Standard words (标准回复): what stands ready to be said at a step, chosen by step and kind, filled in for a ticket."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from complaints import blanks, explain, note_queries, prepared
from complaints.models import KnowledgeNote, Ticket
from complaints.note_permissions import owners_over
from complaints.note_states import NoteState, Way, Worded
from tenancy import areas


@dataclass(frozen=True)
class Offer:
    """Words that fit a step on a ticket: `key` chooses them, `text` has its blanks filled in as far as they are known."""

    key: str
    name: str
    text: str


def offered(ticket: Ticket, steps: Iterable[str]) -> dict[str, list[Offer]]:
    """For each of these steps what stands ready, the street's before the county's, and what is for this kind before the rest.

    Only standard words are read, in one query; those that come with Mulin stand in for a county's until it has written notes.
    """
    wanted = [step for step in steps if step in Worded.values]
    if not wanted:
        return {}
    found = _in_force(ticket.area)
    about: set[str | None] = set(explain.suggested_leaves(ticket)) if ticket.lead_id is None else {ticket.leaf_id}
    values = _values(ticket)
    return {step: [_offer(key, note, values) for key, note in _fitting(found, step, about)] for step in wanted}


def _in_force(area: int) -> list[tuple[str, prepared.Note]]:
    places = owners_over(area)
    rows = KnowledgeNote.objects.filter(area__in=places, way=Way.STANDARD, state=NoteState.LIVE).order_by("-area", "name")
    if kept := [(str(row.pk), prepared.of_row(row)) for row in rows]:
        return kept
    if note_queries.has_own(areas.ancestor(area, areas.Level.COUNTY)):
        return []
    shipped = (note for note in prepared.shipped() if note.way == Way.STANDARD)
    return [(f"example-{number}", note) for number, note in enumerate(shipped, 1)]


def _fitting(found: list[tuple[str, prepared.Note]], step: str, about: set[str | None]) -> list[tuple[str, prepared.Note]]:
    fit = [each for each in found if step in each[1].steps and (not each[1].leaves or not about.isdisjoint(each[1].leaves))]
    return sorted(fit, key=lambda each: not each[1].leaves)


def _offer(key: str, note: prepared.Note, values: dict[str, str]) -> Offer:
    return Offer(key, note.name, blanks.filled(note.text, values))


def _values(ticket: Ticket) -> dict[str, str]:
    due = ticket.resolve_due_at
    return {
        blanks.NUMBER: ticket.number,
        blanks.COMPOUND: ticket.compound.name,
        blanks.ORGANISATION: ticket.lead.name if ticket.lead else "",
        blanks.DUE: f"{timezone.localtime(due):%Y-%m-%d %H:%M}" if due else "",
    }


def put_after(typed: str, words: str) -> str:
    """What was typed stays; the words come after it."""
    return f"{typed.rstrip()}\n{words}" if typed.strip() else words
