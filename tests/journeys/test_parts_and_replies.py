"""What is not simply sent on: a question that the street answers itself, and a text about two things."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from people.roles import Role
from tests.factories.world import World
from tests.journeys.visitor import WORKPLACE, Visitor, on

pytestmark = [pytest.mark.journey, on(WORKPLACE)]
QUESTION = "请问楼里换电梯能不能动用维修资金，需要哪些手续？"
TWO_MATTERS = "三号楼电梯又坏了没人修，另外楼下路灯也不亮了"


def test_a_question_is_answered_by_the_street_itself(someone: Callable[..., Visitor]) -> None:
    resident = someone().sign_in(Role.RESIDENT)
    resident.open("/file/")
    number = resident.file(QUESTION)
    resident.open(f"/tickets/{number}/")
    resident.wait_for_state("waiting for triage")

    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.open_case(number, "triage")
    clerk.link("Answer it yourself", within=".case-actions").click()
    window = clerk.page.locator("dialog[open]")
    expect(window.locator("textarea")).to_have_value(re.compile("维修资金属于业主共有"))  # a note stands ready
    clerk.look()
    window.locator("textarea").fill(" ")
    with clerk.refused(400):
        window.get_by_role("button", name=clerk.word("Send the answer")).click()
        expect(window.locator(".field-errors")).to_be_visible()
    clerk.look()
    window.locator("textarea").fill("可以：经业主依法表决同意后申请使用，社区居委会可帮您组织。")
    with clerk.leaving():
        window.get_by_role("button", name=clerk.word("Send the answer")).click()
    expect(clerk.page.locator("#case .state").first).to_contain_text(clerk.word("answered"))

    resident.reload()
    resident.sees("社区居委会可帮您组织")
    resident.look()


def test_a_text_about_two_things_is_divided(someone: Callable[..., Visitor], world: World) -> None:
    resident = someone().sign_in(Role.RESIDENT)
    resident.open("/file/")
    whole = resident.file(TWO_MATTERS)

    clerk = someone().sign_in(Role.STREET_CLERK)
    resident.open(f"/tickets/{whole}/")
    resident.wait_for_state("dispatched")
    clerk.open_case(whole, "all")
    clerk.link("Divide into parts", within="#case").click()
    clerk.sees(TWO_MATTERS)
    clerk.look()
    _part(clerk, 1, "三号楼电梯又坏了没人修", "0202", world.firms["own"])
    _part(clerk, 2, "楼下路灯不亮", "0404", 0)
    clerk.page.locator("[name=text]").fill("两件事由两家分别办理")
    with clerk.refused(400), clerk.leaving():
        clerk.button("Divide and dispatch").click()
    expect(clerk.error_at("id_part2-organisation")).to_be_visible()
    expect(clerk.page.locator("[name=part1-text]")).to_have_value("三号楼电梯又坏了没人修")
    clerk.look()
    _part(clerk, 2, "楼下路灯不亮", "0404", world.bureaus["UM", "own"])
    with clerk.leaving():
        clerk.button("Divide and dispatch").click()
    clerk.look()
    expect(clerk.page.locator("main .plain-list a.ticket-number")).to_have_count(2)

    firm = someone().sign_in(Role.PROPERTY_MANAGER)
    firm.open("/desk/?queue=new")
    assert whole in firm.numbers()
    resident.reload()
    resident.sees("两件事由两家分别办理")
    resident.look()


def _part(clerk: Visitor, number: int, text: str, leaf: str, organisation: int) -> None:
    """Organisation 0: none chosen."""

    def field(name: str) -> str:
        return f"[name=part{number}-{name}]"

    clerk.page.locator(field("text")).fill(text)
    clerk.page.locator(field("leaf")).select_option(leaf)
    clerk.page.locator(field("organisation")).select_option(str(organisation or ""))
