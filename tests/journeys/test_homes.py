"""From an account without a home to a resident: claimed on a phone, refused with a reason, claimed again and confirmed."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from people import actors
from people.actions import appointments
from people.roles import Role
from tests.factories.world import PASSWORD, World
from tests.journeys.site import Site
from tests.journeys.visitor import PHONE, Device, Visitor, on

pytestmark = [pytest.mark.journey, on(PHONE)]


def test_a_newcomer_claims_a_home_is_refused_and_then_confirmed(
    someone: Callable[..., Visitor], site: Site, world: World, device: Device
) -> None:
    username = f"newcomer-{device}"
    site.run(lambda: appointments.open_account(username=username, name=f"新住户{device}", password=PASSWORD, by=actors.system()))
    newcomer, clerk = someone(), someone().sign_in(Role.STREET_CLERK)
    page = newcomer.page
    newcomer.open("/accounts/login/")
    newcomer.enter(username, PASSWORD)
    expect(page).to_have_url(re.compile("/homes/$"))
    newcomer.look()
    _claim_by_street(newcomer, world)

    clerk.go("/claims/")
    clerk.link(f"新住户{device}").click()
    clerk.look()
    clerk.page.locator("main details summary").click()
    clerk.page.locator("#id_reason").fill("请写明门牌号")
    with clerk.leaving():
        clerk.button("Refuse, and tell the person").click()
    clerk.look()

    newcomer.go("/notices/")
    newcomer.sees("请写明门牌号")
    newcomer.go("/homes/")
    newcomer.sees("请写明门牌号")
    newcomer.go(f"/c/{world.area()}/")
    newcomer.link("I live here").click()
    _say(newcomer, "３幢", "502室")

    clerk.go("/claims/")
    clerk.link(f"新住户{device}").click()
    expect(clerk.page.locator("#id_home_name")).to_have_value("502")
    with clerk.leaving():
        clerk.button("Confirm").click()
    clerk.look()
    newcomer.go("/homes/")
    newcomer.go(f"/compounds/{world.area()}/")
    newcomer.sees("502")


def _claim_by_street(newcomer: Visitor, world: World) -> None:
    page = newcomer.page
    newcomer.link("Add a home").click()
    newcomer.look()
    page.locator("#id_county").select_option("350582000000000")
    newcomer.button("Filter").click()
    page.locator("#id_street").select_option("350582001000000")
    newcomer.button("Filter").click()
    newcomer.look()
    page.locator(f"a[href='/homes/add/{world.area()}/']").click()
    with newcomer.refused(400), newcomer.leaving():
        newcomer.button("Send").click()
    expect(newcomer.error_at("id_building")).not_to_be_empty()
    newcomer.look()
    _say(newcomer, "3栋", "五楼")


def _say(newcomer: Visitor, building: str, home: str) -> None:
    page = newcomer.page
    page.locator("input[name=kind][value=tenant]").check()
    page.locator("#id_building").fill(building)
    page.locator("#id_home_name").fill(home)
    with newcomer.leaving():
        newcomer.button("Send").click()
    newcomer.sees(building)
    newcomer.look()
