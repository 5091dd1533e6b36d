"""Which tickets stand on whose desk, in which order, on which page; and counts that are what the rows are."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints import worklist
from complaints.models import Ticket
from complaints.queries import QUEUES
from complaints.states import State
from complaints.worklist import Filters
from people.roles import Role
from tenancy import clock, scope
from tests.factories.acting import more_time, question
from tests.factories.tickets import LIFT_STOPPED, LIFT_TRAPPED, UNCLEAR, ticket
from tests.factories.world import World

EVERY_STATE = [state for state in State if state != State.SUBMITTED]


def walk(actor, queue):
    """Numbers of all rows, page by page to the end, and then back to the start."""
    now = clock.now()
    forth, pages = [], []
    page = worklist.page(actor, queue, Filters(), now=now)
    while True:
        pages.append([row.number for row in page.rows])
        forth += pages[-1]
        if not page.after:
            break
        page = worklist.page(actor, queue, Filters(), now=now, after=page.after)
    back = [pages[-1]]
    while page.before and len(back) < len(pages):
        page = worklist.page(actor, queue, Filters(), now=now, before=page.before)
        back.append([row.number for row in page.rows])
    assert back[::-1] == pages
    return forth


@pytest.fixture
def one_of_each(world: World) -> World:
    for state in EVERY_STATE:
        ticket(world, state)
        ticket(world, state, place="street")
    ticket(world, State.DISPATCHED, text=LIFT_TRAPPED)
    ticket(world, State.DISPATCHED, text=UNCLEAR)
    with scope.everything(reason="tests: make one late"):
        late = Ticket.objects.filter(area=world.area(), state=State.ACCEPTED).first()
        assert late is not None
        Ticket.objects.filter(pk=late.pk).update(resolve_due_at=timezone.now() - timedelta(days=1))
    return world


def test_marks_are_counted_among_what_is_open_with_the_conditions_that_choose_the_rows(world: World) -> None:
    question(world, ticket(world, State.ACCEPTED))
    more_time(world, ticket(world, State.ACCEPTED))
    wanted = [ticket(world, State.ACCEPTED), ticket(world, State.RESOLVED), more_time(world, ticket(world, State.ACCEPTED))]
    with scope.everything(reason="tests: supervise"):
        rows = Ticket.objects.filter(pk__in=[row.pk for row in wanted])
        rows.update(supervised_at=timezone.now(), supervised_by=world.users[Role.SUPERVISOR, "own"])
    clerk = world.actor(Role.STREET_CLERK)
    with scope.limited_to(clerk.scope):
        now = clock.now()
        tallies = worklist.tallies(clerk, Filters(), now=now)
        assert [tallies[name].total for name in worklist.MARKS] == [2, 1, 2]  # the resolved one is not open
        for name in worklist.MARKS:
            filters = Filters(**{name: True})
            assert len(worklist.page(clerk, "open", filters, now=now).rows) == tallies[name].total


FILTERS = [
    Filters(),
    Filters(late=True),
    Filters(leaf="0202"),
    Filters(urgency="U1"),
    Filters(words="老人下不来"),
    Filters(words="350582001"),
    Filters(words="%"),
    Filters(compound=350582_001_001_001),
    Filters(compound=350582_002_001_001),
    Filters(leaf="0201", urgency="U1", words="困"),
    Filters(extension=True),
    Filters(waiting=True),
    Filters(supervised=True),
    Filters(waiting=True, supervised=True),
]


def test_counts_are_what_the_rows_are(one_of_each: World) -> None:
    seen = set()
    for role in (Role.STREET_CLERK, Role.PROPERTY_MANAGER, Role.DEPARTMENT_HANDLER, Role.SUPERVISOR):
        actor = one_of_each.actor(role)
        with scope.limited_to(actor.scope):
            now = clock.now()
            late = set(worklist.work_of(actor).filter(worklist.late(now)).values_list("pk", flat=True))
            for filters in FILTERS:
                tallies = worklist.tallies(actor, filters, now=now)
                for queue in QUEUES:
                    rows = [row.pk for row in worklist.page(actor, queue, filters, now=now).rows]
                    found = (len(rows), len(late.intersection(rows)))
                    counted = tallies.get(queue) or worklist.count(actor, queue, filters, now=now)
                    assert counted.total == found[0], (role, filters, queue)
                    assert queue in worklist.GROWING or counted.late == found[1], (role, filters, queue)
                    seen.add(found)
    assert len(seen) > 5  # the filters do choose different rows


def test_every_queue_of_a_clerk_holds_what_its_name_says(one_of_each: World) -> None:
    clerk = one_of_each.actor(Role.STREET_CLERK)
    with scope.limited_to(clerk.scope):
        tallies = worklist.tallies(clerk, Filters(), now=clock.now())
    assert {name: tally.total for name, tally in tallies.items()} == {
        "triage": 2,
        "arbitration": 1,
        "new": 2,
        "doing": 2,
        "answered": 2,
        "open": 7,
        **dict.fromkeys(worklist.MARKS, 0),
    }
    with scope.limited_to(clerk.scope):
        growing = {name: worklist.count(clerk, name, Filters(), now=clock.now()).total for name in worklist.GROWING}
    assert growing == {"ended": 3, "all": 13}
    assert (tallies["doing"].late, tallies["open"].late, tallies["triage"].late) == (1, 1, 0)


def test_a_firm_has_on_its_desk_only_what_it_leads(one_of_each: World) -> None:
    manager = one_of_each.actor(Role.PROPERTY_MANAGER)
    with scope.limited_to(manager.scope):
        leads = set(worklist.work_of(manager).values_list("lead", flat=True))
    assert leads == {one_of_each.firms["own"]}


def test_a_complaint_about_an_official_is_not_on_the_streets_desk(world: World) -> None:
    row = ticket(world, State.DISPATCHED)
    with scope.everything(reason="tests: restrict"):
        Ticket.objects.filter(pk=row.pk).update(restricted=True)
    clerk, manager = world.actor(Role.STREET_CLERK), world.actor(Role.PROPERTY_MANAGER)
    with scope.limited_to(clerk.scope):
        assert not worklist.work_of(clerk).exists()
    with scope.limited_to(manager.scope):
        assert worklist.work_of(manager).exists()


def test_what_a_clerk_sees_as_a_resident_elsewhere_is_not_work(world: World) -> None:
    from people.actions import appointments

    ticket(world, State.DISPATCHED, place="street", public=True)
    clerk = world.user(Role.STREET_CLERK)
    with scope.everything(reason="tests: the clerk lives in another street"):
        from people import actors

        appointments.appoint(
            clerk, Role.RESIDENT, area=world.area("street"), organisation=None, starts_on=timezone.localdate(), by=actors.system()
        )
    actor = world.actor(Role.STREET_CLERK)
    with scope.limited_to(actor.scope):
        assert Ticket.objects.count() == 1
        assert not worklist.work_of(actor).exists()


def test_emergencies_come_first_then_what_is_due_next(world: World) -> None:
    later, sooner, alarm = (ticket(world, State.DISPATCHED, text=text) for text in (LIFT_STOPPED, LIFT_STOPPED, LIFT_TRAPPED))
    with scope.everything(reason="tests: other deadlines"):
        Ticket.objects.filter(pk=later.pk).update(accept_due_at=timezone.now() + timedelta(days=2))
        Ticket.objects.filter(pk=sooner.pk).update(accept_due_at=timezone.now() - timedelta(days=2))
    manager = world.actor(Role.PROPERTY_MANAGER)
    with scope.limited_to(manager.scope):
        assert walk(manager, "new") == [alarm.number, sooner.number, later.number]
        assert walk(manager, "all") == [alarm.number, sooner.number, later.number]


@pytest.fixture
def many(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Eleven tickets, among them ties in the due time and two emergencies; pages of three."""
    monkeypatch.setattr(worklist, "PAGE", 3)
    rows = [ticket(world, State.DISPATCHED, text=LIFT_TRAPPED if number in (4, 9) else LIFT_STOPPED) for number in range(11)]
    due = timezone.now() + timedelta(days=1)
    with scope.everything(reason="tests: equal deadlines"):
        Ticket.objects.filter(pk__in=[row.pk for row in rows[:7]]).update(accept_due_at=due)
    return world


def test_pages_show_every_row_once_forth_and_back(many: World) -> None:
    manager = many.actor(Role.PROPERTY_MANAGER)
    with scope.limited_to(manager.scope):
        for queue in ("new", "open", "all"):
            numbers = walk(manager, queue)
            assert sorted(numbers) == sorted(Ticket.objects.values_list("number", flat=True))
            assert len(set(numbers)) == 11


def test_a_ticket_that_moves_meanwhile_shifts_no_other(many: World) -> None:
    manager = many.actor(Role.PROPERTY_MANAGER)
    with scope.limited_to(manager.scope):
        now = clock.now()
        whole = walk(manager, "open")
        first = worklist.page(manager, "open", Filters(), now=now)
        Ticket.objects.filter(number=whole[2]).update(accept_due_at=now + timedelta(days=30))
        second = worklist.page(manager, "open", Filters(), now=now, after=first.after)
    assert [row.number for row in second.rows] == whole[3:6]


STRANGE_MARKS = ["nonsense", "1.99999999999999999.350582001-2611-00000000", "350582001-2611-00000000", "0.1.2", "１", "\x00"]


def test_a_mark_that_nobody_made_is_the_start(many: World) -> None:
    manager = many.actor(Role.PROPERTY_MANAGER)
    with scope.limited_to(manager.scope):
        for queue in ("new", "all"):
            start = worklist.page(manager, queue, Filters(), now=clock.now())
            for mark in STRANGE_MARKS:
                assert worklist.page(manager, queue, Filters(), now=clock.now(), after=mark) == start
                assert worklist.page(manager, queue, Filters(), now=clock.now(), before=mark) == start
        number = start.rows[0].number
        for due in ("0", "99999999999999999"):  # a time far off is still a time
            worklist.page(manager, "new", Filters(), now=clock.now(), after=f"1.{due}.{number}")


def test_a_list_takes_as_many_queries_for_many_rows_as_for_few(world: World) -> None:
    manager = world.actor(Role.PROPERTY_MANAGER)

    def queries() -> int:
        with scope.limited_to(manager.scope), CaptureQueriesContext(connection) as taken:
            now = clock.now()
            worklist.tallies(manager, Filters(), now=now)
            rows = worklist.page(manager, "open", Filters(), now=now).rows
            assert [(row.compound.name, str(row.lead), str(row.building)) for row in rows]
        return len(taken)

    ticket(world, State.DISPATCHED)
    few = queries()
    for _ in range(6):
        ticket(world, State.DISPATCHED)
    assert queries() == few


def test_what_has_ended_is_counted_no_further_than_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worklist, "MOST_COUNTED", 2)
    clerk = world.actor(Role.STREET_CLERK)
    counted = []
    for _each in range(3):
        ticket(world, State.CANCELLED)
        with scope.limited_to(clerk.scope):
            counted.append(worklist.count(clerk, "ended", Filters(), now=clock.now()))
    assert [(tally.total, tally.more) for tally in counted] == [(1, False), (2, False), (2, True)]


def test_whoever_stands_in_one_street_or_county_reads_by_its_column(world: World) -> None:
    """Without it every list sorts all tickets that the range holds."""
    wanted = {Role.STREET_CLERK: '"street" = 350582001', Role.COUNTY_CLERK: '"county" = 350582'}
    for role, condition in wanted.items():
        actor = world.actor(role)
        with scope.limited_to(actor.scope):
            assert condition in str(worklist.work_of(actor).query), role
    clerk = world.actor(Role.STREET_CLERK)
    both = replace(clerk, posts=(*clerk.posts, *(replace(post, area=350582_002_000_000) for post in clerk.posts)))
    with scope.limited_to(both.scope):
        assert '"county" = 350582' in str(worklist.work_of(both).query)
