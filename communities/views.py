"""Pages of compounds: mine, one of them, and the poster for its gate."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from communities import actions, page_parts, permissions, qr, queries
from communities.forms import ClaimForm, CompoundSearch
from communities.models import Compound
from people.http import HttpRequest
from people.roles import Role
from tenancy.form_fields import put
from tenancy.refusals import NotThere, Refusal

PAGE = 30


def _base(request: HttpRequest) -> str:
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
        "base": _base(request),
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
    return _page(request, _compound(request, place))


def _page(request: HttpRequest, found: Compound, claim: ClaimForm | None = None, status: int = 200) -> HttpResponse:
    actor = request.actor
    verifies = permissions.may_verify_residencies(actor, found.area)
    resident = actor.holds(found.area, {Role.RESIDENT})
    context: dict[str, Any] = {
        "base": _base(request),
        "compound": found,
        "service": queries.firm_serving(found.area),
        "bindings": queries.bindings(found.area),
        "buildings": queries.buildings(found.area),
        "homes": [row for row in queries.homes_of(actor) if row.area == found.area],
        "resident": resident,
        "claim": claim or ClaimForm(compound=found) if resident else None,
        "verifies": verifies,
        "claims": [row for row in queries.unverified(found.area) if row.user_id != actor.id] if verifies else [],
        "parts": page_parts.of(actor, found),
        "files": not actor.roles.isdisjoint(FILING),
    }
    return render(request, "communities/compound.html", context, status=status)


FILING = frozenset({Role.RESIDENT, Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER, Role.STREET_CLERK, Role.STREET_LEADER})


@require_POST
@login_required
def claim(request: HttpRequest, place: int) -> HttpResponse:
    """Say that one lives in or owns a home in a compound one belongs to."""
    found = _compound(request, place)
    form = ClaimForm(request.POST, compound=found)
    if form.is_valid():
        try:
            actions.claim_residency(
                found, user=request.actor.user, kind=form.cleaned_data["kind"], by=request.actor, home=form.home
            )
        except NotThere:
            raise Http404 from None
        except Refusal as refusal:
            put(form, refusal)
            return _page(request, found, form, refusal.status)
        messages.success(request, _("Noted. The street office or the property firm will confirm it."))
        return redirect("communities:compound", place)
    return _page(request, found, form, 400)


@require_POST
@login_required
def verify(request: HttpRequest, place: int, residency: int) -> HttpResponse:
    """Confirm a claimed residency of this compound."""
    if not permissions.may_verify_residencies(request.actor, _compound(request, place).area):
        raise PermissionDenied
    try:
        if not queries.unverified(place).filter(pk=residency).exists():
            raise NotThere
        actions.verify_residency(residency, by=request.actor)
    except NotThere:
        raise Http404 from None
    except Refusal as refusal:
        return render(request, "403.html", {"message": refusal.message}, status=refusal.status)
    messages.success(request, _("The residency is confirmed."))
    return redirect("communities:compound", place)


@require_safe
@login_required
def poster(request: HttpRequest, place: int) -> HttpResponse:
    """To print and hang at the gate: the QR code of the page where anybody may file without an account."""
    found = _compound(request, place)
    address = qr.public_url(reverse("complaints:file_here", args=(place,)))
    return render(request, "communities/poster.html", {"compound": found, "svg": qr.svg(address), "address": address})
