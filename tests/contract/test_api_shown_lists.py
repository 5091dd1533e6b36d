"""Where a check list hangs, through the API."""

from datetime import timedelta
from typing import Any

from people.roles import Role
from tenancy import clock
from tests.contract.callers import caller, fault
from tests.factories.checks import in_force, shown
from tests.factories.world import CANARY, PLACES, World


def said(**other: Any) -> dict[str, Any]:
    return {"place": PLACES["own"], "due_on": f"{clock.today() + timedelta(days=3)}"} | other


def test_a_street_asks_and_sees_where_it_hangs(world: World) -> None:
    shown(world, place="street")
    here = f"check-lists/{in_force(world).pk}/compounds/"
    clerk = caller(world, Role.STREET_CLERK)
    assert fault(clerk.post(here, said(due_on="2020-01-01")))[::2] == (400, "due_on")
    assert fault(clerk.post(here, said(place=1)))[::2] == (400, "place")
    assert clerk.post(here, said(place=PLACES["street"])).status_code == 404
    answer = clerk.post(here, said(spot="东门"))
    assert answer.status_code == 201
    assert [(each["compound"], each["showing"]) for each in answer.json()["results"]] == [(PLACES["own"], "asked")]
    assert fault(clerk.post(here, said()))[:2] == (409, "wrong_state")
    rest = clerk.post(here, said(place=PLACES["own"] // 10**6 * 10**6)).json()["results"]
    assert [each["compound"] for each in rest] == [PLACES["sibling"]]
    listed = clerk.get(here)
    assert [each["showing"] for each in listed.json()["results"]] == ["asked", "asked"]
    assert CANARY + "street" not in listed.content.decode()
    assert len(caller(world, Role.DEPARTMENT_HANDLER).get(here).json()["results"]) == 3


def test_who_does_not_work_with_it_is_refused(world: World) -> None:
    here, other = (f"check-lists/{in_force(world, place).pk}/compounds/" for place in ("own", "county"))
    for role in (Role.RESIDENT, Role.PROPERTY_MANAGER):
        assert caller(world, role).get(here).status_code == 403
        assert caller(world, role).post(here, said()).status_code == 403
    lead = caller(world, Role.DEPARTMENT_LEAD)
    assert lead.post(here, said()).status_code == 403
    absent = lead.get(f"check-lists/{10**9}/compounds/")
    answer = lead.get(other)
    assert (answer.status_code, answer.json()) == (404, absent.json())
