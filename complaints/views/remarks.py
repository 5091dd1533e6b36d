"""Internal notes on the page of a case."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from complaints import internal_notes
from complaints.actions import remarks
from complaints.forms.remarks import InternalNoteForm
from complaints.models import Ticket
from complaints.views import case
from complaints.views.doors import ticket_or_404
from complaints.views.remarks_shown import section
from complaints.views.steps import next_address, onward
from people.http import HttpRequest
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal


@require_POST
@login_required
def add(request: HttpRequest, number: str) -> HttpResponse:
    """A note, and back to the case. 400 with the case and what was typed."""
    ticket = ticket_or_404(request, number)
    if not internal_notes.may_write(request.actor, ticket):
        raise PermissionDenied
    form = InternalNoteForm(request.POST, auto_id="internal_%s")
    if not form.is_valid():
        return _again(request, ticket, form, 400)
    try:
        remarks.add(number, by=request.actor, text=form.cleaned_data["text"])
    except NotThere as gone:
        raise Http404 from gone
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal.message)) from refusal
    except Refusal as refusal:
        put(form, refusal)
        return _again(request, ticket, form, refusal.status)
    messages.success(request, _("The internal note is kept."))
    return onward(request, number)


def _again(request: HttpRequest, ticket: Ticket, form: InternalNoteForm, status: int) -> HttpResponse:
    return case.answer(request, ticket, status=status, back=next_address(request), internal=section(request.actor, ticket, form))
