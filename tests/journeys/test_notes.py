"""A county takes over the notes that come with Mulin, a street writes its own, and a clerk's answer begins with it."""

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
QUESTION = "请问维修资金怎么申请使用，需要多少业主同意，咨询一下流程"
ANSWER = "请先到社区居委会领取维修资金使用申请表，填好后由社区送街道办理。"


def test_a_note_is_written_and_stands_ready_in_the_answer(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    number = site.run(lambda: tickets.ticket(world, State.TRIAGE, text=QUESTION).number)

    desk = someone().sign_in(Role.COUNTY_CLERK)
    desk.go("/desk/notes/")
    desk.look()
    with desk.leaving():
        desk.page.locator("form[action='/desk/notes/take-over/'] button").click()
    desk.sees("成立业主大会")
    desk.look()

    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.go("/desk/notes/")
    with clerk.leaving():
        clerk.link("Write a note").click()
    clerk.look()
    with clerk.refused(400), clerk.leaving():
        clerk.button("Offer it from now on").click()
    expect(clerk.error_at("id_name")).to_be_visible()
    clerk.look()
    clerk.page.locator("#id_name").fill("维修资金怎么用")
    clerk.page.locator("#id_way").select_option("consult_reply")
    clerk.page.locator("#id_words").fill("维修资金")
    clerk.page.locator("#id_text").fill(ANSWER)
    with clerk.leaving():
        clerk.button("Offer it from now on").click()
    clerk.sees(ANSWER)
    clerk.sees(number)
    clerk.look()

    clerk.open_case(number, "triage")
    clerk.page.locator("#case a[href='#reply-directly']").click()
    window = clerk.page.locator("#reply-directly")
    expect(window.locator("textarea")).to_have_value(ANSWER)
    clerk.look()
    with clerk.leaving():
        window.get_by_role("link", name=clerk.word("Change this note")).click()
    clerk.look()

    with clerk.leaving():
        clerk.page.locator("main a", has_text="维修资金怎么用").first.click()
    clerk.page.locator("main a[href='#withdraw']").click()
    clerk.look()
    with clerk.leaving():
        clerk.page.locator("#withdraw button").click()
    clerk.sees(clerk.word("withdrawn", context="knowledge note"))
    clerk.look()
    clerk.go("/desk/notes/of/350582001000000/import/")
    clerk.look()
