"""Projects and plans through the API, from a draft to the street's closing."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from complaints.states import State
from config.demo_data.pictures import picture
from people.actions import tokens
from people.roles import Role
from projects.states import PlanState, ProjectState, Side
from tests.contract.callers import Caller, caller, fault
from tests.factories.projects import SPOT, in_days, plan, project, speaker, this_month, whole
from tests.factories.tickets import LIFT_BROKEN, ticket
from tests.factories.world import CANARY, World


def body(world: World, **other: Any) -> dict[str, Any]:
    said = {
        "compound": world.area(),
        "title": "更换地库照明",
        "text": "更换损坏灯具二十盏",
        "ends_on": f"{in_days(20)}",
        "lead": world.firms["own"],
        "matter": "P06",
        "quantity": 20,
        "origins": [{"kind": "own", "words": "巡查时发现"}],
        "funding": [{"source": "firm", "amount_fen": 300000}],
        "quotes": [{"supplier": "安装队", "amount_fen": 290000, "chosen": True}],
        "milestones": [{"name": "采购", "weight": 30}, {"name": "安装", "weight": 70}],
        "warranty_days": 365,
    }
    return said | other


def by_side(world: World, side: Side) -> Caller:
    token, _ = tokens.issue(speaker(world, side).user)
    return Caller(token)


def test_from_a_draft_to_the_closing(world: World) -> None:
    manager, clerk, resident = (caller(world, role) for role in (Role.PROPERTY_MANAGER, Role.STREET_CLERK, Role.RESIDENT))
    committee, neighbourhood = by_side(world, Side.COMMITTEE), by_side(world, Side.NEIGHBOURHOOD)
    made = manager.post("projects/", body(world))
    assert made.status_code == 201
    number, here = made.json()["number"], f"compounds/{world.area()}/plans/"
    assert made.json()["budget_fen"] == 300000
    assert resident.get(f"projects/{number}/").status_code == 404

    month = f"{this_month():%Y-%m}"
    assert manager.post(here, {"month": month}).json()["state"] == "drafting"
    held = manager.post(f"{here}{month}/take-in/", {"version": 1, "project": number}).json()
    for side in (manager, committee, neighbourhood):
        held = side.post(f"{here}{month}/agree/", {"version": held["version"]}).json()
    assert held["agreed"] == held["needed"] == ["committee", "firm", "neighbourhood"]
    refused = manager.post(f"{here}{month}/propose/", {"version": held["version"]})
    assert fault(refused) == (400, "required", "fewer")
    held = manager.post(f"{here}{month}/propose/", {"version": held["version"], "fewer": "先做这一件"}).json()
    held = clerk.post(f"{here}{month}/publish/", {"version": held["version"]}).json()
    assert held["state"] == "published"
    assert [item["project"]["state"] for item in held["items"]] == ["planned"]

    def step(who: Caller, name: str, **sent: Any) -> dict[str, Any]:
        version = who.get(f"projects/{number}/").json()["version"]
        answer = who.post(f"projects/{number}/{name}/", {"version": version, **sent})
        assert answer.status_code == 200, answer.content.decode()
        return dict(answer.json())

    step(manager, "start")
    assert step(manager, "report", text="灯具已到", percents=[{"position": 1, "percent": 100}])["progress"] == 30
    version = manager.get(f"projects/{number}/").json()["version"]
    photo = SimpleUploadedFile("after.jpg", picture("done").body, "image/jpeg")
    sent = {"version": version, "text": "已完工", "achieved": 20, "photos": photo, "spots": SPOT}
    delivered = manager.form(f"projects/{number}/deliver/", sent)
    assert delivered.status_code == 200, delivered.content.decode()
    (shown,) = delivered.json()["photos"]
    assert (shown["stage"], shown["spot"]) == ("after", SPOT)
    assert resident.get(f"projects/{number}/photos/{shown['id']}/").headers["Content-Type"] == "image/jpeg"
    assert step(resident, "say", good=True)["yes"] == 1
    assert step(neighbourhood, "confirm", text="入户征求过意见")["state"] == "accepted"
    closed = step(clerk, "close")
    assert (closed["state"], closed["progress"], closed["achieved"]) == ("closed", 100, 20)
    assert resident.get(f"projects/{number}/").json()["quotes"] == []
    assert len(manager.get(f"projects/{number}/").json()["quotes"]) == 1


def test_photos_need_a_spot_each(world: World) -> None:
    row, manager = project(world, ProjectState.PLANNED), caller(world, Role.PROPERTY_MANAGER)
    photo = SimpleUploadedFile("before.jpg", picture("lamp").body, "image/jpeg")
    refused = manager.form(f"projects/{row.number}/start/", {"version": row.version, "photos": photo})
    assert fault(refused)[::2] == (400, "spots")
    photo.seek(0)
    sent = {"version": row.version, "photos": photo, "spots": SPOT}
    assert manager.form(f"projects/{row.number}/start/", sent).json()["state"] == "working"


def test_an_old_version_is_409_with_who_and_when(world: World) -> None:
    row, manager = project(world, ProjectState.WORKING), caller(world, Role.PROPERTY_MANAGER)
    refused = manager.post(f"projects/{row.number}/report/", {"version": 1, "text": "进展"})
    assert refused.status_code == 409
    assert refused.json()["changed"]["version"] == row.version
    assert refused.json()["changed"]["by"]


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.PROPERTY_MANAGER])
def test_elsewhere_is_like_nowhere(world: World, role: Role) -> None:
    here, elsewhere = whole(world), whole(world, "sibling")
    who, area = caller(world, role), world.area("sibling")
    absent = who.get("projects/P350582001-2611-999999/")
    for path in (f"projects/{elsewhere.number}/", f"compounds/{area}/plans/", f"compounds/{area}/suggestions/"):
        answer = who.get(path)
        assert (answer.status_code, answer.content) == (404, absent.content)
    listed = who.get("projects/")
    assert [row["number"] for row in listed.json()["results"]] == [here.number]
    assert CANARY not in listed.content.decode()


def test_lists_are_filtered(world: World) -> None:
    one = project(world, ProjectState.DRAFTED)
    two = project(world, ProjectState.WORKING, matter="P01")
    manager = caller(world, Role.PROPERTY_MANAGER)

    def numbers(**query: Any) -> list[str]:
        return [row["number"] for row in manager.get("projects/", **query).json()["results"]]

    assert numbers() == [two.number, one.number]
    assert numbers(state="drafted") == [one.number]
    assert numbers(matter="P01", compound=world.area()) == [two.number]
    assert fault(manager.get("projects/", state="nonsense"))[::2] == (400, "state")


def test_matters_suggestions_and_figures(world: World) -> None:
    numbers = [ticket(world, State.ACCEPTED, text=LIFT_BROKEN).number for _ in range(2)]
    whole(world)
    clerk, resident = caller(world, Role.STREET_CLERK), caller(world, Role.RESIDENT)
    assert len(resident.get("matters/").json()["results"]) == 10
    (spot,) = clerk.get(f"compounds/{world.area()}/suggestions/").json()["results"]
    assert (spot["matter"]["code"], spot["complaints"], set(spot["tickets"])) == ("P04", 2, set(numbers))
    assert resident.get(f"compounds/{world.area()}/suggestions/").status_code == 404
    found = clerk.get("projects/figures/", area=350582_001_000_000, month=f"{this_month():%Y-%m}").json()
    assert (found["planned"], found["landed"], found["landed_tenths_of_percent"]) == (1, 0, 0)


def test_an_unknown_field_is_refused_by_name(world: World) -> None:
    manager = caller(world, Role.PROPERTY_MANAGER)
    assert fault(manager.post("projects/", body(world, colour="red"))) == (400, "unknown_field", "colour")


def test_a_month_is_closed_with_reasons(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = plan(world, PlanState.PUBLISHED)
    clerk = caller(world, Role.STREET_CLERK)
    path = f"compounds/{world.area()}/plans/{row.month:%Y-%m}/close/"
    monkeypatch.setattr("projects.actions.plans.months.last_day", lambda month: month)
    refused = clerk.post(path, {"version": row.version, "review": "小结"})
    assert fault(refused)[0] == 400
    assert fault(refused)[2].startswith("reason_P")
    held = clerk.get(f"compounds/{world.area()}/plans/{row.month:%Y-%m}/").json()
    reasons = [{"project": item["project"]["number"], "reason": "材料未到"} for item in held["items"]]
    closed = clerk.post(path, {"version": row.version, "review": "小结", "reasons": reasons})
    assert closed.status_code == 200, json.dumps(closed.json(), ensure_ascii=False)
    assert {item["outcome"] for item in closed.json()["items"]} == {"carried"}
