"""Returned twice and arbitrated; more time asked for and decided; a question that stops the clock, answered on the phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from complaints.states import State
from people.roles import Role
from tests.factories import tickets
from tests.factories.world import World
from tests.journeys.site import Site
from tests.journeys.visitor import WORKPLACE, Visitor, on

pytestmark = [pytest.mark.journey, on(WORKPLACE)]
FIRST, SECOND, DECIDED = "由安装单位质保，不在服务范围", "合同不含该项维修", "服务合同第五条约定由物业负责"


def in_window(visitor: Visitor, opener: str, word: str, *, text: str = "", **chosen: str) -> None:
    """Open a step's window, look at it, fill it in and send it."""
    visitor.link(opener, within=".case-actions").click()
    window = visitor.page.locator("dialog[open]")
    expect(window).to_be_visible()
    for name, value in chosen.items():
        window.locator(f"[name={name}]").select_option(value)
    if text:
        window.locator("textarea").fill(text)
    visitor.look()
    with visitor.leaving():
        window.get_by_role("button", name=visitor.word(word), exact=True).click()


def rare(visitor: Visitor) -> None:
    """Open “More”."""
    visitor.page.locator(".case-actions details.menu > summary").click()
    visitor.look()


def test_returned_twice_and_arbitrated(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    number = site.run(lambda: tickets.ticket(world, State.DISPATCHED).number)
    firm, clerk = someone().sign_in(Role.PROPERTY_MANAGER), someone().sign_in(Role.STREET_CLERK)
    firm.open_case(number, "new")
    in_window(firm, "Return", "Return", text=FIRST, reason="overlap")

    clerk.open_case(number, "triage")
    clerk.sees(FIRST, within="#case")
    form = clerk.page.locator("#dispatch")
    form.locator("[name=organisation]").select_option(str(world.firms["own"]))
    form.locator("[name=text]").fill("请按合同办理")
    with clerk.leaving():
        clerk.button("Dispatch", within="#case").click()

    firm.open_case(number, "new")
    in_window(firm, "Return", "Return", text=SECOND, reason="unclear_rights")
    clerk.open_case(number, "arbitration")
    expect(clerk.page.locator("#arbitrate")).to_have_count(0)
    clerk.look()

    county = someone().sign_in(Role.COUNTY_CLERK)
    county.open_case(number, "arbitration")
    for said in (FIRST, SECOND, site.run(lambda: world.firm().name)):
        county.sees(said, within="#arbitrate")
    county.look()
    county.page.locator("#arbitrate [name=organisation]").select_option(str(world.firms["own"]))
    county.page.locator("#arbitrate [name=text]").fill(DECIDED)
    with county.leaving():
        county.button("Decide", within=".case-actions").click()
    expect(county.page.locator("#case .state").first).to_contain_text(county.word("dispatched"))

    firm.open_case(number, "new")
    firm.sees(DECIDED, within="#case .timeline")
    expect(firm.page.locator(".case-actions [href='#give-back']")).to_have_count(0)
    firm.look()
    with firm.leaving():
        firm.button("Accept", within=".case-actions").click()
    expect(firm.page.locator("#case .state").first).to_contain_text(firm.word("accepted"))


def test_more_time_is_asked_for_and_decided(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    number, other = site.run(lambda: [tickets.ticket(world, State.ACCEPTED).number for _ in range(2)])
    firm, clerk, resident = (someone().sign_in(role) for role in (Role.PROPERTY_MANAGER, Role.STREET_CLERK, Role.RESIDENT))
    for each, days in ((number, "5"), (other, "15")):
        firm.open_case(each, "doing")
        rare(firm)
        in_window(firm, "Ask for more time", "Ask", text="备件需从厂家调货", days=days)
        firm.sees("备件需从厂家调货", within="#case")

    clerk.open("/desk/?queue=open")
    if not clerk.device.wide:
        clerk.page.locator("[data-side] > summary").click()
    mark = clerk.page.locator(".side a[href*='extension=on'], a[href*='extension=on']").first
    expect(mark).to_contain_text("2")
    clerk.look()
    with clerk.leaving():
        mark.click()
    assert sorted(clerk.numbers()) == sorted([number, other])
    clerk.open_case(number)
    in_window(clerk, "Grant more time", "Grant")
    clerk.open("/desk/?queue=open&extension=on")
    assert clerk.numbers() == [other]
    clerk.open_case(other)
    in_window(clerk, "Refuse more time", "Refuse", text="同型号备件本地有货")

    resident.go(f"/tickets/{number}/")
    resident.sees("备件需从厂家调货")
    resident.go(f"/tickets/{other}/")
    resident.does_not_see("备件需从厂家调货")
    firm.open_case(other, "doing")
    firm.sees("同型号备件本地有货", within="#case .timeline")


def test_a_question_stops_the_clock_until_the_reporter_answers(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    number = site.run(lambda: tickets.ticket(world, State.ACCEPTED).number)
    firm, resident = someone().sign_in(Role.PROPERTY_MANAGER), someone().sign_in(Role.RESIDENT)
    firm.open_case(number, "doing")
    in_window(firm, "Contacted", "Note it", text="已电话联系，约定下午上门")
    in_window(firm, "Ask the reporter", "Ask", text="请问是哪个单元的电梯？")
    firm.reads("Waiting for the reporter", within="#case .case-head")
    firm.page.locator(".clocks details summary").click()
    firm.look()

    resident.go(f"/tickets/{number}/")
    resident.sees("已电话联系，约定下午上门")
    resident.sees("请问是哪个单元的电梯？", within="#reply")
    resident.page.locator("#reply textarea").fill("三号楼二单元")
    with resident.leaving():
        resident.button("Send the answer", within="#reply", context="reporter").click()
    expect(resident.page.locator("#reply")).to_have_count(0)
    resident.look()

    firm.open_case(number, "doing")
    firm.sees("三号楼二单元", within="#case .timeline")
    expect(firm.page.locator("#case .case-head")).not_to_contain_text(firm.word("Waiting for the reporter"))
    firm.look()
