"""Pages of compounds: mine, one of them, and the poster for its gate."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from communities import page_parts, permissions, qr, queries
from communities.forms import CompoundSearch
from communities.models import Compound
from people.http import HttpRequest
from people.roles import Role

PAGE = 30


def base_for(request: HttpRequest) -> str:
    return "base_desk.html" if request.actor.is_staff else "base_resident.html"


def _compound(request: HttpRequest, place: int) -> Compound:
    """The compound if this actor may open it. Raises Http404 for an absent and a foreign one alike."""
    found = queries.visible_to(request.actor).filter(area=place).first()
    if found is None:
        raise Http404
    return found


@require_safe
@login_required
def compounds(request: HttpRequest) -> HttpResponse:
    """The compounds in this actor's places; `?q=` part of a name, `?after=` the last code of the page before."""
    search = CompoundSearch(request.GET)
    words = search.cleaned_data["q"] if search.is_valid() else ""
    listed = queries.visible_to(request.actor)
    if words:
        listed = listed.filter(name__icontains=words)
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit() and len(after) == 15:
        listed = listed.filter(area__gt=int(after))
    found = list(listed[: PAGE + 1])
    firms = queries.firms_serving([compound.area for compound in found[:PAGE]])
    context = {
        "base": base_for(request),
        "search": search,
        "searching": bool(words or after) or len(found) > PAGE,
        "words": words,
        "rows": [{"compound": compound, "service": firms.get(compound.area)} for compound in found[:PAGE]],
        "next_url": f"?q={words}&after={found[PAGE - 1].area}" if len(found) > PAGE else "",
        "previous_url": f"?q={words}" if after else "",
    }
    return render(request, "communities/compounds.html", context)


@require_safe
@login_required
def compound(request: HttpRequest, place: int) -> HttpResponse:
    """One compound: who serves it, who is bound to it, its buildings, what is public, and one's own homes in it."""
    found = _compound(request, place)
    actor = request.actor
    verifies = permissions.may_verify_residencies(actor, found.area)
    resident = actor.holds(found.area, {Role.RESIDENT})
    context: dict[str, Any] = {
        "base": base_for(request),
        "compound": found,
        "service": queries.firm_serving(found.area),
        "bindings": queries.bindings(found.area),
        "buildings": queries.buildings(found.area),
        "homes": [row for row in queries.homes_of(actor) if row.area == found.area],
        "resident": resident,
        "verifies": verifies,
        "waiting": queries.claims_waiting(actor).filter(area=found.area).count() if verifies else 0,
        "parts": page_parts.of(actor, found),
        "files": not actor.roles.isdisjoint(FILING),
    }
    return render(request, "communities/compound.html", context)


FILING = frozenset({Role.RESIDENT, Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER, Role.STREET_CLERK, Role.STREET_LEADER})


@require_safe
@login_required
def poster(request: HttpRequest, place: int) -> HttpResponse:
    """To print and hang at the gate: the QR code of the page where anybody may file without an account."""
    found = _compound(request, place)
    address = qr.public_url(reverse("complaints:file_here", args=(place,)))
    return render(request, "communities/poster.html", {"compound": found, "svg": qr.svg(address), "address": address})
