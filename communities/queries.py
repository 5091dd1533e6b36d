"""Reads over compounds."""

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from communities.models import Binding, Building, Compound, Residency, Service
from people.actors import Actor
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


def unverified(code: int) -> QuerySet[Residency]:
    """Residencies that were claimed in a compound and wait to be confirmed, oldest first."""
    found: QuerySet[Residency] = Residency.objects.filter(area=code, verified_at=None, ended_at=None)
    return found.select_related("user", "home__building").order_by("pk")


def homes_of(actor: Actor) -> QuerySet[Residency]:
    """The person's own residencies that have not ended."""
    mine: QuerySet[Residency] = Residency.objects.filter(user_id=actor.id, ended_at=None)
    return mine.select_related("compound", "home__building").order_by("pk")


def buildings(code: int) -> QuerySet[Building]:
    found: QuerySet[Building] = Building.objects.filter(area=code).order_by("pk")
    return found


def visible_to(actor: Actor) -> QuerySet[Compound]:
    """Compounds an actor may open: all within the scope; residents, firms and officials see those they belong to."""
    found: QuerySet[Compound] = Compound.objects.filter(actor.scope.condition()).order_by("area")
    return found
