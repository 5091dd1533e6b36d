"""Meetings through the API."""

from datetime import timedelta
from typing import Any

from enforcement.meeting_states import MeetingState
from people.roles import Role
from tenancy import clock
from tests.contract.callers import caller, fault
from tests.factories.meetings import decision, meeting
from tests.factories.world import CANARY, World


def said(world: World, **other: Any) -> dict[str, Any]:
    return {
        "area": world.area(),
        "kind": "guards",
        "subject": "警保联动",
        "starts_at": (clock.now() - timedelta(minutes=1)).isoformat(),
        "spot": "警务室",
        "agenda": "夜间巡逻",
        "organisations": [world.bureaus["UM", "own"]],
    } | other


def test_from_calling_to_closing(world: World) -> None:
    clerk, handler = caller(world, Role.STREET_CLERK), caller(world, Role.DEPARTMENT_HANDLER)
    assert fault(clerk.post("meetings/", said(world, organisations=[10**9])))[::2] == (400, "organisations")
    assert handler.post("meetings/", said(world)).status_code == 403
    row = clerk.post("meetings/", said(world)).json()
    one = f"meetings/{row['number']}/"
    assert [each["number"] for each in handler.get("meetings/").json()["results"]] == [row["number"]]
    minutes = {"version": row["version"], "minutes": "说明", "attendance": "李工", "came": [world.bureaus["UM", "own"]]}
    row = clerk.post(f"{one}hold/", minutes).json()
    assert (row["state"], row["invites"][0]["came"]) == ("held", True)
    decided = {
        "version": row["version"],
        "kind": "ticket",
        "text": "电梯又坏了，尽快修好",
        "organisation": world.bureaus["UM", "own"],
        "due_on": f"{clock.today() + timedelta(days=3)}",
    }
    row = clerk.post(f"{one}decide/", decided).json()
    (made,) = row["decisions"]
    assert clerk.get(f"tickets/{made['ticket']}/").json()["state"] == "submitted"
    assert fault(handler.post(f"{one}decisions/{made['id']}/report-done/", {"text": "x"}))[0] == 409
    assert clerk.post(f"{one}close/", {"version": row["version"]}).status_code == 409
    row = clerk.post(f"{one}decisions/{made['id']}/drop/", {"text": "已由物业处理"}).json()
    assert clerk.post(f"{one}close/", {"version": row["version"]}).json()["state"] == "closed"


def test_what_is_elsewhere_is_not_there(world: World) -> None:
    who = caller(world, Role.STREET_CLERK)
    absent = who.get("meetings/M350582001-2611-999999/").json()
    for place in ("street", "county"):
        row = meeting(world, MeetingState.HELD, place=place)
        made = decision(world, row, place=place)
        answer = who.get(f"meetings/{row.number}/")
        assert (answer.status_code, answer.json()) == (404, absent)
        assert who.post(f"meetings/{row.number}/decide/", {}).status_code == 404
        assert who.post(f"meetings/{row.number}/decisions/{made.pk}/drop/", {"text": "x"}).status_code == 404
        assert who.post("meetings/", said(world, area=world.area(place))).status_code == 404
    own = meeting(world, MeetingState.HELD)
    assert who.post(f"meetings/{own.number}/decisions/{10**9}/drop/", {}).status_code == 404
    assert CANARY not in who.get("meetings/").content.decode()
    assert caller(world, Role.RESIDENT).get("meetings/").status_code == 404
