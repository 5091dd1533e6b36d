"""The check list on a phone without a signal: recorded offline, kept while the browser is closed, sent later, once."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.factories.world import World
from tests.journeys.field_phone import FIELD, Phone, held, in_county, one_phone, prepared
from tests.journeys.site import Site
from tests.journeys.visitor import PHONE, Device, on

pytestmark = [pytest.mark.journey, on(PHONE)]


@pytest.fixture
def phone(site: Site, browser: Browser, device: Device, tmp_path: Path) -> Iterator[Callable[[], Phone]]:
    with one_phone(site, browser, device, tmp_path / "profile") as switch_on:
        yield switch_on


def large_photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2400, 1800), "#3e5c7a").save(out, "JPEG", quality=60)
    return out.getvalue()


def test_recorded_without_a_signal_and_sent_once(phone: Callable[[], Phone], site: Site, world: World) -> None:
    number, names, codes = site.run(lambda: prepared(world))
    one = phone()
    page = one.page
    one.carrying(names["UM1"], number)
    one.look()

    one.context.set_offline(True)
    one.reads("No signal", within="#told")
    one.tick(codes[0], "pass")
    one.tick(codes[1], "na")
    one.tick(codes[1], "pass")
    one.waits(3)
    one.tick(codes[2], "violation")
    page.locator("#finding-spot").wait_for()
    one.press("Keep the finding")
    expect(page.locator("#finding-spot")).to_be_focused()
    expect(page.locator("#finding-spot-error")).to_be_visible()
    one.look()
    page.locator("#finding-photos").set_input_files([{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": large_photo()}])
    expect(page.locator(".field-photos li")).to_have_count(1)
    one.sees("24.78123, 118.55235 ±12 m")
    page.locator("#finding-spot").fill("3号楼门厅")
    page.wait_for_timeout(300)

    one = phone()
    page = one.page
    one.context.set_offline(True)
    one.open(f"{FIELD}#{number}")
    expect(page.locator(".field-row")).to_have_count(33)
    expect(one.row(codes[1]).locator("input[value=pass]")).to_be_checked()
    one.waits(5)
    one.look()
    page.get_by_label(one.word("Only what is not checked yet")).check()
    expect(one.row(codes[0])).to_be_hidden()
    page.get_by_label(one.word("Only what is not checked yet")).uncheck()
    one.row(codes[2]).locator("a").click()
    expect(page.locator("#finding-spot")).to_have_value("3号楼门厅")
    expect(page.locator(".field-photos li")).to_have_count(1)
    page.locator("#finding-text").fill("电动车停放")
    one.press("Keep the finding")
    expect(page.locator("li.sheet")).to_contain_text("电动车停放")
    page.locator("#note").fill("占用通道")
    page.locator("#note").blur()
    one.waits(7)
    one.look()
    one.open(f"{FIELD}#{number}")
    page.get_by_text(one.word("Who was present"), exact=True).click()
    page.locator("#present-name").fill("示例")
    page.locator("details[open]").get_by_role("button", name=one.word("Keep")).click()
    one.waits(8)
    assert site.run(in_county(lambda: held(number)))["changes"] == []

    one.context.set_offline(False)
    one.everything_sent()
    now = site.run(in_county(lambda: held(number)))
    assert now["state"] == "under_way"
    assert now["results"] == {codes[0]: "pass", codes[1]: "pass", codes[2]: "violation"}
    assert now["texts"] == {codes[2]: "占用通道"}
    assert now["changes"] == [*[("result", "applied")] * 4, ("finding", "applied"), ("result", "applied"), ("present", "applied")]
    assert now["findings"] == [("3号楼门厅", "电动车停放")]
    assert now["photos"] == [(True, 24781234, 1600, 1200)]
    assert now["present"] == ("firm", "示例")
    one.open(f"{FIELD}#{number}/sent")
    expect(page.locator("li.sheet")).to_have_count(7)
    one.look()
    one.open(FIELD)
    expect(page.locator(".field-visit")).to_have_count(1)
    one.look()
    one.reload()
    one.everything_sent()
    assert site.run(in_county(lambda: held(number))) == now
