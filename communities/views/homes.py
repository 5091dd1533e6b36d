"""Pages of one's own homes: what is confirmed, what waits, and saying that one lives somewhere. Open to whoever signed in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities import actions, queries
from communities.forms import ClaimForm, PlaceSearch
from communities.views.compounds import base_for
from people.http import HttpRequest
from people.queries import place_names
from people.throttling import throttled
from tenancy import areas
from tenancy.areas import Level
from tenancy.form_fields import put
from tenancy.models import Area, AreaAlias
from tenancy.refusals import NotThere, Refusal

PAGE = 30
CLAIMS_AN_HOUR = 20
"""For each address (own rule)."""


@require_safe
@login_required
def homes(request: HttpRequest) -> HttpResponse:
    """My homes: the confirmed ones, and what became of each claim."""
    own, claims = list(queries.homes_of(request.actor)), queries.claims_of(request.actor)
    names = place_names(row.area for row in (*own, *claims))
    context = {
        "base": base_for(request),
        "homes": [{"row": row, "place": names.get(row.area, "")} for row in own],
        "claims": [{"row": row, "place": names.get(row.area, "")} for row in claims],
    }
    return render(request, "communities/homes.html", context)


def lineage_names(codes: list[int]) -> dict[int, str]:
    """County and street of each compound, in words."""
    above = {code: [areas.ancestor(code, level) for level in (Level.COUNTY, Level.STREET)] for code in codes}
    names = place_names(each for pair in above.values() for each in pair)
    return {code: " ".join(names[each] for each in pair if each in names) for code, pair in above.items()}


@require_safe
@login_required
def add(request: HttpRequest) -> HttpResponse:
    """Which compound: by county and street, or by part of its name. Names of places are public; nothing else is told."""
    search = PlaceSearch(request.GET)
    within, words = search.within(), search.words()
    found: list[Area] = []
    if words or (within is not None and areas.level_of(within) == Level.STREET):
        after = request.GET.get("after", "")
        listed = queries.places(Level.COMPOUND, within=within, words=words)
        if after.isascii() and after.isdigit() and len(after) == 15:
            listed = listed.filter(code__gt=int(after))
        found = list(listed[: PAGE + 1])
    where = lineage_names([area.code for area in found[:PAGE]])
    kept = {name: value for name, value in search.data.items() if name in search.fields and value}
    context: dict[str, Any] = {
        "base": base_for(request),
        "search": search,
        "asked": bool(words or within),
        "rows": [{"area": area, "where": where[area.code]} for area in found[:PAGE]],
        "chosen_street": within is not None and areas.level_of(within) == Level.STREET,
        "words": words,
        "next_url": f"?{urlencode({**kept, 'after': found[PAGE - 1].code})}" if len(found) > PAGE else "",
    }
    return render(request, "communities/add_home.html", context)


@throttled("claiming", most=CLAIMS_AN_HOUR, seconds=3600, only_post=True)
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def add_here(request: HttpRequest, place: int) -> HttpResponse:
    """I live here: building, home and what one is there, in one's own words."""
    area = Area.objects.filter(code=place, level=Level.COMPOUND).first()
    if area is None:
        alias = AreaAlias.objects.filter(old_code=place).first()
        if alias is None:
            raise Http404
        return redirect("communities:add_home_here", alias.new_code)
    form = ClaimForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            given = form.cleaned_data
            try:
                actions.claim_home(
                    area=place,
                    kind=given["kind"],
                    building=given["building"],
                    home=given["home_name"],
                    note=given["note"],
                    by=request.actor,
                )
            except NotThere:
                raise Http404 from None
            except Refusal as refusal:
                put(form, refusal)
                status = refusal.status
            else:
                messages.success(request, _("Noted. The street office or the property firm will confirm it."))
                return redirect("communities:homes")
    context = {"base": base_for(request), "area": area, "where": lineage_names([place])[place], "form": form}
    return render(request, "communities/add_home_here.html", context, status=status)


@require_POST
@login_required
def withdraw(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Take back a claim of one's own."""
    try:
        actions.withdraw_claim(claim_id, by=request.actor)
    except NotThere:
        raise Http404 from None
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Your claim is withdrawn."))
    return redirect("communities:homes")
