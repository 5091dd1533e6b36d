"""Reminders and escalation: each step once, the longest overdue first, and what nobody has yet is not forgotten."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection

from complaints import deadlines
from complaints.actions import assists, escalation, talks, tickets, timing
from complaints.clocks import Clock, Step
from complaints.models import Alarm, Ticket, TicketEvent
from complaints.states import EventKind, State
from notices.models import Notice
from people.roles import Role
from tenancy import clock, scope
from tenancy.calendar import WorkingCalendar
from tests.factories.tickets import LIFT_TRAPPED, again, ticket
from tests.factories.world import World
from tools.measure_escalation import FIND, OVERDUE, sow

Later = Callable[[datetime], None]
SECOND = timedelta(seconds=1)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Go to a moment in the future."""

    def go(moment: datetime) -> None:
        monkeypatch.setattr("tenancy.clock.now", lambda: moment)

    return go


def steps(row: Ticket) -> list[tuple[str, int]]:
    with scope.everything(reason="tests: look at alarms"):
        return list(Alarm.objects.filter(ticket=row).order_by("pk").values_list("clock", "step"))


def told(row: Ticket, kind: str, clock: str = "") -> set[str]:
    """The roles that got a bell of this kind about a ticket (about one clock); nobody gets two of a step."""
    with scope.everything(reason="tests: look at notices"):
        bells = Notice.objects.filter(kind=kind, channel="bell", key__startswith=row.number, key__contains=clock)
        rows = list(bells.values_list("key", "user__username"))
    assert max(Counter(rows).values(), default=0) <= 1
    return {name.rsplit("_", 1)[0] for _key, name in rows}


def due(row: Ticket) -> datetime:
    """By when it must be accepted."""
    assert row.accept_due_at is not None
    return row.accept_due_at


def in_place(row: Ticket) -> Ticket:
    with scope.place(row.area):
        return again(row)


def test_nothing_is_said_while_there_is_time(world: World) -> None:
    row = ticket(world, State.DISPATCHED)
    assert escalation.raise_due(100) == 0
    assert steps(row) == []


def test_the_ladder_from_a_reminder_to_the_county(world: World, later: Later) -> None:
    row = in_place(ticket(world, State.DISPATCHED))
    with scope.place(row.area):
        accept = timing.standing(row, until=clock.now()).clocks[Clock.ACCEPT]
    expected = [
        (Step.WARNING, "ticket_warned", {Role.PROPERTY_MANAGER, Role.PROPERTY_STAFF}),
        (Step.LATE, "ticket_late", {Role.PROPERTY_MANAGER}),
        (Step.STREET, "ticket_escalated", {Role.STREET_LEADER}),
        (Step.COUNTY, "ticket_escalated", {Role.STREET_LEADER, Role.SUPERVISOR, Role.COUNTY_CLERK}),
    ]
    for (step, when), (wanted, notice, hearers) in zip(deadlines.alarms(accept), expected, strict=True):
        assert step == wanted
        later(when + SECOND)
        while escalation.raise_due(100):
            pass
        assert ("accept", int(step)) in steps(row)
        assert told(row, notice) == hearers, step
    assert Counter(steps(row))["accept", int(Step.LATE)] == 1


def test_each_step_is_said_once_however_often_it_is_swept(world: World, later: Later) -> None:
    row = in_place(ticket(world, State.DISPATCHED))
    later(due(row) + SECOND)
    assert escalation.raise_due(100) == 1
    before = steps(row)
    assert escalation.raise_due(100) == 0
    assert steps(row) == before
    assert told(row, "ticket_late") == {Role.PROPERTY_MANAGER}
    # A reminder that came too late is not sent after the fact.
    assert ("accept", int(Step.WARNING)) in before
    assert told(row, "ticket_warned", ":accept:") == set()


def test_what_nobody_has_yet_is_escalated_too(world: World, later: Later) -> None:
    row = in_place(ticket(world, State.TRIAGE, text="说不清楚，你们来看看吧"))
    assert row.sort_due_at is not None
    later(row.sort_due_at + SECOND)
    escalation.raise_due(100)
    assert told(row, "ticket_late") == {Role.STREET_CLERK, Role.STREET_LEADER}


def test_an_emergency_climbs_in_minutes_of_day_and_night(world: World, later: Later) -> None:
    row = in_place(ticket(world, State.DISPATCHED, text=LIFT_TRAPPED))
    later(due(row) + timedelta(minutes=16))
    escalation.raise_due(100)
    assert ("accept", int(Step.STREET)) in steps(row)
    assert told(row, "ticket_escalated") == {Role.STREET_LEADER}


def test_what_is_done_is_not_spoken_of_again(world: World, later: Later) -> None:
    row = ticket(world, State.RESOLVED)
    later(clock.now() + timedelta(days=30))
    assert escalation.raise_due(100) == 0
    assert steps(row) == []


def test_the_longest_overdue_comes_first(world: World, later: Later) -> None:
    rows = [in_place(ticket(world, State.DISPATCHED)) for _ in range(4)]
    with scope.place(rows[0].area):
        for days, row in zip((3, 9, 1, 5), rows, strict=True):
            Ticket.objects.filter(pk=row.pk).update(alarm_at=clock.now() - timedelta(days=days))
    later(max(map(due, rows)) + SECOND)
    assert escalation.raise_due(2) == 2
    assert [bool(steps(row)) for row in rows] == [False, True, False, True]


def test_a_ticket_whose_alarm_fails_does_not_hold_up_the_others(
    world: World, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = (in_place(ticket(world, State.DISPATCHED)) for _ in range(2))
    later(due(good) + SECOND)
    say = escalation._say

    def failing(row: Ticket, *rest: object) -> None:
        if row.pk == bad.pk:
            raise ValueError("broken")
        say(row, *rest)

    monkeypatch.setattr(escalation, "_say", failing)
    assert escalation.raise_due(100) == 1
    assert steps(bad) == []
    assert steps(good) != []
    put_off = in_place(bad).alarm_at
    assert put_off is not None
    assert put_off > clock.now()


def test_a_question_that_stays_open_too_long_is_taken_up_again_by_itself(world: World, later: Later) -> None:
    row, manager = in_place(ticket(world, State.ACCEPTED)), world.actor(Role.PROPERTY_MANAGER)
    with scope.place(row.area):
        row = talks.ask(row.number, by=manager, version=row.version, text="哪部电梯？")
    assert row.resolve_due_at is None
    assert row.alarm_at is not None
    assert row.paused_at is not None
    later(deadlines.LONGEST_WAIT.after(row.paused_at, WorkingCalendar()) + SECOND)
    while escalation.raise_due(100):
        pass
    row = in_place(row)
    assert row.paused_at is None
    assert row.resolve_due_at is not None
    with scope.place(row.area):
        assert TicketEvent.objects.filter(ticket=row, kind=EventKind.RESUMED).count() == 1
    assert told(row, "ticket_not_replied") == {Role.PROPERTY_MANAGER, Role.PROPERTY_STAFF}


def test_the_row_says_what_the_ledger_comes_to_after_every_step(world: World) -> None:
    """The due times on the row are copies: whatever is done, they equal the replay of the lines."""
    manager, clerk = world.actor(Role.PROPERTY_MANAGER), world.actor(Role.STREET_CLERK)
    resident = world.actor(Role.RESIDENT)
    row = ticket(world, State.ACCEPTED)
    walk: list[Callable[[Ticket], Ticket]] = [
        lambda row: talks.contact(row.number, by=manager, version=row.version, text="已电话联系"),
        lambda row: talks.ask(row.number, by=manager, version=row.version, text="哪部电梯？"),
        lambda row: talks.reply(row.number, by=resident, version=row.version, text="左边那部"),
        lambda row: assists.ask(
            row.number, by=clerk, version=row.version, organisation=world.bureaus["MR", "own"], text="请到场检验"
        ),
        lambda row: tickets.resolve(row.number, by=manager, version=row.version, text="修好了"),
        lambda row: tickets.redo(row.number, by=resident, version=row.version, text="又停了"),
        lambda row: tickets.resolve(row.number, by=manager, version=row.version, text="换了门机"),
        lambda row: tickets.rate(row.number, by=resident, version=row.version, satisfied=True, score=5),
        lambda row: tickets.close(row.number, by=clerk, version=row.version),
    ]
    for step in walk:
        with scope.place(row.area):
            row = step(row)
            row = again(row)
            found = timing.standing(row, until=clock.now())
        copies = (row.sort_due_at, row.accept_due_at, row.contact_due_at, row.onsite_due_at, row.resolve_due_at)
        assert copies == tuple(found.due(each) for each in (Clock.SORT, Clock.ACCEPT, Clock.CONTACT, Clock.ONSITE, Clock.RESOLVE))
        whole = sum((turn.wall for turn in found.turns), timedelta())
        assert whole == found.turns[-1].until - found.turns[0].since
        assert found.turns[0].since == row.filed_at
    assert row.alarm_at is None
    assert found.party == ""


def test_among_thousands_of_open_tickets_the_oldest_ten_are_found_by_the_index(world: World) -> None:
    """The measure of a million is `tools.measure_escalation`; the plan and the order are the same here."""
    row = ticket(world, State.DISPATCHED)
    with scope.everything(reason="tests: very many"):
        sow(3000, like=row.pk)
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {FIND}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "complaints_ticket_alarm" in plan
    assert escalation.raise_due(OVERDUE) == OVERDUE
    with scope.everything(reason="tests: look at alarms"):
        numbers = sorted(set(Alarm.objects.values_list("ticket__number", flat=True)))
    assert numbers == [f"MANY-{n:010}" for n in range(1, OVERDUE + 1)]
    assert escalation.raise_due(OVERDUE) == 0
