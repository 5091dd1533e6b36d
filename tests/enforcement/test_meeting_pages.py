"""The pages of meetings: who reads what, what is said when it cannot be, and that nothing typed is lost."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from docx import Document
from openpyxl import load_workbook

from complaints.states import State
from enforcement.meeting_states import DecisionKind, MeetingState
from enforcement.models import Meeting, MeetingDecision
from people.roles import Role
from tenancy import clock, scope
from tests.factories.meetings import decision, meeting
from tests.factories.tickets import ticket
from tests.factories.world import CANARY, World

SignIn = Callable[..., Client]


def shown(answer: Any, status: int = 200) -> str:
    text = str(answer.content.decode())
    assert answer.status_code == status, (answer.status_code, text[:300])
    assert CANARY not in text
    return text[text.index("<main") : text.index("</main>")] if "<main" in text else text


@pytest.fixture
def foreign(world: World) -> dict[str, Meeting]:
    return {place: meeting(world, MeetingState.HELD, place=place) for place in ("street", "county")}


def now(number: str) -> Meeting:
    with scope.everything(reason="tests: look at the row"):
        return Meeting.objects.get(number=number)


def asked(world: World, **other: Any) -> dict[str, Any]:
    at = timezone.localtime(clock.now() - timedelta(minutes=5))
    return {
        "kind": "consultation",
        "host": world.streets["own"],
        "subject": "消防通道会商",
        "starts_at": f"{at:%Y-%m-%dT%H:%M}",
        "spot": "街道二楼",
        "agenda": "堵塞的通道",
        "organisations": [world.bureaus["FR", "own"], world.bureaus["UM", "own"]],
        "guests": "",
        "topics": "",
        **other,
    }


def test_from_calling_to_closing(world: World, sign_in: SignIn, foreign: dict[str, Meeting]) -> None:
    clerk, handler = sign_in(Role.STREET_CLERK), sign_in(Role.DEPARTMENT_HANDLER)
    number = ticket(world, State.ACCEPTED).number
    assert "call/" in shown(clerk.get("/checks/meetings/"))
    offered = re.findall(r'<option value="(\d+)"', clerk.get("/checks/meetings/call/").content.decode())
    assert offered == ["350582001000000", str(world.area()), str(world.area("sibling"))]
    here = f"/checks/meetings/call/?place={world.area()}"
    assert number in shown(clerk.get(f"{here}&ticket={number}"))
    page = shown(clerk.post(here, asked(world, agenda="", topics="123")), 400)
    assert 'id="id_agenda_error"' in page
    assert "消防通道会商" in page
    page = shown(clerk.post(here, asked(world, topics="123")), 400)
    assert 'id="id_topics_error"' in page
    answer = clerk.post(here, asked(world, topics=number))
    one = answer["Location"]
    name = one.split("/")[-2]
    assert number in shown(clerk.get(one))
    page = shown(clerk.get(f"/tickets/{number}/"))
    assert name in page
    for way in ("meetings/call", "referrals/draft"):
        assert f"/checks/{way}/?place={world.area()}&amp;ticket={number}" in page

    said = {"version": now(name).version, "attendance": "李工", "minutes": "堵了三个月", "came": [world.bureaus["UM", "own"]]}
    page = shown(clerk.post(f"{one}hold/", {**said, "attendance": ""}), 400)
    assert 'id="hold_attendance_error"' in page
    assert "堵了三个月" in page
    assert handler.post(f"{one}hold/", said).status_code == 403
    assert clerk.post(f"{one}hold/", said).status_code == 302
    page = shown(handler.get(one))
    assert "堵了三个月" in page
    assert "decide/" not in page

    due = f"{clock.today() + timedelta(days=3)}"
    sent = {
        "version": now(name).version,
        "kind": "task",
        "text": "划线",
        "organisation": world.bureaus["UM", "own"],
        "due_on": due,
    }
    assert 'id="decide_due_on_error"' in shown(clerk.post(f"{one}decide/", {**sent, "due_on": "2020-01-01"}), 400)
    assert clerk.post(f"{one}decide/", sent).status_code == 302
    with scope.everything(reason="tests: look"):
        made = MeetingDecision.objects.get(meeting__number=name)
    assert "close/" not in shown(clerk.get(one))
    done = f"{one}decisions/{made.pk}/report-done/"
    assert done in shown(handler.get(one))
    assert f'id="report_done_{made.pk}_text_error"' in shown(handler.post(done, {"text": ""}), 400)
    assert handler.post(done, {"text": "已划线"}).status_code == 302
    assert clerk.post(done, {"text": "x"}).status_code == 409
    assert "close/" in shown(clerk.get(one))
    assert clerk.post(f"{one}close/", {"version": now(name).version}).status_code == 302
    assert now(name).state == MeetingState.CLOSED


def test_a_foreign_meeting_is_answered_like_an_absent_one(world: World, sign_in: SignIn, foreign: dict[str, Meeting]) -> None:
    for role in (Role.STREET_CLERK, Role.PROPERTY_MANAGER, Role.RESIDENT):
        client = sign_in(role)
        for row in foreign.values():
            one = f"/checks/meetings/{row.number}/"
            assert client.get(one).status_code == 404
            assert client.get(f"{one}minutes.docx").status_code == 404
            for step in ("move", "hold", "cancel", "decide", "close", "decisions/1/drop", "decisions/1/report-done"):
                assert client.post(f"{one}{step}/", {"version": 2, "text": "x"}).status_code == 404
    assert sign_in(Role.STREET_CLERK).get(f"/checks/meetings/call/?place={world.area('street')}").status_code == 404
    assert sign_in(Role.STREET_CLERK).get("/checks/meetings/call/?place=x").status_code == 404


def test_to_residents_there_are_no_meetings(world: World, sign_in: SignIn) -> None:
    row, resident = meeting(world, MeetingState.HELD), sign_in(Role.RESIDENT)
    for path in ("", "meetings.xlsx", "call/", f"{row.number}/"):
        assert resident.get(f"/checks/meetings/{path}").status_code == 404
    assert sign_in(Role.SUPERVISOR).get("/checks/meetings/call/").status_code == 403


def test_of_a_decision_s_ticket_only_the_number_shows_to_who_may_not_see_it(world: World, sign_in: SignIn) -> None:
    row = meeting(world, MeetingState.HELD)
    made = decision(world, row, DecisionKind.TICKET)
    link = f'href="/tickets/{made.ticket}/"'
    assert link in shown(sign_in(Role.STREET_CLERK).get(f"/checks/meetings/{row.number}/"))
    page = shown(sign_in(Role.DEPARTMENT_HANDLER).get(f"/checks/meetings/{row.number}/"))
    assert made.ticket in page
    assert link not in page


def test_minutes_come_as_a_paper_to_sign(world: World, sign_in: SignIn) -> None:
    row, clerk = meeting(world, MeetingState.HELD), sign_in(Role.STREET_CLERK)
    made = decision(world, row, text="每晚巡逻")
    answer = clerk.get(f"/checks/meetings/{row.number}/minutes.docx")
    paper = Document(io.BytesIO(answer.content))
    text = "\n".join(each.text for each in paper.paragraphs)
    for words in (row.number, row.subject, "各方说明情况。", "城管中队 李工", "每晚巡逻", f"{made.due_on}"):
        assert words in text
    signed = [cell.text for cell in paper.tables[0].columns[0].cells]
    assert set(signed[1:]) == {row.host.name, world.bureau("UM").name, world.firm().name}
    assert clerk.get(f"/checks/meetings/{meeting(world).number}/minutes.docx").status_code == 404


def test_the_workbook_holds_what_the_list_shows(world: World, sign_in: SignIn, foreign: dict[str, Meeting]) -> None:
    row = meeting(world, MeetingState.HELD)
    decision(world, row, text="每晚巡逻")
    called = meeting(world)
    clerk = sign_in(Role.STREET_CLERK)
    book = load_workbook(io.BytesIO(clerk.get("/checks/meetings/meetings.xlsx").content))
    assert [cells[0].value for cells in list(book.worksheets[0].rows)[1:]] == [called.number, row.number]
    assert [cells[3].value for cells in list(book.worksheets[1].rows)[1:]] == ["每晚巡逻"]
    book = load_workbook(io.BytesIO(clerk.get("/checks/meetings/meetings.xlsx?state=called").content))
    assert book.worksheets[0].max_row == 2


def test_the_list_is_filtered_and_paged(world: World, sign_in: SignIn, foreign: dict[str, Meeting]) -> None:
    rows = [meeting(world, subject=f"第{n}次会商") for n in range(31)]
    clerk = sign_in(Role.STREET_CLERK)
    page = shown(clerk.get("/checks/meetings/?kind=guards"))
    assert len(re.findall("row-item", page)) == 30
    assert f"before={rows[1].pk}" in page
    assert rows[0].number in shown(clerk.get(f"/checks/meetings/?before={rows[1].pk}"))
    assert "row-item" not in shown(clerk.get("/checks/meetings/?q=没有这样的会"))
    assert len(re.findall("row-item", shown(clerk.get("/checks/meetings/?q=第7次")))) == 1


def test_a_late_decision_is_marked(world: World, sign_in: SignIn) -> None:
    row = meeting(world, MeetingState.HELD)
    decision(world, row, due_on=clock.today())
    with clock.standing_at(clock.now() + timedelta(days=1)):
        assert 'class="tag late"' in shown(sign_in(Role.STREET_CLERK).get(f"/checks/meetings/{row.number}/"))
