"""The whole of a divided ticket and its parts: neither runs ahead of the other (held by a trigger, too)."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from complaints import queries
from complaints.actions import lapsing, telling, timing
from complaints.actions.step import finish
from complaints.models import Ticket
from complaints.states import OPEN, EventKind, State
from people.actors import Actor
from tenancy import clock
from tenancy.refusals import WrongState


class PartsOpen(WrongState):
    """Parts that are still open; says which."""

    code = "parts_open"

    def __init__(self, waiting: Sequence[Ticket]) -> None:
        numbers = _(", ").join(part.number for part in waiting)
        super().__init__(_("Parts of it are still open: %(numbers)s. They must be answered first.") % {"numbers": numbers})


def check_none_open(whole: Ticket) -> None:
    """Raises PartsOpen."""
    waiting = queries.open_parts(whole)
    if waiting:
        raise PartsOpen(waiting)


def check_whole_open(part: Ticket) -> None:
    """Raises WrongState where the whole has been answered or has ended."""
    if part.parent is not None and part.parent.state not in OPEN:
        raise WrongState(
            _("It is a part of %(number)s, which is not open any more. Have that done again first.")
            % {"number": part.parent.number}
        )


def answered(part: Ticket, *, by: Actor) -> None:
    """A part was answered or ended: the whole says so, and its lead is told when the last one is."""
    if part.parent_id is None:
        return
    whole = Ticket.objects.select_for_update(of=("self",)).select_related("compound", "lead", "reporter").get(pk=part.parent_id)
    telling.note(whole, EventKind.PART_DONE, by=by, old=whole.state, text=part.number, told=False)
    if not queries.open_parts(whole):
        telling.tell_lead(whole, "ticket_parts_done", once=f":{part.number}:{part.version}")


def cancel_open(whole: Ticket, *, by: Actor, text: str) -> None:
    """The whole is withdrawn: so are the parts that are still open."""
    for part in Ticket.objects.filter(parent=whole, state__in=sorted(OPEN)).select_for_update(of=("self",)).order_by("pk"):
        part = Ticket.objects.select_related("compound", "lead", "reporter").get(pk=part.pk)
        part.ended_at = clock.now()
        timing.ended(part, by=by)
        facts = lapsing.end_open_assists(part, by=by)
        finish(part, State.CANCELLED, EventKind.CANCELLED, ["ended_at", *timing.DUE_FIELDS], by=by, text=text, facts=facts)
        telling.tell_lead(part, "ticket_withdrawn")
