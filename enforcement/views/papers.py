"""Papers of joint visits: issued, downloaded, voided, listed; and verified by everybody."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from enforcement import paper_queries as queries
from people.http import HttpRequest
from people.throttling import throttled
from tenancy import scope
from tenancy.refusals import NotThere

LOOKS_A_MINUTE = 60
"""For each address (own rule): a guesser of codes gets nowhere."""


@require_safe
@throttled("papers", most=LOOKS_A_MINUTE, seconds=60)
def verified(request: HttpRequest, paper: str) -> HttpResponse:
    """What the code on a paper opens, for everybody."""
    try:
        area = queries.place_of(paper)
        with scope.place(area):
            return render(request, "enforcement/papers/verified.html", {"paper": queries.verified(paper)})
    except NotThere as gone:
        raise Http404 from gone
