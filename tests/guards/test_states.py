"""Life cycles are sound: every state reachable, no dead ends, every step has an action and somebody who may take it."""

import inspect
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection

from complaints import permissions
from complaints.actions import (
    assists,
    extensions,
    merging,
    publishing,
    recalling,
    returns,
    routing,
    second,
    splitting,
    talks,
    tickets,
    urging,
)
from complaints.models import Ticket
from complaints.states import EDGES, EXTENSION_TRANSITIONS, FINAL, FIRST, OPEN, POSSIBLE, TRANSITIONS, ExtensionState, State
from people.actors import Actor, Post, system
from people.models import User
from people.roles import Role
from tenancy import scope
from tests.factories.tickets import ticket
from tests.factories.world import World


def reachable() -> set[State]:
    found, frontier = {FIRST}, [FIRST]
    while frontier:
        for new in TRANSITIONS[frontier.pop()]:
            if new not in found:
                found.add(new)
                frontier.append(new)
    return found


def test_every_state_can_be_reached() -> None:
    assert reachable() == set(State)


def test_only_final_states_are_dead_ends() -> None:
    assert {state for state in State if not TRANSITIONS[state]} == set(FINAL)
    assert OPEN.isdisjoint(FINAL)


MODULES = (tickets, merging, recalling, returns, talks, urging, publishing, second)
CALLED_OTHERWISE: dict[str, Callable[..., object]] = {
    "route": routing.route_claimed,
    "ask": talks.ask,
    "ask_extension": extensions.ask,
    "grant_extension": extensions.grant,
    "refuse_extension": extensions.refuse,
    "assist": assists.ask,
    "answer_assist": assists.answer,
    "end_assist": assists.end,
    "split": splitting.split,
}


def action_of(name: str) -> Callable[..., object] | None:
    if name in CALLED_OTHERWISE:
        return CALLED_OTHERWISE[name]
    return next((getattr(module, name) for module in MODULES if hasattr(module, name)), None)


def test_every_step_has_an_action_and_a_rule() -> None:
    assert set(POSSIBLE) == set(permissions.RULES)
    for action in POSSIBLE:
        assert callable(action_of(action)), action


def test_every_action_takes_who_acts_by_keyword() -> None:
    for action in set(POSSIBLE) - {"route"}:
        found = action_of(action)
        assert found is not None
        parameters = inspect.signature(found).parameters
        assert parameters["by"].kind is inspect.Parameter.KEYWORD_ONLY
        assert parameters["version"].kind is inspect.Parameter.KEYWORD_ONLY


def test_a_wish_for_more_time_is_decided_once() -> None:
    asked = ExtensionState.ASKED
    assert EXTENSION_TRANSITIONS[asked] == set(ExtensionState) - {asked}
    assert not any(EXTENSION_TRANSITIONS[state] for state in set(ExtensionState) - {asked})


def test_every_step_has_somebody_who_may_take_it(world: World) -> None:
    row = ticket(world, State.DISPATCHED)
    row.why_here = {"source": "person"}
    people = [world.actor(role) for role in Role] + [system()]
    for edge in EDGES:
        assert any(permissions.RULES[edge.action](actor, row) for actor in people), edge


def test_supervisors_urge_and_administrators_may_take_no_step(world: World) -> None:
    row = ticket(world, State.DISPATCHED)
    expected = {Role.SUPERVISOR: ["nudge", "supervise"]}
    for role in (Role.SUPERVISOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        actor = world.actor(role)
        with scope.limited_to(actor.scope):
            allowed = [name for name, rule in permissions.RULES.items() if rule(actor, row)]
        assert allowed == expected.get(role, []), role


@pytest.mark.parametrize("old", list(State))
@pytest.mark.parametrize("new", list(State))
def test_the_database_refuses_every_other_step(world: World, old: State, new: State) -> None:
    row = ticket(world, old)
    with scope.place(world.area()), connection.cursor() as cursor:
        cursor.execute("SAVEPOINT here")
        try:
            cursor.execute(
                "UPDATE complaints_ticket SET state = %s, lead_id = %s WHERE id = %s"
                if (old, new) != (State.RATED, State.DISPATCHED)
                else "UPDATE complaints_ticket SET state = %s, second_from_id = %s, second_at = now(), second_level = 'head'"
                " WHERE id = %s",
                [new, world.firms["own"], row.pk],
            )
            went = True
        except DatabaseError:  # the trigger speaks; the constraint complaints_ticket_has_lead is met by setting a lead
            went = False
        cursor.execute("ROLLBACK TO SAVEPOINT here")
    assert went == (new in TRANSITIONS[old] or new == old)


def test_an_actor_of_another_place_holds_nothing_here() -> None:
    someone = Actor(User(pk=99, username="x"), (Post(Role.PROPERTY_MANAGER, 350505_001_001_001, 7),))
    row = Ticket(area=350582_001_001_001, lead_id=7, state="dispatched")
    assert not permissions.may_accept(someone, row)
