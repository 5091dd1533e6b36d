"""Somebody is about to report what a neighbour reported already: they see it while they write, and follow it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from communities import actions as communities
from complaints.actions import tickets as steps
from complaints.states import State
from people import actors
from people.actions import appointments
from people.roles import Role
from tenancy import scope
from tests.factories import tickets
from tests.factories.world import PASSWORD, World
from tests.journeys.site import Site
from tests.journeys.visitor import PHONE, Visitor, on

pytestmark = [pytest.mark.journey, on(PHONE)]


def _neighbour(world: World, name: str) -> None:
    with scope.everything(reason="tests: a neighbour"):
        user = appointments.open_account(username=name, name="邻居", password=PASSWORD, by=actors.system())
        residency = communities.claim_residency(world.compound(), user=user, kind="tenant", by=actors.system())
        communities.verify_residency(residency.pk, by=actors.system())


def _accepted(world: World, number: str) -> None:
    with scope.place(world.area()):
        row = tickets.Ticket.objects.get(number=number)
        steps.accept(number, by=world.actor(Role.PROPERTY_MANAGER), version=row.version)


def test_a_neighbour_follows_instead_of_filing_again(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    number = site.run(lambda: tickets.ticket(world, State.DISPATCHED, text="北门路灯坏了，晚上看不见路", public=True).number)
    site.run(lambda: _neighbour(world, "who-follows"))
    neighbour = someone()
    neighbour.open("/accounts/login/")
    neighbour.enter("who-follows", PASSWORD)
    neighbour.go("/file/")
    neighbour.page.locator("#id_text").fill("北门的路灯不亮，走路看不清")
    neighbour.page.locator("#id_text").blur()
    found = neighbour.page.locator("[data-alike] a.row-item")
    expect(found).to_have_count(1)
    expect(neighbour.page.locator("#id_text")).to_have_value("北门的路灯不亮，走路看不清")
    neighbour.look()
    with neighbour.context.expect_page() as opened:
        found.click()
    beside = opened.value
    assert number in beside.url
    beside.close()
    neighbour.go(f"/tickets/{number}/")
    neighbour.look()
    with neighbour.leaving():
        neighbour.button("Concerns me too: follow it").click()
    neighbour.look()
    site.run(lambda: _accepted(world, number))
    neighbour.go("/notices/")
    neighbour.sees(number)
    neighbour.go("/my/?tab=followed")
    assert number in neighbour.numbers()
    neighbour.look()
    with neighbour.leaving():
        neighbour.row(number).click()
    with neighbour.leaving():
        neighbour.button("You follow it; stop").click()
    neighbour.go("/my/?tab=followed")
    neighbour.sees("您还没有关注")
    neighbour.look()
