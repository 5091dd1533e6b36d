"""内部备注: a word to whoever else acts on the ticket. The ticket does not change, and nobody is told."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from complaints import internal_notes, queries
from complaints.actions.step import reason_of
from complaints.models import InternalNote
from people.actors import Actor
from tenancy.refusals import NotAllowed


@transaction.atomic
def add(number: str, *, by: Actor, text: str) -> InternalNote:
    """Append a note; it cannot be changed or taken back. Raises NotThere, NotAllowed, Refusal (field `text`)."""
    ticket = queries.get(by, number)
    organisation = internal_notes.acts_for(by, ticket)
    if organisation is None:
        raise NotAllowed(_("Only those who act on the ticket write internal notes."))
    said = reason_of(text)
    note: InternalNote = InternalNote.objects.create(
        area=ticket.area, ticket=ticket, made_by_id=by.id, organisation_id=organisation or None, text=said
    )
    audit.record(ticket, "ticket.internal_note", by=by, area=ticket.area, after={"note": note.pk, "text": said})
    return note
