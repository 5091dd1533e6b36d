"""A clerk narrows the desk, saves the list for the office, and a colleague opens it; a list without a name is refused."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from complaints.states import State
from people.roles import Role
from tests.factories import tickets
from tests.factories.world import World
from tests.journeys.site import Site
from tests.journeys.visitor import PHONE, WORKPLACE, Visitor, on


@pytest.mark.journey
@on(WORKPLACE)
def test_a_list_is_saved_shared_opened_and_removed(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    number = site.run(lambda: tickets.ticket(world, State.DISPATCHED).number)
    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.go(f"/desk/?queue=open&compound={world.area()}")
    expect(clerk.page.locator(".strip-cell").first).to_be_visible()
    clerk.look()
    with clerk.leaving():
        clerk.link("Save this list").click()
    with clerk.refused(400), clerk.leaving():
        clerk.button("Save the list").click()
    expect(clerk.error_at("id_name")).to_be_visible()
    clerk.look()
    clerk.page.locator("#id_name").fill("本小区")
    clerk.page.locator("#id_share").check()
    with clerk.leaving():
        clerk.button("Save the list").click()
    expect(clerk.page.locator(".side-column")).to_contain_text("本小区")
    leader = someone().sign_in(Role.STREET_LEADER)
    leader.go("/desk/?queue=all")
    with leader.leaving():
        leader.page.locator(".side-column a", has_text="本小区").click()
    leader.sees(number[10:])
    leader.go("/desk/lists/")
    leader.look()
    with leader.leaving():
        leader.page.locator("main form button").click()
    expect(leader.page.locator("main form button")).to_have_count(0)


@pytest.mark.journey
@on(PHONE)
def test_the_board_on_a_phone(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    number = site.run(lambda: tickets.ticket(world, State.DISPATCHED).number)
    manager = someone().sign_in(Role.PROPERTY_MANAGER)
    manager.go(f"/desk/board/?compound={world.area()}")
    manager.look()
    with manager.leaving():
        manager.page.locator(".board .row-item", has_text=number).click()
    manager.sees(number)
