"""退单: once to the street, twice to the county desk, whose decision stands; never a third time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction

from complaints import queries, timekeeping
from complaints.actions import returns, tickets
from complaints.models import Ticket
from complaints.permissions import possible_actions
from complaints.states import ReturnReason, State
from people.roles import Role
from tenancy import clock, scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tests.factories.acting import acting, last_event, lines, now_is, told
from tests.factories.tickets import ticket
from tests.factories.world import World

Later = Callable[[datetime], None]


def give_back(world: World, row: Ticket, reason: str = ReturnReason.OVERLAP, text: str = "该梯由安装单位质保") -> Ticket:
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        return returns.give_back(row.number, by=manager, version=row.version, text=text, reason=reason)


def send(world: World, row: Ticket, organisation: int) -> Ticket:
    with acting(world, Role.STREET_CLERK) as clerk:
        return tickets.dispatch(row.number, by=clerk, version=row.version, leaf="0202", organisation=organisation)


def arbitrate(world: World, row: Ticket, organisation: int, text: str = "合同约定由物业负责") -> Ticket:
    with acting(world, Role.COUNTY_CLERK) as county:
        return returns.arbitrate(row.number, by=county, version=row.version, organisation=organisation, text=text)


def twice(world: World) -> Ticket:
    row = give_back(world, ticket(world, State.DISPATCHED))
    return give_back(world, send(world, row, world.firms["own"]))


def test_the_first_return_goes_to_the_street_with_its_reason(world: World) -> None:
    row = give_back(world, ticket(world, State.DISPATCHED))
    assert (row.state, row.returns) == (State.TRIAGE, 1)
    event = last_event(row)
    assert event.text.startswith(str(ReturnReason.OVERLAP.label))
    assert "该梯由安装单位质保" in event.text
    assert not event.told
    assert Role.STREET_CLERK in told(row, "ticket_triage")
    assert row.sort_due_at is not None


def test_whoever_is_insisted_upon_is_told_so(world: World) -> None:
    row = send(world, give_back(world, ticket(world, State.DISPATCHED)), world.firms["own"])
    assert told(row, "ticket_insisted") == {Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER}
    elsewhere = send(world, give_back(world, ticket(world, State.DISPATCHED)), world.bureaus["UM", "own"])
    assert told(elsewhere, "ticket_insisted") == set()


def test_the_second_return_goes_to_the_county_desk(world: World) -> None:
    row = twice(world)
    assert (row.state, row.returns, row.arbitrated) == (State.ARBITRATION, 2, False)
    assert told(row, "ticket_arbitration") == {Role.COUNTY_CLERK}
    with acting(world, Role.STREET_CLERK) as clerk:
        assert "dispatch" not in possible_actions(clerk, queries.get(clerk, row.number))
        with pytest.raises(NotAllowed):
            returns.arbitrate(row.number, by=clerk, version=row.version, organisation=world.firms["own"], text="x")


def test_the_second_return_counts_whoever_returned_first(world: World) -> None:
    row = send(world, give_back(world, ticket(world, State.DISPATCHED)), world.bureaus["UM", "own"])
    with acting(world, Role.DEPARTMENT_HANDLER) as handler:
        row = returns.give_back(row.number, by=handler, version=row.version, text="应由物业处理")
    assert row.state == State.ARBITRATION


def test_what_the_county_desk_decides_stands(world: World) -> None:
    row = arbitrate(world, twice(world), world.firms["own"])
    assert (row.state, row.arbitrated, row.lead_id) == (State.DISPATCHED, True, world.firms["own"])
    assert row.why_here["source"] == "arbitration"
    assert told(row, "ticket_arbitrated") >= {Role.PROPERTY_MANAGER, Role.PROPERTY_STAFF, Role.STREET_CLERK}
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        assert "give_back" not in possible_actions(manager, queries.get(manager, row.number))
        with pytest.raises(NotAllowed):
            returns.give_back(row.number, by=manager, version=row.version, text="还是不行")
    assert now_is(row).state == State.DISPATCHED
    assert ("sort", "stop") in lines(row)
    assert row.accept_due_at is not None


@pytest.mark.parametrize("organisation", ["county", "absent"])
def test_only_an_organisation_of_the_place_can_be_made_to_lead(world: World, organisation: str) -> None:
    chosen = world.firms["county"] if organisation == "county" else 10**9
    row = twice(world)
    with pytest.raises(Refusal) as refused:
        arbitrate(world, row, chosen)
    assert refused.value.field == "organisation"
    assert now_is(row).state == State.ARBITRATION


def test_arbitration_needs_its_reason(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        arbitrate(world, twice(world), world.firms["own"], text=" ")
    assert refused.value.field == "text"


def test_a_third_return_is_impossible_in_the_database_too(world: World) -> None:
    row = arbitrate(world, twice(world), world.firms["own"])
    with scope.place(row.area), connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("UPDATE complaints_ticket SET returns = 3 WHERE id = %s", [row.pk])


def test_after_the_time_to_accept_nothing_is_returned(world: World, later: Later) -> None:
    row = now_is(ticket(world, State.DISPATCHED))
    assert row.accept_due_at is not None
    later(row.accept_due_at)
    other = now_is(ticket(world, State.DISPATCHED))
    assert give_back(world, row).state == State.TRIAGE  # at the last moment
    assert other.accept_due_at is not None
    later(other.accept_due_at + timedelta(seconds=1))
    with pytest.raises(WrongState):
        give_back(world, other)


@pytest.mark.parametrize("reason", ["", "nonsense"])
def test_a_return_needs_a_reason_of_the_list(world: World, reason: str) -> None:
    row = ticket(world, State.DISPATCHED)
    with pytest.raises(Refusal) as refused:
        give_back(world, row, reason=reason)
    assert refused.value.field == "reason"


@pytest.mark.parametrize("reason", list(ReturnReason))
def test_each_reason_of_the_list_is_taken(world: World, reason: ReturnReason) -> None:
    assert str(reason.label) in last_event(give_back(world, ticket(world, State.DISPATCHED), reason=reason)).text


def test_the_desk_of_another_county_cannot_tell_that_it_exists(world: World) -> None:
    row = twice(world)
    with acting(world, Role.COUNTY_CLERK, "county") as other, pytest.raises(NotThere):
        returns.arbitrate(row.number, by=other, version=row.version, organisation=world.firms["own"], text="x")


def test_every_minute_of_a_ticket_that_went_back_and_forth_is_charged_once(world: World) -> None:
    row = arbitrate(world, twice(world), world.firms["own"])
    moment = clock.now() + timedelta(hours=3)
    with scope.place(row.area):
        kept = timekeeping.account(row, now=moment)
    parties = [turn.party.partition(":")[0] for turn in kept.found.turns]
    assert parties == ["system", "lead", "street", "lead", "county", "lead"]
    assert all(first.until == second.since for first, second in pairwise(kept.found.turns))
    assert sum((each.wall for each in timekeeping.charges(kept)), timedelta()) == moment - kept.lines[0].at
