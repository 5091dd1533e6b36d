"""Loading the shipped catalogue into the reference tables."""

from django.db import transaction

from audit import actions as audit
from complaints import catalogue
from complaints.models import Category, Leaf, Urgency
from people.actors import Actor
from people.models import OrganisationKind


@transaction.atomic
def load(*, by: Actor) -> int:
    """Bring the reference tables to what `complaints/data/catalogue.json` says; returns the number of leaves.

    Rows that the file no longer has are left alone: tickets may point at them. Doing it twice changes nothing.
    """
    known = catalogue.Catalogue.load()
    for kind in known.departments:
        OrganisationKind.objects.update_or_create(
            code=kind.code,
            defaults={"name": kind.name, "name_en": kind.name_en, "family": kind.kind, "provenance": kind.provenance},
        )
    for level in known.urgencies:
        Urgency.objects.update_or_create(
            code=level.code,
            defaults={
                "name": level.name,
                "name_en": level.name_en,
                "accept_minutes": level.accept_minutes,
                "first_contact_minutes": level.first_contact_minutes,
                "onsite_minutes": level.onsite_minutes,
                "resolve_workdays": level.resolve_workdays,
                "provenance": level.provenance,
            },
        )
    for category in known.categories:
        Category.objects.update_or_create(
            code=category.code,
            defaults={"name": category.name, "name_en": category.name_en, "provenance": category.provenance},
        )
    for leaf in known.leaves:
        row, _ = Leaf.objects.update_or_create(
            code=leaf.code,
            defaults={
                "category_id": leaf.parent,
                "name": leaf.name,
                "name_en": leaf.name_en,
                "description": leaf.description,
                "lead_id": leaf.lead,
                "urgency_id": leaf.urgency,
                "emergency": leaf.emergency,
                "emergency_line": leaf.emergency_line or "",
                "confidential": leaf.confidential,
                "legal_basis": list(leaf.legal_basis),
                "provenance": leaf.provenance,
            },
        )
        row.assists.set(OrganisationKind.objects.filter(pk__in=leaf.assists))
    audit.record("catalogue", "catalogue.loaded", by=by, area=audit.INSTALLATION, after={"version": known.version})
    return len(known.leaves)
