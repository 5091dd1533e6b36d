"""Each fence holds alone, and each is missed when it is gone: policies, the manager's ranges, visibility and rules."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, models, transaction

from complaints import permissions, queries
from complaints.actions import extensions, talks, tickets
from complaints.models import Assist, Ticket
from complaints.states import State
from people.actors import Actor, system
from people.roles import Role
from tenancy import scope
from tenancy.checks import broken_walls
from tenancy.scoped import ScopedManager
from tests.factories.world import PLACES
from tests.isolation import reviewed
from tests.isolation.walker import NOT_ALLOWED, OPEN_TO_ALL, ROUTES, SCOPED, Estate, client_of, foreign_marks, values, visit

MUTATIONS = {
    "the policy lets everything through": "ALTER POLICY {table}_scope ON {table} USING (true) WITH CHECK (true)",
    "the policy reads without asking": "ALTER POLICY {table}_scope ON {table} USING (true)",
    "the policy writes without asking": "ALTER POLICY {table}_scope ON {table} WITH CHECK (true)",
    "row-level security is off": "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    "the owner is not bound": "ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
    "a second policy opens another door": "CREATE POLICY other ON {table} USING (true)",
    "the policy is gone": "DROP POLICY {table}_scope ON {table}",
}
SEES_MORE = ("the policy lets everything through", "the policy reads without asking", "row-level security is off")


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def alter(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # pending checks would hold the table
        cursor.execute("RESET ROLE")
        cursor.execute(statement)
        cursor.execute("SET ROLE mulin_app")


def rows_elsewhere(table: str) -> int:
    """Rows of other places that plain SQL gets to see from the own compound."""
    with scope.place(PLACES["own"]), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE area <> %s", [PLACES["own"]])
        return int(cursor.fetchone()[0])


@pytest.fixture
def at_work(mutable_estate: Estate, django_db_blocker: Any) -> Iterator[Estate]:
    with django_db_blocker.unblock():
        yield mutable_estate


@pytest.mark.parametrize("table", SCOPED)
def test_every_policy_is_missed_when_it_is_changed(at_work: Estate, table: str) -> None:
    assert not [problem for problem in broken_walls() if table in problem]
    assert rows_elsewhere(table) == 0
    for mutation, statement in MUTATIONS.items():
        with undone():
            alter(statement.format(table=table))
            assert [problem for problem in broken_walls() if problem.startswith(table)], mutation
            if mutation in SEES_MORE:
                assert rows_elsewhere(table) > 0, mutation


LOOKING = (Role.RESIDENT, Role.STREET_CLERK)


def leaks(estate: Estate) -> list[str]:
    """Texts of other places that some page shows: as the walk, but reading only."""
    found, table = [], reviewed.reviewed()
    for role in LOOKING:
        client = client_of(estate, role)
        pages = [route for route in ROUTES if table["GET", route.name][reviewed.named(role)] != str(NOT_ALLOWED)]
        for route in pages:
            for place in PLACES if route.parameters else ("own",):
                shown = place if route.name in OPEN_TO_ALL else ""
                body = visit(client, route, "GET", values(estate, route, place)).body
                found += [f"{route.name} as {role}: {mark}" for mark in foreign_marks(estate, role, route, shown) if mark in body]
    return found


def without_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    """The manager forgets its ranges (and its question for a scope)."""
    monkeypatch.setattr(ScopedManager, "get_queryset", lambda self: models.Manager.get_queryset(self))


def without_policies() -> None:
    for table in SCOPED:
        alter(MUTATIONS["the policy lets everything through"].format(table=table))


def test_the_policies_alone_let_nothing_through(at_work: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    without_ranges(monkeypatch)
    with undone():
        assert leaks(at_work) == []


def test_the_ranges_alone_let_nothing_through(at_work: Estate) -> None:
    with undone():
        without_policies()
        assert leaks(at_work) == []


def test_without_either_something_is_seen(at_work: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the two tests above would prove nothing."""
    without_ranges(monkeypatch)
    with undone():
        without_policies()
        with scope.place(PLACES["own"]):
            areas = set(Ticket.objects.order_by().values_list("area", flat=True).distinct())
        assert areas == set(PLACES.values())


def seen(estate: Estate, role: Role) -> set[tuple[str, bool]]:
    """Which of the own compound's tickets a role knows of: (state, restricted)."""
    actor = estate.actors[role]
    with scope.limited_to(actor.scope):
        rows = queries.visible_to(actor).filter(area=PLACES["own"]).values_list("number", flat=True)
        numbers = set(rows)
    return {(state.value, False) for (place, state), number in estate.numbers.items() if place == "own" and number in numbers}


def test_visibility_is_missed_when_it_is_gone(at_work: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    """A department that leads nothing here sees nothing here; with `visible_to` opened up it sees all."""
    with undone():
        assert seen(at_work, Role.DEPARTMENT_HANDLER) == set()
        assert {state for state, _ in seen(at_work, Role.STREET_CLERK)} == {state.value for state in State}
        led = {state for state, _ in seen(at_work, Role.PROPERTY_MANAGER)}
        assert led >= {"dispatched", "accepted", "resolved", "rated", "closed"}
        assert "submitted" not in led
        monkeypatch.setattr(queries, "visible_to", lambda actor: Ticket.objects.all())
        assert seen(at_work, Role.DEPARTMENT_HANDLER) != set()


def make_wait(estate: Estate) -> None:
    """Let something hang on own tickets that a few steps ask for: a question, an extension, an assist, a public
    wording, a dispatch by hand."""
    manager, resident = estate.actors[Role.PROPERTY_MANAGER], estate.actors[Role.RESIDENT]
    row = {state: Ticket.objects.get(number=estate.numbers["own", state]) for state in State}
    accepted, rated, closed = row[State.ACCEPTED], row[State.RATED], row[State.CLOSED]
    extensions.ask(accepted.number, by=manager, version=accepted.version, days=2, text="等配件")
    again = tickets.redo(rated.number, by=resident, version=rated.version, text="又坏了")
    talks.ask(again.number, by=manager, version=again.version, text="哪部电梯？")
    handler = estate.actors[Role.DEPARTMENT_HANDLER]
    helper, asked = handler.posts[0].organisation_id, row[State.DISPATCHED]
    Assist.objects.create(area=asked.area, ticket=asked, organisation_id=helper, added_by=handler.user)
    Ticket.objects.filter(pk=closed.pk).update(public=True, public_text="电梯已修好")
    by_hand = Ticket.objects.get(number=estate.numbers["own", State.DISPATCHED])
    Ticket.objects.filter(pk=by_hand.pk).update(why_here={**by_hand.why_here, "source": "person"})


def steps(estate: Estate) -> dict[tuple[str, str], tuple[str, ...]]:
    """Which steps each role may take on the own tickets, by state: asked of the rules themselves."""
    table = {}
    rows = {str(state): Ticket.objects.get(number=estate.numbers["own", state]) for state in State}
    for role in Role:
        for name, row in rows.items():
            table[str(role), name] = tuple(permissions.possible_actions(estate.actors[role], row))
    return table


OF_THE_SYSTEM = {"route": State.SUBMITTED, "carry_answer": State.MERGED, "second_handling": State.RATED}
"""Steps that no person takes, and a state in which each is possible."""


def _takes(estate: Estate, rule: str, actor: Actor) -> bool:
    with scope.place(PLACES["own"]):
        row = Ticket.objects.get(number=estate.numbers["own", OF_THE_SYSTEM[rule]])
        return rule in permissions.possible_actions(actor, row)


@pytest.mark.parametrize("rule", sorted(permissions.RULES))
@pytest.mark.parametrize("mutant", [lambda *_: True, lambda *_: False], ids=["always", "never"])
def test_every_rule_is_missed_when_it_is_changed(
    at_work: Estate, rule: str, mutant: Callable[..., bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    if rule in OF_THE_SYSTEM and (rule != "route" or mutant(None) is False):
        asked = (system(), at_work.actors[Role.STREET_CLERK])
        took = [_takes(at_work, rule, actor) for actor in asked]
        monkeypatch.setitem(permissions.RULES, rule, mutant)
        assert [_takes(at_work, rule, actor) for actor in asked] != took
        return
    with undone(), scope.place(PLACES["own"]):
        make_wait(at_work)
        before = steps(at_work)
        monkeypatch.setitem(permissions.RULES, rule, mutant)
        assert steps(at_work) != before, rule
