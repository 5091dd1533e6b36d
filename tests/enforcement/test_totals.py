"""Numbers of joint enforcement: counted of what the reader sees, each opening as many rows as it says."""

import io
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from openpyxl import load_workbook

from enforcement import totals
from enforcement.finding_states import FindingState
from enforcement.models import Finding
from people.roles import Role
from tenancy import clock, scope
from tests.enforcement.test_visit_pages import as_person, everywhere, shown
from tests.factories import findings as factory
from tests.factories import visits
from tests.factories.checks import county_of
from tests.factories.world import World

SignIn = Callable[..., Client]
NUMBERS = "/checks/numbers/"


def lived(world: World) -> tuple[Finding, Finding]:
    """A finding put right in time in one compound, and an order in another of the street; one in another street."""
    with everywhere():
        right = factory.finding(world, FindingState.ACCEPTED)
        factory.concluded_with(world, right)
        ordered = factory.ordered(world, place="sibling", days=3)
        dropped = factory.finding(world, FindingState.DROPPED, place="street")
        assert dropped.state == FindingState.DROPPED
        return right, ordered


def test_sums_by_compound_and_the_rate(world: World) -> None:
    right, ordered = lived(world)
    today = clock.today()
    with scope.place(county_of(world)):
        total, lines = totals.sums(world.actor(Role.COUNTY_CLERK), "compound", today, today, today)
        assert (total.visits, total.findings, total.stands["open"], total.stands["right"]) == (1, 2, 1, 1)
        assert {line.only.area: (line.visits, line.findings) for line in lines} == {right.area: (1, 1), ordered.area: (0, 1)}
        assert total.rate == 1
        assert ordered.due_on is not None
        late = ordered.due_on + timedelta(days=1)
        total, _lines = totals.sums(world.actor(Role.COUNTY_CLERK), "bureau", today, late, late)
    assert (total.stands["late"], total.rate, total.percent) == (1, Fraction(1, 2), "50.0 %")


def test_nothing_due_has_no_rate_and_thirds_are_rounded() -> None:
    line = totals.Sum("", totals.Only(), 0, 0, {"fell_due": 0, "in_time": 0})
    assert (line.rate, line.percent) == (None, "—")
    assert totals.Sum("", totals.Only(), 0, 3, {"fell_due": 3, "in_time": 2}).percent == "66.7 %"
    assert totals.Sum("", totals.Only(), 702, 702, {"fell_due": 702, "in_time": 627}).percent == "89.3 %"


@pytest.mark.parametrize("by", totals.BY)
def test_every_number_opens_as_many_rows_as_it_says(world: World, by: str) -> None:
    lived(world)
    with everywhere():
        clerk = as_person(world.actor(Role.COUNTY_CLERK))
    body = BeautifulSoup(shown_county(clerk.get(f"{NUMBERS}?by={by}")), "html.parser")
    links = [link for link in body.select("main table a") if link.get_text(strip=True).isdigit()]
    assert len(links) > 4
    for link in links:
        page = BeautifulSoup(shown_county(clerk.get(str(link["href"]))), "html.parser")
        assert len(page.select("main ul.rows > li")) == int(link.get_text(strip=True)), link["href"]


def shown_county(answer: Any) -> str:
    """A county's desk sees all its streets; another county's rows never."""
    body: str = answer.content.decode()
    assert answer.status_code == 200, body[:300]
    assert "金丝雀county" not in body
    return body


def test_other_places_are_not_counted(world: World, sign_in: SignIn) -> None:
    with everywhere():
        for place in ("street", "county"):
            factory.ordered(world, place=place)
    body = shown(sign_in(Role.STREET_CLERK).get(NUMBERS))
    assert "<table" not in body
    assert sign_in(Role.RESIDENT).get(NUMBERS).status_code == 404


def test_the_sheet_says_the_same_and_bad_days_count_as_not_said(world: World, sign_in: SignIn) -> None:
    lived(world)
    clerk = sign_in(Role.STREET_CLERK)
    assert "<table" in shown(clerk.get(f"{NUMBERS}?by=nonsense&since=2026-13-40"))
    answer = clerk.get(f"{NUMBERS}numbers.xlsx?by=compound")
    book = load_workbook(io.BytesIO(answer.content))
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=2)]
    assert rows[-1][1:4] == [1, 2, 1]
    with everywhere():
        officer = as_person(visits.officer(world, "UM"))
    assert officer.get(NUMBERS).status_code == 200
