"""Two officers at once: one wins, the others are told who and when. Real connections, real locks."""

import threading
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from complaints.actions import extensions, routing, tickets
from complaints.clocks import Mark
from complaints.models import ClockLine, Extension, Ticket, TicketEvent
from complaints.states import EventKind, ExtensionState, State
from people.roles import Role
from tenancy import clock, scope
from tests.contract.callers import caller
from tests.factories.tickets import ticket
from tests.factories.world import World

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def at_once(calls: list[Callable[[], int]]) -> list[int]:
    """Run all calls in threads of their own, let go at the same moment; their answers."""
    barrier = threading.Barrier(len(calls))
    answers: list[int] = [0] * len(calls)

    def run(number: int) -> None:
        try:
            barrier.wait(timeout=30)
            answers[number] = calls[number]()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


@pytest.mark.parametrize("officers", [2, 8])
def test_of_officers_who_accept_at_once_exactly_one_wins(
    transactional_db: None, world: World, sign_in: Callable[..., Client], officers: int
) -> None:
    row = ticket(world, State.DISPATCHED)
    address = reverse("complaints:accept", args=[row.number])
    roles = [Role.PROPERTY_MANAGER, Role.PROPERTY_STAFF]
    clients = [sign_in(roles[number % 2]) for number in range(officers)]
    bodies: list[bytes] = []

    def accept(client: Client) -> Callable[[], int]:
        def call() -> int:
            answer = client.post(address, {"version": row.version})
            if answer.status_code == 409:
                bodies.append(answer.content)
            return answer.status_code

        return call

    answers = at_once([accept(client) for client in clients])
    assert sorted(answers) == [302] + [409] * (officers - 1)
    with scope.everything(reason="tests: who won"):
        won = Ticket.objects.select_related("accepted_by").get(pk=row.pk)
        assert (won.state, won.version) == (State.ACCEPTED, row.version + 1)
        assert TicketEvent.objects.filter(ticket=row, kind=EventKind.ACCEPTED).count() == 1
    assert won.accepted_by is not None
    said = [BeautifulSoup(body, "html.parser").select("[data-form-errors]") for body in bodies]
    assert all(won.accepted_by.label in each[0].text for each in said)


def test_of_thirty_two_changes_at_once_each_is_made_or_refused(transactional_db: None, world: World) -> None:
    row = ticket(world, State.DISPATCHED)
    wishes: list[tuple[Role, str, dict[str, object]]] = [
        (Role.PROPERTY_MANAGER, "accept", {}),
        (Role.PROPERTY_STAFF, "return", {"text": "不归我们", "reason": "not_ours"}),
        (Role.STREET_CLERK, "recategorise", {"leaf": "0404"}),
        (Role.STREET_LEADER, "nudge", {"text": "请尽快"}),
        (Role.SUPERVISOR, "supervise", {"text": "三日内报结果"}),
        (Role.RESIDENT, "cancel", {"text": "不用了"}),
        (Role.STREET_CLERK, "arbitrate", {"organisation": 0, "text": "无此步"}),
        (Role.COUNTY_CLERK, "nudge", {"text": "请尽快"}),
    ]
    asking = [(caller(world, role), name, body) for role, name, body in wishes * 4]

    def change(number: int) -> Callable[[], int]:
        who, name, body = asking[number]
        version = row.version + number // len(wishes)  # the first eight know the ticket as it is, the others guess ahead
        return lambda: who.post(f"tickets/{row.number}/{name}/", {**body, "version": version}).status_code

    answers = at_once([change(number) for number in range(len(asking))])
    made = answers.count(200)
    assert 1 <= made <= 4  # of each version at most one change
    assert set(answers) <= {200, 400, 403, 404, 409}
    with scope.everything(reason="tests: what happened"):
        assert Ticket.objects.get(pk=row.pk).version == row.version + made
        versions = list(TicketEvent.objects.filter(ticket=row).order_by("pk").values_list("version", flat=True))
    assert versions == list(range(1, row.version + made + 1))


def test_an_answer_and_a_return_at_once_do_not_both_happen(
    transactional_db: None, world: World, sign_in: Callable[..., Client]
) -> None:
    row = ticket(world, State.DISPATCHED)
    firm, street = sign_in(Role.PROPERTY_MANAGER), sign_in(Role.STREET_CLERK)
    sent = {"version": row.version, "text": "撤", "reason": "not_ours"}
    answers = at_once(
        [
            lambda: firm.post(reverse("complaints:give_back", args=[row.number]), sent).status_code,
            lambda: street.post(reverse("complaints:cancel", args=[row.number]), sent).status_code,
        ]
    )
    assert sorted(answers) == [302, 409]
    with scope.everything(reason="tests: what happened"):
        assert Ticket.objects.get(pk=row.pk).version == row.version + 1


def test_more_time_granted_and_refused_at_once_is_decided_once(
    transactional_db: None, world: World, sign_in: Callable[..., Client]
) -> None:
    row = ticket(world, State.ACCEPTED)
    manager = world.actor(Role.PROPERTY_MANAGER)
    with scope.limited_to(manager.scope):
        row = extensions.ask(row.number, by=manager, version=row.version, days=3, text="备件在途")
    clerk, leader = sign_in(Role.STREET_CLERK), sign_in(Role.STREET_LEADER)
    sent = {"version": row.version, "text": "理由"}
    answers = at_once(
        [
            lambda: clerk.post(reverse("complaints:grant_extension", args=[row.number]), sent).status_code,
            lambda: leader.post(reverse("complaints:refuse_extension", args=[row.number]), sent).status_code,
        ]
    )
    assert answers.count(302) == 1
    assert set(answers) <= {302, 403, 409}  # the second finds it changed, or nothing left to decide
    with scope.everything(reason="tests: what was decided"):
        decided = Extension.objects.get(ticket=row)
        assert decided.state == (ExtensionState.GRANTED if answers[0] == 302 else ExtensionState.REFUSED)
        assert Ticket.objects.get(pk=row.pk).version == row.version + 1
        extended = ClockLine.objects.filter(ticket=row, mark=Mark.EXTEND).count()
        assert extended == (1 if answers[0] == 302 else 0)


def test_a_change_that_began_first_and_came_second_still_keeps_the_ledger(transactional_db: None, world: World) -> None:
    """Whoever waits for a ticket's lock began before whoever holds it: its lines follow theirs all the same."""
    row = ticket(world, State.DISPATCHED)
    holding, began = threading.Event(), threading.Event()
    answers: dict[str, Ticket] = {}

    def first() -> None:
        try:
            with scope.place(row.area):
                clock.now()  # the transaction has begun
                began.set()
                assert holding.wait(timeout=30)
                answers["first"] = tickets.cancel(
                    row.number, by=world.actor(Role.RESIDENT), version=row.version + 1, text="不用了"
                )
        finally:
            connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert began.wait(timeout=30)
    with scope.place(row.area):
        tickets.accept(row.number, by=world.actor(Role.PROPERTY_MANAGER), version=row.version)
    holding.set()
    thread.join(timeout=60)
    assert answers["first"].state == State.CANCELLED


def test_a_claimed_ticket_is_routed_though_a_late_worker_holds_its_row_for_a_moment(transactional_db: None, world: World) -> None:
    """As the one does that comes too late for the claim: its statement locks the row before it sees that it may not have it."""
    row = ticket(world, State.SUBMITTED)
    claimed = routing.claim(row.pk, row.area)
    assert claimed is not None
    answers: list[State | None] = []

    def work() -> None:
        try:
            answers.append(routing.route_claimed(*claimed))
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    with scope.place(row.area), transaction.atomic():
        Ticket.objects.select_for_update().get(pk=row.pk)
        thread.start()
        thread.join(timeout=1)
        assert answers == []
    thread.join(timeout=60)
    assert answers == [State.DISPATCHED]
