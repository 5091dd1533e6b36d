"""What concerns everybody is made public: the clerk sees what neighbours will, neighbours read that and not who filed it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from communities import actions as communities
from complaints.states import State
from people import actors
from people.actions import appointments
from people.roles import Role
from tenancy import scope
from tests.factories import tickets
from tests.factories.world import HOME, PASSWORD, World
from tests.journeys.site import Site
from tests.journeys.visitor import WORKPLACE, Visitor, on

pytestmark = [pytest.mark.journey, on(WORKPLACE)]
FILED, WORDING = "3号楼电梯又坏了，电梯故障没人修，我住502，请打13800001111", "3号楼电梯停运，物业正在维修"
MASKED = FILED.replace("13800001111", "＊" * 11)


def _neighbour(world: World, name: str) -> None:
    with scope.everything(reason="tests: a neighbour"):
        user = appointments.open_account(username=name, name="邻居", password=PASSWORD, by=actors.system())
        residency = communities.claim_residency(world.compound(), user=user, kind="tenant", by=actors.system())
        communities.verify_residency(residency.pk, by=actors.system())


def test_a_clerk_publishes_and_a_neighbour_reads_it(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    clerk = someone().sign_in(Role.STREET_CLERK)
    name = f"neighbour_{clerk.page.viewport_size['width']}" if clerk.page.viewport_size else "neighbour"
    site.run(lambda: _neighbour(world, name))
    number = site.run(lambda: tickets.ticket(world, State.ACCEPTED, text=FILED, home=world.homes["own"]).number)

    clerk.open_case(number, "open")
    clerk.look()
    with clerk.leaving():
        clerk.link("Make public", within=".case-actions").click()
    clerk.sees(MASKED)
    clerk.look()
    clerk.page.locator("#id_text").fill(WORDING)
    with clerk.leaving():
        clerk.button("Show what neighbours will see").click()
    clerk.sees(WORDING)
    clerk.does_not_see(HOME)
    clerk.look()
    with clerk.leaving():
        clerk.button("Make public").click()
    clerk.sees(WORDING, within="#case")
    clerk.look()

    neighbour = someone()
    neighbour.open("/accounts/login/")
    neighbour.enter(name, PASSWORD)
    neighbour.go("/my/?tab=public")
    assert number in neighbour.numbers()
    with neighbour.leaving():
        neighbour.row(number).click()
    neighbour.sees(WORDING)
    for secret in (HOME, "13800001111", str(Role.RESIDENT)):
        neighbour.does_not_see(secret)
    neighbour.look()

    reporter = someone().sign_in(Role.RESIDENT)
    reporter.go(f"/tickets/{number}/")
    reporter.sees(FILED)
    reporter.sees(WORDING)

    # The street office next door has no such ticket, and neither have the people of the compound next door.
    for stranger in (someone().sign_in(Role.STREET_CLERK, "street"), someone().sign_in(Role.RESIDENT, "sibling")):
        stranger.go(f"/tickets/{number}/publish/", status=404)
        stranger.go(f"/tickets/{number}/", status=404)

    clerk.page.locator(".case-actions details.menu > summary").click()
    clerk.link("Take back from the public", within=".case-actions").click()
    window = clerk.page.locator("dialog[open]")
    window.locator("textarea").fill("涉及个人情况")
    with clerk.leaving():
        window.get_by_role("button", name=clerk.word("Take back")).click()
    expect(clerk.page.locator("#case .messages")).to_contain_text(number)
    with neighbour.refused(404):
        neighbour.reload()
    neighbour.does_not_see(WORDING)


def test_a_bureau_is_asked_for_its_part_and_the_lead_waits_for_it(
    someone: Callable[..., Visitor], site: Site, world: World
) -> None:
    number = site.run(lambda: tickets.ticket(world, State.ACCEPTED).number)
    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.open_case(number, "open")
    clerk.link("Ask to assist", within=".case-actions").click()
    window = clerk.page.locator("dialog[open]")
    window.locator("[name=organisation]").select_option(str(world.bureaus["UM", "own"]))
    window.locator("textarea").fill("请核查维保记录")
    window.locator("[name=required]").check()
    clerk.look()
    with clerk.leaving():
        window.get_by_role("button", name=clerk.word("Ask")).click()
    clerk.sees("请核查维保记录", within="#case")
    clerk.look()

    firm = someone().sign_in(Role.PROPERTY_MANAGER)
    firm.open_case(number, "doing")
    firm.page.locator("#resolve textarea").fill("已更换钢丝绳")
    with firm.refused(409):
        firm.button("Send the answer", within=".case-actions").click()
        expect(firm.page.locator("#case [data-form-errors]")).to_be_visible()
    expect(firm.page.locator("#resolve textarea")).to_have_value("已更换钢丝绳")
    firm.look()

    bureau = someone().sign_in(Role.DEPARTMENT_HANDLER)
    bureau.go(f"/tickets/{number}/")
    bureau.link("Give our part", within=".case-actions").click()
    window = bureau.page.locator("dialog[open]")
    window.locator("textarea").fill("维保记录齐全")
    bureau.look()
    with bureau.leaving():
        window.get_by_role("button", name=bureau.word("Send")).click()
    bureau.sees("维保记录齐全", within="#case")

    firm.open_case(number, "doing")
    firm.sees("维保记录齐全", within="#case")
    firm.page.locator("#resolve textarea").fill("已更换钢丝绳")
    with firm.leaving():
        firm.button("Send the answer", within=".case-actions").click()
    expect(firm.page.locator("#case .state").first).to_contain_text(firm.word("resolved"))
