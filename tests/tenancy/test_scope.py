"""The wall and the manager in front of it."""

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.utils import IntegrityError

from complaints.models import Ticket, TicketEvent
from complaints.states import State
from people.roles import Role
from tenancy import scope
from tenancy.scope import Scope
from tests.factories.tickets import ticket
from tests.factories.world import PLACES, World


def seen_by_sql() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT area FROM complaints_ticket")
        return {area for (area,) in cursor.fetchall()}


@pytest.fixture
def one_in_each_place(world: World) -> None:
    for place in PLACES:
        ticket(world, place=place)


def test_without_a_scope_a_scoped_query_raises(world: World) -> None:
    with pytest.raises(scope.NoScope):
        Ticket.objects.count()


@pytest.mark.usefixtures("one_in_each_place")
def test_without_a_scope_the_database_answers_nothing() -> None:
    assert seen_by_sql() == set()


@pytest.mark.usefixtures("one_in_each_place")
def test_sql_without_any_filter_sees_only_the_scope() -> None:
    with scope.place(PLACES["own"]):
        assert seen_by_sql() == {PLACES["own"]}
    with scope.place(350582_000_000_000):
        assert seen_by_sql() == {PLACES["own"], PLACES["sibling"], PLACES["street"]}


@pytest.mark.usefixtures("one_in_each_place")
def test_an_inner_scope_ends_with_its_block() -> None:
    with scope.place(PLACES["own"]):
        with scope.place(PLACES["county"]):
            assert seen_by_sql() == {PLACES["county"]}
        assert seen_by_sql() == {PLACES["own"]}
    assert seen_by_sql() == set()


@pytest.mark.usefixtures("one_in_each_place")
def test_an_inner_scope_ends_with_an_error_too() -> None:
    with scope.place(PLACES["own"]):
        with pytest.raises(ZeroDivisionError), scope.place(PLACES["county"]):
            raise ZeroDivisionError
        assert seen_by_sql() == {PLACES["own"]}


@pytest.mark.usefixtures("one_in_each_place")
def test_an_inner_scope_ends_after_a_failed_statement() -> None:
    with scope.place(PLACES["own"]):
        with pytest.raises(ProgrammingError), scope.place(PLACES["county"]), connection.cursor() as cursor:
            cursor.execute("SELECT nonsense FROM nowhere")
        assert seen_by_sql() == {PLACES["own"]}


def test_a_row_cannot_be_written_outside_the_scope(world: World) -> None:
    row = ticket(world)
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        scope.place(PLACES["own"]),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE complaints_ticket SET area = %s WHERE id = %s", [PLACES["county"], row.pk])


def test_a_child_cannot_point_at_a_parent_elsewhere(world: World) -> None:
    row = ticket(world, place="county")
    system = world.user(Role.RESIDENT)
    with scope.place(PLACES["own"]), connection.cursor() as cursor:
        TicketEvent.objects.create(
            area=PLACES["own"], ticket_id=row.pk, by=system, kind="filed", new_state=State.SUBMITTED, version=1
        )
        with pytest.raises(IntegrityError, match="ticket_id_place"), transaction.atomic():
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def test_everything_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="reason"), scope.everything(reason=""):
        pass


@pytest.mark.parametrize(
    ("codes", "literal"),
    [
        ([], "{}"),
        ([350582_001_001_001], "{[350582001001001,350582001001002)}"),
        ([350582_001_001_001, 350582_001_001_002], "{[350582001001001,350582001001003)}"),
        ([350582_001_000_000, 350582_001_001_002], "{[350582001000000,350582002000000)}"),
        ([350500_000_000_000], "{[350500000000000,350600000000000)}"),
        ([350000_000_000_000], "{[350000000000000,360000000000000)}"),
    ],
)
def test_ranges_are_merged(codes: list[int], literal: str) -> None:
    assert Scope.of_places(codes).literal() == literal


def test_the_condition_of_no_place_matches_nothing(world: World) -> None:
    ticket(world)
    with scope.limited_to(scope.NOWHERE):
        assert Ticket.objects.count() == 0
        assert seen_by_sql() == set()
