"""Internal notes as the page of a case shows them."""

from typing import Any

from complaints import internal_notes
from complaints.forms.remarks import InternalNoteForm
from complaints.models import Ticket
from people.actors import Actor


def section(actor: Actor, ticket: Ticket, refused: InternalNoteForm | None = None) -> dict[str, Any] | None:
    """For the case: the notes, and the form for who may write one. None for who reads none."""
    if not internal_notes.may_read(actor, ticket):
        return None
    form = refused or InternalNoteForm(auto_id="internal_%s")
    writes = internal_notes.may_write(actor, ticket)
    return {"notes": internal_notes.read(actor, ticket), "form": form if writes else None}
