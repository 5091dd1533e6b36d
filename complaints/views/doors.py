"""Who gets into the staff's pages at all."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from complaints import queries, worklist
from complaints.models import Ticket
from people.http import HttpRequest
from people.roles import Role
from tenancy.refusals import NotThere

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def at_a_desk(view: View[P]) -> View[P]:
    """Residents are shown their own tickets; administrators have no desk, so there is none for them."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if worklist.has_desk(request.actor):
            return view(request, *args, **kwargs)
        if Role.RESIDENT in request.actor.roles:
            return redirect("complaints:mine")
        raise Http404

    return login_required(guarded)


def ticket_or_404(request: HttpRequest, number: str) -> Ticket:
    """Absent, elsewhere or hidden: the same 404."""
    try:
        return queries.get(request.actor, number)
    except NotThere as gone:
        raise Http404 from gone
