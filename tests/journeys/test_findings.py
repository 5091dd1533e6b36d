"""A finding from the order to being put right, with photos of both; one refusal; and a re-check of another."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from enforcement.models import Finding
from people.roles import Role
from tenancy import scope
from tests.factories import findings, visits
from tests.factories.world import World
from tests.journeys.site import Site
from tests.journeys.test_visits import entering
from tests.journeys.visitor import PHONE, WORKPLACE, Visitor, on, photo

pytestmark = pytest.mark.journey


def _found(world: World) -> tuple[str, str]:
    """A finding, and the user name of an officer of the bureau."""
    with scope.everything(reason="journeys: a finding"):
        return visits.found(world).number, visits.officer(world, "UM").user.username


def _to_look_at(world: World, place: str) -> tuple[str, str]:
    """A concluded visit, and the number of its finding that waits for a re-check."""
    with scope.everything(reason="journeys: a finding that waits"):
        row: Finding = findings.to_look_at(world, place=place)
        return findings.concluded_with(world, row, place=place).number, row.number


@on(WORKPLACE)
def test_ordered_answered_with_photos_and_accepted(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    number, username = site.run(lambda: _found(world))
    one = f"/checks/findings/{number}/"
    officer = entering(someone, username, one)
    officer.look()
    officer.page.locator("[data-dialog=order]").click()
    officer.page.locator("#order_demand").fill("清空门厅，加装充电棚")
    officer.page.locator("#order_days").fill("5")
    officer.look()
    with officer.leaving():
        officer.page.locator("#order button[type=submit]").click()
    officer.sees("清空门厅，加装充电棚")
    officer.look()

    firm = someone().sign_in(Role.PROPERTY_MANAGER)
    firm.open(one)
    firm.look()
    firm.page.locator("#answer_text").fill("已清空，照片为证")
    # Without a photo it is refused by its field, and what was typed stays.
    with firm.refused(400), firm.leaving():
        firm.button("Send it to the bureau").click()
    expect(firm.page.locator("#answer_text")).to_have_value("已清空，照片为证")
    expect(firm.page.locator("#id_photos_error")).to_be_visible()
    firm.look()
    firm.page.locator("#id_photos").set_input_files([photo("after.png", "#2f7a4e")])
    with firm.leaving():
        firm.button("Send it to the bureau").click()
    expect(firm.page.locator(".compare .photos img")).to_have_count(1)
    firm.look()

    officer.open(one)
    officer.page.locator("[data-dialog=accept]").click()
    officer.page.locator("#accept_text").fill("已核对照片，合格")
    with officer.leaving():
        officer.page.locator("#accept button[type=submit]").click()
    officer.sees(officer.word("put right", context="finding"))
    officer.go("/checks/findings/?how=in_time")
    officer.sees(number)
    officer.look()


@on(WORKPLACE)
def test_a_recheck_carries_only_what_failed(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    visit, number = site.run(lambda: _to_look_at(world, "sibling"))
    clerk = someone().sign_in(Role.STREET_CLERK, "sibling")
    clerk.open(f"/checks/visits/{visit}/")
    with clerk.leaving():
        clerk.link("Plan a re-check").click()
    expect(clerk.page.locator("input[name=findings]")).to_be_checked()
    clerk.look()
    with clerk.leaving():
        clerk.button("Keep the plan").click()
    clerk.sees(number)
    clerk.look()


@on(PHONE)
def test_a_resident_reads_what_was_found_at_home(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    visit, number = site.run(lambda: _to_look_at(world, "street"))
    resident = someone().sign_in(Role.RESIDENT, "street")
    resident.open(f"/checks/visits/{visit}/")
    resident.look()
    resident.open(f"/checks/findings/{number}/")
    resident.look()
    resident.does_not_see("officer1")
