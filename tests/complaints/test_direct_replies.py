"""Thanks, questions and matters before a court: answered by the street itself, from a knowledge note or in its own words."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from complaints import prepared, routing
from complaints.actions import tickets
from complaints.models import ClockLine, Ticket
from complaints.note_states import Way
from complaints.states import State
from notices.models import Notice
from people.roles import Role
from tenancy import scope
from tenancy.refusals import NotAllowed
from tests.factories.tickets import UNCLEAR, ticket
from tests.factories.world import World

THANKS = "感谢3号楼保洁王阿姨，每天把楼道打扫得干干净净，特意表扬"
QUESTION = "请问维修资金怎么申请使用，需要多少业主同意，咨询一下流程"
COURT = "物业费纠纷法院已经立案受理，正在诉讼中，请你们再处理一下"
SignIn = Callable[..., Client]


def waiting(world: World, text: str) -> Ticket:
    row = ticket(world, text=text, state=State.TRIAGE)
    with scope.place(row.area):
        return Ticket.objects.get(pk=row.pk)


def test_every_note_answers_a_known_reason_and_fits_the_step() -> None:
    assert {note.way for note in prepared.shipped()} == routing.ANOTHER_WAY | {Way.STANDARD}
    for note in prepared.shipped():
        assert len(note.text) <= 500
        assert note.source
    assert len({note.name for note in prepared.shipped()}) == len(prepared.shipped())


@pytest.mark.parametrize(
    ("way", "text", "action", "name"),
    [
        ("praise_record", THANKS, "reply_directly", "致谢"),
        ("consult_reply", QUESTION, "reply_directly", "维修资金"),
        ("consult_reply", "小区怎么成立业委会，换届多久一次", "reply_directly", "成立业主大会"),
        ("consult_reply", "今天天气怎么样", "reply_directly", None),
        ("redirect_legal", COURT, "refuse", "法定途径"),
        ("redirect_legal", COURT, "reply_directly", None),
        ("praise_record", THANKS, "refuse", None),
        ("human_triage", QUESTION, "reply_directly", "维修资金"),
        ("dispatch", "请问换电梯能不能动用维修资金", "reply_directly", "维修资金"),
        ("dispatch", "三号楼电梯又坏了", "reply_directly", None),
    ],
)
def test_the_fitting_note(world: World, way: str, text: str, action: str, name: str | None) -> None:
    found = prepared.fitting(way, text, action, area=world.area())
    assert (found and found.name) == name


def test_the_window_holds_the_note_and_the_answer_reaches_the_reporter(world: World, sign_in: SignIn) -> None:
    row = waiting(world, QUESTION)
    assert row.why_here["reason"] == "consult_reply"
    client, url = sign_in(Role.STREET_CLERK), reverse("complaints:reply_directly", args=[row.number])
    page = BeautifulSoup(client.get(reverse("complaints:ticket", args=[row.number])).content, "html.parser")
    form = page.select_one(f'#case form[action="{url}"]')
    assert form is not None
    offered = form.select_one("textarea")
    assert offered is not None
    assert "维修资金" in offered.text
    assert client.post(url, {"version": row.version, "text": offered.text}).status_code == 302

    with scope.place(row.area):
        now = Ticket.objects.get(pk=row.pk)
        assert (now.state, now.lead_id) == (State.RESOLVED, world.streets["own"])
        assert now.accepted_by_id == now.resolved_by_id == world.users[Role.STREET_CLERK, "own"]
        assert Notice.objects.filter(user=world.user(Role.RESIDENT), kind="ticket_told_resolved").exists()
        last = ClockLine.objects.filter(ticket=row).order_by("pk").last()
        assert last is not None
        assert last.party == "reporter", "the answer's time stands still"
    resident = sign_in(Role.RESIDENT).get(reverse("complaints:ticket", args=[row.number]))
    assert "民法典" not in resident.content.decode()
    assert "三分之二" in resident.content.decode()


def test_the_answer_is_the_main_step_for_a_question_and_says_where_its_words_come_from(world: World, sign_in: SignIn) -> None:
    case = case_of(sign_in, ticket(world, State.DISPATCHED, text=QUESTION))
    assert case.select_one(".case-actions .btn-primary")["href"] == "#reply-directly"
    assert case.select_one(".case-actions button[form=dispatch]") is not None
    assert "民法典第二百七十八条" in case.select_one("#reply-directly .field-help").text
    unclear = case_of(sign_in, ticket(world, State.DISPATCHED, text=UNCLEAR))
    assert unclear.select_one(".case-actions .btn-primary")["form"] == "dispatch"


def case_of(sign_in: SignIn, row: Ticket) -> BeautifulSoup:
    page = sign_in(Role.STREET_CLERK).get("/desk/", {"queue": "triage", "ticket": row.number})
    return BeautifulSoup(page.content, "html.parser")


def test_the_reporter_may_have_it_done_again_and_the_street_then_answers(world: World) -> None:
    row = waiting(world, THANKS)
    clerk, resident = world.actor(Role.STREET_CLERK), world.actor(Role.RESIDENT)
    with scope.place(row.area):
        row = tickets.reply_directly(row.number, by=clerk, version=row.version, text="已转达")
        row = tickets.redo(row.number, by=resident, version=row.version, text="还想当面感谢")
        row = tickets.resolve(row.number, by=clerk, version=row.version, text="已安排见面")
    assert row.state == State.RESOLVED


def test_what_is_before_a_court_is_refused_with_the_lawful_way(world: World, sign_in: SignIn) -> None:
    row = waiting(world, COURT)
    assert row.why_here["action"] == "redirect_legal"
    page = sign_in(Role.STREET_CLERK).get(reverse("complaints:ticket", args=[row.number]))
    form = BeautifulSoup(page.content, "html.parser").select_one(
        f'#case form[action="{reverse("complaints:refuse", args=[row.number])}"]'
    )
    assert form is not None
    assert "法定途径" in form.text


@pytest.mark.parametrize("role", [Role.COUNTY_CLERK, Role.RESIDENT])
def test_only_the_street_answers_directly(world: World, role: Role) -> None:
    row = waiting(world, THANKS)
    actor = world.actor(role)
    with scope.limited_to(actor.scope), pytest.raises(NotAllowed):
        tickets.reply_directly(row.number, by=actor, version=row.version, text="x")
