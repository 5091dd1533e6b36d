"""The later steps on the pages: returns and arbitration, talks with the reporter, more time, urging; clocks and marks."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from complaints.actions import returns, tickets, urging
from complaints.models import Ticket
from complaints.numbers import tracking_code
from complaints.states import State
from people.roles import Role
from tests.factories.acting import acting, more_time, now_is, question
from tests.factories.tickets import LIFT_TRAPPED, ticket
from tests.factories.world import CANARY, World

HTMX = {"HX-Request": "true", "HX-Target": "case"}


def to(name: str, row: Ticket) -> str:
    return reverse(f"complaints:{name}", args=[row.number])


def soup(response: Any) -> Any:
    return BeautifulSoup(response.content, "html.parser")


def returned_twice(world: World) -> Ticket:
    return ticket(world, State.ARBITRATION)


def test_the_firm_returns_twice_and_the_county_desk_decides(world: World, sign_in) -> None:
    firm, street, county = sign_in(Role.PROPERTY_MANAGER), sign_in(Role.STREET_CLERK), sign_in(Role.COUNTY_CLERK)
    row = ticket(world, State.DISPATCHED)
    ticket(world, State.DISPATCHED, place="county")
    for text, reason in (("由安装单位质保", "overlap"), ("合同不含该项", "unclear_rights")):
        row = now_is(row)
        if row.state == State.TRIAGE:
            sent = {"version": row.version, "leaf": "0202", "organisation": world.firms["own"]}
            assert street.post(to("dispatch", row), sent).status_code == 302
            row = now_is(row)
        assert firm.post(to("give_back", row), {"version": row.version, "reason": reason, "text": text}).status_code == 302
    row = now_is(row)
    assert row.state == State.ARBITRATION
    case = soup(county.get("/desk/", {"queue": "arbitration", "ticket": row.number}))
    shown = case.select_one("#arbitrate .returns").text
    assert "由安装单位质保" in shown
    assert "合同不含该项" in shown
    assert shown.count(world.firm().name) == 2
    offered = {option["value"] for option in case.select("#arbitrate select option")}
    assert str(world.firms["own"]) in offered
    assert str(world.firms["county"]) not in offered
    assert f"{CANARY}county" not in str(case)  # the county desk sees the other compounds of its county
    sent = {"version": row.version, "organisation": world.firms["own"], "text": ""}
    back = county.post(to("arbitrate", row), sent)
    assert back.status_code == 400
    assert soup(back).select_one("#arbitrate_text_error") is not None
    assert soup(back).select_one("#arbitrate select option[selected]")["value"] == str(world.firms["own"])
    assert county.post(to("arbitrate", row), {**sent, "organisation": world.firms["county"], "text": "x"}).status_code == 400
    assert street.post(to("arbitrate", row), {**sent, "text": "x"}).status_code == 403
    assert county.post(to("arbitrate", row), {**sent, "text": "合同约定由物业负责"}).status_code == 302
    case = soup(firm.get(to("ticket", row)))
    assert case.select_one("#give-back") is None
    assert "合同约定由物业负责" in case.select_one(".timeline").text


def test_too_late_to_return_says_so_in_the_window(world: World, sign_in, later) -> None:
    row = now_is(ticket(world, State.DISPATCHED))
    later(row.resolve_due_at)
    sent = {"version": row.version, "reason": "overlap", "text": "不属于我们"}
    back = sign_in(Role.PROPERTY_MANAGER).post(to("give_back", row), sent, headers=HTMX)
    assert back.status_code == 409
    window = soup(back).select_one("#give-back[data-open]")
    assert window.select_one("[data-form-errors]") is not None
    assert window.select_one("textarea").text.strip() == "不属于我们"


def test_contact_and_being_on_site_are_noted(world: World, sign_in) -> None:
    row = ticket(world, State.ACCEPTED, text=LIFT_TRAPPED)
    firm = sign_in(Role.PROPERTY_MANAGER)
    sent = {"version": row.version, "text": "已电话联系"}
    assert firm.post(to("contact", row), {**sent, "text": ""}).status_code == 400
    assert firm.post(to("contact", row), sent).status_code == 302
    assert firm.post(to("arrive", row), {"version": row.version + 1, "text": ""}).status_code == 302
    page = soup(sign_in(Role.RESIDENT).get(to("ticket", row)))
    assert "已电话联系" in page.select_one(".timeline").text
    clocks = soup(firm.get(to("ticket", row))).select_one(".clocks")
    assert len(clocks.select("dd")) == 5  # sort, accept, contact, on site, answer
    assert len(clocks.select(".clock-lines li")) >= 8


def test_a_question_stops_the_clock_on_every_page_until_the_reporter_replies(world: World, sign_in) -> None:
    row = ticket(world, State.ACCEPTED)
    firm, resident = sign_in(Role.PROPERTY_MANAGER), sign_in(Role.RESIDENT)
    assert "reply" not in resident.get(to("ticket", row)).context["forms"]
    assert firm.post(to("ask", row), {"version": row.version, "text": "哪一部电梯？"}).status_code == 302
    case = soup(firm.get("/desk/", {"queue": "doing", "ticket": row.number, "waiting": "on"}))
    assert "哪一部电梯？" in case.select_one("#case .note-wait").text
    assert case.select_one("#ask") is None
    assert case.select_one("#resume") is not None
    assert [each["title"] for each in case.select(".row-number")] == [row.number]
    page = soup(resident.get(to("ticket", row)))
    assert "哪一部电梯？" in page.select_one("#reply").text
    back = resident.post(to("reply", row), {"version": row.version + 1, "text": ""})
    assert back.status_code == 400
    assert soup(back).select_one("#id_text_error") is not None
    stale = resident.post(to("reply", row), {"version": row.version, "text": "左边那部"})
    assert stale.status_code == 409
    assert "左边那部" in stale.content.decode()
    assert sign_in(Role.STREET_CLERK).post(to("reply", row), {"version": row.version + 1, "text": "x"}).status_code in (403, 409)
    assert now_is(row).paused_at is not None
    assert resident.post(to("reply", row), {"version": row.version + 1, "text": "左边那部"}).status_code == 302
    assert now_is(row).paused_at is None
    assert "左边那部" in soup(firm.get(to("ticket", row))).select_one(".timeline").text


def test_a_visitor_replies_with_the_slip(world: World, client) -> None:
    row = question(world, ticket(world, State.ACCEPTED))
    code = tracking_code(row.number)
    page = client.get(reverse("complaints:track", args=[row.number, code]))
    form = soup(page).select_one("#reply form")
    assert form["action"] == reverse("complaints:track_reply", args=[row.number, code])
    wrong = reverse("complaints:track_reply", args=[row.number, "a" * 13])
    assert client.post(wrong, {"version": row.version, "text": "x"}).status_code == 404
    assert client.post(form["action"], {"version": row.version, "text": "左边那部"}).status_code == 302
    assert now_is(row).paused_at is None


def test_the_lead_takes_it_up_again_by_itself(world: World, sign_in) -> None:
    row = question(world, ticket(world, State.ACCEPTED))
    sent = {"version": row.version, "text": ""}
    assert sign_in(Role.PROPERTY_MANAGER).post(to("resume", row), sent).status_code == 302
    assert now_is(row).paused_at is None


def test_more_time_is_asked_for_with_the_date_that_it_gives_found_on_the_desk_and_granted(world: World, sign_in) -> None:
    row = ticket(world, State.ACCEPTED)
    ticket(world, State.ACCEPTED)
    foreign = ticket(world, State.ACCEPTED, place="county")
    firm, clerk, resident = sign_in(Role.PROPERTY_MANAGER), sign_in(Role.STREET_CLERK), sign_in(Role.RESIDENT)
    options = soup(firm.get(to("ticket", row))).select("#ask-extension select option")
    assert [option["value"] for option in options] == ["", *map(str, range(1, 16))]
    assert options[3].text[-16:] > options[2].text[-16:]
    sent = {"version": row.version, "days": "3", "text": ""}
    back = firm.post(to("ask_extension", row), sent)
    assert back.status_code == 400
    assert soup(back).select_one("#ask-extension[data-open] option[selected]")["value"] == "3"
    assert firm.post(to("ask_extension", row), {**sent, "days": "16", "text": "x"}).status_code == 400
    assert "extension=on" not in clerk.get("/desk/?queue=open").content.decode()
    assert firm.post(to("ask_extension", row), {**sent, "text": "备件在途"}).status_code == 302
    assert soup(firm.get(to("ticket", row))).select_one("#ask-extension") is None

    desk = soup(clerk.get("/desk/?queue=new&q=电梯"))
    mark = next(link for link in desk.select(".side a, nav a, a") if "extension=on" in link.get("href", ""))
    assert mark.select_one(".count").text == "1"
    assert "q=" in mark["href"]
    desk = soup(clerk.get(mark["href"]))
    assert [each["title"] for each in desk.select(".row-number")] == [row.number]
    assert desk.select_one("input[name=extension]").has_attr("checked")
    case = soup(clerk.get(desk.select_one("a.row-item")["href"]))
    assert "备件在途" in case.select_one("#grant-extension").text
    assert options[3].text[-16:] in case.select_one("#case .note-wait").text
    assert case.select_one("#case .case-actions .btn-primary")["href"] == "#grant-extension"
    assert f"{CANARY}county" not in str(case)
    sent = {"version": row.version + 1, "text": ""}
    assert clerk.post(to("grant_extension", foreign), sent).status_code == 404
    assert clerk.post(to("refuse_extension", row), sent).status_code == 400
    assert firm.post(to("grant_extension", row), sent).status_code == 403
    assert clerk.post(to("grant_extension", row), sent).status_code == 302
    page = soup(resident.get(to("ticket", row))).select_one("main").text
    assert "备件在途" in page
    assert options[3].text[-16:] in page
    assert clerk.post(to("grant_extension", row), {**sent, "version": row.version + 2}).status_code == 403


def test_what_the_clerk_refuses_the_firm_reads(world: World, sign_in) -> None:
    row = more_time(world, ticket(world, State.ACCEPTED))
    sent = {"version": row.version, "text": "备件本地有货"}
    assert sign_in(Role.STREET_CLERK).post(to("refuse_extension", row), sent).status_code == 302
    case = soup(sign_in(Role.PROPERTY_MANAGER).get(to("ticket", row)))
    assert "备件本地有货" in case.select_one(".timeline").text
    assert "备件本地有货" not in sign_in(Role.RESIDENT).get(to("ticket", row)).content.decode()


def test_a_colleague_who_asked_first_does_not_cost_what_was_typed(world: World, sign_in) -> None:
    row = ticket(world, State.ACCEPTED)
    more_time(world, row)
    sent = {"version": row.version, "days": "5", "text": "还要等厂家"}
    back = sign_in(Role.PROPERTY_STAFF).post(to("ask_extension", row), sent)
    assert back.status_code == 409
    assert "还要等厂家" in soup(back).select_one("#lost-ask_extension").text


def test_another_kind_shows_its_times_and_is_taken(world: World, sign_in) -> None:
    row = ticket(world, State.ACCEPTED)
    clerk = sign_in(Role.STREET_CLERK)
    field = soup(clerk.get(to("ticket", row))).select_one("#recategorise select[name=leaf]")
    assert field["hx-get"] == to("times", row)
    assert len(soup(clerk.get(to("times", row), {"leaf": "0404"}, headers=HTMX)).select("time")) == 2
    for leaf in ("", "9999", "\x00"):
        assert soup(clerk.get(to("times", row), {"leaf": leaf})).select("time") == []
    assert sign_in(Role.PROPERTY_MANAGER).get(to("times", row)).status_code == 403
    same = clerk.post(to("recategorise", row), {"version": row.version, "leaf": "0202", "text": ""})
    assert same.status_code == 400
    assert soup(same).select_one("#recategorise[data-open] #recategorise_leaf_error") is not None
    assert clerk.post(to("recategorise", row), {"version": row.version, "leaf": "0404", "text": ""}).status_code == 302
    assert now_is(row).leaf_id == "0404"


def test_what_is_supervised_is_marked_in_list_and_case(world: World, sign_in) -> None:
    row, other = ticket(world, State.ACCEPTED), ticket(world, State.ACCEPTED)
    supervisor, firm = sign_in(Role.SUPERVISOR), sign_in(Role.PROPERTY_MANAGER)
    assert supervisor.post(to("supervise", row), {"version": row.version, "text": ""}).status_code == 400
    assert supervisor.post(to("supervise", row), {"version": row.version, "text": "三日内报结果"}).status_code == 302
    assert supervisor.post(to("nudge", row), {"version": row.version + 1, "text": "请今天联系"}).status_code == 302
    desk = soup(firm.get("/desk/", {"queue": "all", "ticket": row.number}))
    rows = {each.select_one(".row-number")["title"]: each for each in desk.select("a.row-item")}
    assert rows[row.number].select_one(".tag-mark") is not None
    assert rows[other.number].select_one(".tag-mark") is None
    assert desk.select_one("#case .case-head .tag-mark") is not None
    assert "请今天联系" in desk.select_one("#case .timeline").text
    narrowed = soup(firm.get("/desk/", {"queue": "all", "supervised": "on"}))
    assert [each["title"] for each in narrowed.select(".row-number")] == [row.number]
    resident = sign_in(Role.RESIDENT).get(to("ticket", row)).content.decode()
    assert "三日内报结果" not in resident
    assert "请今天联系" not in resident


def test_the_clocks_say_whose_time_it_was_and_name_no_reporter(world: World, sign_in) -> None:
    row = ticket(world, State.RATED, confidential=True)
    case = soup(sign_in(Role.STREET_CLERK).get(to("ticket", row)))
    clocks = case.select_one(".clocks")
    assert world.firm().name in clocks.select_one("table.charges").text
    assert world.user(Role.RESIDENT).name not in clocks.text.replace("resident_", "")
    assert case.select(".clocks details .clock-lines li")
    assert soup(sign_in(Role.RESIDENT).get(to("ticket", row))).select_one(".clocks") is None


def test_what_was_stopped_by_a_return_is_neither_met_nor_missed(world: World, sign_in) -> None:
    row = ticket(world, State.TRIAGE)
    clocks = soup(sign_in(Role.STREET_CLERK).get(to("ticket", row))).select(".clocks dd")
    assert len(clocks) == 1  # only the time to sort it runs
    cancelled = ticket(world, State.CANCELLED)
    assert soup(sign_in(Role.STREET_CLERK).get(to("ticket", cancelled))).select(".clocks dd") == []


def test_what_waits_for_the_reporter_is_not_late_and_what_waits_to_be_sorted_may_be(world: World, sign_in, later) -> None:
    paused = question(world, ticket(world, State.ACCEPTED))
    sorting = now_is(ticket(world, State.TRIAGE))
    assert sorting.sort_due_at is not None
    assert paused.alarm_at is not None
    later(max(sorting.sort_due_at, paused.alarm_at).replace(year=2027))
    desk = soup(sign_in(Role.STREET_CLERK).get("/desk/?queue=open&late=on"))
    assert [each["title"] for each in desk.select(".row-number")] == [sorting.number]


def test_the_reporter_reads_that_the_county_desk_decides(world: World, sign_in) -> None:
    row = returned_twice(world)
    page = soup(sign_in(Role.RESIDENT).get(to("ticket", row)))
    assert page.select_one(".timeline") is not None
    assert "不属于我们" not in page.text
    with acting(world, Role.COUNTY_CLERK) as county:
        returns.arbitrate(row.number, by=county, version=row.version, organisation=world.firms["own"], text="按合同")
    assert "按合同" not in sign_in(Role.RESIDENT).get(to("ticket", row)).content.decode()


@pytest.mark.parametrize("name", ["contact", "ask", "ask_extension", "resume", "arrive"])
def test_the_work_of_the_lead_is_not_offered_to_the_street(world: World, sign_in, name: str) -> None:
    row = ticket(world, State.ACCEPTED, text=LIFT_TRAPPED)
    clerk = sign_in(Role.STREET_CLERK)
    assert soup(clerk.get(to("ticket", row))).select_one(f"#{name.replace('_', '-')}") is None
    assert clerk.post(to(name, row), {"version": row.version, "text": "x", "days": "3"}).status_code == 403


def test_an_ended_ticket_is_urged_by_nobody(world: World, sign_in) -> None:
    row = ticket(world, State.ACCEPTED)
    with acting(world, Role.SUPERVISOR) as supervisor:
        row = urging.supervise(row.number, by=supervisor, version=row.version, text="x")
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        row = tickets.resolve(row.number, by=manager, version=row.version, text="已修好")
    back = sign_in(Role.SUPERVISOR).post(to("nudge", row), {"version": row.version, "text": "再催一次"})
    assert back.status_code == 409
    assert "再催一次" in back.content.decode()
