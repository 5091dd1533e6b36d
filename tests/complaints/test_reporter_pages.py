"""My tickets, a ticket as its reporter sees it, and the photos."""

import re

import pytest
from django.urls import reverse

from complaints.actions import tickets
from complaints.models import Ticket, TicketPhoto
from complaints.states import State
from files import images
from people.roles import Role
from tenancy import scope
from tests.factories.tickets import LIFT_TRAPPED, ticket
from tests.factories.world import CANARY, HOME
from tests.files import samples


@pytest.fixture(autouse=True)
def foreign(world):
    """Elsewhere something stands that must never show."""
    return [ticket(world, State.RESOLVED, place=place, public=True) for place in ("sibling", "street", "county")]


def shown(answer):
    text = answer.content.decode()
    assert CANARY not in text
    return text


def page_of(row):
    return reverse("complaints:ticket", args=[row.number])


def to(name, row, *args):
    return reverse(f"complaints:{name}", args=[row.number, *args])


def again(world, row):
    with scope.place(world.area()):
        return Ticket.objects.get(pk=row.pk)


def with_photo(world, state=State.RESOLVED, **details):
    row = ticket(world, state, photos=[images.clean(samples.telling_jpeg())], **details)
    with scope.place(world.area()):
        return row, TicketPhoto.objects.get(ticket=row).photo_id


def test_my_tickets_show_what_is_mine_and_who_has_it(world, sign_in):
    mine, ended = ticket(world, State.ACCEPTED), ticket(world, State.CLOSED)
    page = shown(sign_in(Role.RESIDENT).get("/my/"))
    assert mine.number in page
    assert world.firm().name in page
    assert ended.number not in page
    assert ended.number in shown(sign_in(Role.RESIDENT).get("/my/?tab=ended"))


def test_an_empty_list_says_what_would_be_here(sign_in):
    page = shown(sign_in(Role.RESIDENT).get("/my/"))
    assert 'class="empty"' in page


def test_public_tickets_of_my_compound_show_without_the_reporter(world, sign_in):
    from communities import actions as communities
    from people import actors
    from people.actions import appointments

    with scope.everything(reason="tests: a neighbour"):
        neighbour = appointments.open_account(username="neighbour", name="邻居", by=actors.system())
        claimed = communities.claim_residency(world.compound(), user=neighbour, kind="tenant", by=actors.system())
        communities.verify_residency(claimed.pk, by=actors.system())
    row, photo = with_photo(world, public=True)
    hidden = ticket(world, State.ACCEPTED)
    client = sign_in(None)
    client.force_login(neighbour, backend="people.backends.NameOrPhoneBackend")
    page = shown(client.get("/my/?tab=public"))
    assert row.number in page
    assert hidden.number not in page
    page = shown(client.get(page_of(row)))
    with scope.place(world.area()):
        reporter = world.user(Role.RESIDENT)
    main = page[page.index("<main") : page.index("</main>")]
    for secret in (reporter.name, reporter.phone, "tracking", 'name="version"', "/rate/"):
        assert secret not in main
    assert not re.search(HOME, main)
    assert client.get(to("photo", row, photo)).status_code == 404
    refused = client.post(to("rate", row), {"version": row.version, "result": "solved", "manner": "good"})
    assert refused.status_code == 403
    assert again(world, row).state == State.RESOLVED
    assert client.get(page_of(hidden)).status_code == 404


def test_the_list_pages_by_number_and_a_foreign_mark_is_the_start(world, sign_in, foreign, monkeypatch):
    monkeypatch.setattr("complaints.views.residents.PAGE", 2)
    rows = [ticket(world) for _ in range(3)]
    client = sign_in(Role.RESIDENT)

    def listed(query):
        return re.findall(r'class="row-item[^>]*href="/tickets/([\d-]+)/"', shown(client.get(f"/my/{query}")))

    assert listed("") == [rows[2].number, rows[1].number]
    assert listed(f"?before={rows[1].number}") == [rows[0].number]
    assert listed(f"?before={foreign[0].number}") == listed("")
    assert listed("?before=%00'\"&tab=nonsense") == listed("")


@pytest.mark.parametrize("state", list(State))
def test_the_page_says_where_it_is_and_offers_only_what_is_possible(world, sign_in, state):
    row = ticket(world, state)
    page = shown(sign_in(Role.RESIDENT).get(page_of(row)))
    offered = {name for name in ("rate", "redo", "cancel") if f'action="{to(name, row)}"' in page}
    possible = {
        State.SUBMITTED: {"cancel"},
        State.TRIAGE: {"cancel"},
        State.ARBITRATION: {"cancel"},
        State.DISPATCHED: {"cancel"},
        State.ACCEPTED: {"cancel"},
        State.MERGED: {"cancel"},
        State.RESOLVED: {"rate", "redo"},
        State.RATED: {"redo"},
    }
    assert offered == possible.get(state, set())
    assert row.text in page
    if state in (State.DISPATCHED, State.ACCEPTED, State.RESOLVED):
        assert world.firm().name in page


def test_what_staff_tell_each_other_stays_with_them(world, sign_in):
    row = ticket(world, State.TRIAGE)  # given back by the firm, with a reason for the street
    assert "不属于我们" not in shown(sign_in(Role.RESIDENT).get(page_of(row)))


def test_danger_stays_on_top_until_it_ends(world, sign_in):
    row = ticket(world, State.DISPATCHED, text=LIFT_TRAPPED)
    page = shown(sign_in(Role.RESIDENT).get(page_of(row)))
    assert 'href="tel:119"' in page
    with scope.place(world.area()):
        tickets.cancel(row.number, by=world.actor(Role.RESIDENT), version=row.version, text="误报")
    assert 'href="tel:119"' not in shown(sign_in(Role.RESIDENT).get(page_of(row)))


def test_the_reporter_rates_result_and_manner_with_reasons_and_words(world, sign_in):
    row = ticket(world, State.RESOLVED)
    said = {"result": "partly", "manner": "fair", "reasons": ["slow", "half_done", "quick"], "text": "还是响"}
    answer = sign_in(Role.RESIDENT).post(to("rate", row), {"version": row.version, **said})
    assert answer.headers["Location"] == page_of(row)
    row = again(world, row)
    assert (row.state, row.satisfied, row.score, row.rating_text) == ("rated", False, 3, "还是响")
    assert (row.result, row.manner, row.rating_reasons) == ("partly", "fair", ["half_done", "slow"])


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"result": "solved"}, "manner"),
        ({"manner": "good"}, "result"),
        ({"result": "solved", "manner": "6"}, "manner"),
        ({"result": "solved", "manner": "good", "reasons": "nothing"}, "reasons"),
        ({"result": "solved", "manner": "good", "text": "好" * 501}, "text"),
        ({"result": "solved", "manner": "good", "text": "好\x00"}, "text"),
    ],
)
def test_a_rating_with_something_missing_keeps_what_was_typed(world, sign_in, typed, field):
    row = ticket(world, State.RESOLVED)
    answer = sign_in(Role.RESIDENT).post(to("rate", row), {"version": row.version, "text": "谢谢师傅", **typed})
    page = shown(answer)
    assert answer.status_code == 400
    assert page.count("field-has-errors") == 1
    assert f'id="id_{field}"' in page[page.index("field-has-errors") :][:400]
    assert typed.get("text", "谢谢师傅") in page
    assert again(world, row).state == State.RESOLVED


def test_done_again_needs_a_reason_and_goes_back_to_the_firm(world, sign_in):
    row = ticket(world, State.RESOLVED)
    client = sign_in(Role.RESIDENT)
    empty = client.post(to("redo", row), {"version": row.version, "text": ""})
    assert empty.status_code == 400
    assert re.search(r'<dialog id="redo"[^>]*data-open', shown(empty))
    assert client.post(to("redo", row), {"version": row.version, "text": "还是停"}).status_code == 302
    assert again(world, row).state == State.ACCEPTED


def test_withdrawing_with_a_reason_ends_it(world, sign_in):
    row = ticket(world, State.DISPATCHED)
    assert sign_in(Role.RESIDENT).post(to("cancel", row), {"version": row.version, "text": "已修好"}).status_code == 302
    assert again(world, row).state == State.CANCELLED


def test_a_stale_page_says_who_changed_it_when_and_keeps_the_words(world, sign_in):
    row = ticket(world, State.DISPATCHED)
    manager = world.actor(Role.PROPERTY_MANAGER)
    with scope.place(world.area()):
        tickets.accept(row.number, by=manager, version=row.version)
    client = sign_in(Role.RESIDENT)
    client.cookies["django_language"] = "en"
    answer = client.post(to("cancel", row), {"version": row.version, "text": "我们自己修好了"})
    page = shown(answer)
    assert answer.status_code == 409
    assert manager.label in page
    assert re.search(r"changed this ticket at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d", page)
    assert "Being worked on" in page
    assert manager.label in re.findall(r'<dialog id="cancel"[^>]*data-open.*?</dialog>', page, re.S)[0]
    assert "我们自己修好了" in page
    assert f'name="version" value="{again(world, row).version}"' in page
    assert again(world, row).state == State.ACCEPTED


def test_a_step_that_is_no_longer_possible_says_so(world, sign_in):
    row = ticket(world, State.CLOSED)
    answer = sign_in(Role.RESIDENT).post(to("cancel", row), {"version": row.version, "text": "不要了"})
    assert answer.status_code == 409
    assert "不要了" in shown(answer)  # the form is gone, the words are not
    assert again(world, row).state == State.CLOSED


@pytest.mark.parametrize("version", ["", "x", "-1", "９", "1" * 40])
def test_a_version_that_is_none_counts_as_stale(world, sign_in, version):
    row = ticket(world, State.DISPATCHED)
    answer = sign_in(Role.RESIDENT).post(to("cancel", row), {"version": version, "text": "不要了"})
    assert answer.status_code == 409


@pytest.mark.parametrize("name", ["rate", "redo", "cancel"])
def test_somebody_elses_ticket_is_answered_like_an_absent_one(world, sign_in, foreign, name):
    private = ticket(world, State.RESOLVED)
    clients = [(sign_in(Role.RESIDENT, "sibling"), private), *((sign_in(Role.RESIDENT), row) for row in foreign)]
    typed = {"version": "5", "satisfied": "yes", "score": "5", "text": "x"}
    for client, row in clients:
        absent = client.post(reverse(f"complaints:{name}", args=["350582001-2601-00000000"]), typed)
        answer = client.post(to(name, row), typed)
        assert (answer.status_code, absent.status_code) == (404, 404)
        without_id = re.sub(r"[0-9a-f]{32}", "", answer.content.decode())
        assert without_id == re.sub(r"[0-9a-f]{32}", "", absent.content.decode())


def test_a_photo_is_served_without_its_secrets_and_with_its_fences(world, sign_in):
    row, photo = with_photo(world)
    client = sign_in(Role.RESIDENT)
    for name in ("photo", "small_photo"):
        answer = client.get(to(name, row, photo))
        body = answer.content
        assert body.startswith(b"\xff\xd8\xff")
        assert samples.CANARY not in body
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Content-Disposition"].startswith(f'inline; filename="{row.number}')
    assert to("small_photo", row, photo) in shown(client.get(page_of(row)))


def test_a_photo_of_another_ticket_or_place_is_404(world, sign_in):
    row, photo = with_photo(world)
    other = ticket(world, State.RESOLVED)
    assert sign_in(Role.RESIDENT).get(to("photo", other, photo)).status_code == 404
    assert sign_in(Role.RESIDENT).get(to("photo", row, "00000000-0000-0000-0000-000000000000")).status_code == 404
    for role, place in [(Role.RESIDENT, "sibling"), (Role.PROPERTY_MANAGER, "street"), (Role.STREET_CLERK, "county")]:
        assert sign_in(role, place).get(to("photo", row, photo)).status_code == 404
    assert sign_in(Role.PROPERTY_MANAGER).get(to("photo", row, photo)).status_code == 200
    assert sign_in(None).get(to("photo", row, photo)).status_code == 302
