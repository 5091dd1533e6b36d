"""The code at the gate: filing without an account, following with the slip, withdrawing."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.factories.world import World
from tests.journeys.visitor import PHONE, Visitor, on, photo

pytestmark = [pytest.mark.journey, on(PHONE)]


def test_a_visitor_files_follows_and_withdraws(someone: Callable[..., Visitor], world: World) -> None:
    visitor = someone()
    page = visitor.page
    visitor.go("/")
    visitor.go(f"/c/{world.area()}/")
    expect(page.locator("a[href='tel:119']").first).to_be_visible()
    number = visitor.file("大门口路灯不亮，晚上看不清路", photos=[photo("gate")])
    code = page.locator("#tracking-code").inner_text().strip()
    visitor.look()

    visitor.go("/t/")
    page.locator("#id_number").fill(number)
    page.locator("#id_code").fill("a" * len(code))
    with visitor.refused(404), visitor.leaving():
        visitor.button("Look").click()
    expect(visitor.error_at("id_code")).to_be_visible()
    expect(page.locator("#id_number")).to_have_value(number)
    visitor.look()
    page.locator("#id_code").fill(code)
    with visitor.leaving():
        visitor.button("Look").click()
    visitor.sees(number)
    visitor.wait_for_state("dispatched")
    visitor.look()

    visitor.link("Withdraw").click()
    window = page.locator("dialog[open]")
    visitor.look()
    window.locator("textarea").fill("灯已经亮了")
    with visitor.leaving():
        window.get_by_role("button", name=visitor.word("Withdraw")).click()
    expect(page.locator("main .state").first).to_contain_text(visitor.word("cancelled"))
    visitor.sees("灯已经亮了")
    visitor.look()

    wrong = code[:-1] + ("a" if code[-1] != "a" else "b")
    visitor.go(f"/t/{number}/{wrong}/", status=404)
    assert visitor.body_of(f"/t/{number}/{wrong}/")[0] == 404
    absent = number[:-4] + ("0000" if not number.endswith("0000") else "1111")
    assert visitor.body_of(f"/t/{number}/{wrong}/") == visitor.body_of(f"/t/{absent}/{wrong}/")


def test_pages_of_the_inside_ask_for_signing_in(someone: Callable[..., Visitor]) -> None:
    visitor = someone()
    for path in ("/desk/", "/my/", "/file/", "/compounds/", "/notices/", "/people/accounts/", "/record/", "/system/"):
        visitor.open(path)
        assert "/accounts/login/" in visitor.page.url, path
    visitor.look()
