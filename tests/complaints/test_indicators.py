"""The three rates: what each ticket counts for, and numbers that come to the tickets behind them, one by one."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from openpyxl import load_workbook

from complaints import indicator_queries
from complaints.actions import tickets
from complaints.indicator_queries import BY, Only
from complaints.indicators import AGAINST, COUNTED, FOR, Facts, Rate, Sum, Why, judged, summed
from complaints.models import Ticket
from complaints.states import State
from people.roles import Role
from tenancy import clock, scope
from tests.contract.callers import caller
from tests.factories.tickets import ticket
from tests.factories.world import CANARY, PLACES, World

SignIn = Callable[..., Client]
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
FACTS = Facts(
    number="350582001-2611-00000001",
    area=350582_001_001_001,
    organisation=7,
    filed_on=date(2026, 11, 2),
    state="accepted",
    channel="web",
    part=False,
    merged=False,
    reachable=True,
    contact_due_at=NOW,
    contact_stopped_at=None,
    result="",
    manner="",
)


@pytest.mark.parametrize(
    ("changed", "response", "solution", "satisfaction"),
    [
        ({}, "running", "open", "open"),
        ({"contact_due_at": NOW - timedelta(seconds=1)}, "too_late", "open", "open"),
        ({"contact_stopped_at": NOW}, "in_time", "open", "open"),
        ({"contact_stopped_at": NOW + timedelta(seconds=1)}, "too_late", "open", "open"),
        ({"contact_due_at": None, "state": "submitted"}, "not_sent", "open", "open"),
        ({"contact_stopped_at": NOW, "state": "triage"}, "not_sent", "open", "open"),
        ({"reachable": False}, "unknown", "open", "open"),
        ({"contact_stopped_at": NOW, "state": "resolved"}, "in_time", "silent", "silent"),
        ({"contact_stopped_at": NOW, "state": "closed"}, "in_time", "silent", "silent"),
        ({"contact_stopped_at": NOW, "state": "rated", "result": "solved", "manner": "bad"}, "in_time", "solved", "bad"),
        ({"contact_stopped_at": NOW, "state": "closed", "result": "partly", "manner": "fair"}, "in_time", "partly", "fair"),
        ({"state": "dispatched", "result": "unsolved", "manner": "bad"}, "running", "unsolved", "bad"),
        ({"state": "accepted", "result": "solved", "manner": "good"}, "running", "open", "open"),
        ({"merged": True, "state": "merged"}, "merged", "open", "open"),
        ({"merged": True, "state": "rated", "result": "solved", "manner": "good"}, "merged", "solved", "good"),
        ({"part": True, "result": "solved", "manner": "good"}, "part", "part", "part"),
        ({"channel": "patrol"}, "patrol", "patrol", "patrol"),
        ({"state": "cancelled", "contact_stopped_at": NOW}, "ended", "ended", "ended"),
        ({"state": "refused"}, "ended", "ended", "ended"),
    ],
)
def test_what_a_ticket_counts_for(changed: dict[str, Any], response: str, solution: str, satisfaction: str) -> None:
    found = judged(replace(FACTS, **changed), NOW)
    assert found == {Rate.RESPONSE: response, Rate.SOLUTION: solution, Rate.SATISFACTION: satisfaction}


def test_every_reason_is_for_against_or_out_and_shares_are_whole_numbers() -> None:
    assert FOR.isdisjoint(AGAINST)
    assert set(Why) > COUNTED
    rows = [replace(FACTS, state="rated", result=result, manner="fair") for result in ("solved", "solved", "partly")]
    total = summed([*rows, FACTS], NOW)
    assert (total.numerator(Rate.SOLUTION), total.denominator(Rate.SOLUTION), total.left_out(Rate.SOLUTION)) == (2, 3, 1)
    assert total.percent(Rate.SOLUTION) == "66.7 %"
    assert total.percent(Rate.SATISFACTION) == "100.0 %"
    assert Sum().percent(Rate.RESPONSE) == "—"


def lived(world: World) -> list[Ticket]:
    """Tickets in every state, rated well and badly, one handled a second time; others elsewhere."""
    for state in State:
        ticket(world, state)
    ticket(world, State.RATED, place="sibling")
    ticket(world, State.RESOLVED, place="sibling")
    for said in ({"result": "unsolved", "manner": "bad"}, {"result": "partly", "manner": "fair"}):
        row = ticket(world, State.RESOLVED)
        with scope.place(row.area):
            tickets.rate(row.number, by=world.actor(Role.RESIDENT), version=row.version, **said)
    ticket(world, State.RATED, place="street")
    ticket(world, State.RATED, place="county")
    with scope.everything(reason="tests: what lies on the street"):
        return list(Ticket.objects.filter(area__in=[PLACES["own"], PLACES["sibling"]]))


def period() -> Only:
    today = clock.today()
    return Only(today - timedelta(days=40), today)


@pytest.mark.parametrize("by", BY)
def test_every_number_comes_to_the_tickets_behind_it(world: World, by: str) -> None:
    mine = {row.number for row in lived(world)}
    actor, only, now = world.actor(Role.STREET_CLERK), period(), clock.now()
    with scope.limited_to(actor.scope):
        total, lines = indicator_queries.lines(actor, by, only, now)
        assert {each.number for each, _counts in indicator_queries.rows(actor, only, now)} == mine
        assert total.sum.tickets == len(mine) == sum(line.sum.tickets for line in lines)
        for line in [total, *lines]:
            assert len(indicator_queries.rows(actor, line.only, now)) == line.sum.tickets
            for rate in Rate:
                asked = replace(line.only, rate=rate.value)
                opened = {how: len(indicator_queries.rows(actor, replace(asked, how=how), now)) for how in ("for", "of", *Why)}
                assert opened["for"] == line.sum.numerator(rate), (line.name, rate)
                assert opened["of"] == line.sum.denominator(rate), (line.name, rate)
                assert sum(opened[why] for why in Why) == line.sum.tickets
                assert sum(opened[why] for why in Why if why not in COUNTED) == line.sum.left_out(rate)
        for rate in Rate:
            assert sum(line.sum.numerator(rate) for line in lines) == total.sum.numerator(rate)
            assert sum(line.sum.denominator(rate) for line in lines) == total.sum.denominator(rate)


def test_second_handling_does_not_wash_off_whoever_led_first(world: World) -> None:
    row, actor = ticket(world, State.RESOLVED), world.actor(Role.STREET_CLERK)
    with scope.place(row.area):
        row = tickets.rate(row.number, by=world.actor(Role.RESIDENT), version=row.version, result="unsolved", manner="bad")
    assert row.lead_id == world.streets["own"]
    with scope.limited_to(actor.scope):
        (found,) = indicator_queries.rows(actor, replace(period(), organisation=world.firms["own"]), clock.now())
        assert found[1][Rate.SOLUTION] == Why.UNSOLVED
        assert indicator_queries.rows(actor, replace(period(), organisation=world.streets["own"]), clock.now()) == []


def test_the_pages_open_what_they_count(world: World, sign_in: SignIn) -> None:
    lived(world)
    client = sign_in(Role.STREET_CLERK)
    page = client.get("/desk/rates/?by=compound").content.decode()
    assert CANARY not in page
    links = BeautifulSoup(page, "html.parser").select("td a[href*='/desk/rates/tickets/']")
    assert len(links) > 10
    for link in links:
        opened = client.get(link["href"]).content.decode()
        said = BeautifulSoup(opened, "html.parser").select_one("p.muted").text
        assert int(re.findall(r"[0-9]+", said)[-1]) == int(link.text), link["href"]
        assert not [place for place in ("street", "county") if f"{CANARY}{place}" in opened]
    everything = dict(parse_qsl(links[0]["href"].partition("?")[2]))
    book = load_workbook(io.BytesIO(client.get("/desk/rates/tickets.xlsx", everything).content))
    assert book.worksheets[0].max_row - 1 == int(links[0].text)
    assert client.get("/desk/rates/tickets/?rate=x&how=y&since=z&organisation=-1&area=1&from=9").status_code == 200
    for role in (Role.RESIDENT, Role.PROPERTY_MANAGER, Role.DEPARTMENT_LEAD):
        assert sign_in(role).get("/desk/rates/").status_code == 404
    for role in (Role.COUNTY_CLERK, Role.SUPERVISOR):
        assert sign_in(role).get("/desk/rates/").status_code == 200


def test_through_the_api(world: World) -> None:
    mine = {row.number for row in lived(world)}
    street = caller(world, Role.STREET_CLERK)
    shown = street.get("rates/", by="compound").json()
    assert shown["total"]["tickets"] == len(mine) == sum(line["tickets"] for line in shown["lines"])
    solution = next(each for each in shown["total"]["rates"] if each["rate"] == "solution")
    assert solution["denominator"] + solution["left_out"] == len(mine)
    rows = street.get("rates/tickets/", rate="solution", how="of").json()
    assert rows["total"] == solution["denominator"] == len(rows["results"])
    assert {row["number"] for row in street.get("rates/tickets/").json()["results"]} == mine
    assert street.get("rates/", by="street").status_code == 400
    assert caller(world, Role.PROPERTY_MANAGER).get("rates/").status_code == 404
