"""Whoever answers puts standard words in, sees what will be sent, and sends it; a blank that is left is refused."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from complaints.states import State
from people.roles import Role
from tests.factories import notes, tickets
from tests.factories.world import World
from tests.journeys.site import Site
from tests.journeys.visitor import PHONE, WORKPLACE, Visitor, on

READY = "请告诉我们方便的时间，{单位}上门查看"


def words(world: World, text: str = READY) -> None:
    notes.note(world, "约时间", way="standard_words", words=(), steps=("ask",), text=text)


@pytest.mark.journey
@on(PHONE)
def test_words_are_put_in_previewed_and_sent(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    site.run(lambda: words(world))
    number = site.run(lambda: tickets.ticket(world, State.ACCEPTED).number)
    manager = someone().sign_in(Role.PROPERTY_MANAGER)
    manager.go(f"/tickets/{number}/")
    manager.page.locator(".case-actions a[href='#ask']").click()
    window = manager.page.locator("dialog#ask")
    window.locator("#ask_text").fill("您好")
    window.get_by_role("button", name=manager.word("Put in")).click()
    expect(window.locator("#ask_text")).to_have_value("您好\n" + READY.replace("{单位}", site.run(lambda: world.firm().name)))
    window.get_by_role("button", name=manager.word("See what will be sent")).click()
    expect(window.locator("[role=status]")).to_contain_text(manager.word("A question to you"))
    manager.look()
    with manager.leaving():
        window.get_by_role("button", name=manager.word("Ask"), exact=True).click()
    reporter = someone().sign_in(Role.RESIDENT)
    reporter.go(f"/tickets/{number}/")
    expect(reporter.page.locator("#reply")).to_contain_text("方便的时间")


@pytest.mark.journey
@on(WORKPLACE)
def test_a_blank_that_is_left_is_refused_and_the_words_stay(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    number = site.run(lambda: tickets.ticket(world, State.ACCEPTED).number)
    manager = someone().sign_in(Role.PROPERTY_MANAGER)
    manager.go(f"/desk/?queue=open&ticket={number}")
    manager.page.locator(".case-actions a[href='#ask']").click()
    window = manager.page.locator("dialog#ask")
    window.locator("#ask_text").fill("请等{单位}联系")
    with manager.refused(400):
        window.get_by_role("button", name=manager.word("See what will be sent")).click()
        expect(window.locator(".field-errors")).to_be_visible()
    expect(window.locator("#ask_text")).to_have_value("请等{单位}联系")
    manager.look()
