"""Contact, being on site, and a question that stops the clock until it is answered."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from complaints import deadlines, timekeeping
from complaints.actions import escalation, talks, tickets, timing
from complaints.clocks import Clock, Party
from complaints.models import Ticket
from complaints.states import EventKind, State
from people import actors
from people.roles import Role
from tenancy import clock, scope
from tenancy.refusals import NotAllowed, Refusal
from tests.factories.acting import acting, last_event, lines, now_is, question, told
from tests.factories.tickets import LIFT_TRAPPED, ticket
from tests.factories.world import World

Later = Callable[[datetime], None]
TEXTS = ["", "   ", "很" * 501]


def accepted(world: World, **details: object) -> Ticket:
    return now_is(ticket(world, State.ACCEPTED, **details))


def clocks_of(row: Ticket) -> dict[Clock, object]:
    with scope.place(row.area):
        return dict(timing.standing(row, until=clock.now()).clocks)


def test_the_first_contact_stops_its_clock_and_the_reporter_reads_it(world: World) -> None:
    row = accepted(world)
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        row = talks.contact(row.number, by=manager, version=row.version, text="已电话联系，约定下午上门")
        again = talks.contact(row.number, by=manager, version=row.version, text="又通了一次电话")
    assert [mark for name, mark in lines(row) if name == "contact"] == ["start", "stop"]
    assert last_event(again).told
    assert last_event(again).kind == EventKind.CONTACTED


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("act", [talks.contact, talks.ask])
def test_words_are_needed(world: World, text: str, act: Callable[..., Ticket]) -> None:
    row = accepted(world)
    with acting(world, Role.PROPERTY_MANAGER) as manager, pytest.raises(Refusal) as refused:
        act(row.number, by=manager, version=row.version, text=text)
    assert refused.value.field == "text"


def test_being_on_site_is_noted_where_somebody_has_to_come(world: World) -> None:
    row = accepted(world, text=LIFT_TRAPPED)
    assert row.onsite_due_at is not None
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        talks.arrive(row.number, by=manager, version=row.version)
    assert ("onsite", "stop") in lines(row)


def test_where_nobody_has_to_come_there_is_no_such_step(world: World) -> None:
    row = accepted(world)
    with scope.everything(reason="tests: a kind without it"):
        Ticket.objects.filter(pk=row.pk).update(onsite_due_at=None)
    with acting(world, Role.PROPERTY_MANAGER) as manager, pytest.raises(NotAllowed):
        talks.arrive(row.number, by=manager, version=row.version)


def test_a_question_stops_the_clock_and_counts_as_the_first_contact(world: World) -> None:
    row = now_is(question(world, accepted(world)))
    assert row.paused_at is not None
    assert (row.resolve_due_at, row.question, row.state) == (None, "哪一部电梯？", State.ACCEPTED)
    assert told(row, "ticket_told_asked") == {Role.RESIDENT}
    assert ("contact", "stop") in lines(row)
    assert lines(row)[-2:] == [("resolve", "pause"), ("turn", "hand_over")]


def test_one_question_at_a_time(world: World) -> None:
    row = question(world, accepted(world))
    with acting(world, Role.PROPERTY_MANAGER) as manager, pytest.raises(NotAllowed):
        talks.ask(row.number, by=manager, version=row.version, text="再问一句")


def test_the_reply_starts_the_clock_again_and_the_deadline_moves_by_the_wait(world: World, later: Later) -> None:
    row = accepted(world)
    before = row.resolve_due_at
    asked_at = clock.now()
    row = question(world, row)
    replied_at = asked_at + timedelta(days=4)
    later(replied_at)
    with acting(world, Role.RESIDENT) as resident:
        row = talks.reply(row.number, by=resident, version=row.version, text="二号楼左边那部")
    row = now_is(row)
    assert (row.paused_at, row.question) == (None, "")
    assert row.resolve_due_at is not None
    assert before is not None
    assert row.resolve_due_at > before
    event = last_event(row)
    assert (event.kind, event.by_reporter, event.text) == (EventKind.REPLIED, True, "二号楼左边那部")
    assert told(row, "ticket_replied") == {Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER}
    with scope.place(row.area):
        charged = {each.party: each.wall for each in timekeeping.charges(timekeeping.account(row, now=replied_at))}
    assert timedelta(days=4) - timedelta(minutes=1) < charged[Party.REPORTER] <= timedelta(days=4)


def test_only_the_reporter_replies(world: World) -> None:
    row = question(world, accepted(world))
    for role in (Role.PROPERTY_MANAGER, Role.STREET_CLERK):
        with acting(world, role) as other, pytest.raises(NotAllowed):
            talks.reply(row.number, by=other, version=row.version, text="我替他答")


def test_whoever_holds_the_slip_replies_too(world: World) -> None:
    row = question(world, accepted(world))
    holder = actors.visitor("x", tracking=row.number)
    with scope.place(row.area):
        row = talks.reply(row.number, by=holder, version=row.version, text="二号楼")
    assert row.paused_at is None
    assert last_event(row).by_reporter


def test_a_reply_without_a_question_is_refused(world: World) -> None:
    row = accepted(world)
    with acting(world, Role.RESIDENT) as resident, pytest.raises(NotAllowed):
        talks.reply(row.number, by=resident, version=row.version, text="顺便说一句")


def test_the_lead_goes_on_after_a_telephone_call(world: World) -> None:
    row = question(world, accepted(world))
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        row = talks.resume(row.number, by=manager, version=row.version, text="电话里说是左边那部")
    assert row.paused_at is None
    assert row.resolve_due_at is not None
    assert told(row, "ticket_not_replied") == set()


def test_after_the_longest_wait_the_system_takes_it_up_again_once(world: World, later: Later) -> None:
    row = accepted(world)
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        row = talks.arrive(row.number, by=manager, version=row.version)
    row = now_is(question(world, row))
    with scope.place(row.area):
        resolve = timing.standing(row, until=clock.now()).clocks[Clock.RESOLVE]
    assert row.paused_at is not None
    wait_over = deadlines.LONGEST_WAIT.after(row.paused_at, resolve.calendar)
    later(wait_over - timedelta(seconds=1))
    assert escalation.raise_due(100) == 0
    assert now_is(row).paused_at is not None
    later(wait_over + timedelta(seconds=1))
    assert escalation.raise_due(100) == 1
    escalation.raise_due(100)
    row = now_is(row)
    assert (row.paused_at, row.question) == (None, "")
    assert told(row, "ticket_not_replied") == {Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER}
    assert lines(row).count(("resolve", "resume")) == 1


def test_another_clock_that_falls_due_does_not_end_the_wait(world: World, later: Later) -> None:
    row = now_is(question(world, accepted(world)))
    assert row.onsite_due_at is not None
    later(row.onsite_due_at + timedelta(seconds=1))
    assert escalation.raise_due(100) == 1
    assert now_is(row).paused_at is not None
    assert told(row, "ticket_late") == {Role.PROPERTY_MANAGER}


def test_nobody_is_urged_while_the_reporter_is_asked(world: World, later: Later) -> None:
    row = accepted(world)
    due = row.resolve_due_at
    assert due is not None
    row = now_is(question(world, row))
    assert row.alarm_at is not None
    later(min(due, row.alarm_at - timedelta(minutes=1)))
    escalation.raise_due(100)
    assert told(row, "ticket_warned") == set()


def test_an_answer_ends_the_wait(world: World) -> None:
    row = question(world, accepted(world))
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        row = tickets.resolve(row.number, by=manager, version=row.version, text="已修好")
    assert now_is(row).paused_at is None
