"""延期: asked for before the deadline, decided by the dispatcher, told to the reporter."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from complaints import timekeeping
from complaints.actions import extensions
from complaints.actions.extensions import MOST_DAYS, MOST_GRANTED
from complaints.models import Extension, Ticket
from complaints.states import EXTENSION_TRANSITIONS, EventKind, ExtensionState, State
from people.roles import Role
from tenancy import clock, scope
from tenancy.refusals import NotAllowed, Refusal, WrongState
from tests.factories.acting import acting, last_event, lines, more_time, now_is, question, told
from tests.factories.tickets import ticket
from tests.factories.world import World

Later = Callable[[datetime], None]


def accepted(world: World) -> Ticket:
    return now_is(ticket(world, State.ACCEPTED))


def grant(world: World, row: Ticket, role: Role = Role.STREET_CLERK) -> Ticket:
    with acting(world, role) as clerk:
        return extensions.grant(row.number, by=clerk, version=row.version)


def refuse(world: World, row: Ticket, text: str = "备件本地有货") -> Ticket:
    with acting(world, Role.STREET_CLERK) as clerk:
        return extensions.refuse(row.number, by=clerk, version=row.version, text=text)


def rows(row: Ticket) -> list[Extension]:
    with scope.everything(reason="tests: look at extensions"):
        return list(Extension.objects.filter(ticket=row).order_by("pk"))


def test_granted_time_moves_the_deadline_and_the_reporter_is_told(world: World) -> None:
    row = accepted(world)
    with scope.place(row.area):
        resolve = timekeeping.account(row, now=clock.now()).resolve
    assert resolve is not None
    expected = timekeeping.with_more_days(resolve, 3)
    row = more_time(world, row, 3)
    assert now_is(row).resolve_due_at != expected  # asking alone changes nothing
    assert told(row, "ticket_extension_asked") == {Role.STREET_CLERK, Role.STREET_LEADER}
    row = now_is(grant(world, row))
    assert row.resolve_due_at == expected
    assert (last_event(row).kind, last_event(row).text, last_event(row).told) == (EventKind.EXTENDED, "备件在途", True)
    assert told(row, "ticket_told_extended") == {Role.RESIDENT}
    assert told(row, "ticket_extended") == {Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER}
    assert ("resolve", "extend") in lines(row)
    assert [(each.state, each.decided_by_id) for each in rows(row)] == [
        (ExtensionState.GRANTED, world.users[Role.STREET_CLERK, "own"])
    ]


def test_the_county_desk_decides_too(world: World) -> None:
    assert rows(grant(world, more_time(world, accepted(world)), Role.COUNTY_CLERK))[0].state == ExtensionState.GRANTED


def test_refused_time_leaves_the_deadline_and_the_reporter_hears_nothing(world: World) -> None:
    row = accepted(world)
    before = row.resolve_due_at
    row = now_is(refuse(world, more_time(world, row)))
    assert row.resolve_due_at == before
    assert not last_event(row).told
    assert told(row, "ticket_extension_refused") == {Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER}
    assert told(row, "ticket_told_extended") == set()
    assert (rows(row)[0].state, rows(row)[0].decision) == (ExtensionState.REFUSED, "备件本地有货")


def test_refusing_needs_a_reason(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        refuse(world, more_time(world, accepted(world)), text=" ")
    assert refused.value.field == "text"


@pytest.mark.parametrize("role", [Role.PROPERTY_MANAGER, Role.PROPERTY_STAFF, Role.SUPERVISOR])
def test_only_the_dispatcher_decides(world: World, role: Role) -> None:
    row = more_time(world, accepted(world))
    for act in (extensions.grant, extensions.refuse):
        with acting(world, role) as other, pytest.raises(NotAllowed):
            act(row.number, by=other, version=row.version, text="x")


def test_only_the_lead_asks(world: World) -> None:
    row = accepted(world)
    with acting(world, Role.STREET_CLERK) as clerk, pytest.raises(NotAllowed):
        extensions.ask(row.number, by=clerk, version=row.version, days=3, text="x")


@pytest.mark.parametrize("days", [0, -1, MOST_DAYS + 1])
def test_so_many_days_at_most(world: World, days: int) -> None:
    with pytest.raises(Refusal) as refused:
        more_time(world, accepted(world), days)
    assert refused.value.field == "days"


@pytest.mark.parametrize("days", [1, MOST_DAYS])
def test_one_day_and_the_most_can_be_asked_for(world: World, days: int) -> None:
    assert rows(more_time(world, accepted(world), days))[0].days == days


def test_after_the_deadline_it_is_too_late_to_ask(world: World, later: Later) -> None:
    row, other = accepted(world), accepted(world)
    assert row.resolve_due_at is not None
    assert other.resolve_due_at is not None
    later(row.resolve_due_at)
    more_time(world, row)
    later(other.resolve_due_at + timedelta(seconds=1))
    with pytest.raises(WrongState):
        more_time(world, other)


def test_while_the_reporter_is_asked_no_more_is_needed(world: World) -> None:
    with pytest.raises(WrongState):
        more_time(world, question(world, accepted(world)))


def test_one_wish_at_a_time_in_the_database_too(world: World) -> None:
    row = more_time(world, accepted(world))
    with pytest.raises(WrongState):
        more_time(world, row)
    (asked,) = rows(row)
    with scope.place(row.area), pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.create(
            area=row.area, ticket=row, days=1, reason="x", asked_at=asked.asked_at, asked_by_id=asked.asked_by_id
        )


def test_what_was_refused_may_be_asked_again_and_granted_twice_at_most(world: World) -> None:
    row = refuse(world, more_time(world, accepted(world)))
    for _ in range(MOST_GRANTED):
        row = grant(world, more_time(world, row, 1))
    with pytest.raises(WrongState):
        more_time(world, row, 1)


def test_what_is_decided_cannot_be_decided_again(world: World) -> None:
    row = grant(world, more_time(world, accepted(world)))
    with acting(world, Role.STREET_CLERK) as clerk, pytest.raises(NotAllowed):
        extensions.grant(row.number, by=clerk, version=row.version)


@pytest.mark.parametrize("old", list(ExtensionState))
@pytest.mark.parametrize("new", list(ExtensionState))
def test_the_database_refuses_every_other_step(world: World, old: ExtensionState, new: ExtensionState) -> None:
    row = more_time(world, accepted(world))
    if old != ExtensionState.ASKED:
        row = grant(world, row) if old == ExtensionState.GRANTED else refuse(world, row)
    (found,) = rows(row)
    decided = "NULL" if new == ExtensionState.ASKED else "now()"
    with scope.place(row.area), connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(
                    f"UPDATE complaints_extension SET state = %s, decided_at = {decided},"
                    " decided_by_id = CASE WHEN %s = 'asked' THEN NULL ELSE asked_by_id END WHERE id = %s",
                    [new, new, found.pk],
                )
            went = True
        except DatabaseError:
            went = False
    assert went == (new in EXTENSION_TRANSITIONS[old] or new == old)
