"""Filing by somebody with an account: a resident from the own home, the firm on patrol, a clerk for a caller."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from communities.models import Compound
from complaints import queries, reporting
from complaints.actions import filing
from complaints.alike import alike
from complaints.forms.residents import (
    AtACompound,
    CallerFiling,
    PatrolFiling,
    PlaceSearch,
    ResidentFiling,
    WhatHappened,
    homes_to_file_from,
)
from complaints.models import Ticket
from complaints.views import showing
from complaints.views.following import entries
from complaints.views.residents import base_for, tracking
from files import taking
from files.images import MAX_PHOTOS
from people.actors import Actor
from people.http import HttpRequest
from people.roles import PROPERTY, STREET, Role
from tenancy.form_fields import put
from tenancy.refusals import KeyReused, NotThere, Refusal
from tenancy.scope import Scope

MOST_PLACES = 30
MODES: dict[str, tuple[frozenset[Role], str | Promise]] = {
    "patrol": (PROPERTY, gettext_lazy("Found on patrol")),
    "phone": (STREET, gettext_lazy("For a caller")),
    "resident": (frozenset({Role.RESIDENT}), gettext_lazy("As a resident")),
}
"""As whom somebody files: the roles that may, and the words on the tab. Whoever has several starts with the first."""
FORMS: dict[str, type[AtACompound]] = {"patrol": PatrolFiling, "phone": CallerFiling}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def file(request: HttpRequest) -> HttpResponse:
    """File a complaint. `?as=` one of MODES, `?compound=` a place code among the actor's."""
    modes = [mode for mode, (roles, _label) in MODES.items() if not request.actor.roles.isdisjoint(roles)]
    if not modes:
        raise PermissionDenied
    mode = request.GET.get("as", modes[0])
    if mode not in modes:
        raise Http404
    context: dict[str, Any] = {
        "base": base_for(request.actor),
        "mode": mode,
        "tabs": [{"url": f"?as={each}", "label": MODES[each][1], "current": each == mode} for each in modes]
        if len(modes) > 1
        else [],
    }
    if mode == "resident":
        return _as_resident(request, context)
    return _at_a_compound(request, mode, context)


def _as_resident(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    homes = homes_to_file_from(request.actor)
    wanted = _place_code(request)
    preferred = next((home for home in homes if home.compound == wanted), None)
    if wanted is not None and preferred is None:
        raise Http404
    context["homes"] = homes
    if not homes:
        return render(request, "complaints/file.html", context)
    first = preferred or homes[0]
    form = ResidentFiling(request.POST if request.method == "POST" else None, initial={"where": first.key}, homes=homes)
    context |= {"place": homes[0].label, "area": homes[0].compound} if len(homes) == 1 else {"place": ""}
    return _answer(request, form, context)


def _at_a_compound(request: HttpRequest, mode: str, context: dict[str, Any]) -> HttpResponse:
    places = served(request.actor, MODES[mode][0])
    wanted = _place_code(request)
    if wanted is None and places[:2].count() != 1:
        return _choose_place(request, places, mode, context)
    compound = (places if wanted is None else places.filter(area=wanted)).first()
    if compound is None:
        raise Http404
    form = FORMS[mode](request.POST if request.method == "POST" else None, compound=compound)
    context |= {"place": compound.name, "area": compound.area, "choose_url": f"?as={mode}" if wanted is not None else ""}
    return _answer(request, form, context)


def served(actor: Actor, roles: Iterable[Role]) -> Any:
    """Compounds where the actor holds one of these roles."""
    wanted = frozenset(roles)
    scope = Scope.of_places(post.area for post in actor.posts if post.role in wanted)
    return Compound.objects.filter(scope.condition()).order_by("area")


def _choose_place(request: HttpRequest, places: Any, mode: str, context: dict[str, Any]) -> HttpResponse:
    """Where first: a firm serves several compounds, a street has many."""
    search = PlaceSearch(request.GET)
    words = search.cleaned_data["q"] if search.is_valid() else ""
    found = list((places.filter(name__icontains=words) if words else places)[: MOST_PLACES + 1])
    context |= {
        "search": search,
        "words": words,
        "places": [{"url": f"?as={mode}&compound={each.area}", "compound": each} for each in found[:MOST_PLACES]],
        "more": len(found) > MOST_PLACES,
    }
    return render(request, "complaints/file_where.html", context)


def _place_code(request: HttpRequest) -> int | None:
    typed = request.GET.get("compound", "")
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) == 15):
        raise Http404
    return int(typed)


def _answer(request: HttpRequest, form: WhatHappened, context: dict[str, Any]) -> HttpResponse:
    context |= {"form": form, "most": MAX_PHOTOS}
    if request.method != "POST":
        return render(request, "complaints/file.html", context)
    filed, status = submit(request, form, by=request.actor)
    if filed is not None:
        return redirect("complaints:filed", filed.ticket.number)
    return render(request, "complaints/file.html", context, status=status)


def submit(request: HttpRequest, form: WhatHappened, *, by: Actor) -> tuple[filing.Filed | None, int]:
    """File what was posted. None and a status when it was refused; the reasons stand in the form.

    Photos are decoded last, when all that was typed is good: that is the dear part, and a browser keeps no files.
    """
    uploads = request.FILES.getlist("photos")
    status, filed = 400, None
    good = uploads if len(uploads) <= MAX_PHOTOS else []
    if form.is_valid():
        read, problems = taking.read(uploads)
        for problem in problems:
            form.add_error("photos", problem)
        good = [upload for upload in good if upload not in [problem.upload for problem in problems]]
        if not problems:
            try:
                filed = filing.file(form.filing(read), by=by, key=form.cleaned_data["key"])
            except KeyReused as refusal:
                form.renew_key()
                form.add_error(None, _("This form was sent before with other words. If it is another matter, send it again."))
                status = refusal.status
            except Refusal as refusal:
                put(form, refusal)
                status = refusal.status
    if filed is None and good:
        form.add_error("photos", taking.choose_again(good))
    return filed, status


@require_safe
@login_required
def filed(request: HttpRequest, number: str) -> HttpResponse:
    """What whoever filed it sees next: the number to call in danger, the slip, and what happens now."""
    try:
        ticket = queries.get(request.actor, number)
    except NotThere:
        raise Http404 from None
    if request.actor.id not in (ticket.reporter_id, ticket.filed_by_id):
        raise Http404
    return filed_page(request, ticket, request.actor, showing.Links(number))


def filed_page(request: HttpRequest, ticket: Ticket, actor: Actor, links: showing.Links) -> HttpResponse:
    context = {
        "base": base_for(actor),
        "ticket": ticket,
        "for_other": actor.is_person and ticket.reporter_id != actor.id,
        "visitor": not actor.is_person,
        "place": showing.place_of(ticket, ticket.spot, with_home=True),
        "lines": reporting.lines_for(ticket),
        "tracking": tracking(ticket),
        "url": links.page(),
        "alike": entries(alike(actor, ticket.area, ticket.text, besides=ticket.pk)) if actor.is_person else [],
    }
    return render(request, "complaints/filed.html", context)
