"""A browser, a running site, and people who use both. Pages are kept as pictures under var/journeys when a journey fails."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.factories.world import World
from tests.journeys import site as sites
from tests.journeys.visitor import DEVICES, Device, Visitor
from tools import browser as browsers
from tools import messages

SWITCHES = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",  # a camera that shows a moving picture, and nobody who has to allow it
    "--use-fake-ui-for-media-stream",
]
outcome = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium that there is. Root may not use its sandbox."""
    path = browsers.find()
    assert path, browsers.ADVICE
    switches = [*SWITCHES, "--no-sandbox"] if os.geteuid() == 0 else SWITCHES
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=switches)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def _messages_compiled() -> None:
    compiled = messages.PO.with_suffix(".mo")
    if not compiled.exists() or compiled.stat().st_mtime < messages.PO.stat().st_mtime:
        messages.compile_all()


@pytest.fixture(scope="session")
def _nothing_left_over() -> None:
    sites.supervisor().stop_leftovers()


@pytest.fixture(scope="session")
def _served(
    _nothing_left_over: None, _messages_compiled: None, django_db_setup: None, django_db_blocker: Any
) -> Iterator[sites.Site]:
    with django_db_blocker.unblock(), sites.running() as site:
        yield site


@pytest.fixture(scope="module")
def site(_served: sites.Site) -> Iterator[sites.Site]:
    """The running site, with the world as it was built; what a module's journeys leave behind is cleared away."""
    yield _served
    _served.empty()


@pytest.fixture
def world(site: sites.Site) -> World:
    """Ids only; asking the database goes through `site.run`."""
    return site.world()


@pytest.fixture(params=DEVICES, ids=str)
def device(request: pytest.FixtureRequest) -> Device:
    chosen: Device = request.param
    return chosen


@pytest.fixture
def someone(
    site: sites.Site, browser: Browser, device: Device, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Visitor]]:
    """Open a window: `someone()`, in Chinese, or `someone("en")`. Whatever was wrong with a page fails the journey."""
    visitors: list[Visitor] = []
    found: list[str] = []

    def arrive(language: str = "zh-hans") -> Visitor:
        visitors.append(Visitor(browser, site, device, language, found))
        return visitors[-1]

    yield arrive
    for visitor in visitors:
        found += [f"{visitor.page.url}: {each}" for each in visitor.watch.taken()]
    if found or not request.node.stash.get(outcome, False):
        _picture(request.node.name, visitors)
    for visitor in visitors:
        visitor.context.close()
    assert not found, "\n".join(dict.fromkeys(found))


def _picture(test: str, visitors: list[Visitor]) -> None:
    for number, visitor in enumerate(visitors):
        name = re.sub(r"[^\w-]+", "_", f"{test}-{number}-{visitor.username}")
        visitor.page.screenshot(path=sites.WHERE / f"{name}.png", full_page=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first journey also waits for the database and the server, so only the journey itself is timed."""
    for item in items:
        if item.get_closest_marker("journey"):
            item.add_marker(pytest.mark.timeout(900, func_only=True))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call":
        item.stash[outcome] = report.passed
    return report
