"""催办, 督办, and another kind while somebody is at work."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from complaints import timekeeping
from complaints.actions import talks, urging
from complaints.catalogue import Catalogue
from complaints.clocks import Clock
from complaints.deadlines import allowances
from complaints.models import Ticket
from complaints.states import OPEN, EventKind, State
from people.roles import Role
from tenancy import clock, scope
from tenancy.refusals import NotAllowed, Refusal, WrongState
from tests.factories.acting import acting, last_event, lines, now_is, question, told
from tests.factories.tickets import ticket
from tests.factories.world import World

Later = Callable[[datetime], None]
FIRM = {Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER}
STREET = {Role.STREET_CLERK, Role.STREET_LEADER}
LAMP = "0404"
HAS_IT = {
    State.TRIAGE: STREET,
    State.ARBITRATION: {Role.COUNTY_CLERK},
    State.DISPATCHED: FIRM,
    State.ACCEPTED: FIRM,
}


def change(world: World, row: Ticket, leaf: str = LAMP) -> Ticket:
    with acting(world, Role.STREET_CLERK) as clerk:
        return urging.recategorise(row.number, by=clerk, version=row.version, leaf=leaf)


@pytest.mark.parametrize("state", HAS_IT)
def test_whoever_has_it_is_urged_on_and_the_reporter_is_not_told(world: World, state: State) -> None:
    row = ticket(world, state)
    with acting(world, Role.SUPERVISOR) as supervisor:
        row = urging.nudge(row.number, by=supervisor, version=row.version, text="请尽快处理")
    assert told(row, "ticket_nudged") == HAS_IT[state]
    assert (last_event(row).kind, last_event(row).told, row.state) == (EventKind.NUDGED, False, state)


@pytest.mark.parametrize("state", HAS_IT)
def test_what_is_supervised_is_marked_and_the_street_knows(world: World, state: State) -> None:
    row = ticket(world, state)
    with acting(world, Role.STREET_LEADER) as leader:
        row = urging.supervise(row.number, by=leader, version=row.version, text="三日内报结果")
        assert row.supervised_by_id == leader.id
    expected = HAS_IT[state] | (set() if state in (State.TRIAGE, State.ARBITRATION) else STREET)
    assert told(row, "ticket_supervised") == expected
    with acting(world, Role.SUPERVISOR) as supervisor:
        row = urging.supervise(row.number, by=supervisor, version=row.version, text="再报一次")
        assert row.supervised_by_id == supervisor.id


@pytest.mark.parametrize("act", [urging.nudge, urging.supervise])
def test_a_text_is_needed(world: World, act: Callable[..., Ticket]) -> None:
    row = ticket(world, State.ACCEPTED)
    with acting(world, Role.SUPERVISOR) as supervisor, pytest.raises(Refusal) as refused:
        act(row.number, by=supervisor, version=row.version, text=" ")
    assert refused.value.field == "text"


def test_whoever_does_the_work_urges_nobody(world: World) -> None:
    row = ticket(world, State.ACCEPTED)
    for act in (urging.nudge, urging.supervise):
        with acting(world, Role.PROPERTY_MANAGER) as manager, pytest.raises(NotAllowed):
            act(row.number, by=manager, version=row.version, text="x")
    with acting(world, Role.STREET_CLERK) as clerk, pytest.raises(NotAllowed):
        urging.supervise(row.number, by=clerk, version=row.version, text="x")


@pytest.mark.parametrize("state", sorted(set(State) - OPEN))
def test_what_is_answered_or_over_is_not_urged(world: World, state: State) -> None:
    row = ticket(world, state)
    with acting(world, Role.SUPERVISOR) as supervisor, pytest.raises(WrongState):
        urging.nudge(row.number, by=supervisor, version=row.version, text="x")


def test_another_kind_counts_its_times_from_the_same_start(world: World) -> None:
    row = now_is(ticket(world, State.ACCEPTED))
    with scope.place(row.area):
        resolve = timekeeping.account(row, now=clock.now()).resolve
    assert resolve is not None
    allowed = allowances(Catalogue.load().leaf(LAMP))
    row = now_is(change(world, row))
    assert (row.leaf_id, row.state, row.lead_id) == (LAMP, State.ACCEPTED, world.firms["own"])
    assert row.resolve_due_at == allowed[Clock.RESOLVE].after(resolve.started_at, resolve.calendar)
    assert ("accept", "budget") not in lines(row)  # it has stopped
    assert told(row, "ticket_recategorised") == FIRM


def test_another_kind_while_the_reporter_is_asked_keeps_the_wait(world: World, later: Later) -> None:
    row = now_is(ticket(world, State.ACCEPTED))
    start = clock.now()
    row = change(world, question(world, row))
    row = now_is(row)
    assert row.paused_at is not None
    assert (row.resolve_due_at, row.question) == (None, "哪一部电梯？")
    later(start + timedelta(days=4))
    with acting(world, Role.RESIDENT) as resident:
        row = now_is(talks.reply(row.number, by=resident, version=row.version, text="左边"))
    with scope.place(row.area):
        resolve = timekeeping.account(row, now=clock.now()).resolve
    assert resolve is not None
    without_wait = allowances(Catalogue.load().leaf(LAMP))[Clock.RESOLVE].after(resolve.started_at, resolve.calendar)
    assert row.resolve_due_at is not None
    assert row.resolve_due_at > without_wait


@pytest.mark.parametrize("leaf", ["", "9999", "0202"])
def test_it_must_be_another_kind_of_the_catalogue(world: World, leaf: str) -> None:
    row = ticket(world, State.ACCEPTED)
    with pytest.raises(Refusal) as refused:
        change(world, row, leaf)
    assert refused.value.field == "leaf"


def test_only_a_desk_changes_the_kind(world: World) -> None:
    row = ticket(world, State.ACCEPTED)
    with acting(world, Role.PROPERTY_MANAGER) as manager, pytest.raises(NotAllowed):
        urging.recategorise(row.number, by=manager, version=row.version, leaf=LAMP)


def test_a_kind_in_confidence_takes_the_ticket_out_of_the_public(world: World) -> None:
    leaf = next(leaf.code for leaf in Catalogue.load().leaves if leaf.confidential)
    row = change(world, ticket(world, State.ACCEPTED, public=True), leaf)
    assert (row.public, row.confidential, row.restricted) == (False, True, True)
