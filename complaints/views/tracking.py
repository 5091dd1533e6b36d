"""Pages without an account: filing through the code at the gate, and following a ticket by number and tracking code.

A visitor has no scope. Each view opens the one compound, or the one street, that the address proves, only around its work.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities import queries as communities
from complaints import numbers, permissions, queries
from complaints.forms.residents import TrackForm, VisitorFiling
from complaints.models import Ticket
from complaints.views import photos, residents, showing
from complaints.views.filing import filed_page, submit
from files.images import MAX_PHOTOS
from people import actors
from people.http import HttpRequest
from people.throttling import throttled
from tenancy import scope
from tenancy.areas import Level
from tenancy.models import Area, AreaAlias
from tenancy.refusals import NotThere

FILINGS_AN_HOUR = 20
LOOKS_A_MINUTE = 60
"""For each address (own rule): a household behind one address files less, and a guesser of codes gets nowhere."""

sparingly = throttled("tracking", most=LOOKS_A_MINUTE, seconds=60)


def _session(request: HttpRequest) -> str:
    """The visitor's session, made when there is none: it is what two taps on one form have in common."""
    if request.session.session_key is None:
        request.session.create()
    return request.session.session_key or ""


@throttled("filing", most=FILINGS_AN_HOUR, seconds=3600, only_post=True)
@require_http_methods(["GET", "HEAD", "POST"])
def file_here(request: HttpRequest, place: int) -> HttpResponse:
    """The page behind the QR code at a compound's gate. A place that was re-coded redirects to its new code."""
    area = Area.objects.filter(code=place, level=Level.COMPOUND).first()
    if area is None:
        alias = AreaAlias.objects.filter(old_code=place).first()
        if alias is None:
            raise Http404
        return redirect("complaints:file_here", alias.new_code)
    if request.actor.is_person and permissions.may_file(request.actor, place) and request.method != "POST":
        return redirect(f"/file/?compound={place}")
    visitor = actors.visitor(_session(request))
    with scope.place(place):
        try:
            compound = communities.compound(place)
        except NotThere:
            raise Http404 from None
        form = VisitorFiling(request.POST if request.method == "POST" else None, compound=compound)
        status = 200
        if request.method == "POST":
            filed, status = submit(request, form, by=visitor)
            if filed is not None:
                return redirect("complaints:track_filed", filed.ticket.number, filed.code)
        context = {"area": area, "compound": compound, "form": form, "most": MAX_PHOTOS, "duty_phone": compound.duty_phone}
        return render(request, "complaints/file_here.html", context, status=status)


@contextmanager
def proved(request: HttpRequest, number: str, code: str) -> Iterator[tuple[Ticket, actors.Actor, showing.Links]]:
    """The ticket of this number for whoever holds its code, inside its street.

    Raises Http404 for a wrong code and for a number that does not exist alike: the code is checked before anything is read.
    """
    street = numbers.street_in(number)
    if street is None or not numbers.proves(code, number):
        raise Http404
    moved = AreaAlias.objects.filter(old_code=street).values_list("new_code", flat=True).first()
    holder = actors.visitor(request.session.session_key or "", tracking=number)
    with scope.limited_to(scope.Scope.of_places([street, *([moved] if moved else [])])):
        try:
            ticket = queries.get(holder, number)
        except NotThere:
            raise Http404 from None
        yield ticket, holder, showing.Links(number, code)


@sparingly
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Number and code, typed from the slip."""
    form = TrackForm(request.POST if request.method == "POST" else None, initial={"number": request.GET.get("number", "")[:40]})
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            number, code = form.cleaned_data["number"], form.cleaned_data["code"].lower()
            try:
                with proved(request, number, code):
                    return redirect("complaints:track", number, code)
            except Http404:
                status = 404
                form.add_error("code", _("No ticket has this number and this code. Check both, letter by letter."))
    return render(request, "complaints/track.html", {"form": form}, status=status)


@sparingly
@require_safe
def track(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """The reporter's page for whoever holds the slip."""
    with proved(request, number, code) as (ticket, holder, links):
        return residents.page(request, ticket, holder, links)


@sparingly
@require_safe
def filed(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Right after filing: write it down."""
    with proved(request, number, code) as (ticket, holder, links):
        return filed_page(request, ticket, holder, links)


@throttled("tracked-photos", most=600, seconds=60)
@require_safe
def photo(request: HttpRequest, number: str, code: str, photo_id: UUID, small: bool = False) -> HttpResponse:
    """A photo for whoever holds the slip."""
    with proved(request, number, code) as (ticket, holder, _links):
        return photos.serve(holder, ticket, photo_id, small=small)


def _step(name: str) -> Callable[..., HttpResponse]:
    @sparingly
    @require_POST
    def view(request: HttpRequest, number: str, code: str) -> HttpResponse:
        with proved(request, number, code) as (_ticket, holder, links):
            return residents.take(request, name, number, holder, links)

    return view


rate, redo, cancel, reply = _step("rate"), _step("redo"), _step("cancel"), _step("reply")
