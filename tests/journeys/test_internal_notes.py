"""Those who act on a ticket tell each other what its reporter does not read; one of them types too much and loses nothing."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from complaints.states import State
from people.roles import Role
from tests.factories import tickets
from tests.factories.world import World
from tests.journeys.site import Site
from tests.journeys.visitor import PHONE, WORKPLACE, Visitor, on

SAID = "住户情绪激动，先当面说清楚"


@pytest.mark.journey
@on(PHONE)
def test_a_manager_leaves_a_note_that_the_street_reads_and_the_reporter_does_not(
    someone: Callable[..., Visitor], site: Site, world: World
) -> None:
    number = site.run(lambda: tickets.ticket(world, State.ACCEPTED).number)
    manager = someone().sign_in(Role.PROPERTY_MANAGER)
    manager.go(f"/tickets/{number}/")
    manager.page.locator("#internal_text").fill(SAID)
    with manager.leaving():
        manager.button("Keep the note").click()
    expect(manager.page.locator("#internal-notes")).to_contain_text(SAID)
    manager.look()
    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.go(f"/tickets/{number}/")
    expect(clerk.page.locator("#internal-notes")).to_contain_text(SAID)
    clerk.look()
    reporter = someone().sign_in(Role.RESIDENT)
    reporter.go(f"/tickets/{number}/")
    expect(reporter.page.locator("#internal-notes")).to_have_count(0)
    assert SAID not in reporter.page.content()


@pytest.mark.journey
@on(WORKPLACE)
def test_a_note_that_is_too_long_is_refused_and_stays(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    number = site.run(lambda: tickets.ticket(world, State.ACCEPTED).number)
    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.go(f"/desk/?queue=open&ticket={number}")
    long = "长" * 501
    clerk.page.locator("#internal_text").fill(long)
    with clerk.refused(400):
        clerk.button("Keep the note").click()
        expect(clerk.page.locator("#internal-notes .field-errors")).to_be_visible()
    expect(clerk.page.locator("#internal_text")).to_have_value(long)
    clerk.look()
