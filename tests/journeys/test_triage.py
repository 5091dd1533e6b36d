"""What nobody is clearly responsible for: the street's clerk decides, a firm returns it, and the reporter learns why."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from people.roles import Role
from tests.factories.tickets import UNCLEAR
from tests.factories.world import World
from tests.journeys.visitor import WORKPLACE, Visitor, on

pytestmark = [pytest.mark.journey, on(WORKPLACE)]
RETURNED, REFUSED = "不在我们的服务范围内", "所述情况无法核实，不予受理；补充地点后可重新提交"


def test_dispatched_returned_and_refused(someone: Callable[..., Visitor], world: World) -> None:
    resident = someone().sign_in(Role.RESIDENT)
    resident.open("/file/")
    number = resident.file(UNCLEAR)
    resident.open(f"/tickets/{number}/")
    resident.wait_for_state("waiting for triage")
    resident.look()

    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.open_case(number, "triage")
    clerk.look()
    _dispatch(clerk, world.firms["own"])

    firm = someone().sign_in(Role.PROPERTY_STAFF)
    firm.open_case(number, "new")
    firm.link("Return", within=".case-actions").click()
    _reason(firm, RETURNED, "Return")
    expect(firm.page.locator("#case .messages")).to_contain_text(number)
    expect(firm.page.locator("#case .case-actions form")).to_have_count(0)
    firm.look()

    clerk.open_case(number, "triage")
    clerk.sees(RETURNED, within="#case")
    clerk.look()
    clerk.link("Do not take up", within=".case-actions").click()
    _reason(clerk, REFUSED, "Do not take up")
    expect(clerk.page.locator("#case .state").first).to_contain_text(clerk.word("not taken up"))

    resident.reload()
    resident.sees(REFUSED)
    resident.does_not_see(RETURNED)
    expect(resident.page.locator("main .state").first).to_contain_text(resident.word("not taken up"))
    resident.look()
    resident.go("/my/?tab=ended")
    assert number in resident.numbers()


def _dispatch(clerk: Visitor, firm: int) -> None:
    """Choosing what it is about brings the organisation that answers for that here."""
    form = clerk.page.locator("#dispatch")
    kind = form.locator("[name=leaf] option[value^='0']").first.get_attribute("value")
    assert kind
    with clerk.page.expect_response(lambda answer: "/suggest/" in answer.url):
        form.locator("[name=leaf]").select_option(kind)
    form.locator("[name=organisation]").select_option(str(firm))
    form.locator("[name=text]").fill("请先到现场看一下")
    clerk.look()
    with clerk.leaving():
        clerk.button("Dispatch", within="#case").click()
    expect(clerk.page.locator("#case .state").first).to_contain_text(clerk.word("dispatched"))
    clerk.look()


def _reason(visitor: Visitor, reason: str, word: str) -> None:
    window = visitor.page.locator("dialog[open]")
    if window.locator("[name=reason]").count():
        window.locator("[name=reason]").select_option("not_ours")
    window.locator("textarea").fill(reason)
    with visitor.leaving():
        window.get_by_role("button", name=visitor.word(word)).click()
