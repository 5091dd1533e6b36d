"""A county's check list from the sample to the one in force, and a resident who reads by which law something is checked."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from people.roles import Role
from tenancy import clock
from tests.factories.checks import in_force, second_clerk
from tests.factories.world import PASSWORD, World
from tests.journeys.site import Site
from tests.journeys.visitor import WORKPLACE, Visitor, on, photo

pytestmark = [pytest.mark.journey, on(WORKPLACE)]


def test_a_list_is_drafted_changed_and_published_by_a_second_person(
    someone: Callable[..., Visitor], site: Site, world: World
) -> None:
    second_name = site.run(lambda: second_clerk(world).user.username)
    clerk = someone().sign_in(Role.COUNTY_CLERK)
    clerk.go("/checks/lists/")
    clerk.look()
    with clerk.leaving():
        clerk.button("Draft from the sample").click()
    clerk.sees("示例数据")
    expect(clerk.page.locator(".row-item")).to_have_count(68)
    clerk.look()
    draft = clerk.page.url
    _write_an_item(clerk)
    with clerk.leaving():
        clerk.button("Ask a second person to publish it").click()
    expect(clerk.page.locator("[data-dialog=publish]")).to_have_count(0)
    clerk.look()

    second = someone()
    second.open("/accounts/login/")
    second.enter(second_name, PASSWORD)
    expect(second.page).not_to_have_url(re.compile("/accounts/login/"))
    second.open(draft)
    second.page.locator("[data-dialog=publish]").click()
    second.look()
    with second.leaving():
        second.page.locator("#publish button[type=submit]").click()
    second.sees(second.word("in force", context="check list"))

    resident = someone().sign_in(Role.RESIDENT)
    resident.go("/checks/lists/")
    resident.look()
    with resident.leaving():
        resident.page.locator("a.row-item").first.click()
    resident.page.locator("#filter_q").fill("噪声")
    with resident.leaving():
        resident.button("Filter").click()
    resident.look()
    with resident.leaving():
        resident.page.locator("a.row-item", has_text="E15").click()
    resident.sees("生态环境法典")
    resident.page.locator("#filter_on").fill("2026-08-14")
    with resident.leaving():
        resident.button("Filter").click()
    expect(resident.page.locator("ul.stack-tight").first).to_contain_text("噪声污染防治法")
    resident.look()


def test_a_list_in_force_is_put_up_and_read_by_its_code(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    row, soon = site.run(lambda: (in_force(world), clock.today() + timedelta(days=3)))
    clerk = someone().sign_in(Role.COUNTY_CLERK)
    clerk.go(f"/checks/lists/{row.pk}/")
    with clerk.leaving():
        clerk.link("The compounds; have it put up").click()
    clerk.look()
    clerk.page.locator("#ask summary").click()
    clerk.look()
    clerk.page.locator("#id_place").select_option(str(row.area))
    clerk.page.locator("#id_due_on").fill("2020-01-01")
    clerk.page.locator("#id_contact").fill("社区 0595-000")
    with clerk.refused(400), clerk.leaving():
        clerk.button("Ask for it").click()
    expect(clerk.error_at("id_due_on")).to_be_visible()
    expect(clerk.page.locator("#id_contact")).to_have_value("社区 0595-000")
    clerk.look()
    clerk.page.locator("#id_due_on").fill(soon.isoformat())
    with clerk.leaving():
        clerk.button("Ask for it").click()
    expect(clerk.page.locator("tbody tr")).to_have_count(3)
    clerk.look()

    manager = someone().sign_in(Role.PROPERTY_MANAGER)
    manager.open(f"/compounds/{world.area()}/postings/")
    with manager.leaving():
        manager.page.locator("a.row-item").first.click()
    manager.sees("城市管理和综合执法局：20 项")
    one = manager.page.url
    manager.look()
    manager.go(f"/checks/lists/{row.pk}/board/{world.area()}/")
    manager.sees("社区 0595-000")
    manager.open(one)
    manager.page.locator("#put_up_spot").fill("南门公告栏")
    manager.page.locator("#id_photos").set_input_files([photo("board")])
    expect(manager.page.locator("[data-previews] li")).to_have_count(1)
    with manager.leaving():
        manager.button("It hangs").click()

    clerk.go(f"/checks/lists/{row.pk}/compounds/?showing=up")
    clerk.sees("南门公告栏")
    resident = someone().sign_in(Role.RESIDENT)
    resident.go(f"/compounds/{world.area()}/")
    with resident.leaving():
        resident.link("Read the list").click()
    visitor = someone()
    visitor.go(f"/c/{world.area()}/checks/")
    visitor.sees("南门公告栏")
    visitor.go("/c/350582001001002/checks/")
    visitor.reads("No list hangs here")


def _write_an_item(clerk: Visitor) -> None:
    """First refused by its field, with all that was typed; then kept."""
    with clerk.leaving():
        clerk.link("Write an item").click()
    clerk.look()
    for name, typed in (("code", "X1"), ("name", "地下室住人"), ("violation", "地下室改作宿舍"), ("method", "逐间查看")):
        clerk.page.locator(f"#id_{name}").fill(typed)
    clerk.page.locator("#id_basis").fill("消防法 28")
    clerk.page.locator("#id_bureau").select_option("FR")
    with clerk.refused(400), clerk.leaving():
        clerk.button("Keep it").click()
    expect(clerk.error_at("id_basis")).to_be_visible()
    expect(clerk.page.locator("#id_name")).to_have_value("地下室住人")
    clerk.look()
    clerk.page.locator("#id_basis").fill("XFF 28")
    with clerk.leaving():
        clerk.button("Keep it").click()
    clerk.sees("地下室住人")
