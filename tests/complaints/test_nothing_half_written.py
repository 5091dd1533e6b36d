"""An action happens whole or not at all: what it writes, the timeline, the record and the notices stand or fall together."""

from collections.abc import Callable

import pytest

from audit import actions as audit
from audit.models import Entry
from complaints.actions import extensions, filing, merging, recalling, returns, talks, tickets, urging
from complaints.models import ClockLine, Extension, Merger, Ticket, TicketEvent
from complaints.states import State
from notices.models import Notice
from people.roles import Role
from tenancy import scope
from tests.factories.tickets import LIFT_STOPPED, ticket
from tests.factories.world import World


class RecordBroken(Exception):
    pass


Act = Callable[..., object]


def asked(number: str, world: World, version: int) -> int:
    """More time was asked for; the version after that."""
    manager = world.actor(Role.PROPERTY_MANAGER)
    with scope.limited_to(manager.scope):
        return extensions.ask(number, by=manager, version=version, days=3, text="x").version


def questioned(number: str, world: World, version: int) -> int:
    """The reporter was asked; the version after that."""
    manager = world.actor(Role.PROPERTY_MANAGER)
    with scope.limited_to(manager.scope):
        return talks.ask(number, by=manager, version=version, text="x").version


def another(number: str, world: World, version: int) -> int:
    """There is another open ticket to merge with; the version stays."""
    ticket(world, State.ACCEPTED)
    return version


def by_hand(number: str, world: World, version: int) -> int:
    """A person dispatched it; the version stays."""
    with scope.place(world.area()):
        row = Ticket.objects.get(number=number)
        Ticket.objects.filter(pk=row.pk).update(why_here={**row.why_here, "source": "person"})
    return version


def the_main_one() -> str:
    found: str = Ticket.objects.filter(state=State.ACCEPTED).order_by("-pk")[0].number
    return found


BEFORE: dict[str, Callable[[str, World, int], int]] = {
    "merge": another,
    "recall": by_hand,
    "reply": questioned,
    "resume": questioned,
    "grant_extension": asked,
    "refuse_extension": asked,
}
STEPS: dict[str, tuple[State, Role, Act]] = {
    "accept": (State.DISPATCHED, Role.PROPERTY_MANAGER, lambda n, by, v: tickets.accept(n, by=by, version=v)),
    "give_back": (State.DISPATCHED, Role.PROPERTY_MANAGER, lambda n, by, v: returns.give_back(n, by=by, version=v, text="x")),
    "recall": (State.DISPATCHED, Role.STREET_CLERK, lambda n, by, v: recalling.recall(n, by=by, version=v)),
    "resolve": (State.ACCEPTED, Role.PROPERTY_MANAGER, lambda n, by, v: tickets.resolve(n, by=by, version=v, text="x")),
    "reply_directly": (
        State.TRIAGE,
        Role.STREET_CLERK,
        lambda n, by, v: tickets.reply_directly(n, by=by, version=v, text="x"),
    ),
    "refuse": (State.TRIAGE, Role.STREET_CLERK, lambda n, by, v: tickets.refuse(n, by=by, version=v, text="x")),
    "rate": (State.RESOLVED, Role.RESIDENT, lambda n, by, v: tickets.rate(n, by=by, version=v, satisfied=True, score=5)),
    "redo": (State.RESOLVED, Role.RESIDENT, lambda n, by, v: tickets.redo(n, by=by, version=v, text="x")),
    "close": (State.RESOLVED, Role.STREET_CLERK, lambda n, by, v: tickets.close(n, by=by, version=v)),
    "merge": (State.DISPATCHED, Role.STREET_CLERK, lambda n, by, v: merging.merge(n, by=by, version=v, into=the_main_one())),
    "unmerge": (State.MERGED, Role.STREET_CLERK, lambda n, by, v: merging.unmerge(n, by=by, version=v, text="x")),
    "arbitrate": (
        State.ARBITRATION,
        Role.COUNTY_CLERK,
        lambda n, by, v: returns.arbitrate(n, by=by, version=v, organisation=Ticket.objects.get(number=n).lead_id, text="x"),
    ),
    "contact": (State.ACCEPTED, Role.PROPERTY_MANAGER, lambda n, by, v: talks.contact(n, by=by, version=v, text="x")),
    "arrive": (State.ACCEPTED, Role.PROPERTY_MANAGER, lambda n, by, v: talks.arrive(n, by=by, version=v)),
    "ask": (State.ACCEPTED, Role.PROPERTY_MANAGER, lambda n, by, v: talks.ask(n, by=by, version=v, text="x")),
    "reply": (State.ACCEPTED, Role.RESIDENT, lambda n, by, v: talks.reply(n, by=by, version=v, text="x")),
    "resume": (State.ACCEPTED, Role.PROPERTY_MANAGER, lambda n, by, v: talks.resume(n, by=by, version=v)),
    "ask_extension": (
        State.ACCEPTED,
        Role.PROPERTY_MANAGER,
        lambda n, by, v: extensions.ask(n, by=by, version=v, days=2, text="x"),
    ),
    "grant_extension": (State.ACCEPTED, Role.STREET_CLERK, lambda n, by, v: extensions.grant(n, by=by, version=v)),
    "refuse_extension": (State.ACCEPTED, Role.STREET_CLERK, lambda n, by, v: extensions.refuse(n, by=by, version=v, text="x")),
    "recategorise": (State.ACCEPTED, Role.STREET_CLERK, lambda n, by, v: urging.recategorise(n, by=by, version=v, leaf="0404")),
    "nudge": (State.ACCEPTED, Role.STREET_CLERK, lambda n, by, v: urging.nudge(n, by=by, version=v, text="x")),
    "supervise": (State.ACCEPTED, Role.SUPERVISOR, lambda n, by, v: urging.supervise(n, by=by, version=v, text="x")),
    "cancel": (State.SUBMITTED, Role.RESIDENT, lambda n, by, v: tickets.cancel(n, by=by, version=v, text="x")),
}


def snapshot() -> tuple[object, ...]:
    with scope.everything(reason="tests: compare before and after"):
        return (
            sorted(Ticket.objects.values_list("pk", "state", "version", "answer")),
            TicketEvent.objects.count(),
            Entry.objects.count(),
            Notice.objects.count(),
            ClockLine.objects.count(),
            sorted(Extension.objects.values_list("pk", "state")),
            sorted(Merger.objects.values_list("pk", "ended_at")),
        )


@pytest.fixture
def break_the_record(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def now_broken() -> None:
        def refuse(*_: object, **__: object) -> None:
            raise RecordBroken

        monkeypatch.setattr(audit, "record", refuse)

    return now_broken


@pytest.mark.parametrize("step", STEPS)
def test_without_its_record_no_step_is_taken(world: World, step: str, break_the_record: Callable[[], None]) -> None:
    state, role, act = STEPS[step]
    row = ticket(world, state)
    version = BEFORE[step](row.number, world, row.version) if step in BEFORE else row.version
    actor = world.actor(role)
    before = snapshot()
    break_the_record()
    with scope.limited_to(actor.scope), pytest.raises(RecordBroken):
        act(row.number, actor, version)
    assert snapshot() == before


def test_without_its_record_nothing_is_filed(world: World, break_the_record: Callable[[], None]) -> None:
    actor = world.actor(Role.RESIDENT)
    before = snapshot()
    break_the_record()
    with scope.limited_to(actor.scope), pytest.raises(RecordBroken):
        filing.file(filing.Filing(compound=world.area(), text=LIFT_STOPPED), by=actor)
    assert snapshot() == before


@pytest.mark.parametrize("step", STEPS)
def test_each_step_raises_the_version_by_one_and_writes_one_line(world: World, step: str) -> None:
    state, role, act = STEPS[step]
    row = ticket(world, state)
    version = BEFORE[step](row.number, world, row.version) if step in BEFORE else row.version
    actor = world.actor(role)
    with scope.limited_to(actor.scope):
        lines = TicketEvent.objects.filter(ticket=row).count()
        act(row.number, actor, version)
        changed = Ticket.objects.get(pk=row.pk)
        assert changed.version == version + 1
        assert TicketEvent.objects.filter(ticket=row).count() == lines + 1
        last = TicketEvent.objects.filter(ticket=row).order_by("-pk").first()
    assert last is not None
    assert (last.old_state, last.new_state, last.version) == (state, changed.state, changed.version)


def test_the_reporter_of_an_anonymous_ticket_is_not_named_in_the_record(world: World) -> None:
    row = ticket(world, State.RATED, anonymous=True)
    resident = world.user(Role.RESIDENT)
    with scope.place(world.area()):
        entries = Entry.objects.filter(subject_id=str(row.pk), action__in=["ticket.filed", "ticket.rated"])
        assert {entry.actor_id for entry in entries} == {0}
        assert not any(resident.name in entry.actor_label for entry in entries)
