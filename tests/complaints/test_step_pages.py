"""Steps on a ticket from the pages of staff: what they do, who may not, and what comes back when they are refused."""

from io import BytesIO
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from audit.models import Entry
from complaints.actions import tickets
from complaints.models import Ticket, TicketEvent, TicketPhoto
from complaints.states import State
from people.roles import Role
from tenancy import scope
from tests.factories.tickets import UNCLEAR, ticket
from tests.factories.world import World

HTMX = {"HX-Request": "true", "HX-Target": "case"}
STEPS = ["accept", "give_back", "resolve", "dispatch", "reply_directly", "refuse", "close", "redo", "cancel"]


def to(name: str, row: Ticket) -> str:
    return reverse(f"complaints:{name}", args=[row.number])


def now(row: Ticket) -> Ticket:
    with scope.everything(reason="tests: look at the row"):
        found: Ticket = Ticket.objects.get(pk=row.pk)
        return found


def soup(response) -> Any:
    return BeautifulSoup(response.content, "html.parser")


def jpeg() -> SimpleUploadedFile:
    body = BytesIO()
    Image.new("RGB", (40, 30), "green").save(body, "JPEG")
    return SimpleUploadedFile("good.jpg", body.getvalue(), "image/jpeg")


def test_the_firm_accepts_and_is_back_at_its_list_with_the_case_open(world: World, sign_in) -> None:
    row = ticket(world, State.DISPATCHED)
    client = sign_in(Role.PROPERTY_MANAGER)
    done = client.post(to("accept", row), {"version": row.version, "next": "/desk/?queue=new&q=电梯"})
    assert done.status_code == 302
    assert done.url.startswith("/desk/?queue=new&q=")
    assert f"ticket={row.number}" in done.url
    assert now(row).state == State.ACCEPTED
    page = soup(client.get(done.url))
    assert row.number in page.select_one("#case .messages").text
    assert soup(client.get(done.url)).select_one("#case .messages") is None


def test_with_htmx_the_browser_is_told_where_to_go(world: World, sign_in) -> None:
    row = ticket(world, State.DISPATCHED)
    done = sign_in(Role.PROPERTY_MANAGER).post(to("accept", row), {"version": row.version}, headers=HTMX)
    assert (done.status_code, done["HX-Redirect"]) == (200, f"/desk/?ticket={row.number}")


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/x", "javascript:alert(1)", "\\\\evil.example"])
def test_after_a_step_nobody_is_led_off_the_site(world: World, sign_in, elsewhere: str) -> None:
    row = ticket(world, State.DISPATCHED)
    done = sign_in(Role.PROPERTY_MANAGER).post(to("accept", row), {"version": row.version, "next": elsewhere})
    assert done.url == f"/desk/?ticket={row.number}"


def test_the_firm_answers_with_text_and_photo(world: World, sign_in) -> None:
    row = ticket(world, State.ACCEPTED)
    sent = {"version": row.version, "text": "电梯已修好，备件换新。", "photos": [jpeg(), jpeg()]}
    client = sign_in(Role.PROPERTY_MANAGER)
    assert client.post(to("resolve", row), sent).status_code == 302
    row = now(row)
    assert (row.state, row.answer) == (State.RESOLVED, "电梯已修好，备件换新。")
    with scope.place(world.area()):
        assert TicketPhoto.objects.filter(ticket=row, kind="answer").count() == 2
    case = soup(client.get(to("ticket", row)))
    assert case.select_one(".case-answer .text").text == "电梯已修好，备件换新。"
    assert len(case.select(".case-answer .photos img")) == 2


def test_a_broken_photo_keeps_the_answer_and_says_so_next_to_the_field(world: World, sign_in) -> None:
    row = ticket(world, State.ACCEPTED)
    broken = SimpleUploadedFile("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")
    back = sign_in(Role.PROPERTY_MANAGER).post(
        to("resolve", row), {"version": row.version, "text": "已修好，请验收", "photos": [jpeg(), broken]}
    )
    assert back.status_code == 400
    page = soup(back)
    assert page.select_one("#resolve textarea").text.strip() == "已修好，请验收"
    assert "x.svg" in page.select_one("#id_photos_error").text
    assert now(row).state == State.ACCEPTED


@pytest.mark.parametrize("text", ["", "   ", "很" * 501])
def test_a_return_needs_a_reason_and_keeps_what_was_typed(world: World, sign_in, text: str) -> None:
    row = ticket(world, State.DISPATCHED)
    sent = {"version": row.version, "reason": "overlap"}
    back = sign_in(Role.PROPERTY_MANAGER).post(to("give_back", row), {**sent, "text": text}, headers=HTMX)
    assert back.status_code == 400
    page = soup(back)
    assert page.select_one("#give-back select option[selected]")["value"] == "overlap"
    assert page.select_one("#give-back[data-open] .field-errors") is not None
    assert page.select_one("#give-back textarea").text.strip() == text.strip()
    assert b"<!DOCTYPE" not in back.content
    assert now(row).state == State.DISPATCHED


def test_what_was_returned_waits_at_the_street_with_the_reason(world: World, sign_in) -> None:
    row = ticket(world, State.DISPATCHED)
    sent = {"version": row.version, "reason": "not_ours", "text": "该梯由安装单位质保"}
    assert sign_in(Role.PROPERTY_MANAGER).post(to("give_back", row), sent).status_code == 302
    case = soup(sign_in(Role.STREET_CLERK).get("/desk/", {"queue": "triage", "ticket": row.number}))
    assert "该梯由安装单位质保" in case.select_one("#case .note-wait").text
    chosen = case.select_one("#dispatch select[name=organisation] option[selected]")
    assert chosen is None or chosen["value"] == ""  # not straight back to whom it came from


def test_a_clerk_dispatches_what_nobody_was_sure_about(world: World, sign_in) -> None:
    row = ticket(world, State.DISPATCHED, text=UNCLEAR)
    client = sign_in(Role.STREET_CLERK)
    sent = {"version": row.version, "leaf": "0202", "organisation": world.firms["own"], "text": "请今日到场"}
    assert client.post(to("dispatch", row), sent).status_code == 302
    row = now(row)
    assert (row.state, row.leaf_id, row.lead_id) == (State.DISPATCHED, "0202", world.firms["own"])
    case = soup(client.get(to("ticket", row)))
    assert world.actor(Role.STREET_CLERK).label in case.select_one(".why").text
    assert "请今日到场" in case.select_one(".timeline").text


def test_an_organisation_of_elsewhere_cannot_be_chosen(world: World, sign_in) -> None:
    row = ticket(world, State.DISPATCHED, text=UNCLEAR)
    client = sign_in(Role.STREET_CLERK)
    offered = soup(client.get(to("ticket", row))).select("#dispatch select[name=organisation] option")
    values = {int(each["value"]) for each in offered if each["value"]}
    assert world.firms["own"] in values
    for place in ("sibling", "street", "county"):
        assert world.firms[place] not in values
        sent = {"version": row.version, "leaf": "0202", "organisation": world.firms[place]}
        back = client.post(to("dispatch", row), sent)
        assert back.status_code == 400
        assert soup(back).select_one("#dispatch_organisation_error") is not None
    assert now(row).state == State.TRIAGE


def test_choosing_what_it_is_about_suggests_who_leads(world: World, sign_in) -> None:
    row = ticket(world, State.DISPATCHED, text=UNCLEAR)
    client = sign_in(Role.STREET_CLERK)
    for leaf, expected in (("0202", world.firms["own"]), ("0106", world.bureaus["FR", "own"])):
        answer = soup(client.get(to("suggest", row), {"leaf": leaf}, headers=HTMX))
        assert answer.select_one("option[selected]")["value"] == str(expected)
    for leaf in ("", "9999", "\x00"):
        assert client.get(to("suggest", row), {"leaf": leaf}).status_code == 200
    assert sign_in(Role.SUPERVISOR).get(to("suggest", row), {"leaf": "0202"}).status_code == 403


def test_a_stale_accept_says_who_when_and_how_it_stands_now(world: World, sign_in) -> None:
    row = ticket(world, State.DISPATCHED)
    first, second = sign_in(Role.PROPERTY_STAFF), sign_in(Role.PROPERTY_MANAGER)
    first.post(to("accept", row), {"version": row.version})
    late = second.post(to("accept", row), {"version": row.version})
    assert late.status_code == 409
    with scope.everything(reason="tests: when"):
        accepted = TicketEvent.objects.get(ticket=row, kind="accepted")
    said = soup(late).select_one("#case [data-form-errors]").text
    assert world.actor(Role.PROPERTY_STAFF).label in said
    assert f"{timezone.localtime(accepted.at):%Y-%m-%d %H:%M:%S}" in said
    assert str(now(row).get_state_display()) in said


def test_a_refused_answer_gives_back_what_was_typed_though_the_step_is_gone(world: World, sign_in) -> None:
    row = ticket(world, State.ACCEPTED)
    with scope.place(world.area()):
        tickets.resolve(row.number, by=world.actor(Role.PROPERTY_STAFF), version=row.version, text="同事已答复")
    late = sign_in(Role.PROPERTY_MANAGER).post(to("resolve", row), {"version": row.version, "text": "我的长答复"}, headers=HTMX)
    assert late.status_code == 409
    page = soup(late)
    assert page.select_one("#lost-resolve").text.strip() == "我的长答复"
    assert now(row).answer == "同事已答复"


def test_a_stale_form_comes_back_with_the_present_version_so_that_it_can_be_sent_on_purpose(world: World, sign_in) -> None:
    row = ticket(world, State.ACCEPTED)
    client = sign_in(Role.PROPERTY_MANAGER)
    late = client.post(to("resolve", row), {"version": row.version - 1, "text": "已修好"})
    assert late.status_code == 409
    form = soup(late).select_one("#resolve")
    assert form.select_one("textarea").text.strip() == "已修好"
    version = form.select_one("input[name=version]")["value"]
    assert client.post(to("resolve", row), {"version": version, "text": "已修好"}).status_code == 302


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999"])
def test_a_step_without_a_version_is_refused(world: World, sign_in, version: str) -> None:
    row = ticket(world, State.DISPATCHED)
    assert sign_in(Role.PROPERTY_MANAGER).post(to("accept", row), {"version": version}).status_code == 400
    assert now(row).state == State.DISPATCHED


@pytest.mark.parametrize("state", [State.TRIAGE, State.DISPATCHED, State.ACCEPTED, State.RESOLVED])
def test_a_supervisor_reads_and_urges_and_does_nobodys_work(world: World, sign_in, state: State) -> None:
    row = ticket(world, state)
    client = sign_in(Role.SUPERVISOR)
    case = soup(client.get(to("ticket", row)))
    urging = ["nudge", "supervise"] if state != State.RESOLVED else []
    assert [window["id"] for window in case.select("#case dialog")] == urging
    assert len(case.select("#case form")) == len(urging)
    for step in STEPS:
        sent = {"version": row.version, "text": "x", "leaf": "0202", "organisation": world.firms["own"]}
        assert client.post(to(step, row), sent).status_code == 403, step
    assert client.post(to("reveal", row)).status_code == 403
    assert now(row).version == row.version


@pytest.mark.parametrize(("role", "place"), [(Role.PROPERTY_MANAGER, "sibling"), (Role.STREET_CLERK, "county")])
def test_steps_on_a_foreign_ticket_answer_as_on_an_absent_one(world: World, sign_in, role: Role, place: str) -> None:
    row = ticket(world, State.DISPATCHED)
    client = sign_in(role, place)
    for step in [*STEPS, "reveal"]:
        assert client.post(to(step, row), {"version": row.version, "text": "x"}).status_code == 404, step
    assert now(row).version == row.version


def test_the_street_closes_refuses_withdraws_and_has_it_done_again(world: World, sign_in) -> None:
    client = sign_in(Role.STREET_CLERK)
    for state, step, new in (
        (State.RESOLVED, "close", State.CLOSED),
        (State.RESOLVED, "redo", State.ACCEPTED),
        (State.TRIAGE, "refuse", State.REFUSED),
        (State.TRIAGE, "reply_directly", State.RESOLVED),
        (State.ACCEPTED, "cancel", State.CANCELLED),
    ):
        row = ticket(world, state)
        assert soup(client.get(to("ticket", row))).select(f'#case form[action="{to(step, row)}"]')
        assert client.post(to(step, row), {"version": row.version, "text": "理由"}).status_code == 302, step
        assert now(row).state == new


def test_each_case_has_at_most_one_primary_button_outside_its_windows(world: World, sign_in) -> None:
    for state in set(State) - {State.SUBMITTED}:
        row = ticket(world, state)
        for role in (Role.STREET_CLERK, Role.PROPERTY_MANAGER, Role.COUNTY_CLERK, Role.SUPERVISOR):
            page = sign_in(role).get(to("ticket", row))
            if page.status_code == 404:  # what went back is no longer its firm's
                continue
            case = soup(page)
            for window in case.select("dialog"):
                window.decompose()
            assert len(case.select("#case .btn-primary")) <= 1, (state, role)


def test_a_look_at_the_reporter_shows_once_and_is_recorded(world: World, sign_in) -> None:
    row = ticket(world, State.ACCEPTED)
    client, resident = sign_in(Role.PROPERTY_MANAGER), world.user(Role.RESIDENT)
    shown = client.post(to("reveal", row), headers=HTMX)
    assert resident.phone in shown.content.decode()
    assert resident.phone not in client.get(to("ticket", row)).content.decode()
    with scope.place(world.area()):
        assert Entry.objects.filter(action="ticket.revealed", subject_id=str(row.pk)).count() == 1


def test_who_filed_anonymously_is_shown_to_the_handling_officer_only(world: World, sign_in) -> None:
    row = ticket(world, State.ACCEPTED, anonymous=True)  # accepted by the manager
    assert sign_in(Role.PROPERTY_MANAGER).post(to("reveal", row)).status_code == 200
    for role in (Role.PROPERTY_STAFF, Role.STREET_CLERK, Role.STREET_LEADER):
        client = sign_in(role)
        assert client.post(to("reveal", row)).status_code == 403
        assert "reveal/" not in client.get(to("ticket", row)).content.decode()


def test_the_reporter_sees_the_reporters_page(world: World, sign_in) -> None:
    row = ticket(world, State.DISPATCHED)
    page = sign_in(Role.RESIDENT).get(to("ticket", row))
    assert page.status_code == 200
    assert b"case-actions" not in page.content


def test_a_get_takes_no_step(world: World, sign_in) -> None:
    row = ticket(world, State.DISPATCHED)
    client = sign_in(Role.PROPERTY_MANAGER)
    for step in [*STEPS, "reveal"]:
        assert client.get(to(step, row)).status_code == 405
