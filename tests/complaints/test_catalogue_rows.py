"""The reference rows say what the shipped catalogue says."""

from complaints.actions import catalogue as loading
from complaints.catalogue import Catalogue
from complaints.models import Leaf, Urgency
from people import actors
from people.models import OrganisationKind
from tests.factories.world import World


def test_every_leaf_stands_in_the_table_as_in_the_file(world: World) -> None:
    for leaf in Catalogue.load().leaves:
        row = Leaf.objects.get(pk=leaf.code)
        assert (row.name, row.category_id, row.lead_id, row.urgency_id) == (leaf.name, leaf.parent, leaf.lead, leaf.urgency)
        assert row.emergency_line == (leaf.emergency_line or "")
        assert row.legal_basis == list(leaf.legal_basis)
        assert set(row.assists.values_list("pk", flat=True)) == set(leaf.assists)


def test_kinds_and_urgencies_too_and_minutes_that_do_not_apply_stay_open(world: World) -> None:
    for kind in Catalogue.load().departments:
        assert OrganisationKind.objects.get(pk=kind.code).family == kind.kind
    for level in Catalogue.load().urgencies:
        row = Urgency.objects.get(pk=level.code)
        assert (row.onsite_minutes, row.resolve_workdays) == (level.onsite_minutes, level.resolve_workdays)


def test_loading_again_changes_nothing(world: World) -> None:
    before = list(Leaf.objects.order_by("pk").values())
    loading.load(by=actors.system())
    assert list(Leaf.objects.order_by("pk").values()) == before
