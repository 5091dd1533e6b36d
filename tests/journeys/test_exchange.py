"""The administrator connects the 12345 platform: an address that is not listed is refused, the secret is shown once."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from people.roles import Role
from tests.factories.world import World
from tests.journeys.visitor import WORKPLACE, Visitor, on

pytestmark = [pytest.mark.journey, on(WORKPLACE)]
ELSEWHERE = "https://elsewhere.example/take/"


def test_a_system_is_connected(someone: Callable[..., Visitor], world: World) -> None:
    administrator = someone().sign_in(Role.SYSTEM_ADMIN)
    administrator.open("/system/partners/add/")
    page = administrator.page
    page.locator("[name=name]").fill("网格平台")
    page.locator("[name=kind]").select_option("grid")
    page.locator("[name=organisation]").select_option(str(world.bureaus["UM", "own"]))
    page.locator("[name=url]").fill(ELSEWHERE)
    with administrator.refused(400):
        administrator.button("Connect").click()
        expect(page.locator(".field-errors")).to_contain_text("elsewhere.example")
    expect(page.locator("[name=name]")).to_have_value("网格平台")
    expect(page.locator("[name=url]")).to_have_value(ELSEWHERE)
    administrator.look()
    page.locator("[name=url]").fill("")
    with administrator.leaving():
        administrator.button("Connect").click()
    administrator.reads("The secret, shown this once")
    administrator.look()
    administrator.open("/system/partners/")
    administrator.look()
    with administrator.leaving():
        administrator.page.get_by_role("link", name="网格平台").click()
    administrator.does_not_see(administrator.word("The secret, shown this once"))
    with administrator.leaving():
        administrator.button("End the connection").click()
    administrator.reads("The connection has ended: nothing is taken or sent any more.")
    administrator.look()
