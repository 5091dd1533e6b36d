"""Photos, served only to whoever may see their ticket."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from complaints import queries
from complaints.models import Ticket
from files import serving
from people.actors import Actor
from people.http import HttpRequest
from tenancy.refusals import NotThere


def serve(actor: Actor, ticket: Ticket, photo_id: UUID, *, small: bool) -> HttpResponse:
    """A photo of this ticket. Raises Http404 for any other id, for what this reader is not to see, and when the file is gone."""
    row = queries.photos(actor, ticket).filter(photo_id=photo_id).first()
    if row is None:
        raise Http404
    return serving.answer(row.photo, name=ticket.number, small=small)


@require_safe
@login_required
def photo(request: HttpRequest, number: str, photo_id: UUID, small: bool = False) -> HttpResponse:
    """A ticket's photo, through the same `queries.get` as the ticket."""
    try:
        ticket = queries.get(request.actor, number)
    except NotThere:
        raise Http404 from None
    return serve(request.actor, ticket, photo_id, small=small)
