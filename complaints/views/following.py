"""Following a public ticket, and what may be the same as what somebody is about to file."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from complaints.actions import following
from complaints.actions.filing import LONGEST_TEXT
from complaints.alike import Alike, alike
from complaints.models import Ticket
from complaints.permissions import may_file
from people.actors import Actor
from people.http import HttpRequest
from tenancy.refusals import NotAllowed, NotThere, Refusal


def entries(found: Iterable[Alike]) -> list[dict[str, Any]]:
    """What a page says of each."""
    return [
        {
            "url": reverse("complaints:ticket", args=(each.ticket.number,)),
            "text": each.text,
            "state": each.ticket.state,
            "building": each.ticket.building.name if each.ticket.building else "",
            "people": each.people,
            "filed_at": each.ticket.filed_at,
        }
        for each in found
    ]


@require_POST
@login_required
def look(request: HttpRequest) -> HttpResponse:
    """A piece of a page: what may be the same as `text` in the compound `place`. Empty when there is nothing."""
    typed, text = request.POST.get("place", ""), request.POST.get("text", "")[:LONGEST_TEXT]
    area = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 15 else 0
    if not may_file(request.actor, area):
        raise Http404
    return render(request, "complaints/alike.html", {"alike": entries(alike(request.actor, area, text)), "new_page": True})


def _step(act: Callable[..., Ticket], done: str | Promise) -> Callable[..., HttpResponse]:
    @require_POST
    @login_required
    def view(request: HttpRequest, number: str) -> HttpResponse:
        try:
            act(number, by=request.actor)
        except NotThere as gone:
            raise Http404 from gone
        except NotAllowed as refusal:
            raise PermissionDenied(str(refusal.message)) from refusal
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, str(done))
        return redirect("complaints:ticket", number)

    return view


follow = _step(following.follow, gettext_lazy("You follow it: you are told when it is worked on, answered and ended."))
unfollow = _step(following.unfollow, gettext_lazy("You do not follow it any more."))


def stands(actor: Actor, ticket: Ticket) -> dict[str, Any]:
    """For the page of a public ticket: how many follow it, and whether the reader does."""
    if not ticket.public:
        return {}
    users = list(ticket.follows.values_list("user", flat=True))
    return {"many": len(users), "mine": actor.id in users}
