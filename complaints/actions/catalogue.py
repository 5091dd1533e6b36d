"""Loading the shipped catalogue into the reference tables."""

from typing import TypeVar

from django.db import models, transaction

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
    _bring(
        OrganisationKind,
        [
            OrganisationKind(code=kind.code, name=kind.name, name_en=kind.name_en, family=kind.kind, provenance=kind.provenance)
            for kind in known.departments
        ],
    )
    _bring(
        Urgency,
        [
            Urgency(
                code=level.code,
                name=level.name,
                name_en=level.name_en,
                accept_minutes=level.accept_minutes,
                first_contact_minutes=level.first_contact_minutes,
                onsite_minutes=level.onsite_minutes,
                resolve_workdays=level.resolve_workdays,
                provenance=level.provenance,
            )
            for level in known.urgencies
        ],
    )
    _bring(
        Category,
        [
            Category(code=category.code, name=category.name, name_en=category.name_en, provenance=category.provenance)
            for category in known.categories
        ],
    )
    _bring(
        Leaf,
        [
            Leaf(
                code=leaf.code,
                category_id=leaf.parent,
                name=leaf.name,
                name_en=leaf.name_en,
                description=leaf.description,
                lead_id=leaf.lead,
                urgency_id=leaf.urgency,
                emergency=leaf.emergency,
                emergency_line=leaf.emergency_line or "",
                confidential=leaf.confidential,
                legal_basis=list(leaf.legal_basis),
                provenance=leaf.provenance,
            )
            for leaf in known.leaves
        ],
    )
    _link_assists(known)
    audit.record("catalogue", "catalogue.loaded", by=by, area=audit.INSTALLATION, after={"version": known.version})
    return len(known.leaves)


M = TypeVar("M", bound=models.Model)


def _bring(model: type[M], rows: list[M]) -> None:
    """Insert or update rows by their code, in one statement."""
    fields = [field.name for field in model._meta.local_concrete_fields if not field.primary_key]
    model._default_manager.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=fields)


def _link_assists(known: catalogue.Catalogue) -> None:
    link = Leaf.assists.through
    wanted = {(leaf.code, kind) for leaf in known.leaves for kind in leaf.assists}
    present = set(link.objects.values_list("leaf_id", "organisationkind_id"))
    link.objects.bulk_create(link(leaf_id=leaf, organisationkind_id=kind) for leaf, kind in sorted(wanted - present))
    for leaf, kind in sorted(present - wanted):
        link.objects.filter(leaf_id=leaf, organisationkind_id=kind).delete()
