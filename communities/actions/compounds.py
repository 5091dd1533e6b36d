"""Writing compounds, homes, services and bindings."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from communities import permissions
from communities.models import Binding, Building, Compound, Home, Service
from people.actions import appointments
from people.actors import Actor, system
from people.models import Appointment, Organisation, User
from tenancy.refusals import NotThere, Refusal
from tenancy.text import clean


@transaction.atomic
def add_compound(
    *,
    area: int,
    name: str,
    by: Actor,
    kind: str,
    address: str = "",
    homes_count: int = 0,
    duty_phone: str = "",
    invented: bool = False,
) -> Compound:
    """Put a compound on record at its place code. Raises NotAllowed."""
    permissions.require_record_keeping(by, area)
    compound: Compound = Compound.objects.create(
        area=area,
        name=clean(name, field="name", longest=80),
        kind=kind,
        address=address,
        homes_count=homes_count,
        duty_phone=duty_phone,
        invented=invented,
    )
    audit.record(compound, "compound.added", by=by, area=area, after={"name": name})
    return compound


@transaction.atomic
def add_building(compound: Compound, *, name: str, by: Actor, floors: int | None = None, lifts: int = 0) -> Building:
    permissions.require_record_keeping(by, compound.area)
    building: Building = Building.objects.create(area=compound.area, compound=compound, name=name, floors=floors, lifts=lifts)
    audit.record(building, "building.added", by=by, area=compound.area, after={"name": name})
    return building


@transaction.atomic
def add_homes(building: Building, *, names: list[str], by: Actor, floor_area: int | None = None) -> list[Home]:
    """Add homes by name; `floor_area` in 0.01 m²."""
    permissions.require_record_keeping(by, building.area)
    homes: list[Home] = Home.objects.bulk_create(
        Home(area=building.area, building=building, name=name, floor_area=floor_area) for name in names
    )
    audit.record(building, "homes.added", by=by, area=building.area, after={"homes": len(homes)})
    return homes


@transaction.atomic
def engage_firm(compound: Compound, firm: Organisation, *, by: Actor, starts_on: date, ends_on: date | None = None) -> Service:
    """Record which property firm serves the compound. Raises Refusal when the dates overlap another firm's."""
    permissions.require_record_keeping(by, compound.area)
    Compound.objects.select_for_update(of=("self",)).get(pk=compound.pk)
    overlapping = [
        service
        for service in Service.objects.filter(compound=compound)
        if (service.ends_on is None or service.ends_on >= starts_on) and (ends_on is None or service.starts_on <= ends_on)
    ]
    if overlapping:
        raise Refusal(_("Another firm serves this compound in that time. End its service first."), field="starts_on")
    service: Service = Service.objects.create(
        area=compound.area, compound=compound, firm=firm, starts_on=starts_on, ends_on=ends_on
    )
    audit.record(service, "service.began", by=by, area=compound.area, after={"firm": firm.pk, "from": starts_on.isoformat()})
    return service


@transaction.atomic
def end_service(service_id: int, *, by: Actor, last_day: date) -> Service:
    """End a firm's service with this day, and the posts its people hold in this compound only with it. Raises NotThere."""
    service: Service | None = Service.objects.select_for_update(of=("self",)).filter(pk=service_id).first()
    if service is None:
        raise NotThere
    permissions.require_record_keeping(by, service.area)
    if last_day < service.starts_on:
        raise Refusal(_("The last day comes before the first."), field="last_day")
    service.ends_on = last_day
    service.save(update_fields=["ends_on"])
    Appointment.objects.filter(organisation=service.firm, area=service.area, revoked_at=None).update(ends_on=last_day)
    audit.record(service, "service.ended", by=by, area=service.area, after={"last_day": last_day.isoformat()})
    return service


@transaction.atomic
def bind_official(
    compound: Compound, user: User, *, kind: str, by: Actor, starts_on: date | None = None, ends_on: date | None = None
) -> Binding:
    """挂钩: bind an officer or leader to a compound; a grant gives the sight that goes with it."""
    permissions.require_record_keeping(by, compound.area)
    binding: Binding = Binding.objects.create(
        area=compound.area, compound=compound, user=user, kind=kind, starts_on=starts_on or timezone.localdate(), ends_on=ends_on
    )
    appointments.grant(user, "watch_area", area=compound.area, by=system(), until=ends_on)
    audit.record(binding, "official.bound", by=by, area=compound.area, after={"user": user.pk, "kind": kind})
    return binding
