"""A joint visit of four bureaus from the plan to the last signature, in the browsers of those who take part."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from people.roles import Role
from tenancy import scope
from tests.factories import visits
from tests.factories.world import PASSWORD, World
from tests.journeys.site import Site
from tests.journeys.visitor import WORKPLACE, Visitor, on

pytestmark = [pytest.mark.journey, on(WORKPLACE)]
BUREAUS = ("UM", "FR", "MR", "PS")


def prepared(world: World) -> dict[str, tuple[str, str]]:
    """A list in force and two certified officers of each bureau; user names of head and first officer by bureau."""
    with scope.everything(reason="journeys: a list and certificates"):
        visits.listed(world)
        for kind in BUREAUS:
            visits.certified(world, kind)
        return {kind: (visits.head(world, kind).user.username, visits.officer(world, kind).user.username) for kind in BUREAUS}


def entering(someone: Callable[..., Visitor], username: str, address: str) -> Visitor:
    """Somebody of a bureau, signed in by the form, at a page."""
    who = someone()
    who.open("/accounts/login/")
    who.enter(username, PASSWORD)
    expect(who.page).not_to_have_url(re.compile("/accounts/login/"))
    who.open(address)
    return who


def approved_by_hand(someone: Callable[..., Visitor], world: World, names: dict[str, tuple[str, str]]) -> str:
    """Planned, asked for, answered by each bureau and approved, each by whoever may; the address of the visit."""
    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.open("/checks/visits/needed/")
    clerk.look()
    with clerk.leaving():
        clerk.page.locator(f"a[href='/checks/visits/plan/{world.area()}/']").click()
    clerk.look()
    # One bureau is no joint visit: refused by the field, with what was typed.
    clerk.page.locator("#id_reason").fill("消防通道和电动车投诉多")
    clerk.page.get_by_label("消防救援大队").check()
    with clerk.refused(400), clerk.leaving():
        clerk.button("Keep the plan").click()
    expect(clerk.page.locator("#id_reason")).to_have_value("消防通道和电动车投诉多")
    expect(clerk.page.get_by_label("消防救援大队")).to_be_checked()
    clerk.look()
    for name in ("城市管理局", "市场监督管理局", "公安局"):
        clerk.page.get_by_label(name).check()
    with clerk.leaving():
        clerk.button("Keep the plan").click()
    address = clerk.page.url
    clerk.look()
    clerk.page.locator("[data-dialog=ask]").click()
    with clerk.leaving():
        clerk.page.locator("#ask button[type=submit]").click()

    for head, _officer in names.values():
        bureau = entering(someone, head, address)
        for box in bureau.page.locator("input[name=certificates]").all():
            box.check()
        with bureau.leaving():
            bureau.button("Name them").click()
        bureau.look()

    leader = someone().sign_in(Role.STREET_LEADER)
    leader.open(address)
    leader.page.locator("[data-dialog=approve]").click()
    leader.look()
    with leader.leaving():
        leader.page.locator("#approve button[type=submit]").click()
    expect(leader.page.locator("#items th[scope=row]")).to_have_count(49)
    leader.look()
    return address


def test_four_bureaus_go_in_once(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    names = site.run(lambda: prepared(world))
    address = approved_by_hand(someone, world, names)
    leader = someone().sign_in(Role.STREET_LEADER)
    for number, (_head, name) in enumerate(names.values()):
        officer = entering(someone, name, address)
        if number == 0:
            officer.page.locator("[data-dialog=start]").click()
            with officer.leaving():
                officer.page.locator("#start button[type=submit]").click()
        officer.look()
        with officer.leaving():
            officer.button("Sign for your bureau").click()
    leader.open(address)
    leader.sees(leader.word("concluded", context="visit"))

    resident = someone().sign_in(Role.RESIDENT)
    resident.open(address)
    resident.look()
    expect(resident.page.locator("main")).not_to_contain_text("消防通道和电动车投诉多")
