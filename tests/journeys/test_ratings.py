"""An answer that does not do goes to the next level up; who says nothing is called, and what is said becomes the rating."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from complaints.actions import calls
from complaints.models import Ticket
from complaints.rating_states import CallReason
from complaints.states import State
from people.roles import Role
from tenancy import scope
from tests.factories import tickets
from tests.factories.world import World
from tests.journeys.site import Site
from tests.journeys.visitor import PHONE, WORKPLACE, Visitor, on

pytestmark = pytest.mark.journey


def _to_be_called(world: World) -> str:
    row = tickets.ticket(world, State.RESOLVED)
    with scope.place(row.area):
        assert calls.make(Ticket.objects.get(pk=row.pk), CallReason.SILENT)
    return row.number


@on(PHONE)
def test_what_is_not_put_right_goes_to_the_street_office(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    number = site.run(lambda: tickets.ticket(world, State.RESOLVED).number)
    resident = someone().sign_in(Role.RESIDENT)
    resident.go(f"/tickets/{number}/")
    page = resident.page
    expect(page.locator("[name=reasons]").first).to_be_hidden()  # nothing is said yet
    with resident.refused(400), resident.leaving():
        resident.button("Send the rating").click()
    resident.look()
    page.locator("[name=result][value=unsolved]").check()
    page.locator("[name=manner][value=bad]").check()
    expect(page.locator("[name=reasons][value=quick]")).to_be_hidden()
    page.locator("[name=reasons][value=came_back]").check()
    resident.look()
    with resident.leaving():
        resident.button("Send the rating").click()
    resident.reads("What you said")
    resident.sees(site.run(lambda: world.street().name))
    resident.reads("Sent to the next level up")
    resident.look()
    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.go(f"/tickets/{number}/")
    clerk.sees("又出现了")
    clerk.sees(site.run(lambda: world.firm().name))


@on(WORKPLACE)
def test_who_says_nothing_is_called(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    number = site.run(lambda: _to_be_called(world))
    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.go("/desk/calls/")
    page = clerk.page
    with clerk.leaving():
        page.locator(f"a:text-is('{number}')").click()
    clerk.look()
    phone = site.run(lambda: world.user(Role.RESIDENT).phone or "")
    clerk.does_not_see(phone)
    with clerk.leaving():
        clerk.button("Show the number (recorded)").click()
    clerk.sees(phone)
    with clerk.leaving():
        page.locator("#not-reached button").click()
    with clerk.leaving():
        page.locator(f"a:text-is('{number}')").click()
    page.locator("#not_reached_text").fill("忙音，晚些再打")
    with clerk.refused(409), clerk.leaving():
        page.locator("#not-reached button").click()
    clerk.reads("Call at another time: at least two hours after the last call.")
    expect(page.locator("#not_reached_text")).to_have_value("忙音，晚些再打")
    clerk.look()
    page.locator("#reached [name=result][value=solved]").check()
    page.locator("#reached [name=manner][value=fair]").check()
    page.locator("#reached [name=reasons][value=slow]").check()
    with clerk.leaving():
        clerk.button("Write the rating down").click()
    clerk.does_not_see(number)
    clerk.go("/desk/rates/?by=compound")
    share = page.locator("tfoot a[href*='rate=satisfaction'][href*='how=for']")
    many = int(share.inner_text())
    with clerk.leaving():
        share.click()
    clerk.sees(number)
    expect(page.locator("tbody tr")).to_have_count(min(many, 50))
    clerk.look()
    resident = someone().sign_in(Role.RESIDENT)
    resident.go(f"/tickets/{number}/")
    resident.reads("What you said")
    resident.sees(re.compile("处理太慢"))
