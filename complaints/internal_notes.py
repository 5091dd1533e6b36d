"""Who writes and who reads internal notes (内部备注), and the notes as they are read. All of it is our own rule."""

from complaints import queries
from complaints.models import Assist, InternalNote, Ticket
from complaints.permissions import is_reporter, speaks_for_lead
from complaints.states import AssistState
from people.actors import Actor
from people.roles import DESKS, OF_AN_ORGANISATION, Role


def acts_for(actor: Actor, ticket: Ticket) -> int | None:
    """The organisation for which the actor deals with the ticket: lead, street or county desk, or one that was asked to help.

    None for everybody else, 0 for a desk without an organisation. The ticket comes from `queries.get`, so it is one that the
    actor sees. Whoever reported it is a reporter here, whatever else they are.
    """
    if is_reporter(actor, ticket):
        return None
    if speaks_for_lead(actor, ticket):
        return ticket.lead_id
    desks = actor.posts_at(ticket.area, DESKS)
    if desks:
        return desks[0].organisation_id or 0
    mine = actor.organisations_at(ticket.area, OF_AN_ORGANISATION)
    if not mine or ticket.restricted:
        return None
    asked = Assist.objects.filter(ticket=ticket, organisation__in=mine).exclude(state=AssistState.ENDED)
    return asked.order_by("pk").values_list("organisation", flat=True).first()


def may_write(actor: Actor, ticket: Ticket) -> bool:
    """Whoever acts on it, in every state: what is found out after the end helps with the next one."""
    return acts_for(actor, ticket) is not None


def may_read(actor: Actor, ticket: Ticket) -> bool:
    """Whoever acts on it, and supervision of what it sees; never whoever filed it or is only a neighbour."""
    if is_reporter(actor, ticket) or queries.reads_as_neighbour(actor, ticket):
        return False
    return actor.holds(ticket.area, {Role.SUPERVISOR}) or may_write(actor, ticket)


def read(actor: Actor, ticket: Ticket) -> list[InternalNote]:
    """Oldest first, as far as the actor reads words of this ticket: personal data is masked as in the rest of it."""
    notes = list(InternalNote.objects.filter(ticket=ticket).select_related("made_by", "organisation").order_by("pk"))
    for note in notes:
        if note.made_by_id != actor.id:
            note.text = queries.as_read(actor, ticket, note.text)
    return notes
