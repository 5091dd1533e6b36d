"""Findings through the API: the list with its filters, and the way from an order over a re-check to being put right."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from config.demo_data.pictures import picture
from enforcement.models import Finding
from people.roles import Role
from tenancy import clock, scope
from tests.contract.callers import Caller, caller, caller_of, fault
from tests.factories import findings as factory
from tests.factories import visits
from tests.factories.world import CANARY, World


def bureau(world: World, *, head: bool = False) -> Caller:
    with scope.everything(reason="tests: hire people of a bureau"):
        return caller_of(visits.head(world, "UM") if head else visits.officer(world, "UM"))


def found(world: World, place: str = "own", **other: Any) -> Finding:
    with scope.everything(reason="tests: a finding"):
        row: Finding = visits.found(world, place=place, **other)
        return row


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("after.jpg", picture("done").body, "image/jpeg")


def test_from_the_order_to_being_put_right(world: World) -> None:
    row = found(world)
    one = f"findings/{row.number}/"
    officer, firm, clerk = bureau(world), caller(world, Role.PROPERTY_MANAGER), caller(world, Role.STREET_CLERK)
    assert fault(clerk.post(f"{one}order/", {"version": 1, "demand": "清理", "days": 5}))[0] == 403
    assert fault(officer.post(f"{one}order/", {"version": 1, "demand": "清理", "days": 0})) == (400, "min_value", "days")
    shown = officer.post(f"{one}order/", {"version": 1, "demand": "清理", "days": 5}).json()
    assert (shown["state"], shown["version"], shown["late"]) == ("ordered", 2, False)
    assert shown["due_on"] >= f"{clock.today() + timedelta(days=5)}"
    assert fault(firm.post(f"{one}answer/", {"version": 2, "text": "已清理"})) == (400, "required", "photos")
    shown = firm.form(f"{one}answer/", {"version": 2, "text": "已清理", "photos": upload()}).json()
    assert shown["state"] == "answered"
    (photo,) = shown["photos_after"]
    assert firm.get(f"{one}photos/{photo}/").status_code == 200
    assert fault(officer.post(f"{one}accept/", {"version": 1, "text": "合格"})) == (409, "stale_version", None)
    shown = officer.post(f"{one}accept/", {"version": 3, "text": "合格"}).json()
    assert shown["state"] == "accepted"
    assert [event["kind"] for event in shown["events"]] == ["found", "order", "answer", "accept"]
    assert [event["by"] for event in firm.get(one).json()["events"]] == [""] * 4


def test_more_time_and_a_recheck(world: World) -> None:
    with scope.everything(reason="tests: an order"):
        row = factory.ordered(world)
    one = f"findings/{row.number}/"
    officer, head, firm = bureau(world), bureau(world, head=True), caller(world, Role.PROPERTY_MANAGER)
    shown = firm.post(f"{one}ask-time/", {"version": 2, "days": 5, "reason": "缺料"}).json()
    assert fault(officer.post(f"{one}decide-time/", {"version": 3, "granted": True}))[0] == 403
    assert fault(head.post(f"{one}decide-time/", {"version": 3, "granted": False})) == (400, "required", "text")
    later = head.post(f"{one}decide-time/", {"version": 3, "granted": True}).json()
    assert later["due_on"] > shown["due_on"]
    firm.form(f"{one}answer/", {"version": 4, "text": "已清理", "photos": upload()})
    assert officer.post(f"{one}ask-recheck/", {"version": 5}).json()["state"] == "recheck"
    clerk, before = caller(world, Role.STREET_CLERK), row.visit.number
    plan = {"lead": world.streets["own"], "planned_on": f"{clock.today()}", "reason": "复查"}
    wrong = clerk.post(f"visits/{before}/recheck/", {**plan, "findings": ["F350582001-2611-000000"]})
    assert fault(wrong) == (400, "required", "findings")
    made = clerk.post(f"visits/{before}/recheck/", {**plan, "findings": [row.number]})
    assert (made.status_code, made.json()["kind"]) == (201, "recheck")
    assert clerk.get(one).json()["recheck"] == made.json()["number"]


def test_the_list_filters_and_shows_nothing_of_elsewhere(world: World) -> None:
    with scope.everything(reason="tests: findings everywhere"):
        own = factory.ordered(world, days=3)
        for place in ("street", "county"):
            factory.ordered(world, place=place)
    clerk = caller(world, Role.STREET_CLERK)

    def shown(**asked: Any) -> list[str]:
        answer = clerk.get("findings/", **asked)
        assert CANARY not in answer.content.decode()
        return [row["number"] for row in answer.json()["results"]]

    assert shown() == [own.number]
    assert shown(state="ordered", bureau=own.organisation_id, item=own.item.code) == [own.number]
    assert shown(how="late") == []
    assert shown(party="shop") == []
    assert fault(clerk.get("findings/", how="nonsense")) == (400, "invalid_choice", "how")


def test_residents_are_told_neither_spot_nor_name(world: World) -> None:
    row = found(world, party="owner", party_name="示例业主", spot="5号楼1203室")
    with scope.everything(reason="tests: the visit is over"):
        factory.concluded_with(world, row)
    resident = caller(world, Role.RESIDENT)
    shown = resident.get(f"findings/{row.number}/").json()
    assert (shown["spot"], shown["party_name"], shown["photos_before"]) == ("", "", [])
    clerk = caller(world, Role.STREET_CLERK).get(f"findings/{row.number}/").json()
    assert (clerk["spot"], clerk["party_name"]) == ("5号楼1203室", "示例业主")


def test_links_are_of_the_same_compound(world: World) -> None:
    row = found(world)
    clerk, one = caller(world, Role.STREET_CLERK), f"findings/{row.number}/"
    wrong = clerk.post(f"{one}link-ticket/", {"version": 1, "ticket": "350582001-2611-00000000"})
    assert fault(wrong) == (400, "not_found", "ticket")
    shown = clerk.post(f"{one}open-ticket/", {"version": 1}).json()
    assert clerk.get(f"tickets/{shown['ticket']}/").status_code == 200
