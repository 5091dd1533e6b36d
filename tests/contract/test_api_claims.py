"""Claims of homes through the API: made by anybody signed in, decided by the street office and the property manager."""

from typing import Any

import pytest

from people import actors
from people.actions import appointments, tokens
from people.roles import Role
from tenancy import scope
from tests.contract.callers import Caller, caller, fault
from tests.factories.world import CANARY, World

ABSENT = 350582_001_001_999


@pytest.fixture
def newcomer(world: World) -> Caller:
    user = appointments.open_account(username="newcomer", name="新住户", phone="13900001111", by=actors.system())
    return Caller(tokens.issue(user)[0])


def claim(who: Caller, world: World, place: str = "own", **said: Any) -> Any:
    body = {"compound": world.area(place), "kind": "tenant", "building": "3栋", "home_name": "502", **said}
    return who.post("home-claims/", body)


def test_a_claim_is_made_confirmed_and_then_a_home(world: World, newcomer: Caller) -> None:
    made = claim(newcomer, world, note="2019年入住")
    assert made.status_code == 201
    row = made.json()
    assert (row["state"], row["compound_name"], row["reason"]) == ("waiting", "小区own", "")
    assert newcomer.get("home-claims/").json()["results"] == [row]
    assert newcomer.get(f"compounds/{world.area()}/").status_code == 404
    clerk = caller(world, Role.STREET_CLERK)
    (waiting,) = clerk.get("home-claims/waiting/").json()["results"]
    assert waiting == {**row, "person": "新住户", "phone": "13900001111"}
    with scope.place(world.area()):
        building = world.home().building_id
    done = clerk.post(f"home-claims/{row['id']}/verify/", {"building": building, "home_name": "502"})
    assert (done.status_code, done.json()["state"]) == (200, "verified")
    assert newcomer.get(f"compounds/{world.area()}/").json()["my_homes"][0]["name"] == "502"
    assert newcomer.get("home-claims/").json()["results"] == []


def test_a_refusal_carries_its_reason(world: World, newcomer: Caller) -> None:
    pk = claim(newcomer, world).json()["id"]
    manager = caller(world, Role.PROPERTY_MANAGER)
    assert fault(manager.post(f"home-claims/{pk}/refuse/", {"reason": " "})) == (400, "required", "reason")
    assert manager.post(f"home-claims/{pk}/refuse/", {"reason": "查无此房"}).json()["reason"] == "查无此房"
    (mine,) = newcomer.get("home-claims/").json()["results"]
    assert (mine["state"], mine["reason"]) == ("refused", "查无此房")
    assert newcomer.get("notices/").json()["results"][0]["kind"] == "home_refused"
    assert manager.post(f"home-claims/{pk}/refuse/", {"reason": "又"}).status_code == 404  # nothing waits any more


def test_a_claim_is_withdrawn_once_by_its_maker(world: World, newcomer: Caller) -> None:
    pk = claim(newcomer, world).json()["id"]
    for other in (caller(world, Role.RESIDENT), caller(world, Role.STREET_CLERK)):
        assert other.post(f"home-claims/{pk}/withdraw/").status_code == 404
    assert newcomer.post(f"home-claims/{pk}/withdraw/").json()["state"] == "withdrawn"
    assert fault(newcomer.post(f"home-claims/{pk}/withdraw/"))[:2] == (409, "wrong_state")


def test_what_cannot_be_right_is_named_by_its_field(world: World, newcomer: Caller) -> None:
    assert fault(claim(newcomer, world, kind="king"))[2] == "kind"
    assert fault(claim(newcomer, world, building=" ")) == (400, "required", "building")
    assert fault(claim(newcomer, world, hous="1")) == (400, "unknown_field", "hous")
    assert (
        newcomer.post("home-claims/", {"compound": ABSENT, "kind": "owner", "building": "1", "home_name": "1"}).status_code == 404
    )
    claim(newcomer, world)
    assert fault(claim(newcomer, world, building="３幢")) == (400, "unique", "home_name")


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.PROPERTY_STAFF, Role.SUPERVISOR, Role.SYSTEM_ADMIN])
def test_whoever_decides_nothing_sees_none_and_gets_404(world: World, newcomer: Caller, role: Role) -> None:
    pk, other = claim(newcomer, world).json()["id"], caller(world, role)
    assert other.get("home-claims/waiting/").json()["results"] == []
    assert other.post(f"home-claims/{pk}/verify/", {}).status_code == 404
    assert other.post(f"home-claims/{pk}/refuse/", {"reason": "x"}).status_code == 404


def test_a_claim_elsewhere_is_as_absent_as_none(world: World, newcomer: Caller) -> None:
    foreign = claim(newcomer, world, "county").json()["id"]
    clerk = caller(world, Role.STREET_CLERK)
    answers = [clerk.post(f"home-claims/{pk}/refuse/", {"reason": "x"}) for pk in (foreign, 10**9)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()
    assert clerk.get("home-claims/waiting/").json()["results"] == []


def test_names_of_places_are_public_and_nothing_else_is(world: World, newcomer: Caller) -> None:
    counties = newcomer.get("places/", level="county").json()["results"]
    assert [place["name"] for place in counties] == ["泉港区", "晋江市"]
    found = newcomer.get("places/", within=350582_001_000_000, limit=1).json()
    assert [place["code"] for place in found["results"]] == [world.area()]
    assert found["next"]
    everything = newcomer.get("places/", q="小区")
    assert len(everything.json()["results"]) == 4
    assert CANARY not in everything.content.decode()
    assert fault(newcomer.get("places/", within="1"))[2] == "within"
    assert Caller().get("places/").status_code == 401
