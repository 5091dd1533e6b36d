"""A street has something put up, the firm hangs it and shows the board, a resident objects and is answered."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from communities.posting_states import PostingState
from people.roles import Role
from tenancy import clock
from tests.factories.postings import posting
from tests.factories.world import World
from tests.journeys.site import Site
from tests.journeys.visitor import PHONE, WORKPLACE, Visitor, on, photo

pytestmark = pytest.mark.journey
HERE = "/compounds/350582001001001/postings/"
SPOT = "南门公告栏"


@on(WORKPLACE)
def test_what_the_street_asks_for_hangs_is_objected_to_and_answered(
    someone: Callable[..., Visitor], site: Site, world: World
) -> None:
    today = site.run(clock.today)
    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.go(HERE)
    with clerk.leaving():
        clerk.link("Have something put up").click()
    clerk.look()
    clerk.page.locator("#id_kind").select_option("result")
    clerk.page.locator("#id_subject").fill("消防检查结果")
    clerk.page.locator("#id_text").fill("三号楼消防通道已清理，其余无异常。")
    clerk.page.locator("#id_due_on").fill((today + timedelta(days=2)).isoformat())
    with clerk.leaving():
        clerk.button("Ask for it").click()
    clerk.sees("消防检查结果")
    clerk.look()
    one = clerk.page.url

    manager = someone().sign_in(Role.PROPERTY_MANAGER)
    manager.open(one)
    _put_up(manager)

    resident = someone().sign_in(Role.RESIDENT)
    resident.go(HERE)
    with resident.leaving():
        resident.page.locator("a.row-item").first.click()
    resident.sees(SPOT)
    expect(resident.page.locator(".photos img")).to_have_count(1)
    resident.page.locator("#object_text").fill("通道里还有两辆电动车。")
    with resident.leaving():
        resident.button("Object").click()
    resident.reads("The answer is still to come.")
    resident.look()

    clerk.reload()
    clerk.page.locator("#objections textarea").fill("已通知车主，今晚前移走。")
    with clerk.leaving():
        clerk.button("Answer it").click()
    clerk.look()
    resident.reload()
    resident.sees("已通知车主")
    resident.look()


def _put_up(manager: Visitor) -> None:
    """Refused without a photo, with what was typed; then kept."""
    manager.page.locator("#put_up_spot").fill(SPOT)
    with manager.refused(400), manager.leaving():
        manager.button("It hangs").click()
    expect(manager.page.locator("#id_photos_error")).to_be_visible()
    expect(manager.page.locator("#put_up_spot")).to_have_value(SPOT)
    manager.look()
    manager.page.locator("#id_photos").set_input_files([photo("board")])
    expect(manager.page.locator("[data-previews] li")).to_have_count(1)
    with manager.leaving():
        manager.button("It hangs").click()
    manager.sees(SPOT)
    manager.look()


@on(PHONE)
def test_it_comes_down_early_only_with_a_reason(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    pk = site.run(lambda: posting(world, PostingState.UP).pk)
    staff = someone().sign_in(Role.PROPERTY_STAFF)
    staff.go(f"/postings/{pk}/")
    staff.page.locator("[data-dialog=take-down]").click()
    staff.look()
    with staff.refused(400), staff.leaving():
        staff.page.locator("#take-down button[type=submit]").click()
    expect(staff.error_at("take_down_reason")).to_be_visible()
    staff.look()
    staff.page.locator("#take_down_reason").fill("雨水打湿，换新的")
    with staff.leaving():
        staff.page.locator("#take-down button[type=submit]").click()
    staff.sees("雨水打湿")
    staff.look()
