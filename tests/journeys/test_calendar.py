"""The county desk closes a day for a typhoon, sees what that changes, and publishes it; a street clerk may only look."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from people.models import OfficeCalendar
from people.roles import Role
from tests.factories.world import CANARY, World
from tests.journeys.site import Site
from tests.journeys.visitor import WORKPLACE, Visitor, on

pytestmark = [pytest.mark.journey, on(WORKPLACE)]
COUNTY = 350582 * 10**9
YEAR = f"/calendars/{COUNTY}/"


def test_a_typhoon_closes_a_day(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    before = site.run(lambda: OfficeCalendar.objects.filter(area=COUNTY).count())
    day = f"2026-07-{28 + before}"  # what other journeys published stays
    desk, street = someone().sign_in(Role.COUNTY_CLERK), someone().sign_in(Role.STREET_CLERK)
    page = desk.page
    desk.go(f"{YEAR}?year=2026")
    expect(page.locator(".cal-month")).to_have_count(12)
    with desk.leaving():
        desk.link("Change the calendar").click()
    desk.look()
    page.locator("[name=add-first]").fill(day)
    page.locator("[name=add-note]").fill("台风")
    with desk.leaving():
        desk.button("Add to the list").click()
    desk.sees(day, within=".cal-own")
    _without_a_source_it_is_refused(desk)
    page.locator("[name=source]").fill(f"市防指令 7 号，{day}")
    with desk.leaving():
        desk.button("See the difference", within="main .btn-row").click()
    desk.sees(day, within="tbody")
    desk.does_not_see(CANARY)
    desk.look()
    with desk.leaving():
        desk.button("Publish").click()
    desk.look()
    desk.open(f"{YEAR}?year=2026")
    expect(page.locator("td.cal-own_closed")).to_have_count(before + 1)
    assert site.run(lambda: OfficeCalendar.objects.filter(area=COUNTY).count()) == before + 1

    street.go(f"{YEAR}?year=2026")
    expect(street.page.locator("td.cal-own_closed")).to_have_count(before + 1)
    expect(street.link("Change the calendar")).to_have_count(0)
    street.go(f"{YEAR}versions/")
    street.sees(f"市防指令 7 号，{day}")
    street.go(f"{YEAR}edit/", status=403)


def _without_a_source_it_is_refused(desk: Visitor) -> None:
    desk.page.locator("[name=source]").fill("")
    with desk.refused(400), desk.leaving():
        desk.button("See the difference", within="main .btn-row").click()
    expect(desk.error_at("id_source")).not_to_be_empty()
    desk.sees("2026-07-", within=".cal-own")
    desk.look()
