"""Check lists through the API."""

from typing import Any

from enforcement import queries
from enforcement.models import CheckList
from people.actions import tokens
from people.roles import Role
from tests.contract.callers import Caller, caller, fault
from tests.factories.checks import county_of, draft, published, second_clerk
from tests.factories.world import CANARY, World

ITEM = {
    "code": "X1",
    "bureau": "FR",
    "name": "私拉乱接",
    "violation": "飞线充电",
    "method": "逐层查看",
    "days": 3,
    "basis": [{"law": "XFF", "articles": "66"}],
}
LAW = {"key": "XFF", "name": "消防法", "effective_from": "2021-04-29"}


def second(world: World) -> Caller:
    token, _ = tokens.issue(second_clerk(world).user)
    return Caller(token)


def test_from_a_draft_to_a_list_in_force(world: World) -> None:
    clerk, resident = caller(world, Role.COUNTY_CLERK), caller(world, Role.RESIDENT)
    made = clerk.post("check-lists/", {"area": county_of(world)})
    assert made.status_code == 201
    row = made.json()
    assert (len(row["items"]), row["sample"], row["state"]) == (68, True, "draft")
    here = f"check-lists/{row['id']}/"
    assert resident.get(here).status_code == 404
    row = clerk.post(f"{here}items/", {**ITEM, "revision": row["revision"]}).json()
    assert row["items"][-1]["basis"][0]["name"] == "消防法"
    changed = clerk.put(f"{here}items/X1/", {**ITEM, "days": 5, "revision": row["revision"]}).json()
    assert changed["items"][-1]["days"] == 5
    removed = clerk.post(f"{here}items/X1/remove/", {"revision": changed["revision"]}).json()
    assert len(removed["items"]) == 68
    proposed = clerk.post(f"{here}propose/", {"revision": removed["revision"]}).json()
    assert fault(clerk.post(f"{here}publish/", {"revision": proposed["revision"]}))[0] == 403
    live = second(world).post(f"{here}publish/", {"revision": proposed["revision"]}).json()
    assert live["state"] == "published"
    assert [each["id"] for each in resident.get("check-lists/").json()["results"]] == [row["id"]]
    assert fault(clerk.post(f"{here}withdraw/", {"revision": live["revision"]}))[:2] == (409, "wrong_state")


def test_the_law_of_the_day_asked_for_is_given(world: World) -> None:
    row, resident = published(world), caller(world, Role.RESIDENT)

    def laws(**query: Any) -> list[str]:
        items = resident.get(f"check-lists/{row.pk}/", **query).json()["items"]
        return [each["key"] for item in items if item["code"] == "E15" for each in item["basis"]]

    one = resident.get(f"check-lists/{row.pk}/items/E15/", on="2026-08-14").json()
    assert [each["key"] for each in one["basis"]] == ["ZSF"]
    assert resident.get(f"check-lists/{row.pk}/items/none/").status_code == 404
    assert laws(on="2026-08-14") == ["ZSF"]
    assert laws() == ["STF"]
    assert fault(resident.get(f"check-lists/{row.pk}/", on="soon"))[::2] == (400, "on")


def test_a_draft_is_replaced_whole_and_faults_are_named(world: World) -> None:
    row, clerk = draft(world), caller(world, Role.COUNTY_CLERK)
    here = f"check-lists/{row.pk}/"
    said = {"revision": row.revision, "source": "某政办〔2026〕1号", "laws": [LAW], "items": [ITEM]}
    assert fault(clerk.put(here, {**said, "items": [{**ITEM, "bureau": "XX"}]}))[::2] == (400, "items.0.bureau")
    assert fault(clerk.put(here, {**said, "laws": []}))[::2] == (400, "items.0.basis")
    assert fault(clerk.put(here, {**said, "revision": 99}))[:2] == (409, "stale_version")
    assert CheckList.objects.get(pk=row.pk).items.count() == 68
    kept = clerk.put(here, said).json()
    assert (len(kept["items"]), kept["sample"], kept["source"]) == (1, False, "某政办〔2026〕1号")
    assert queries.item(row, "X1").days == 3


def test_what_is_elsewhere_is_not_there(world: World) -> None:
    elsewhere, who = published(world, place="county"), caller(world, Role.COUNTY_CLERK)
    absent = who.get(f"check-lists/{10**9}/")
    for answer in (who.get(f"check-lists/{elsewhere.pk}/"), who.post(f"check-lists/{elsewhere.pk}/propose/", {"revision": 1})):
        assert answer.status_code == 404
        assert answer.json() == absent.json()
    assert fault(who.get("check-lists/", area=county_of(world, "county")))[0] == 404
    assert fault(who.post("check-lists/", {"area": county_of(world, "county")}))[0] == 404
    assert CANARY not in who.get("check-lists/").content.decode()
    assert fault(caller(world, Role.STREET_CLERK).post("check-lists/", {"area": county_of(world)}))[0] == 403
