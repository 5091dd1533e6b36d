"""A ticket at its own address: for its reporter, or for the staff who deal with it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from complaints import worklist
from complaints.permissions import is_reporter
from complaints.views import case, residents
from complaints.views.doors import ticket_or_404
from people.http import HttpRequest


@require_safe
@login_required
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    """The reporter and other residents see the story so far; staff see the case with its steps."""
    found = ticket_or_404(request, number)
    if is_reporter(request.actor, found) or not worklist.work_of(request.actor).filter(pk=found.pk).exists():
        return residents.reporter_page(request, found)
    return case.answer(request, found)
