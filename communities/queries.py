"""Reads over compounds."""

import re
import unicodedata
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from communities.models import WAITING, Binding, Building, Compound, Home, Residency, Service
from communities.permissions import VERIFYING
from people.actors import Actor
from tenancy import areas, scope
from tenancy.areas import Level
from tenancy.models import Area
from tenancy.refusals import NotThere


def compound(code: int) -> Compound:
    """The compound with this place code within the scope in force. Raises NotThere."""
    found: Compound | None = Compound.objects.filter(area=code).first()
    if found is None:
        raise NotThere
    return found


def firm_serving(code: int, *, on: date | None = None) -> Service | None:
    """The service contract in force in a compound on a day (today when none is given); its `firm` answers."""
    day = on or timezone.localdate()
    found: Service | None = (
        Service.objects.filter(Q(ends_on=None) | Q(ends_on__gte=day), area=code, starts_on__lte=day)
        .select_related("firm")
        .first()
    )
    return found


def firms_serving(codes: list[int]) -> dict[int, Service]:
    """The contracts in force today in these compounds, by place code."""
    day = timezone.localdate()
    found = Service.objects.filter(Q(ends_on=None) | Q(ends_on__gte=day), area__in=codes, starts_on__lte=day)
    # Of two at once the later counts, as in `firm_serving`.
    return {service.area: service for service in found.select_related("firm").order_by("starts_on", "pk")}


def bindings(code: int) -> QuerySet[Binding]:
    """The officers and leaders bound to a compound today."""
    day = timezone.localdate()
    found: QuerySet[Binding] = Binding.objects.filter(Q(ends_on=None) | Q(ends_on__gte=day), area=code, starts_on__lte=day)
    return found.select_related("user").order_by("kind", "pk")


def claims_waiting(actor: Actor) -> QuerySet[Residency]:
    """Claims that wait for this actor to confirm or refuse them, oldest first; never the actor's own."""
    mine = Q(pk__in=[])
    for post in actor.posts:
        if post.role in VERIFYING:
            low, high = areas.subtree(post.area)
            mine |= Q(area__gte=low, area__lt=high)
    found: QuerySet[Residency] = Residency.objects.filter(mine, WAITING).exclude(user_id=actor.id)
    return found.select_related("user", "compound", "home__building").order_by("pk")


def claim_waiting(actor: Actor, residency_id: int) -> Residency:
    """One of `claims_waiting`. Raises NotThere for any other id."""
    found = claims_waiting(actor).filter(pk=residency_id).first()
    if found is None:
        raise NotThere
    return found


def claims_of(actor: Actor) -> list[Residency]:
    """The person's own claims that wait, were refused or withdrawn, newest first, in whichever places.

    Read across places, for a claim opens none; by the person's number alone.
    """
    if not actor.is_person:
        return []
    with scope.everything(reason="a person's own claims"):
        mine = Residency.objects.filter(user_id=actor.id, verified_at=None).select_related("home__building")
        return list(mine.order_by("-pk")[:MOST_CLAIMS_SHOWN])


MOST_CLAIMS_SHOWN = 50


def homes_of(actor: Actor) -> QuerySet[Residency]:
    """The person's own homes: verified, not ended."""
    mine: QuerySet[Residency] = Residency.objects.filter(user_id=actor.id, ended_at=None).exclude(verified_at=None)
    return mine.select_related("compound", "home__building").order_by("pk")


def same_name(one: str, other: str) -> bool:
    """Whether two ways to write a building or home mean the same: `3号楼`, `3栋` and `3 号` do, `3` and `13` do not."""
    return _bare(one) == _bare(other)


def _bare(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\s#-]|号楼|栋|幢|号|室|楼|座", "", text) or text


def building_meant(residency: Residency) -> Building | None:
    """The building on record that the words of a claim seem to mean; only when exactly one does."""
    found = [each for each in buildings(residency.area) if same_name(each.name, residency.building_said)]
    return found[0] if len(found) == 1 else None


def home_meant(building: Building, words: str) -> Home | None:
    """The home of a building that the words of a claim seem to mean."""
    exact: Home | None = Home.objects.filter(area=building.area, building=building, name=words).first()
    if exact is not None:
        return exact
    homes = Home.objects.filter(area=building.area, building=building).order_by("pk")
    found = [home for home in homes if same_name(home.name, words)]
    return found[0] if len(found) == 1 else None


def places(level: Level, *, within: int | None = None, words: str = "") -> QuerySet[Area]:
    """Public names of places of one level, under a place and with part of a name, by code. Everybody may know these."""
    found = Area.objects.filter(level=level)
    if within is not None:
        low, high = areas.subtree(within)
        found = found.filter(code__gte=low, code__lt=high)
    if words:
        found = found.filter(name__icontains=words)
    return found.order_by("code")


def buildings(code: int) -> QuerySet[Building]:
    found: QuerySet[Building] = Building.objects.filter(area=code).order_by("pk")
    return found


def visible_to(actor: Actor) -> QuerySet[Compound]:
    """Compounds an actor may open: all within the scope; residents, firms and officials see those they belong to."""
    found: QuerySet[Compound] = Compound.objects.filter(actor.scope.condition()).order_by("area")
    return found
