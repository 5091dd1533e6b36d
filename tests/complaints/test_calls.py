"""Call-backs: made for whoever has not rated in time, taken, tried three times, and what is said becomes the rating."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from openpyxl import load_workbook

from audit.models import Entry
from complaints.actions import calling, calls, tickets
from complaints.models import CallBack, CallTry, Rating, Ticket, TicketEvent
from complaints.states import State
from notices.models import Notice
from people.actors import Actor
from people.roles import Role
from tenancy import clock, scope
from tenancy.refusals import NotThere, Refusal, Stale, WrongState
from tests.contract.callers import caller, fault
from tests.factories.tickets import ticket
from tests.factories.world import CANARY, World

SignIn = Callable[..., Client]
LATER = timedelta(days=14)
SAID = {"result": "solved", "manner": "fair", "reasons": ["slow"], "text": "等了很久"}


def made(world: World, place: str = "own", **details: Any) -> CallBack:
    """A call-back about an answer that nobody rated."""
    row = ticket(world, State.RESOLVED, place=place, **details)
    with clock.standing_at(clock.now() + LATER):
        calls.make_due()
    with scope.place(row.area):
        return CallBack.objects.select_related("ticket").get(ticket=row)


def clerk(world: World) -> Actor:
    return world.actor(Role.STREET_CLERK)


def test_who_has_not_rated_is_called_once_after_three_working_days(world: World) -> None:
    row = ticket(world, State.RESOLVED)
    ticket(world, State.RATED)
    ticket(world, State.ACCEPTED)
    assert calls.make_due() == 0
    with clock.standing_at(clock.now() + timedelta(days=1)):
        assert calls.make_due() == 0
    with clock.standing_at(clock.now() + LATER):
        assert (calls.make_due(), calls.make_due()) == (1, 0)
        today = clock.today()
    with scope.place(world.area()):
        (asked,) = CallBack.objects.all()
        assert (asked.ticket_id, asked.reason, asked.state) == (row.pk, "silent", "open")
        assert asked.due_on > today
        assert Entry.objects.filter(action="ticket.call_back_made").count() == 1


@pytest.mark.parametrize("kept_back", [{"anonymous": True}, {"confidential": True}, {"reporter_phone": ""}])
def test_who_keeps_the_name_back_or_left_no_phone_is_never_called(
    world: World, sign_in: SignIn, kept_back: dict[str, Any]
) -> None:
    row = ticket(world, State.RESOLVED)
    with scope.place(world.area()):
        Ticket.objects.filter(pk=row.pk).update(**kept_back)
    with clock.standing_at(clock.now() + LATER):
        assert calls.make_due() == 0
    page = sign_in(Role.STREET_CLERK).get("/desk/calls/").content.decode()
    assert '<p class="small muted mt-3">' in page  # counted apart


def test_what_was_said_becomes_the_rating_and_the_reporter_is_told(world: World) -> None:
    asked, by = made(world), clerk(world)
    with scope.place(world.area()):
        calling.reached(asked.pk, by=by, version=asked.version, **SAID)
        row = Ticket.objects.get(pk=asked.ticket_id)
        assert (row.state, row.result, row.manner, row.rating_reasons) == ("rated", "solved", "fair", ["slow"])
        said = Rating.objects.get(ticket=row)
        assert (said.way, said.by_id) == ("call", by.id)
        asked.refresh_from_db()
        assert (asked.state, asked.ended_by_id, asked.taken_by_id) == ("reached", by.id, by.id)
        assert CallTry.objects.get(call_back=asked).outcome == "reached"
        kinds = list(TicketEvent.objects.filter(ticket=row).order_by("pk").values_list("kind", "told"))[-2:]
        assert kinds == [("called_back", False), ("rated", True)]
        assert Notice.objects.filter(kind="ticket_told_rated_for", user=row.reporter, channel="bell").count() == 1
        with pytest.raises(Stale):
            calling.reached(asked.pk, by=by, version=1, **SAID)


def test_dissatisfied_on_the_telephone_is_handled_a_second_time(world: World) -> None:
    asked = made(world)
    with scope.place(world.area()):
        calling.reached(asked.pk, by=clerk(world), version=1, result="unsolved", manner="bad")
        row = Ticket.objects.get(pk=asked.ticket_id)
        assert (row.state, row.second_level) == (State.DISPATCHED, "office")


def test_three_calls_at_different_times_and_it_is_given_up(world: World) -> None:
    asked, by = made(world), clerk(world)
    with scope.place(world.area()):
        row = calls.not_reached(asked.pk, by=by, version=1, text="无人接听")
        with pytest.raises(WrongState):
            calls.not_reached(asked.pk, by=by, version=row.version)
        for hours in (3, 6):
            with clock.standing_at(clock.now() + timedelta(hours=hours)):
                row = calls.not_reached(asked.pk, by=by, version=row.version)
        assert (row.state, row.tries) == ("lost", 3)
        with pytest.raises(WrongState):
            calls.refused(asked.pk, by=by, version=row.version)
        assert Ticket.objects.get(pk=row.ticket_id).state == State.RESOLVED


def test_who_would_not_say_is_not_asked_again(world: World) -> None:
    asked = made(world)
    with scope.place(world.area()):
        assert calls.refused(asked.pk, by=clerk(world), version=1).state == "refused"
    with clock.standing_at(clock.now() + LATER):
        assert calls.make_due() == 0


@pytest.mark.parametrize("step", ["rate", "redo", "close"])
def test_what_the_reporter_says_or_the_end_overtakes_it(world: World, step: str) -> None:
    asked, resident = made(world), world.actor(Role.RESIDENT)
    with scope.place(world.area()):
        number, version = asked.ticket.number, asked.ticket.version
        if step == "rate":
            tickets.rate(number, by=resident, version=version, result="solved", manner="good")
        elif step == "redo":
            tickets.redo(number, by=resident, version=version, text="又坏了")
        else:
            tickets.close(number, by=clerk(world), version=version)
        asked.refresh_from_db()
        assert asked.state == "over"
        with pytest.raises((WrongState, Stale)):
            calls.take(asked.pk, by=clerk(world), version=asked.version)


def test_dissatisfied_a_second_time_is_called_and_not_reopened(world: World) -> None:
    row, resident, by = ticket(world, State.RESOLVED), world.actor(Role.RESIDENT), clerk(world)
    with scope.place(world.area()):
        row = tickets.rate(row.number, by=resident, version=row.version, result="unsolved", manner="bad")
        row = tickets.accept(row.number, by=by, version=row.version)
        row = tickets.resolve(row.number, by=by, version=row.version, text="已处理")
        row = tickets.rate(row.number, by=resident, version=row.version, result="unsolved", manner="bad")
        asked = CallBack.objects.get(ticket=row)
        calling.reached(asked.pk, by=by, version=1, result="partly", manner="fair", reasons=["half_done"])
        row.refresh_from_db()
        assert (row.state, row.result, Rating.objects.filter(ticket=row).count()) == (State.RATED, "partly", 3)
        assert CallBack.objects.filter(ticket=row).count() == 1


def test_the_database_holds_one_open_call_back_and_its_life(world: World) -> None:
    asked = made(world)
    with scope.place(world.area()):
        fresh = {"area": asked.area, "ticket": asked.ticket, "reason": "again", "due_on": asked.due_on}
        with pytest.raises(IntegrityError), transaction.atomic():
            CallBack.objects.create(**fresh, answered_at=asked.answered_at)
        with pytest.raises(IntegrityError), transaction.atomic():
            CallBack.objects.filter(pk=asked.pk).update(state="reached")


def test_elsewhere_it_is_not_there(world: World, sign_in: SignIn) -> None:
    foreign, county = made(world, "street"), made(world, "county")
    by, client = clerk(world), sign_in(Role.STREET_CLERK)
    for row in (foreign, county):
        with scope.limited_to(by.scope), pytest.raises(NotThere):
            calls.take(row.pk, by=by, version=1)
        assert client.get(f"/desk/calls/{row.pk}/").status_code == 404
        assert client.post(f"/desk/calls/{row.pk}/phone/").status_code == 404
    page = client.get("/desk/calls/").content.decode()
    assert foreign.ticket.number not in page
    assert CANARY not in page
    for role in (Role.RESIDENT, Role.PROPERTY_MANAGER, Role.DEPARTMENT_LEAD):
        assert sign_in(role).get("/desk/calls/").status_code == 404


def test_the_pages_from_the_list_to_the_rating(world: World, sign_in: SignIn) -> None:
    asked, client = made(world), sign_in(Role.STREET_CLERK)
    one, row = f"/desk/calls/{asked.pk}/", asked.ticket
    assert row.number in client.get("/desk/calls/").content.decode()
    page = client.get(one).content.decode()
    assert row.reporter_phone not in page
    assert row.reporter_phone in client.post(f"{one}phone/").content.decode()
    with scope.place(world.area()):
        assert Entry.objects.filter(action="ticket.revealed", subject_id=str(row.pk)).count() == 1
    assert client.post(f"{one}take/", {"version": 1}).status_code == 302
    refused = client.post(f"{one}reached/", {"version": 2, "result": "solved", "text": "讲了很多"})
    assert refused.status_code == 400
    assert "讲了很多" in refused.content.decode()
    stale = client.post(f"{one}not-reached/", {"version": 1, "text": "忙音"})
    assert stale.status_code == 409
    assert "忙音" in stale.content.decode()
    county = sign_in(Role.COUNTY_CLERK)
    assert county.get(one).status_code == 200
    assert county.post(f"{one}reached/", {"version": 2, **SAID}).status_code == 403
    assert county.post(f"{one}phone/").status_code == 403
    book = load_workbook(io.BytesIO(client.get("/desk/calls/calls.xlsx").content))
    cells = [[cell.value for cell in line] for line in book.worksheets[0]]
    assert cells[1][0] == row.number
    assert row.reporter_phone not in str(cells)
    assert client.post(f"{one}reached/", {"version": 2, **SAID}).status_code == 302
    assert row.number in client.get("/desk/calls/?shown=ended").content.decode()


def test_through_the_api(world: World) -> None:
    asked, street = made(world), caller(world, Role.STREET_CLERK)
    (row,) = street.get("call-backs/").json()["results"]
    assert (row["ticket"], row["state"], row["taken_by"]) == (asked.ticket.number, "open", None)
    assert street.get("call-backs/", shown="late").json()["results"] == []
    path = f"call-backs/{asked.pk}/"
    assert street.post(f"{path}take/", {"version": 1}).json()["version"] == 2
    assert fault(street.post(f"{path}reached/", {"version": 2, "result": "solved"}))[::2] == (400, "manner")
    assert fault(street.post(f"{path}not-reached/", {"version": 1}))[0] == 409
    assert street.post(f"{path}not-reached/", {"version": 2}).json()["tries"] == 1
    assert caller(world, Role.COUNTY_CLERK).post(f"{path}refused/", {"version": 3}).status_code == 403
    assert caller(world, Role.RESIDENT).get(path).status_code == 404
    assert caller(world, Role.STREET_CLERK, "county").get(path).status_code == 404
    shown = street.post(f"{path}reached/", {"version": 3, **SAID}).json()
    assert (shown["state"], [each["outcome"] for each in shown["calls"]]) == ("reached", ["lost", "reached"])


def test_if_the_rating_is_refused_the_call_is_not_written(world: World) -> None:
    asked = made(world)
    with scope.place(world.area()):
        with pytest.raises(Refusal):
            calling.reached(asked.pk, by=clerk(world), version=1, result="solved", manner="good", reasons=["x"])
        assert not CallTry.objects.exists()
