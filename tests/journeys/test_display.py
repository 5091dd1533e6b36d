"""Large type, brightness and language are chosen once and hold on every page; paper shows the case alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from complaints.states import State
from people.roles import Role
from tests.factories import tickets
from tests.factories.world import World
from tests.journeys.site import Site
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.journey
SIZE = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def test_large_type_and_dark_hold_on_every_page(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    number = site.run(lambda: tickets.ticket(world, State.RESOLVED).number)
    resident = someone().sign_in(Role.RESIDENT)
    page = resident.page
    size, light = page.evaluate(SIZE), page.evaluate(BACKGROUND)
    with page.expect_response(lambda answer: "/display/" in answer.url):
        page.locator("form.large-type button").click()
    expect(page.locator("form.large-type button")).to_have_attribute("aria-pressed", "true")
    _choose(resident, "theme", "dark")
    for path in ("/my/", "/file/", f"/tickets/{number}/", "/notices/", f"/compounds/{world.area()}/"):
        resident.go(path)
        assert page.evaluate(SIZE) > size, path
        assert page.evaluate(BACKGROUND) != light, path
    with page.expect_response(lambda answer: "/display/" in answer.url):
        page.locator("form.large-type button").click()
    resident.reload()
    assert page.evaluate(SIZE) == size


def test_the_desk_in_the_dark(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    accepted, waiting = site.run(
        lambda: (
            tickets.ticket(world, State.ACCEPTED, text=tickets.LIFT_TRAPPED).number,
            tickets.ticket(world, State.TRIAGE).number,
        )
    )
    clerk = someone().sign_in(Role.STREET_CLERK)
    _choose(clerk, "theme", "dark")
    _choose(clerk, "type", "large")
    clerk.go("/desk/?queue=all")
    for number in (accepted, waiting):
        clerk.go(f"/desk/?queue=all&ticket={number}")
    clerk.go("/compounds/")


def test_english_everywhere_after_one_choice(someone: Callable[..., Visitor]) -> None:
    resident = someone().sign_in(Role.RESIDENT)
    page = resident.page
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    _open_menu(resident)
    with resident.leaving():
        page.locator(".masthead [name=language][value=en]").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    resident.sees("My tickets")
    resident.go("/file/")
    resident.sees("What is the matter?")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_paper_shows_the_case_and_not_the_desk(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    number = site.run(lambda: tickets.ticket(world, State.ACCEPTED).number)
    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.open(f"/desk/?queue=doing&ticket={number}")
    clerk.page.emulate_media(media="print")
    expect(clerk.page.locator("#case .case-text")).to_be_visible()
    for gone in (".masthead", ".pane-list", ".case-actions", ".side"):
        expect(clerk.page.locator(gone).first).to_be_hidden()
    assert clerk.page.pdf(format="A4").startswith(b"%PDF-")


def _open_menu(visitor: Visitor) -> None:
    visitor.page.locator(".masthead details.menu summary").last.click()


def _choose(visitor: Visitor, name: str, value: str) -> None:
    _open_menu(visitor)
    with visitor.page.expect_response(lambda answer: "/display/" in answer.url):
        visitor.page.locator(f".menu-sheet button[name={name}][value={value}]").click()
    visitor.page.keyboard.press("Escape")
