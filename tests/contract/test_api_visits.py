"""Joint visits through the API: from the plan to the last signature, and what phones fetch and send."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from config.demo_data.pictures import picture
from enforcement.actions.field import take
from enforcement.models import Change, FieldPhoto, Finding
from enforcement.visit_states import Result
from people.roles import Role
from tenancy import clock, scope
from tests.contract.callers import Caller, caller, caller_of, fault
from tests.factories import visits as factory
from tests.factories.world import CANARY, World


def said(world: World, **other: Any) -> dict[str, Any]:
    return {
        "compound": world.area(),
        "lead": world.streets["own"],
        "planned_on": f"{clock.today()}",
        "reason": "投诉多",
        "bureaus": [world.bureaus[kind, "own"] for kind in ("UM", "FR")],
    } | other


def of(world: World, kind: str, number: int = 0) -> Caller:
    """A bureau's head, or an officer of it."""
    with scope.everything(reason="tests: hire people of a bureau"):
        return caller_of(factory.officer(world, kind, number) if number else factory.head(world, kind))


def test_from_the_plan_to_the_last_signature(world: World) -> None:
    with scope.everything(reason="tests: a list and certificates"):
        factory.listed(world)
        held = {kind: [each.pk for each in factory.certified(world, kind)] for kind in ("UM", "FR")}
    clerk, leader = caller(world, Role.STREET_CLERK), caller(world, Role.STREET_LEADER)
    far = f"{clock.today() + timedelta(days=999)}"
    assert fault(clerk.post("visits/", said(world, planned_on=far))) == (400, "invalid", "planned_on")
    row = clerk.post("visits/", said(world, companions=[{"role": "grid", "name": "示例网格员"}])).json()
    one = f"visits/{row['number']}/"
    assert of(world, "FR").get(one).status_code == 404
    row = clerk.put(
        one, {**{k: v for k, v in said(world, reason="油烟").items() if k != "compound"}, "version": row["version"]}
    ).json()
    assert row["reason"] == "油烟"
    row = clerk.post(f"{one}ask/", {"version": row["version"]}).json()
    for kind in ("UM", "FR"):
        here = f"{one}members/{world.bureaus[kind, 'own']}/join/"
        said_now = {"version": row["version"], "certificates": held[kind]}
        assert fault(clerk.post(here, said_now))[0] == 403
        row = of(world, kind).post(here, said_now).json()
    assert fault(clerk.post(f"{one}approve/", {"version": row["version"]}))[0] == 403
    row = leader.post(f"{one}approve/", {"version": row["version"]}).json()
    assert (row["state"], len(row["lines"])) == ("approved", 33)
    officer = of(world, "UM", 1)
    assert fault(clerk.post(f"{one}start/", {"version": row["version"]}))[0] == 403
    row = officer.post(f"{one}start/", {"version": row["version"]}).json()
    for kind in ("UM", "FR"):
        row = of(world, kind, 1).post(f"{one}members/{world.bureaus[kind, 'own']}/sign/", {"version": row["version"]}).json()
    assert row["state"] == "concluded"
    again = clerk.post("visits/", said(world))
    assert fault(again) == (400, "too_soon", "again")
    assert clerk.post("visits/", said(world, again="群众集中反映")).status_code == 201


def test_what_a_phone_fetches_and_sends(world: World) -> None:
    with scope.everything(reason="tests: a visit under way"):
        row = factory.started(world)
    officer, one = of(world, "UM", 1), f"visits/{row.number}/"
    assert caller(world, Role.STREET_CLERK).get(f"{one}sheet/").status_code == 403
    sheet = officer.get(f"{one}sheet/").json()
    mine = [line for line in sheet["lines"] if line["mine"]]
    assert (len(sheet["lines"]), len(mine)) == (33, 20)
    assert all(line["bases"] for line in mine)
    at = clock.now().isoformat()
    finding = f"{uuid4()}"
    changes = [
        {
            "id": f"{uuid4()}",
            "kind": "result",
            "order": 1,
            "made_at": at,
            "line": mine[0]["id"],
            "based_on": mine[0]["version"],
            "said": {"result": "violation"},
        },
        {
            "id": finding,
            "kind": "finding",
            "order": 2,
            "made_at": at,
            "line": mine[0]["id"],
            "said": {"spot": "北门绿地", "text": "种菜", "party": "owner", "party_name": "示例业主"},
        },
        {"id": f"{uuid4()}", "kind": "present", "order": 3, "made_at": at, "said": {"role": "firm", "name": "示例经理"}},
    ]
    answer = officer.post(f"{one}changes/", {"changes": changes}).json()
    assert [each["outcome"] for each in answer["results"]] == ["applied"] * 3
    again = officer.post(f"{one}changes/", {"changes": changes}).json()
    assert [each["repeated"] for each in again["results"]] == [True] * 3
    photo = {
        "id": f"{uuid4()}",
        "taken_at": at,
        "line": mine[0]["id"],
        "change": finding,
        "latitude": 24781680,
        "longitude": 118552365,
    }
    for repeated in (False, True):
        upload = SimpleUploadedFile("p.jpg", picture("done").body, "image/jpeg")
        kept = officer.form(f"{one}photos/", {**photo, "photo": upload})
        assert (kept.status_code, kept.json()["repeated"]) == (201, repeated)
    with scope.everything(reason="tests: count"):
        assert (Change.objects.count(), Finding.objects.count(), FieldPhoto.objects.count()) == (3, 1, 1)
    shown = officer.get(f"{one}sheet/").json()
    (found,) = next(line["findings"] for line in shown["lines"] if line["id"] == mine[0]["id"])
    assert (found["id"], found["spot"]) == (finding, "北门绿地")
    assert officer.get(f"{one}photos/{photo['id']}/")["Content-Type"] == "image/jpeg"
    assert caller(world, Role.PROPERTY_MANAGER).get(f"{one}photos/{photo['id']}/").status_code == 404


def test_the_sheet_names_the_bureaus_and_who_said_what_where_two_differ(world: World) -> None:
    with scope.everything(reason="tests: two phones that differ"):
        row = factory.started(world)
        line, other = factory.lines(row, world, "UM")[:2]
        one, two = factory.officer(world, "UM", 1), factory.officer(world, "UM", 2)
        take(row.number, [factory.said(line), factory.said(line, Result.NOT_APPLICABLE, based_on=1)], by=one)
        take(row.number, [factory.said(line, Result.VIOLATION, text="占了"), factory.said(other)], by=two)
    sheet = of(world, "UM", 1).get(f"visits/{row.number}/sheet/").json()
    assert {each["id"] for each in sheet["bureaus"]} == {world.bureaus[kind, "own"] for kind in ("UM", "FR")}
    versions = {each["id"]: each["versions"] for each in sheet["lines"]}
    told = [(each["by"], each["result"], each["text"]) for each in versions[line.pk]]
    assert told == [("officer1", "na", ""), ("officer2", "violation", "占了")]
    assert not any(said for pk, said in versions.items() if pk != line.pk)


def test_a_body_that_cannot_be_read_is_refused_whole(world: World) -> None:
    with scope.everything(reason="tests: a visit under way"):
        row = factory.started(world)
    officer = of(world, "UM", 1)
    here = f"visits/{row.number}/changes/"
    assert fault(officer.post(here, {"changes": []}))[0] == 400
    assert fault(officer.post(here, {"changes": [{"id": "x"}]}))[0] == 400
    with scope.everything(reason="tests: count"):
        assert not Change.objects.exists()


def test_where_a_visit_is_needed(world: World) -> None:
    rows = caller(world, Role.STREET_CLERK).get("visits/risk/").json()["results"]
    assert {row["compound"] for row in rows} == {world.area("own"), world.area("sibling")}
    assert {row["score"] for row in rows} == {15}
    assert caller(world, Role.RESIDENT).get("visits/risk/").json() == {"results": []}


def test_what_is_elsewhere_is_not_there(world: World) -> None:
    who = caller(world, Role.STREET_CLERK)
    absent = who.get("visits/V350582001-2611-999999/").json()
    for place in ("street", "county"):
        with scope.everything(reason="tests: a visit elsewhere"):
            row = factory.started(world, place=place)
        for answer in (who.get(f"visits/{row.number}/"), who.post(f"visits/{row.number}/ask/", {"version": row.version})):
            assert (answer.status_code, answer.json()) == (404, absent)
    assert CANARY not in who.get("visits/").content.decode()
