"""A clerk ticks two tickets in triage, dispatches them from one page, mends the one that was refused, and takes the slip back."""

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
def test_two_are_dispatched_at_once_and_taken_back(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    numbers = [site.run(lambda: tickets.ticket(world, State.TRIAGE).number) for _each in range(2)]
    firm = site.run(lambda: str(world.firms["own"]))
    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.go("/desk/?queue=triage")
    clerk.look()
    clerk.page.keyboard.press("j")
    clerk.page.keyboard.press("x")
    expect(clerk.page.locator("[data-rows] input:checked")).to_have_count(1)
    clerk.page.keyboard.press("x")
    expect(clerk.page.locator("[data-rows] input:checked")).to_have_count(0)
    for number in numbers:
        clerk.page.locator(f'[data-rows] input[value="{number}"]').check()
    with clerk.leaving():
        clerk.page.keyboard.press("s")
    clerk.look()
    one, two = numbers
    for number in numbers:
        clerk.page.locator(f'[name="{number}-take"]').check()
        clerk.page.locator(f'[name="{number}-leaf"]').select_option("0202")
    clerk.page.locator(f'[name="{one}-organisation"]').select_option(firm)
    clerk.page.locator(f'[name="{two}-organisation"]').select_option("")
    with clerk.leaving():
        clerk.button("Dispatch what is ticked").click()
    expect(clerk.page.locator("[role=status]")).to_contain_text(one)
    expect(clerk.page.locator("fieldset .field-errors")).to_have_count(1)
    clerk.look()
    with clerk.leaving():
        clerk.button("Take all of these back").click()
    expect(clerk.page.locator("main")).to_contain_text(one)
    clerk.look()


@pytest.mark.journey
@on(PHONE)
def test_a_slip_is_taken_back_on_the_case(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    number = site.run(lambda: tickets.ticket(world, State.TRIAGE).number)
    firm = site.run(lambda: str(world.firms["own"]))
    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.go(f"/tickets/{number}/")
    with clerk.page.expect_response("**/suggest/*"):  # the field “who leads” comes anew
        clerk.page.locator("#dispatch_leaf").select_option("0404")
    clerk.page.locator("#dispatch_organisation").select_option(firm)
    with clerk.leaving():
        clerk.button("Dispatch").click()
    clerk.go(f"/tickets/{number}/")
    clerk.page.locator(".case-actions details summary").click()
    clerk.page.locator("a[href='#recall']").click()
    clerk.look()
    with clerk.leaving():
        clerk.page.locator("dialog#recall button[type=submit]").click()
    clerk.go(f"/tickets/{number}/")
    expect(clerk.page.locator("#dispatch")).to_be_visible()
