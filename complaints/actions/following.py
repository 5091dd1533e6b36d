"""关注 and 取消关注: a neighbour follows a public ticket instead of filing the same again. The ticket itself does not change."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from complaints import queries
from complaints.models import Follow, Ticket
from complaints.permissions import may_follow
from complaints.states import FINAL
from people.actors import Actor
from tenancy.refusals import NotAllowed, WrongState


@transaction.atomic
def follow(number: str, *, by: Actor) -> Ticket:
    """Be told how it goes on. Twice is once. Raises NotThere, NotAllowed, WrongState for one that has ended."""
    ticket = queries.get(by, number)
    if not may_follow(by, ticket):
        raise NotAllowed(_("Residents of the compound follow what is public there and not their own."))
    if ticket.state in FINAL:
        raise WrongState(_("It has ended: nothing more is to come."))
    _row, fresh = Follow.objects.get_or_create(ticket=ticket, user_id=by.id, defaults={"area": ticket.area})
    if fresh:
        audit.record(ticket, "ticket.followed", by=by, area=ticket.area, after={})
    return ticket


@transaction.atomic
def unfollow(number: str, *, by: Actor) -> Ticket:
    """Be told no more. Twice is once."""
    ticket = queries.get(by, number)
    gone, _rows = Follow.objects.filter(ticket=ticket, user_id=by.id).delete()
    if gone:
        audit.record(ticket, "ticket.unfollowed", by=by, area=ticket.area, after={})
    return ticket
