"""Reading tickets and taking their steps through the API."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints.api.steps import STEPS
from complaints.states import State
from people.actions import appointments
from people.roles import Role
from tests.contract.callers import Caller, caller, fault
from tests.factories.tickets import LIFT_TRAPPED, UNCLEAR, ticket
from tests.factories.world import CANARY, World
from tests.files import samples

FOREIGN = ["sibling", "street", "county"]
ABSENT = "350582001-2601-00000000"


def statements(captured: CaptureQueriesContext) -> list[str]:
    """What was asked of the tables; savepoints and the scope cost no look-up."""
    sql = [query["sql"] for query in captured.captured_queries]
    return [line for line in sql if not line.startswith(("SAVEPOINT", "RELEASE", "SELECT set_config"))]


def test_the_whole_way_from_filing_to_rated(world: World) -> None:
    resident, manager = caller(world, Role.RESIDENT), caller(world, Role.PROPERTY_MANAGER)
    row = ticket(world, State.DISPATCHED)
    path = f"tickets/{row.number}/"
    seen = manager.get(path).json()
    assert (seen["state"], seen["leaf"]["code"], seen["lead"]["id"]) == ("dispatched", "0202", world.firms["own"])
    assert seen["compound"] == world.area()
    assert seen["accept_due_at"].endswith("+08:00")
    assert seen["possible_actions"] == ["accept", "return", "reveal"]
    accepted = manager.post(f"{path}accept/", {"version": seen["version"]})
    assert accepted.status_code == 200
    assert accepted.json()["state"] == "accepted"
    resolved = manager.post(f"{path}resolve/", {"version": accepted.json()["version"], "text": "已修好"}).json()
    assert (resolved["state"], resolved["answer"]) == ("resolved", "已修好")
    rated = resident.post(f"{path}rate/", {"version": resolved["version"], "satisfied": True, "score": 5, "text": "谢谢"})
    assert rated.json()["state"] == "rated"
    assert rated.json()["rating"]["score"] == 5
    closed = caller(world, Role.STREET_CLERK).post(f"{path}close/", {"version": rated.json()["version"]}).json()
    assert closed["state"] == "closed"
    assert [event["kind"] for event in closed["timeline"]] == ["filed", "routed", "accepted", "resolved", "rated", "closed"]


def test_returning_dispatching_refusing_redoing_and_withdrawing(world: World) -> None:
    manager, clerk, resident = (caller(world, role) for role in (Role.PROPERTY_MANAGER, Role.STREET_CLERK, Role.RESIDENT))
    row = ticket(world, State.DISPATCHED)
    path = f"tickets/{row.number}/"
    returned = manager.post(f"{path}return/", {"version": row.version, "text": "不属于我们"}).json()
    assert returned["state"] == "triage"
    choices = clerk.get(f"{path}organisations/").json()["results"]
    assert world.firms["own"] in [choice["id"] for choice in choices]
    assert CANARY not in str(choices)
    body = {"version": returned["version"], "leaf": "0202", "organisation": world.firms["own"]}
    assert clerk.post(f"{path}dispatch/", body).json()["state"] == "dispatched"
    assert fault(clerk.post(f"{path}dispatch/", {**body, "version": returned["version"] + 1})) == (409, "wrong_state", None)
    answered = ticket(world, State.RESOLVED)
    redone = resident.post(f"tickets/{answered.number}/redo/", {"version": answered.version, "text": "还没修好"}).json()
    assert redone["state"] == "accepted"
    cancelled = resident.post(f"tickets/{answered.number}/cancel/", {"version": redone["version"], "text": "好了"}).json()
    assert cancelled["state"] == "cancelled"
    unclear = ticket(world, State.TRIAGE, text=UNCLEAR)
    refused = clerk.post(f"tickets/{unclear.number}/refuse/", {"version": unclear.version, "text": "说不清"}).json()
    assert refused["state"] == "refused"


def test_of_two_who_accept_one_is_told_who_and_when(world: World) -> None:
    row = ticket(world, State.DISPATCHED)
    first, second = caller(world, Role.PROPERTY_MANAGER), caller(world, Role.PROPERTY_STAFF)
    assert first.post(f"tickets/{row.number}/accept/", {"version": row.version}).status_code == 200
    late = second.post(f"tickets/{row.number}/accept/", {"version": row.version})
    assert fault(late) == (409, "stale_version", None)
    changed = late.json()["changed"]
    assert changed["by"] == "property_manager"
    assert changed["version"] == row.version + 1
    assert changed["at"]


@pytest.mark.parametrize(
    "body", [{}, {"version": None}, {"version": "x"}, {"version": 0}, {"version": True}, {"version": 10**40}]
)
def test_a_step_without_a_proper_version_is_refused(world: World, body: dict[str, Any]) -> None:
    row = ticket(world, State.DISPATCHED)
    answer = caller(world, Role.PROPERTY_MANAGER).post(f"tickets/{row.number}/accept/", body)
    assert fault(answer)[::2] == (400, "version")


def test_a_step_that_the_role_does_not_have_is_403(world: World) -> None:
    row = ticket(world, State.DISPATCHED)
    answer = caller(world, Role.STREET_CLERK).post(f"tickets/{row.number}/accept/", {"version": row.version})
    assert fault(answer) == (403, "permission_denied", None)


@pytest.mark.parametrize("place", FOREIGN)
@pytest.mark.parametrize("name", ["", *STEPS, "organisations"])
def test_a_foreign_ticket_answers_like_one_that_never_was(world: World, place: str, name: str) -> None:
    row = ticket(world, State.DISPATCHED, place=place)
    for role in (Role.RESIDENT, Role.PROPERTY_MANAGER):
        asking = caller(world, role)
        answers = []
        for number in (row.number, ABSENT):
            path = f"tickets/{number}/{name}/" if name else f"tickets/{number}/"
            answers.append(asking.get(path) if name in ("", "organisations") else asking.post(path, {"version": 1}))
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content
        assert CANARY not in answers[0].content.decode()


def test_an_address_that_is_none_answers_like_an_absent_ticket(world: World) -> None:
    asking = caller(world, Role.RESIDENT)
    assert asking.get("tickets/not-a-number/").content == asking.get(f"tickets/{ABSENT}/").content


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.PROPERTY_MANAGER, Role.STREET_CLERK, Role.SUPERVISOR])
def test_lists_show_the_own_place_only(world: World, role: Role) -> None:
    own = ticket(world, State.DISPATCHED)
    for place in FOREIGN:
        ticket(world, State.DISPATCHED, place=place, public=True)
    answer = caller(world, role).get("tickets/")
    numbers = [row["number"] for row in answer.json()["results"]]
    assert own.number in numbers
    if role in (Role.RESIDENT, Role.PROPERTY_MANAGER):
        assert numbers == [own.number]
        assert CANARY not in answer.content.decode()
    assert "county" not in str([row["compound_name"] for row in answer.json()["results"]])


def test_pages_go_down_and_up_again_and_do_not_shift(world: World) -> None:
    asking = caller(world, Role.RESIDENT)
    numbers = [ticket(world).number for _ in range(5)][::-1]
    first = asking.get("tickets/", limit=2).json()
    assert first["previous"] is None
    ticket(world)  # what is new comes before, and moves nothing
    second = asking.client.get(first["next"]).json()
    third = asking.client.get(second["next"]).json()
    seen = [[row["number"] for row in page["results"]] for page in (first, second, third)]
    assert seen == [numbers[:2], numbers[2:4], numbers[4:]]
    assert third["next"] is None
    assert asking.client.get(third["previous"]).json()["results"] == second["results"]
    again = asking.client.get(second["previous"]).json()
    assert [row["number"] for row in again["results"]] == numbers[:2]
    assert again["previous"] is not None


def test_filters_narrow_and_go_along_to_the_next_page(world: World) -> None:
    asking = caller(world, Role.PROPERTY_MANAGER)
    waiting, taken = [ticket(world, State.DISPATCHED) for _ in range(2)], ticket(world, State.ACCEPTED)
    page = asking.get("tickets/", state="dispatched", limit=1).json()
    assert "state=dispatched" in page["next"]
    both = page["results"] + asking.client.get(page["next"]).json()["results"]
    assert {row["number"] for row in both} == {row.number for row in waiting}
    only = [row["number"] for row in asking.get("tickets/", queue="doing").json()["results"]]
    assert only == [taken.number]
    assert len(asking.get("tickets/", leaf="0202", compound=world.area()).json()["results"]) == 3
    assert asking.get("tickets/", leaf="0101").json()["results"] == []
    assert asking.get("tickets/", late="true").json()["results"] == []
    assert len(asking.get("tickets/", late="false").json()["results"]) == 3
    assert asking.get("tickets/", mine="true").json()["results"] == []
    foreign = asking.get("tickets/", compound=world.area("county"))
    assert foreign.json() == asking.get("tickets/", compound=100000000000001).json()


@pytest.mark.parametrize(
    "query",
    [
        {"state": "lost"},
        {"queue": "nobodys"},
        {"compound": "12"},
        {"compound": "²50582001001001"},
        {"leaf": "9999"},
        {"leaf": "x" * 5000},
        {"late": "perhaps"},
        {"limit": "0"},
        {"limit": "9" * 5000},
        {"cursor": "made-up"},
        {"cursor": "ÿ"},
        {"cursor": "A" * 64},
        {"colour": "red"},
        {"state": ["accepted", "resolved"]},
        {"state\x00": "1"},
    ],
)
def test_a_filter_that_means_nothing_is_refused_by_name(world: World, query: dict[str, Any]) -> None:
    answer = caller(world, Role.RESIDENT).get("tickets/", **query)
    status, _, attr = fault(answer)
    assert status == 400
    assert attr == next(iter(query)).replace("\x00", "\\x00")


def test_a_cursor_tells_no_ids_and_belongs_to_its_list(world: World) -> None:
    asking = caller(world, Role.RESIDENT)
    rows = [ticket(world) for _ in range(3)]
    cursor = asking.get("tickets/", limit=1).json()["next"].split("cursor=")[1].split("&")[0]
    raw = base64.urlsafe_b64decode(cursor + "==")
    assert all(str(row.pk).encode() not in raw for row in rows)
    assert fault(asking.get("notices/", cursor=cursor)) == (400, "invalid", "cursor")


def test_who_filed_is_masked_for_staff_and_hidden_on_request(world: World) -> None:
    open_one = ticket(world, State.ACCEPTED, home=world.homes["own"])
    hidden = ticket(world, State.ACCEPTED, confidential=True, home=world.homes["own"])
    phone = world.user(Role.RESIDENT).phone or ""
    manager, staff = caller(world, Role.PROPERTY_MANAGER), caller(world, Role.PROPERTY_STAFF)
    assert manager.get(f"tickets/{open_one.number}/").json()["reporter"]["phone"] == f"{phone[:3]}****{phone[-4:]}"
    seen = manager.get(f"tickets/{hidden.number}/").json()
    assert seen["reporter"] == {"name": "", "phone": "", "hidden": True}
    assert seen["home"] is None
    assert all(event["by"] is None for event in seen["timeline"] if event["by_reporter"])
    for role in (Role.RESIDENT, Role.PROPERTY_MANAGER):
        assert caller(world, role).get(f"tickets/{open_one.number}/").json()["home"]["id"] == world.homes["own"]
    assert fault(staff.post(f"tickets/{hidden.number}/reveal/"))[0] == 403
    revealed = manager.post(f"tickets/{hidden.number}/reveal/").json()
    assert revealed["reporter"] == {"name": "resident", "phone": phone, "hidden": False}
    assert revealed["timeline"][-1]["kind"] == "revealed"


def test_the_reporter_sees_neither_officers_names_nor_the_workings(world: World) -> None:
    row = ticket(world, State.TRIAGE)
    seen = caller(world, Role.RESIDENT).get(f"tickets/{row.number}/").json()
    assert seen["why_here"] is None
    assert {event["by"] for event in seen["timeline"]} == {None}
    assert "given_back" not in [event["kind"] for event in seen["timeline"]]
    assert "不属于我们" not in str(seen)
    worked = caller(world, Role.STREET_CLERK).get(f"tickets/{row.number}/").json()
    assert worked["why_here"]["words"]
    assert worked["timeline"][-1]["by"] == "property_manager"


def test_a_neighbour_sees_a_public_ticket_without_whose_it_is(world: World) -> None:
    row = ticket(world, State.DISPATCHED, public=True, home=world.homes["own"])
    neighbour = world.user(Role.RESIDENT, "sibling")
    system = world.actor(Role.SECURITY_ADMIN)
    appointments.appoint(neighbour, Role.RESIDENT, area=world.area(), by=system)
    seen = caller(world, Role.RESIDENT, "sibling").get(f"tickets/{row.number}/").json()
    assert (seen["home"], seen["reporter"]["hidden"], seen["possible_actions"]) == (None, True, [])


def test_an_emergency_says_whom_to_call(world: World) -> None:
    row = ticket(world, text=LIFT_TRAPPED)
    seen = caller(world, Role.RESIDENT).get(f"tickets/{row.number}/").json()
    assert seen["emergency"]
    assert seen["emergency_lines"][0]["number"].isdigit()


def test_photos_of_an_answer_go_in_and_come_out_for_those_who_see_the_ticket(world: World) -> None:
    row = ticket(world, State.ACCEPTED)
    manager = caller(world, Role.PROPERTY_MANAGER)
    picture = SimpleUploadedFile("x.jpg", samples.telling_jpeg(), "image/jpeg")
    body = {"version": row.version, "text": "已修好", "photos": [picture]}
    resolved = manager.form(f"tickets/{row.number}/resolve/", body)
    assert resolved.status_code == 200
    (shown,) = resolved.json()["photos"]
    assert shown["kind"] == "answer"
    for url in (shown["url"], shown["small_url"]):
        answer = caller(world, Role.RESIDENT).client.get(url, headers={"Accept": "image/*"})
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer.getvalue().startswith(b"\xff\xd8\xff")
    for place in FOREIGN:
        assert caller(world, Role.PROPERTY_MANAGER, place).client.get(shown["url"]).status_code == 404
    assert Caller().client.get(shown["url"]).status_code == 401
    assert fault(manager.client.get(shown["url"] + "?size=huge")) == (400, "invalid_choice", "size")


def test_an_administrator_sees_no_ticket(world: World) -> None:
    row = ticket(world)
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        asking = caller(world, role)
        assert asking.get("tickets/").json()["results"] == []
        assert asking.get(f"tickets/{row.number}/").status_code == 404


def test_compounds_are_the_callers_own(world: World) -> None:
    asking = caller(world, Role.RESIDENT)
    listed = asking.get("compounds/")
    assert [row["code"] for row in listed.json()["results"]] == [world.area()]
    one = asking.get(f"compounds/{world.area()}/").json()
    assert one["firm"]["id"] == world.firms["own"]
    assert [home["id"] for home in one["my_homes"]] == [world.homes["own"]]
    assert one["buildings"][0]["name"] == "3号楼"
    absent = asking.get("compounds/350582001001999/")
    for place in FOREIGN:
        foreign = asking.get(f"compounds/{world.area(place)}/")
        assert (foreign.status_code, foreign.content) == (404, absent.content)
    assert CANARY not in listed.content.decode() + str(one)


def test_the_catalogue_has_all_leaves(world: World) -> None:
    leaves = caller(world, Role.RESIDENT).get("catalogue/leaves/").json()["results"]
    assert len(leaves) == 78
    assert leaves[0]["category"]["code"] == leaves[0]["code"][:2]


def test_notices_are_ones_own_and_can_be_read(world: World) -> None:
    ticket(world, State.RESOLVED)
    ticket(world, State.RESOLVED, place="sibling")
    asking = caller(world, Role.RESIDENT)
    page = asking.get("notices/")
    assert CANARY not in page.content.decode()
    newest = page.json()["results"][0]
    assert newest["read_at"] is None
    assert "%(" not in newest["subject"] + newest["body"]
    assert asking.post(f"notices/{newest['id']}/read/").json()["read_at"]
    assert newest["id"] not in [row["id"] for row in asking.get("notices/", unread="true").json()["results"]]
    stranger = caller(world, Role.RESIDENT, "sibling")
    assert stranger.post(f"notices/{newest['id']}/read/").status_code == 404


def test_a_list_asks_the_database_as_often_for_many_rows_as_for_few(world: World) -> None:
    asking = caller(world, Role.PROPERTY_MANAGER)
    counts = []
    for more in (1, 6):
        for _ in range(more):
            ticket(world, State.DISPATCHED)
        with CaptureQueriesContext(connection) as captured:
            assert asking.get("tickets/").status_code == 200
        counts.append(len(statements(captured)))
    assert counts[0] == counts[1]
    assert counts[0] <= 8, counts


def test_a_ticket_asks_the_database_as_often_with_many_events(world: World) -> None:
    asking = caller(world, Role.PROPERTY_MANAGER)
    counts = []
    for row in (ticket(world, State.DISPATCHED), ticket(world, State.RATED)):
        with CaptureQueriesContext(connection) as captured:
            assert asking.get(f"tickets/{row.number}/").status_code == 200
        counts.append(len(statements(captured)))
    assert counts[1] <= counts[0] + 1  # who accepted it
    assert counts[0] <= 10, counts


def test_steps_by_session_are_the_same_steps(world: World, sign_in: Callable[..., Client]) -> None:
    row = ticket(world, State.DISPATCHED)
    browser = sign_in(Role.PROPERTY_MANAGER, "own")
    url = f"/api/v1/tickets/{row.number}/accept/"
    assert browser.post(url, {"version": row.version}, content_type="application/json").status_code == 200
