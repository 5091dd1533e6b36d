"""Knowledge notes through the API."""

from typing import Any

import pytest

from complaints import prepared
from complaints.models import KnowledgeNote
from people.roles import Role
from tests.contract.callers import caller, fault
from tests.factories.notes import note
from tests.factories.world import CANARY, World

STREET, COUNTY = 350582_001_000_000, 350582_000_000_000
READERS = set(Role) - {Role.RESIDENT, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}


def body(**changed: Any) -> dict[str, Any]:
    return {"area": STREET, "name": "维修资金", "way": "consult_reply", "words": ["维修资金"], "text": "请到社区办理", **changed}


def given(**changed: Any) -> dict[str, Any]:
    return {name: value for name, value in body(**changed).items() if name != "area"}


def put(asking: Any, path: str, sent: dict[str, Any]) -> Any:
    return asking.client.put(f"/api/v1/{path}", sent, content_type="application/json")


def test_a_note_is_written_read_changed_withdrawn_and_put_back(world: World) -> None:
    clerk, manager = caller(world, Role.STREET_CLERK), caller(world, Role.PROPERTY_MANAGER)
    answer = clerk.post("notes/", body())
    assert answer.status_code == 201
    made = answer.json()
    assert (made["version"], made["state"], made["source"], made["review_on"], made["overdue"]) == (1, "live", "own", None, False)
    path = f"notes/{made['id']}/"
    assert manager.get(path).json() == made
    changed = put(clerk, path, given(text="请到街道办理", version=1, review_on="2030-01-01"))
    assert (changed.status_code, changed.json()["text"], changed.json()["version"]) == (200, "请到街道办理", 2)
    stale = put(clerk, path, given(version=1))
    assert stale.status_code == 409
    assert stale.json()["changed"]["version"] == 2
    assert clerk.post(f"{path}withdraw/", {"version": 2}).json()["state"] == "withdrawn"
    assert put(clerk, path, given(version=3)).status_code == 409
    assert clerk.post(f"{path}put-back/", {"version": 3}).json()["state"] == "live"


def test_the_list_is_filtered_and_goes_on_over_pages(world: World) -> None:
    one, two = note(world, "甲"), note(world, "乙", way="praise_record", words=())
    three = note(world, "丙", by=Role.COUNTY_CLERK)
    note(world, place="county")
    clerk = caller(world, Role.STREET_CLERK)

    def ids(**query: Any) -> list[int]:
        answer = clerk.get("notes/", **query)
        assert CANARY not in answer.content.decode()
        return [row["id"] for row in answer.json()["results"]]

    assert ids() == [three.pk, two.pk, one.pk]
    assert ids(area=COUNTY) == [three.pk]
    assert ids(way="praise_record") == [two.pk]
    assert ids(state="withdrawn") == []
    assert ids(q="维修基金") == [three.pk, one.pk]
    first = clerk.get("notes/", limit=2).json()
    assert [row["id"] for row in clerk.client.get(first["next"]).json()["results"]] == [one.pk]
    assert fault(clerk.get("notes/", q="长" * 61))[0] == 400


@pytest.mark.parametrize("role", list(Role))
def test_who_may_ask_and_who_may_write(world: World, role: Role) -> None:
    own, foreign, asking = note(world), note(world, place="county"), caller(world, role)
    reads = 200 if role in READERS else 404
    assert asking.get("notes/").status_code == asking.get(f"notes/{own.pk}/").status_code == reads
    writes = 201 if role in (Role.STREET_CLERK, Role.STREET_LEADER) else 403 if role in READERS else 404
    assert asking.post("notes/", body(name="新")).status_code == writes
    for answer in (asking.get(f"notes/{foreign.pk}/"), asking.post(f"notes/{foreign.pk}/withdraw/", {"version": 1})):
        assert answer.status_code == 404


def test_a_county_takes_the_shipped_ones_over(world: World) -> None:
    desk = caller(world, Role.COUNTY_CLERK)
    assert len(desk.post("notes/take-over/", {"area": COUNTY}).json()["results"]) == len(prepared.shipped())
    assert desk.post("notes/take-over/", {"area": COUNTY}).status_code == 409
    assert caller(world, Role.STREET_CLERK).post("notes/take-over/", {"area": COUNTY}).status_code == 403


@pytest.mark.parametrize(
    ("attr", "sent"),
    [
        ("name", {"name": ""}),
        ("way", {"way": "x"}),
        ("words", {"words": ["！"]}),
        ("colour", {"colour": "red"}),
        ("text", {"text": 5}),
    ],
)
def test_a_fault_is_named_by_its_field(world: World, attr: str, sent: dict[str, Any]) -> None:
    status, _code, named = fault(caller(world, Role.STREET_CLERK).post("notes/", body(**sent)))
    assert (status, named) == (400, attr)
    assert not KnowledgeNote.objects.exists()
