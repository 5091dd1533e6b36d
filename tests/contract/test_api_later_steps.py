"""Returns, talks, more time, urging and the clocks through the API."""

import pytest

from complaints.states import State
from people.roles import Role
from tests.contract.callers import caller, fault
from tests.factories.acting import more_time, question
from tests.factories.tickets import LIFT_TRAPPED, ticket
from tests.factories.world import World


def test_returned_twice_and_arbitrated(world: World) -> None:
    row = ticket(world, State.DISPATCHED)
    firm, street, county = (caller(world, role) for role in (Role.PROPERTY_MANAGER, Role.STREET_CLERK, Role.COUNTY_CLERK))
    path = f"tickets/{row.number}/"
    body = {"version": row.version, "text": "合同不含该项"}
    assert fault(firm.post(f"{path}return/", {**body, "reason": "nonsense"})) == (400, "invalid_choice", "reason")
    assert firm.post(f"{path}return/", body).status_code == 200
    shown = street.get(path).json()
    assert (shown["state"], shown["returns"], shown["sort_due_at"] is not None) == ("triage", 1, True)
    sent = {"version": shown["version"], "leaf": "0202", "organisation": world.firms["own"]}
    shown = street.post(f"{path}dispatch/", sent).json()
    assert firm.post(f"{path}return/", {**body, "version": shown["version"], "reason": "overlap"}).status_code == 200
    shown = county.get(path).json()
    assert (shown["state"], shown["returns"], shown["arbitrated"]) == ("arbitration", 2, False)
    assert "arbitrate" in shown["possible_actions"]
    assert world.firms["own"] in [each["id"] for each in county.get(f"{path}organisations/").json()["results"]]
    sent = {"version": shown["version"], "organisation": world.firms["own"], "text": "按合同"}
    assert fault(county.post(f"{path}arbitrate/", {**sent, "organisation": world.firms["county"]}))[::2] == (400, "organisation")
    assert fault(street.post(f"{path}arbitrate/", sent))[0] == 403
    shown = county.post(f"{path}arbitrate/", sent).json()
    assert (shown["state"], shown["arbitrated"]) == ("dispatched", True)
    assert "return" not in firm.get(path).json()["possible_actions"]
    assert fault(firm.post(f"{path}return/", {**body, "version": shown["version"]}))[0] == 403
    resident = caller(world, Role.RESIDENT).get(path).json()
    assert (resident["returns"], resident["arbitrated"], resident["supervised_at"]) == (None, None, None)


def test_contact_a_question_its_reply_and_being_on_site(world: World) -> None:
    row = ticket(world, State.ACCEPTED, text=LIFT_TRAPPED)
    firm, resident = caller(world, Role.PROPERTY_MANAGER), caller(world, Role.RESIDENT)
    path = f"tickets/{row.number}/"
    assert {"contact", "arrive", "ask", "ask-extension"} <= set(firm.get(path).json()["possible_actions"])
    shown = firm.post(f"{path}contact/", {"version": row.version, "text": "已联系"}).json()
    shown = firm.post(f"{path}arrive/", {"version": shown["version"]}).json()
    shown = firm.post(f"{path}ask/", {"version": shown["version"], "text": "哪一部？"}).json()
    assert (shown["question"], shown["resolve_due_at"], shown["paused_at"] is not None) == ("哪一部？", None, True)
    assert fault(firm.post(f"{path}ask/", {"version": shown["version"], "text": "x"}))[0] == 403
    clocks = {each["clock"]: each for each in firm.get(f"{path}clocks/").json()["clocks"]}
    assert (clocks["resolve"]["state"], clocks["resolve"]["due_at"]) == ("paused", None)
    assert clocks["contact"]["state"] == clocks["onsite"]["state"] == "met"
    seen = resident.get(path).json()
    assert seen["question"] == "哪一部？"
    assert "reply" in seen["possible_actions"]
    assert fault(resident.post(f"{path}reply/", {"version": seen["version"], "text": " "}))[::2] == (400, "text")
    shown = resident.post(f"{path}reply/", {"version": seen["version"], "text": "左边"}).json()
    assert (shown["question"], shown["paused_at"], shown["resolve_due_at"] is not None) == ("", None, True)


def test_resumed_without_a_reply(world: World) -> None:
    row = question(world, ticket(world, State.ACCEPTED))
    firm = caller(world, Role.PROPERTY_MANAGER)
    shown = firm.post(f"tickets/{row.number}/resume/", {"version": row.version}).json()
    assert shown["paused_at"] is None


def test_more_time_asked_for_and_decided(world: World) -> None:
    row = ticket(world, State.ACCEPTED)
    firm, street = caller(world, Role.PROPERTY_MANAGER), caller(world, Role.STREET_CLERK)
    path = f"tickets/{row.number}/"
    body = {"version": row.version, "days": 3, "text": "备件在途"}
    for days in (0, 16, "x"):
        assert fault(firm.post(f"{path}ask-extension/", {**body, "days": days}))[::2] == (400, "days")
    shown = firm.post(f"{path}ask-extension/", body).json()
    asked = street.get(path).json()["extension"]
    assert (asked["days"], asked["reason"]) == (3, "备件在途")
    assert caller(world, Role.RESIDENT).get(path).json()["extension"] is None
    assert fault(firm.post(f"{path}grant-extension/", {"version": shown["version"]}))[0] == 403
    assert fault(street.post(f"{path}refuse-extension/", {"version": shown["version"]}))[::2] == (400, "text")
    granted = street.post(f"{path}grant-extension/", {"version": shown["version"]}).json()
    assert (granted["extension"], granted["resolve_due_at"]) == (None, asked["until"])
    other = more_time(world, ticket(world, State.ACCEPTED))
    refused = street.post(f"tickets/{other.number}/refuse-extension/", {"version": other.version, "text": "不同意"}).json()
    assert refused["extension"] is None
    assert refused["resolve_due_at"] is not None


def test_another_kind_urging_and_supervision(world: World) -> None:
    row = ticket(world, State.ACCEPTED)
    street, supervisor = caller(world, Role.STREET_CLERK), caller(world, Role.SUPERVISOR)
    path = f"tickets/{row.number}/"
    assert fault(street.post(f"{path}recategorise/", {"version": row.version, "leaf": "9999"}))[::2] == (400, "leaf")
    shown = street.post(f"{path}recategorise/", {"version": row.version, "leaf": "0404"}).json()
    assert shown["leaf"]["code"] == "0404"
    assert fault(supervisor.post(f"{path}nudge/", {"version": shown["version"]}))[::2] == (400, "text")
    shown = supervisor.post(f"{path}nudge/", {"version": shown["version"], "text": "请尽快"}).json()
    shown = supervisor.post(f"{path}supervise/", {"version": shown["version"], "text": "三日内"}).json()
    assert shown["supervised_at"] is not None
    assert fault(street.post(f"{path}supervise/", {"version": shown["version"], "text": "x"}))[0] == 403


@pytest.mark.parametrize("place", ["sibling", "street", "county"])
def test_foreign_clocks_are_not_there(world: World, place: str) -> None:
    row = ticket(world, State.ACCEPTED, place=place)
    assert fault(caller(world, Role.PROPERTY_MANAGER).get(f"tickets/{row.number}/clocks/")) == (404, "not_found", None)


def test_the_clocks_are_for_staff_and_every_minute_stands_in_the_ledger(world: World) -> None:
    row = ticket(world, State.RATED)
    path = f"tickets/{row.number}/clocks/"
    assert fault(caller(world, Role.RESIDENT).get(path))[0] == 403
    found = caller(world, Role.STREET_CLERK).get(path).json()
    assert {each["clock"] for each in found["clocks"]} >= {"sort", "accept", "contact", "resolve"}
    assert {each["state"] for each in found["clocks"]} == {"met"}
    assert [each["party"] for each in found["charges"]][:2] == ["system", "lead"]
    assert found["charges"][1]["organisation"]["id"] == world.firms["own"]
    first = found["ledger"][0]
    assert (first["clock"], first["mark"], first["by"]) == ("turn", "hand_over", None)  # the reporter filed it
    assert any(line["mark"] == "start" and line["unit"] == "days" for line in found["ledger"])
