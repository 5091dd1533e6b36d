"""The search page, looking for who filed something, and the search through the API."""

import pytest
from django.test import Client

from audit.models import Entry
from complaints.actions import reporters
from complaints.models import Ticket, TicketEvent
from complaints.states import EventKind, State
from people.roles import Role
from tenancy import scope
from tenancy.refusals import NotAllowed, Refusal
from tests.contract.callers import caller, fault
from tests.factories.tickets import ticket
from tests.factories.world import CANARY, World

LIFT = "电梯故障停运两天"
NAME, PHONE = "欧阳示例", "13800001111"


def shown(client: Client, typed: str, status: int = 200) -> str:
    answer = client.get("/desk/search/", {"q": typed})
    assert answer.status_code == status
    page: str = answer.content.decode()
    assert CANARY not in page
    return page


@pytest.fixture
def foreign(world: World) -> list[Ticket]:
    return [ticket(world, State.DISPATCHED, place=place, text=LIFT) for place in ("sibling", "street", "county")]


def called(world: World, place: str = "own", **details: object) -> Ticket:
    return ticket(world, State.TRIAGE, place=place, text="请来看看", reporter_name=NAME, reporter_phone=PHONE, **details)


def test_the_page_shows_what_was_found_with_the_words_marked(world: World, sign_in, foreign: list[Ticket]) -> None:
    row, client = ticket(world, State.DISPATCHED, text=LIFT), sign_in(Role.PROPERTY_MANAGER)
    page = shown(client, "dtgz")
    assert "<mark>电梯故障</mark>" in page
    assert f'href="/tickets/{row.number}/"' in page
    assert not any(other.number in page for other in foreign)
    assert "<mark>" not in shown(client, "垃圾")
    for typed in ("", "一", "没有的词", "<script>"):
        assert row.number not in shown(client, typed)
    assert "<script>x" not in shown(client, "<script>x")
    assert row.number in shown(client, row.number[-6:])


def test_who_has_no_desk_has_no_search(world: World, sign_in) -> None:
    assert sign_in(Role.RESIDENT).get("/desk/search/").status_code == 302
    assert sign_in(Role.SYSTEM_ADMIN).get("/desk/search/").status_code == 404
    assert "/accounts/login/" in sign_in(None).get("/desk/search/")["Location"]


def test_insults_stay_folded(world: World, sign_in) -> None:
    row = ticket(world, State.DISPATCHED, text="电梯又坏了，物业都是傻逼")
    page = shown(sign_in(Role.STREET_CLERK), "电梯")
    assert row.number in page
    assert "傻逼" not in page


def looks(row: Ticket) -> int:
    with scope.everything(reason="tests: looks"):
        return int(TicketEvent.objects.filter(ticket=row, kind=EventKind.REVEALED).count())


def test_a_reporter_is_found_by_who_may_look_them_up_and_it_is_recorded(world: World, sign_in) -> None:
    row, client = called(world), sign_in(Role.STREET_CLERK)
    for typed in (NAME, PHONE, "138 0000 1111"):
        answer = client.post("/desk/search/reporter/", {"who": typed})
        assert row.number in answer.content.decode(), typed
    assert looks(row) == 3
    with scope.everything(reason="tests: the record"):
        entries = list(Entry.objects.filter(action="tickets.sought_by_reporter").order_by("pk"))
    assert [entry.after["sought"] for entry in entries] == ["欧***", "138****1111", "138****1111"]
    assert all(entry.after["found"] == [row.number] for entry in entries)
    assert row.number not in shown(client, NAME)
    assert row.number not in shown(client, PHONE)


def test_reporters_of_anonymous_and_foreign_tickets_are_not_found(world: World) -> None:
    rows = [called(world, anonymous=True), called(world, confidential=True), called(world, "street"), called(world, "county")]
    clerk = world.actor(Role.STREET_CLERK)
    with scope.limited_to(clerk.scope):
        assert reporters.find(PHONE, by=clerk) == []
        for part in ("欧阳", "0000111", "1380000"):
            assert reporters.find(part, by=clerk) == []
        for wrong in ("", "欧", "123", "   "):
            with pytest.raises(Refusal) as refused:
                reporters.find(wrong, by=clerk)
            assert refused.value.field == "who"
    assert [looks(row) for row in rows] == [0, 0, 0, 0]
    manager, supervisor = world.actor(Role.PROPERTY_MANAGER), world.actor(Role.SUPERVISOR)
    called(world)
    with scope.limited_to(manager.scope):
        assert reporters.find(NAME, by=manager) == []  # in triage nobody leads it
    with scope.limited_to(supervisor.scope), pytest.raises(NotAllowed):
        reporters.find(NAME, by=supervisor)


def test_a_look_that_cannot_be_recorded_shows_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row, clerk = called(world), world.actor(Role.STREET_CLERK)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the record is full")

    monkeypatch.setattr("audit.actions.record", broken)
    with scope.limited_to(clerk.scope), pytest.raises(RuntimeError):
        reporters.find(NAME, by=clerk)
    assert looks(row) == 0


def test_wrong_words_are_said_by_their_field(world: World, sign_in) -> None:
    answer = sign_in(Role.STREET_CLERK).post("/desk/search/reporter/", {"who": "欧"})
    assert answer.status_code == 400
    assert 'value="欧"' in answer.content.decode()
    assert sign_in(Role.SUPERVISOR).post("/desk/search/reporter/", {"who": NAME}).status_code == 403


def test_through_the_api(world: World, foreign: list[Ticket]) -> None:
    row = ticket(world, State.DISPATCHED, text=LIFT)
    program = caller(world, Role.PROPERTY_MANAGER)
    found = program.get("tickets/search/?q=dtgz").json()
    assert [(each["number"], each["found_by"]) for each in found["results"]] == [(row.number, "text")]
    assert not found["more"]
    assert program.get("tickets/search/?q=%E4%B8%80").json() == {"results": [], "more": False}
    assert fault(program.get("tickets/search/"))[::2] == (400, "q")
    assert fault(program.get("tickets/search/?q=ab&x=1"))[::2] == (400, "x")
    assert [each["number"] for each in caller(world, Role.RESIDENT).get("tickets/search/?q=dianti").json()["results"]] == [
        row.number
    ]
    assert caller(world, Role.RESIDENT, "street").get(f"tickets/search/?q={row.number}").json()["results"] == []
