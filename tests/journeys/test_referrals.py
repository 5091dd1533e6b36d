"""A dispute goes to the judge's workstation: not before both sides have agreed, one here and one on paper."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from people.roles import Role
from tests.factories.referrals import court, judge
from tests.factories.world import PASSWORD, World
from tests.journeys.site import Site
from tests.journeys.visitor import WORKPLACE, Visitor, on, photo

pytestmark = [pytest.mark.journey, on(WORKPLACE)]


def test_a_dispute_goes_to_the_court_when_both_sides_agree(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    found, name = site.run(lambda: court(world).pk), site.run(lambda: judge(world).user.username)
    phone = site.run(lambda: world.user(Role.RESIDENT).phone)
    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.go("/checks/referrals/")
    with clerk.leaving():
        clerk.link("Refer a dispute").click()
    clerk.look()
    clerk.page.locator("#id_place").select_option(str(world.area()))
    with clerk.leaving():
        clerk.button("Go on").click()
    clerk.look()
    clerk.page.locator("#id_court").select_option(str(found))
    clerk.page.locator("#id_subject").fill("物业费争议")
    clerk.page.locator("#id_text").fill("电梯停运期间的物业费")
    with clerk.leaving():
        clerk.button("Keep the draft").click()
    one = clerk.page.url
    _name(clerk, "张先生", "业主", phone or "")
    _name(clerk, "李女士", "租户", "")
    clerk.look()
    with clerk.leaving():
        clerk.button("Ask them whether they agree").click()
    clerk.look()

    resident = someone().sign_in(Role.RESIDENT)
    resident.open(one)
    resident.sees("电梯停运期间的物业费")
    resident.does_not_see("李女士")
    resident.look()
    with resident.leaving():
        resident.button("I agree").click()
    resident.look()
    _sign_for_the_other(clerk, one)

    bench = someone()
    bench.open("/accounts/login/")
    bench.enter(name, PASSWORD)
    expect(bench.page).not_to_have_url(re.compile("/accounts/login/"))
    bench.go(one, status=404)
    with clerk.leaving():
        clerk.button("Send it to the court").click()
    bench.open(one)
    with bench.leaving():
        bench.button("Take it up").click()
    bench.page.locator("[data-dialog=settle]").click()
    bench.page.locator("#settle_text").fill("双方同意减收一个月")
    bench.page.locator("#settle_agreed_on").fill(f"{timezone.localdate()}")
    bench.look()
    with bench.leaving():
        bench.page.locator("#settle button[type=submit]").click()
    bench.reads("Confirmation by the court")
    bench.look()


def _name(clerk: Visitor, name: str, side: str, phone: str) -> None:
    clerk.page.locator("#add_party_name").fill(name)
    clerk.page.locator("#add_party_side").fill(side)
    clerk.page.locator("#add_party_phone").fill(phone)
    with clerk.leaving():
        clerk.button("Name them").click()
    clerk.sees(name)


def _sign_for_the_other(clerk: Visitor, one: str) -> None:
    """First refused without a photo of the paper, then kept with one."""
    clerk.open(one)
    last = clerk.page.locator("#parties details").last
    last.locator("summary").click()
    last.locator("input[type=date]").fill(f"{timezone.localdate()}")
    with clerk.refused(400), clerk.leaving():
        last.locator("button[type=submit]").click()
    expect(clerk.page.locator("#parties details[open] .field-has-errors")).to_have_count(1)
    clerk.look()
    last = clerk.page.locator("#parties details").last
    last.locator("input[type=file]").set_input_files([photo("paper")])
    with clerk.leaving():
        last.locator("button[type=submit]").click()
