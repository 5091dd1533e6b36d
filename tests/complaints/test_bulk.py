"""批量派单 and 撤回派单: several tickets dispatched from one page, each for itself; a slip is taken back within ten minutes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from complaints import queries
from complaints.actions import recalling, tickets
from complaints.models import Ticket, TicketEvent
from complaints.states import EventKind, State
from notices.models import Notice
from people.models import Organisation
from people.roles import Role
from tenancy import scope
from tenancy.refusals import NotAllowed, NotThere, Stale, WrongState
from tests.contract.callers import caller, fault
from tests.factories.tickets import again, ticket
from tests.factories.world import World

SignIn = Callable[..., Any]


def fresh(row: Ticket) -> Ticket:
    with scope.place(row.area):
        return again(row)


def sent(world: World, row: Ticket | None = None) -> Ticket:
    """A ticket that the street's clerk has dispatched to the firm."""
    row, clerk = row or ticket(world, State.TRIAGE), world.actor(Role.STREET_CLERK)
    with scope.limited_to(clerk.scope):
        return tickets.dispatch(row.number, by=clerk, version=row.version, leaf="0202", organisation=world.firms["own"])


def recall(world: World, row: Ticket, role: Role = Role.STREET_CLERK, place: str = "own") -> Ticket:
    by = world.actor(role, place)
    with scope.limited_to(by.scope):
        return recalling.recall(row.number, by=by, version=row.version)


def told(row: Ticket, kind: str) -> int:
    with scope.everything(reason="tests: who was told"):
        return Notice.objects.filter(kind=kind, key__startswith=row.number, channel="bell").count()


def test_a_dispatch_taken_back_waits_in_triage_and_everybody_is_told(world: World) -> None:
    before = sent(world)
    row = recall(world, before)
    assert row.state == State.TRIAGE
    assert row.why_here["reason"] == "recalled"
    assert "confirmed" not in row.why_here, "the model does not learn from a slip"
    assert (told(row, "ticket_recalled") > 0, told(row, "ticket_told_recalled")) == (True, 1)
    with scope.place(row.area):
        assert row.returns == before.returns, "a slip is no return"
        assert row.lead_id is None
        assert row.sort_due_at is not None
        last = TicketEvent.objects.filter(ticket=row).order_by("-pk")[0]
    assert (last.kind, last.new_state, last.told) == (EventKind.RECALLED, State.TRIAGE, True)
    assert not seen(world, row, Role.PROPERTY_MANAGER), "whoever it was sent to by a slip reads it no more"


def seen(world: World, row: Ticket, role: Role) -> bool:
    by = world.actor(role)
    with scope.limited_to(by.scope):
        return queries.visible_to(by).filter(pk=row.pk).exists()


def test_the_time_to_sort_it_goes_on(world: World) -> None:
    row = ticket(world, State.TRIAGE)
    due = row.sort_due_at
    assert due is not None
    back = recall(world, sent(world, row))
    assert back.sort_due_at is not None
    assert abs(back.sort_due_at - due) < timedelta(minutes=5)


def test_after_ten_minutes_and_after_acceptance_it_stays(world: World, later: Callable[[datetime], None]) -> None:
    row = sent(world)
    manager = world.actor(Role.PROPERTY_MANAGER)
    with scope.limited_to(manager.scope):
        accepted = tickets.accept(row.number, by=manager, version=row.version)
    with pytest.raises(WrongState):
        recall(world, accepted)
    second = sent(world)
    later(timezone.now() + timedelta(minutes=11))
    with pytest.raises(WrongState) as refused:
        recall(world, second)
    assert "10" in str(refused.value.message)
    assert fresh(second).state == State.DISPATCHED


def test_only_the_street_takes_back_and_only_what_a_person_dispatched(world: World) -> None:
    row = sent(world)
    for role in (Role.PROPERTY_MANAGER, Role.COUNTY_CLERK, Role.RESIDENT, Role.SUPERVISOR):
        with pytest.raises(NotAllowed):
            recall(world, row, role)
    with pytest.raises(NotThere):
        recall(world, row, place="street")
    routed = ticket(world, State.DISPATCHED)
    with pytest.raises(NotAllowed):
        recall(world, routed)
    row.version += 1
    with pytest.raises(Stale):
        recall(world, row)


def test_the_api_takes_back(world: World) -> None:
    row, clerk = sent(world), caller(world, Role.STREET_CLERK)
    answer = clerk.post(f"tickets/{row.number}/recall/", {"version": row.version})
    assert (answer.status_code, answer.json()["state"]) == (200, "triage")
    assert fault(clerk.post(f"tickets/{row.number}/recall/", {"version": row.version + 1}))[0] == 409
    assert fault(caller(world, Role.PROPERTY_MANAGER).post(f"tickets/{row.number}/recall/", {"version": 1}))[0] in (403, 404)


# The page


def fields(row: Ticket, **said: Any) -> dict[str, Any]:
    kept = {"version": row.version, "leaf": "0202", "take": "on", **said}
    return {f"{row.number}-{name}": value for name, value in kept.items() if value is not None}


def test_what_is_ticked_is_looked_over_dispatched_one_by_one_and_taken_back(world: World, sign_in: SignIn) -> None:
    one, two, three = (ticket(world, State.TRIAGE) for _each in range(3))
    clerk, firm = sign_in(Role.STREET_CLERK), world.firms["own"]
    listed = BeautifulSoup(clerk.get("/desk/?queue=triage").content, "html.parser")
    assert {box["value"] for box in listed.select("[data-rows] input[name=tickets]")} == {one.number, two.number, three.number}
    page = BeautifulSoup(clerk.get("/desk/dispatch/", {"tickets": [one.number, two.number, three.number]}).content, "html.parser")
    assert len(page.select("fieldset")) == 3
    body = {
        "tickets": [one.number, two.number, three.number],
        **fields(one, organisation=firm),
        **fields(two, organisation=world.firms["county"]),
        **fields(three, organisation=firm, take=None),
    }
    answer = clerk.post("/desk/dispatch/", body)
    assert answer.status_code == 200
    result = BeautifulSoup(answer.content, "html.parser")
    assert [each["value"] for each in result.select('form[action$="undo/"] input[name=tickets]')] == [one.number]
    left = {each.select_one("legend").text.strip(): each for each in result.select("fieldset")}
    assert set(left) == {two.number, three.number}
    assert left[two.number].select_one(".field-errors") is not None
    assert left[three.number].select_one(".field-errors") is None
    chosen = left[three.number].select_one(f'select[name="{three.number}-organisation"] option[selected]')
    assert chosen["value"] == str(firm), "what was chosen for a row that was not ticked is still there"
    assert [fresh(row).state for row in (one, two, three)] == [State.DISPATCHED, State.TRIAGE, State.TRIAGE]
    undone = clerk.post("/desk/dispatch/undo/", {"tickets": [one.number], f"version-{one.number}": fresh(one).version})
    assert undone.status_code == 200
    assert fresh(one).state == State.TRIAGE
    again_undone = clerk.post("/desk/dispatch/undo/", {"tickets": [one.number], f"version-{one.number}": one.version})
    assert one.number in again_undone.content.decode()


def test_somebody_was_quicker_with_one_of_them(world: World, sign_in: SignIn) -> None:
    row = ticket(world, State.TRIAGE)
    clerk, firm = sign_in(Role.STREET_CLERK), world.firms["own"]
    stale = {"tickets": [row.number], **fields(row, organisation=firm, version=row.version - 1)}
    answer = clerk.post("/desk/dispatch/", stale)
    assert answer.status_code == 400
    page = BeautifulSoup(answer.content, "html.parser")
    assert page.select_one("fieldset [role=alert]") is not None
    assert page.select_one(f'input[name="{row.number}-version"]')["value"] == str(row.version), "sent once more, it is meant"
    assert fresh(row).state == State.TRIAGE


def test_what_is_elsewhere_or_not_in_triage_is_not_on_the_page(world: World, sign_in: SignIn) -> None:
    foreign, done = ticket(world, State.TRIAGE, place="street"), ticket(world, State.ACCEPTED)
    clerk = sign_in(Role.STREET_CLERK)
    page = BeautifulSoup(clerk.get("/desk/dispatch/", {"tickets": [foreign.number, done.number]}).content, "html.parser")
    assert page.select("fieldset") == []
    assert foreign.number not in page.text
    with scope.everything(reason="tests: a foreign firm"):
        organisation = Organisation.objects.get(pk=world.firms["street"]).pk
    clerk.post("/desk/dispatch/", {"tickets": [foreign.number], **fields(foreign, organisation=organisation)})
    assert fresh(foreign).state == State.TRIAGE
    clerk.post("/desk/dispatch/undo/", {"tickets": [foreign.number], f"version-{foreign.number}": foreign.version})
    assert sign_in(Role.PROPERTY_MANAGER).get("/desk/dispatch/").status_code == 403
    assert "ticked-row" not in sign_in(Role.COUNTY_CLERK).get("/desk/?queue=triage").content.decode()


def test_the_case_offers_to_take_it_back_while_it_can(world: World, sign_in: SignIn, later: Callable[[datetime], None]) -> None:
    row = sent(world)
    clerk = sign_in(Role.STREET_CLERK)
    assert f"/tickets/{row.number}/recall/" in clerk.get(f"/tickets/{row.number}/").content.decode()
    later(timezone.now() + timedelta(minutes=11))
    assert f"/tickets/{row.number}/recall/" not in clerk.get(f"/tickets/{row.number}/").content.decode()
