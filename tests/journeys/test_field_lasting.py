"""The check list over time: a long day's work opens quickly, and a new build takes the old one's place without touching it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.factories.world import World
from tests.journeys.field_front import Front, standing
from tests.journeys.field_phone import FIELD, Phone, held, in_county, one_phone, prepared
from tests.journeys.site import Site
from tests.journeys.visitor import PHONE, Device, on, photo

pytestmark = [pytest.mark.journey, on(PHONE)]
ITEMS, PHOTOS = 200, 200
LATER = timedelta(hours=24)
"""How far the phone's clock has gone on when the browser is opened again, still without a signal."""
NEXT = "f" * 16
TICK_ALL = "() => document.querySelectorAll('.field-row input[value=pass]').forEach(each => each.click())"
BUILDS = "async () => (await caches.keys()).join()"

UPDATE = "async () => { const held = await navigator.serviceWorker.getRegistration(); await held.update().catch(() => 0); }"


@pytest.fixture
def phone(site: Site, browser: Browser, device: Device, tmp_path: Path) -> Iterator[Callable[[], Phone]]:
    with one_phone(site, browser, device, tmp_path / "profile") as switch_on:
        yield switch_on


def many_items(route: Route) -> None:
    """The sheet, its own items over and over."""
    answer = route.fetch()
    sheet = answer.json()
    mine = [line for line in sheet["lines"] if line["mine"]]
    sheet["lines"] = [{**mine[n % len(mine)], "id": 10**9 + n, "code": f"N{n}"} for n in range(ITEMS)]
    route.fulfill(response=answer, json=sheet)


def test_a_long_day_of_items_and_photos_is_there_again(phone: Callable[[], Phone], site: Site, world: World) -> None:
    number, names, _codes = site.run(lambda: prepared(world))
    one = phone()
    one.context.route("**/sheet/", many_items)
    one.sign_in_as(names["UM1"], f"{FIELD}#{number}")
    one.open(f"{FIELD}#{number}")
    expect(one.page.locator(".field-row")).to_have_count(ITEMS)
    one.page.wait_for_function("() => navigator.serviceWorker.controller")
    one.context.set_offline(True)
    one.page.evaluate(TICK_ALL)
    one.waits(ITEMS)
    one.tick("N7", "violation")
    one.page.locator("#finding-photos").set_input_files([photo(f"{each}") for each in range(PHOTOS)])
    one.waits(ITEMS + 1 + PHOTOS)

    one = phone()
    one.context.set_offline(True)
    one.context.clock.install(time=datetime.now(UTC) + LATER)
    one.open(f"{FIELD}#{number}")
    one.waits(ITEMS + 1 + PHOTOS)
    assert one.page.locator("input[value=pass]:checked").count() == ITEMS - 1
    one.look()


@pytest.fixture
def front(site: Site) -> Iterator[Front]:
    with standing(site.port) as made:
        yield made


@pytest.fixture
def fronted(front: Front, browser: Browser, device: Device, tmp_path: Path) -> Iterator[Phone]:
    with one_phone(front, browser, device, tmp_path / "profile") as switch_on:
        yield switch_on()


def test_a_new_build_takes_the_place_of_the_old_and_of_nothing_else(
    fronted: Phone, front: Front, site: Site, world: World
) -> None:
    number, names, codes = site.run(lambda: prepared(world))
    one = fronted
    one.carrying(names["UM1"], number)
    old = one.page.evaluate(BUILDS)
    build = old.removeprefix("mulin-field-")
    one.context.route("**/changes/", lambda route: route.abort("internetdisconnected"))
    one.tick(codes[0], "pass")
    one.waits(1)

    def half(path: str, headers: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
        if path == f"{FIELD}worker.js":
            return headers, body.replace(build.encode(), NEXT.encode())
        return headers, b"<h1>Wi-Fi</h1>" if path == FIELD else body

    def whole(path: str, headers: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
        named = {**headers, "x-field-build": NEXT} if path == FIELD else headers
        return named, half(path, headers, body)[1] if path != FIELD else body

    front.alter = half
    one.page.evaluate(UPDATE)
    one.page.wait_for_timeout(1500)
    assert one.page.evaluate(BUILDS) == old, "a page of the network takes no place"
    front.alter = whole
    one.page.evaluate(UPDATE)
    one.reads("A new version of this page is ready", within="#told")
    one.page.wait_for_function("async (name) => (await caches.keys()).join() === name", arg=f"mulin-field-{NEXT}")
    one.forgive()
    one.look()
    one.context.unroute("**/changes/")
    one.press("Open it anew")
    one.everything_sent()
    assert site.run(in_county(lambda: held(number)))["results"] == {codes[0]: "pass"}
    one.forgive()
