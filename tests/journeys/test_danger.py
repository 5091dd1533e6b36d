"""Somebody in danger gets a number to call at once, and the desk gets the ticket before all others."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from communities.models import Compound
from people.roles import Role
from tenancy import scope
from tests.factories.world import World
from tests.journeys.site import Site
from tests.journeys.visitor import PHONE, Visitor, on

pytestmark = [pytest.mark.journey, on(PHONE)]


def test_people_shut_in_a_lift(someone: Callable[..., Visitor]) -> None:
    resident = someone().sign_in(Role.RESIDENT)
    resident.open("/file/")
    ordinary = resident.file("三号楼电梯又坏了，停运两天，电梯故障没人修")
    resident.open("/file/")
    urgent = resident.file("有人被困在电梯里")
    _number_to_call(resident)
    resident.look()
    resident.open(f"/tickets/{urgent}/")
    _number_to_call(resident)
    resident.look()

    resident.open(f"/tickets/{ordinary}/")
    expect(resident.page.locator(".emergency-call")).to_have_count(0)
    resident.wait_for_state("dispatched")
    resident.open(f"/tickets/{urgent}/")
    resident.wait_for_state("dispatched")

    manager = someone().sign_in(Role.PROPERTY_MANAGER)
    manager.open("/desk/?queue=open")
    listed = manager.numbers()
    assert listed.index(urgent) < listed.index(ordinary), "filed later, yet it stands first"
    expect(manager.page.locator(".row-item").first.locator(".urgency")).to_contain_text(manager.word("Emergency"))
    manager.look()
    manager.open_case(urgent)
    expect(manager.page.locator("#case .emergency a[href^='tel:']").first).to_be_visible()
    manager.look()
    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.open("/notices/")
    clerk.sees(urgent)
    clerk.look()


def _number_to_call(visitor: Visitor) -> None:
    """A link that calls, above all else and without scrolling."""
    call = visitor.page.locator("main .emergency-call").first
    expect(call).to_be_visible()
    assert (call.get_attribute("href") or "").startswith("tel:")
    box, heading = call.bounding_box(), visitor.page.locator("main h1").bounding_box()
    assert box is not None
    assert heading is not None
    assert box["y"] + box["height"] <= visitor.device.height
    assert box["y"] < heading["y"]


def test_a_long_number_stays_within_the_phone(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    """Also in large type: it shrinks, and breaks over two lines before it runs out of the window."""

    def lengthen() -> None:
        with scope.place(world.area()):
            Compound.objects.update(duty_phone="0595-85000000 转 80012 / 13900000000")

    site.run(lengthen)
    resident = someone().sign_in(Role.RESIDENT)
    resident.open("/file/")
    resident.file("有人被困在电梯里")
    resident.sees("80012", within=".emergency")
    resident.look()
    resident.context.add_cookies([{"name": "mulin_type", "value": "large", "url": site.url}])
    resident.reload()
    resident.look()
