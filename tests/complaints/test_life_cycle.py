"""The main path, step by step, through the actions."""

import pytest

from audit.models import Entry
from complaints.actions import tickets
from complaints.models import Ticket
from complaints.states import State
from notices.models import Notice
from people.roles import Role
from tenancy import scope
from tenancy.refusals import NotAllowed, NotThere, Stale, WrongState
from tests.factories.tickets import LIFT_STOPPED, LIFT_TRAPPED, UNCLEAR, ticket
from tests.factories.world import World


def test_a_lift_that_stopped_goes_to_the_firm_that_serves_the_compound(world: World) -> None:
    row = ticket(world, State.DISPATCHED, text=LIFT_STOPPED)
    assert (row.state, row.leaf_id, row.lead_id) == ("dispatched", "0202", world.firms["own"])
    assert row.why_here["record"]["kind"] == "service"
    assert row.why_here["words"]
    assert row.accept_due_at is not None
    assert row.resolve_due_at is not None


def test_an_unclear_text_goes_to_the_streets_triage_with_the_reason(world: World) -> None:
    row = ticket(world, State.DISPATCHED, text=UNCLEAR)
    assert (row.state, row.why_here["reason"]) == ("triage", "unsure")
    with scope.place(world.area()):
        told = set(Notice.objects.filter(kind="ticket_triage").values_list("user_id", flat=True))
    clerks = {world.users[role, place] for role in (Role.STREET_CLERK, Role.STREET_LEADER) for place in ("own", "sibling")}
    assert told == clerks  # both compounds lie in one street


def test_somebody_trapped_in_a_lift_is_an_emergency_from_the_moment_of_filing(world: World) -> None:
    row = ticket(world, State.SUBMITTED, text=LIFT_TRAPPED)
    assert row.emergency


def test_the_whole_way_to_rated(world: World) -> None:
    row = ticket(world, State.RATED)
    assert (row.state, row.satisfied, row.score) == ("rated", True, 5)
    with scope.place(world.area()):
        entries = Entry.objects.filter(subject_type="complaints.ticket", subject_id=str(row.pk))
        kinds = list(entries.order_by("pk").values_list("action", flat=True))
    assert kinds == ["ticket.filed", "ticket.routed", "ticket.accepted", "ticket.resolved", "ticket.rated"]


def test_a_stale_version_is_refused_with_who_and_when(world: World) -> None:
    row = ticket(world, State.DISPATCHED)
    manager = world.actor(Role.PROPERTY_MANAGER)
    with scope.limited_to(manager.scope):
        tickets.accept(row.number, by=manager, version=row.version)
        with pytest.raises(Stale) as refused:
            tickets.accept(row.number, by=world.actor(Role.PROPERTY_STAFF), version=row.version)
    assert refused.value.who == manager.label
    assert refused.value.when is not None


@pytest.mark.parametrize("place", ["sibling", "street", "county"])
def test_a_manager_of_elsewhere_cannot_tell_that_it_exists(world: World, place: str) -> None:
    row = ticket(world, State.DISPATCHED)
    stranger = world.actor(Role.PROPERTY_MANAGER, place)
    with scope.limited_to(stranger.scope), pytest.raises(NotThere):
        tickets.accept(row.number, by=stranger, version=row.version)


def test_the_street_sees_but_does_not_accept_for_the_firm(world: World) -> None:
    row = ticket(world, State.DISPATCHED)
    clerk = world.actor(Role.STREET_CLERK)
    with scope.limited_to(clerk.scope), pytest.raises(NotAllowed):
        tickets.accept(row.number, by=clerk, version=row.version)


def test_a_step_that_the_life_cycle_does_not_know_is_refused(world: World) -> None:
    row = ticket(world, State.DISPATCHED)
    manager = world.actor(Role.PROPERTY_MANAGER)
    with scope.limited_to(manager.scope), pytest.raises(WrongState):
        tickets.resolve(row.number, by=manager, version=row.version, text="好了")
    with scope.place(world.area()):
        assert Ticket.objects.get(pk=row.pk).version == row.version
