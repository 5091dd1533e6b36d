"""Loading the shipped catalogue into the reference tables."""

from collections.abc import Iterable

from django.db import models, transaction

from audit import actions as audit
from complaints import catalogue
from complaints.actions import learning
from complaints.models import Category, Leaf, Urgency
from people.actors import Actor
from people.models import OrganisationKind


@transaction.atomic
def load(*, by: Actor) -> int:
    """Bring the reference tables to what `complaints/data/catalogue.json` says; returns the number of leaves.

    Rows that the file no longer has are left alone: tickets may point at them. Doing it twice changes nothing.
    """
    known = catalogue.Catalogue.load()
    _bring(OrganisationKind, known.departments, family="kind")
    _bring(Urgency, known.urgencies)
    _bring(Category, known.categories)
    _bring(Leaf, known.leaves, category_id="parent", lead_id="lead", urgency_id="urgency")
    _link_assists(known)
    learning.ship()
    audit.record("catalogue", "catalogue.loaded", by=by, area=audit.INSTALLATION, after={"version": known.version})
    return len(known.leaves)


def _bring(model: type[models.Model], entries: Iterable[object], **renamed: str) -> None:
    """Insert or update rows by their code, in one statement. `renamed` says which columns the file calls otherwise."""
    columns = {field.attname: field for field in model._meta.local_concrete_fields}
    rows = []
    for entry in entries:
        values = {name: getattr(entry, renamed.get(name, name)) for name in columns}
        values = {name: "" if value is None and not columns[name].null else value for name, value in values.items()}
        rows.append(model(**{name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}))
    fields = [field.name for field in columns.values() if not field.primary_key]
    model._default_manager.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=fields)


def _link_assists(known: catalogue.Catalogue) -> None:
    link = Leaf.assists.through
    wanted = {(leaf.code, kind) for leaf in known.leaves for kind in leaf.assists}
    present = set(link.objects.values_list("leaf_id", "organisationkind_id"))
    link.objects.bulk_create(link(leaf_id=leaf, organisationkind_id=kind) for leaf, kind in sorted(wanted - present))
    for leaf, kind in sorted(present - wanted):
        link.objects.filter(leaf_id=leaf, organisationkind_id=kind).delete()
