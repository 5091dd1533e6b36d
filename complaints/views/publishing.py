"""公开: a clerk writes what neighbours will read, sees it as they will, and then makes it public."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from complaints import personal, queries
from complaints.actions import publishing
from complaints.forms.desk import PublishForm
from complaints.models import Ticket
from complaints.permissions import RULES
from complaints.views import showing
from complaints.views.doors import ticket_or_404
from complaints.views.steps import onward
from people.http import HttpRequest
from tenancy.form_fields import put
from tenancy.refusals import NotAllowed, NotThere, Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def publish(request: HttpRequest, number: str) -> HttpResponse:
    """GET: the wording. POST: how neighbours will see it; POST with `confirmed`: done. `change` goes back to the wording."""
    ticket = ticket_or_404(request, number)
    if not RULES["publish"](request.actor, ticket):
        raise PermissionDenied
    if request.method != "POST":
        start = {"version": ticket.version, "text": ticket.public_text or queries.masked_text(ticket)}
        return _wording(request, ticket, PublishForm(initial=start))
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _wording(request, ticket, form, status=400)
    if "change" in request.POST:
        return _wording(request, ticket, PublishForm(initial=form.cleaned_data))
    if "confirmed" not in request.POST:
        return _preview(request, ticket, form)
    try:
        publishing.publish(number, by=request.actor, **form.cleaned_data)
    except NotThere as gone:
        raise Http404 from gone
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal.message)) from refusal
    except Refusal as refusal:
        return _refused(request, number, refusal)
    messages.success(request, _("%(number)s is public now; the reporter has been told.") % {"number": number})
    return onward(request, number)


def _refused(request: HttpRequest, number: str, refusal: Refusal) -> HttpResponse:
    """The wording again, with the refusal; the form takes the present version, so sending it once more is then meant."""
    ticket = ticket_or_404(request, number)
    sent = request.POST.copy()
    if refusal.status == 409:
        sent["version"] = str(ticket.version)
    form = PublishForm(sent)
    put(form, refusal)
    return _wording(request, ticket, form, status=refusal.status)


def _wording(request: HttpRequest, ticket: Ticket, form: PublishForm, *, status: int = 200) -> HttpResponse:
    words = queries.words_shown(request.actor, ticket)
    return render(request, "complaints/publish.html", {"ticket": ticket, "words": words, "form": form}, status=status)


def _preview(request: HttpRequest, ticket: Ticket, form: PublishForm) -> HttpResponse:
    """Drawn by the same functions as the neighbours' list and page, with the wording that would be saved."""
    ticket.public_text = personal.masked(form.cleaned_data["text"])
    context = {
        "ticket": ticket,
        "form": form,
        "row": showing.public_rows([ticket])[0],
        "stage": showing.stage(ticket, mine=False),
        "place": showing.public_place(ticket),
    }
    return render(request, "complaints/publish_preview.html", context)
