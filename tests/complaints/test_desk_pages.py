"""The desk and the case as pages: who gets in, what they see, and what never shows."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.models import Ticket
from complaints.states import State
from people.roles import ADMINISTRATORS, Role
from tenancy import scope
from tests.factories.tickets import LIFT_STOPPED, LIFT_TRAPPED, UNCLEAR, ticket
from tests.factories.world import CANARY, World

DESK = reverse("complaints:desk")
PANE = {"HX-Request": "true", "HX-Target": "case"}
WITH_A_DESK = [role for role in Role if role not in ADMINISTRATORS | {Role.RESIDENT}]
ELSEWHERE = ["sibling", "street", "county"]


def soup(response: Any) -> Any:
    return BeautifulSoup(getattr(response, "content", response), "html.parser")


def numbers_on(response) -> list[str]:
    return [each["title"] for each in soup(response).select(".row-number")]


def plain(response, number: str = "") -> str:
    """A body without what differs from request to request."""
    text = re.sub(r'(value|content)="[A-Za-z0-9]{64}"|"X-CSRFToken": "\w+"', "", response.content.decode())
    return re.sub(r"[0-9a-f]{32}", "", text).replace(number, "")


@pytest.fixture
def spread(world: World) -> World:
    """Tickets at home in three states, and one in each other place."""
    for place in ELSEWHERE:
        ticket(world, State.DISPATCHED, place=place, text=LIFT_STOPPED)
    return world


@pytest.mark.parametrize("role", WITH_A_DESK)
def test_every_role_with_a_desk_sees_its_own_places_only(spread: World, sign_in, role: Role) -> None:
    own = ticket(spread, State.DISPATCHED)
    page = sign_in(role).get(DESK, {"queue": "all"})
    assert page.status_code == 200
    sees_sibling = role not in (Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER)
    handles = role not in (Role.DEPARTMENT_HANDLER, Role.DEPARTMENT_LEAD)  # the lift is the firm's, not theirs
    assert (own.number in numbers_on(page)) == handles
    body = page.content.decode()
    if not sees_sibling:
        assert CANARY not in body
    assert f"county物业公司{CANARY}" not in body
    if role in (Role.STREET_CLERK, Role.STREET_LEADER):
        assert f"街道{CANARY}" not in body
        assert len(numbers_on(page)) == 2  # own compound and its sibling in the same street


def test_clerks_start_with_triage_while_something_waits_there_and_firms_with_the_new(world: World, sign_in) -> None:
    def current(role: Role) -> str:
        page = soup(sign_in(role).get(DESK))
        return str(next(link["href"] for link in page.select(".side a[aria-current]") if "queue=" in link["href"]))

    assert current(Role.STREET_CLERK).endswith("queue=open")
    ticket(world, State.DISPATCHED, text=UNCLEAR)
    assert current(Role.STREET_CLERK).endswith("queue=triage")
    assert current(Role.PROPERTY_MANAGER).endswith("queue=new")
    assert current(Role.DEPARTMENT_HANDLER).endswith("queue=new")
    assert current(Role.SUPERVISOR).endswith("queue=open")
    assert current(Role.COUNTY_CLERK).endswith("queue=open")


def test_only_those_who_watch_the_street_have_a_triage_queue(world: World, sign_in) -> None:
    def queues(role: Role) -> str:
        page = soup(sign_in(role).get(DESK, {"queue": "triage"}))
        return " ".join(link["href"] for link in page.select(".side a"))

    for role in WITH_A_DESK:
        watches = role in (Role.STREET_CLERK, Role.STREET_LEADER, Role.COUNTY_CLERK, Role.SUPERVISOR)
        assert ("queue=triage" in queues(role)) == watches, role


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_administrators_have_no_desk_and_no_tickets(world: World, sign_in, role: Role) -> None:
    row = ticket(world, State.DISPATCHED)
    client = sign_in(role)
    assert client.get(DESK).status_code == 404
    assert client.get(reverse("complaints:ticket", args=[row.number])).status_code == 404


def test_residents_are_shown_to_their_own_tickets_and_strangers_to_the_sign_in(world: World, sign_in) -> None:
    assert sign_in(Role.RESIDENT).get(DESK).url == reverse("complaints:mine")
    assert sign_in(None).get(DESK).url.startswith(reverse("account_login"))


@pytest.mark.parametrize("place", ELSEWHERE)
def test_a_foreign_number_answers_as_an_absent_one(world: World, sign_in, place: str) -> None:
    row = ticket(world, State.DISPATCHED, place=place)
    absent = row.number[:-8] + "00000000"
    client = sign_in(Role.PROPERTY_MANAGER)
    for address in (
        lambda number: reverse("complaints:ticket", args=[number]),
        lambda number: f"{DESK}?ticket={number}",
        lambda number: reverse("complaints:suggest", args=[number]),
    ):
        foreign, nothing = client.get(address(row.number)), client.get(address(absent))
        assert (foreign.status_code, nothing.status_code) == (404, 404)
        assert plain(foreign, row.number) == plain(nothing, absent)


def test_the_case_opens_beside_the_list_and_alone_and_as_a_fragment(world: World, sign_in) -> None:
    row = ticket(world, State.DISPATCHED)
    client = sign_in(Role.PROPERTY_MANAGER)
    beside = client.get(DESK, {"queue": "new", "ticket": row.number})
    page = soup(beside)
    assert page.select_one("#case .case-text").text == row.text
    assert page.select_one(".row-item[aria-current=true] .row-number")["title"] == row.number
    fragment = client.get(DESK, {"queue": "new", "ticket": row.number}, headers=PANE)
    assert b"<!DOCTYPE" not in fragment.content
    assert row.text in fragment.content.decode()
    assert "HX-Request" in fragment["Vary"]
    restored = client.get(DESK, {"queue": "new", "ticket": row.number}, headers={**PANE, "HX-History-Restore-Request": "true"})
    assert b"<!DOCTYPE" in restored.content
    alone = client.get(reverse("complaints:ticket", args=[row.number]))
    assert soup(alone).select_one("#case .case-text").text == row.text


def test_links_keep_queue_filters_and_place_in_the_list(world: World, sign_in) -> None:
    row = ticket(world, State.DISPATCHED)
    page = sign_in(Role.STREET_CLERK).get(DESK, {"queue": "new", "q": "电梯", "urgency": row.urgency_id, "late": ""})
    link = soup(page).select_one(".row-item")["href"]
    assert "queue=new" in link
    assert "q=%E7%94%B5%E6%A2%AF" in link
    assert f"urgency={row.urgency_id}" in link
    assert f"ticket={row.number}" in link


@pytest.mark.parametrize(
    "filters",
    [{"compound": "abc"}, {"leaf": "9999"}, {"urgency": "U9"}, {"q": "a\x00b"}, {"queue": "%"}, {"after": "x", "before": "y"}],
)
def test_an_address_grown_old_still_opens_the_desk(world: World, sign_in, filters: dict[str, str]) -> None:
    assert sign_in(Role.STREET_CLERK).get(DESK, filters).status_code == 200


def test_a_case_says_in_sentences_why_it_is_here(world: World, sign_in) -> None:
    row = ticket(world, State.DISPATCHED)
    body = sign_in(Role.PROPERTY_MANAGER).get(reverse("complaints:ticket", args=[row.number])).content
    why = soup(body).select_one(".why").text
    for word in row.why_here["words"]:
        assert word in why
    assert world.firm().name in why
    assert "2026-01-01" in why


def test_the_reporter_is_masked_and_the_home_of_a_confidential_one_is_not_shown(world: World, sign_in) -> None:
    home = world.homes["own"]
    open_, hidden = ticket(world, State.DISPATCHED, home=home), ticket(world, State.DISPATCHED, home=home)
    with scope.place(world.area()):  # as a kind of complaint makes it that is always confidential, after it was filed
        Ticket.objects.filter(pk=hidden.pk).update(confidential=True)
    resident = world.user(Role.RESIDENT)
    phone = resident.phone or ""
    for role in (Role.PROPERTY_MANAGER, Role.STREET_CLERK, Role.SUPERVISOR):
        client = sign_in(role)
        shown = client.get(reverse("complaints:ticket", args=[open_.number])).content.decode()
        assert phone not in shown
        assert f"{phone[:3]}****{phone[-4:]}" in shown
        assert "502" in soup(shown).select_one("h1[tabindex]").text
        masked = soup(client.get(reverse("complaints:ticket", args=[hidden.number])))
        case = masked.select_one("#case").text.replace(hidden.number, "")  # whose digits may happen to be those of the home
        assert "502" not in case
        assert f"****{phone[-4:]}" not in case
        assert resident.name not in case


def test_an_emergency_shows_the_numbers_to_call(world: World, sign_in) -> None:
    row = ticket(world, State.DISPATCHED, text=LIFT_TRAPPED)
    page = soup(sign_in(Role.STREET_CLERK).get(DESK, {"ticket": row.number}))
    assert {link["href"] for link in page.select(".emergency-call")} == {"tel:110", "tel:119", "tel:120"}


def test_text_that_looks_like_markup_stays_text(world: World, sign_in) -> None:
    row = ticket(world, State.DISPATCHED, text='电梯停了<script>alert(1)</script><img src=x onerror="1">')
    page = sign_in(Role.STREET_CLERK).get(DESK, {"ticket": row.number, "q": '"><script>'})
    assert b"<script>alert" not in page.content
    assert b"<img src=x" not in page.content
    assert b'"><script>' not in page.content


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as taken:
        assert client.get(address).status_code == 200
    return len(taken)


def test_the_desk_takes_as_many_queries_for_25_rows_as_for_5(world: World, sign_in) -> None:
    client = sign_in(Role.STREET_CLERK)
    for _ in range(5):
        row = ticket(world, State.DISPATCHED)
    queries_of(client, DESK)  # what a process learns once
    few = queries_of(client, f"{DESK}?queue=open"), queries_of(client, f"{DESK}?queue=open&ticket={row.number}")
    for _ in range(20):
        ticket(world, State.DISPATCHED)
    many = queries_of(client, f"{DESK}?queue=open"), queries_of(client, f"{DESK}?queue=open&ticket={row.number}")
    assert many == few
    # About eleven come with every page; the list itself: clock, compounds, counts, rows, photos, the organisation's name.
    assert few[0] <= 19


def test_a_page_of_the_list_has_a_way_on_and_back(world: World, sign_in, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("complaints.worklist.PAGE", 2)
    made = {ticket(world, State.DISPATCHED).number for _ in range(3)}
    client = sign_in(Role.STREET_CLERK)
    first = client.get(DESK, {"queue": "new"})
    onward = soup(first).select_one("a[rel=next]")["href"]
    second = client.get(onward)
    assert set(numbers_on(first)) | set(numbers_on(second)) == made
    back = soup(second).select_one("a[rel=prev]")["href"]
    assert numbers_on(client.get(back)) == numbers_on(first)
    with scope.everything(reason="tests: count"):
        assert Ticket.objects.count() == 3
