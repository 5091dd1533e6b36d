"""Two neighbours report the same lift: the clerk makes one job of it, takes it apart, and merges again; both get the answer."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from complaints.states import State
from people.roles import Role
from tests.factories import tickets
from tests.factories.tickets import LIFT_STOPPED, LIFT_TRAPPED
from tests.factories.world import World
from tests.journeys.site import Site
from tests.journeys.visitor import WORKPLACE, Visitor, on

pytestmark = [pytest.mark.journey, on(WORKPLACE)]


def test_two_reports_become_one_job(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    main = site.run(lambda: tickets.ticket(world, State.ACCEPTED).number)
    other = site.run(lambda: tickets.ticket(world, State.DISPATCHED, text=LIFT_STOPPED).number)
    clerk = someone().sign_in(Role.STREET_CLERK)
    _merge(clerk, other, main)
    clerk.sees(main, within="#case")
    clerk.look()
    clerk.link("Take out again", within=".case-actions").click()
    window = clerk.page.locator("dialog[open]")
    window.locator("textarea").fill("不是同一部电梯")
    with clerk.leaving():
        window.get_by_role("button", name=clerk.word("Take out")).click()
    expect(clerk.page.locator("#case .state").first).to_contain_text(clerk.word("dispatched"))
    _merge(clerk, other, main)

    firm = someone().sign_in(Role.PROPERTY_MANAGER)
    firm.open_case(main, "doing")
    firm.sees(other, within="#case")
    firm.look()
    firm.page.locator("#resolve_text").fill("主板已更换")
    with firm.leaving():
        firm.button("Send the answer", within=".case-actions").click()

    resident = someone().sign_in(Role.RESIDENT)
    resident.open(f"/tickets/{other}/")
    resident.sees("主板已更换")
    resident.does_not_see(main)
    resident.look()


def _merge(clerk: Visitor, number: str, into: str) -> None:
    clerk.open_case(number, "all")
    clerk.page.locator(".case-actions details.menu > summary").click()
    clerk.link("Merge with another report", within=".case-actions").click()
    clerk.sees(number)
    clerk.page.locator(f"[name=into][value='{into}']").check()
    clerk.look()
    with clerk.leaving():
        clerk.button("Merge").click()


def test_an_emergency_is_not_merged_with_what_is_none(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    main = site.run(lambda: tickets.ticket(world, State.ACCEPTED).number)
    urgent = site.run(lambda: tickets.ticket(world, State.DISPATCHED, text=LIFT_TRAPPED).number)
    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.open(f"/tickets/{urgent}/merge/")
    clerk.page.locator("[name=other]").fill(main)
    with clerk.refused(400):
        clerk.button("Merge").click()
        clerk.reads("An emergency is not merged with what is none. Do it the other way round.")
    expect(clerk.page.locator("[name=other]")).to_have_value(main)
    clerk.look()
