"""What is refused says so beside the field or above the case, and nothing typed is lost."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from complaints.actions.filing import LONGEST_TEXT
from complaints.states import State
from people.roles import Role
from tests.factories import tickets
from tests.factories.world import World
from tests.journeys.site import Site
from tests.journeys.visitor import Visitor, photo

pytestmark = pytest.mark.journey


def test_a_filing_that_is_too_long_or_empty_is_kept_as_typed(someone: Callable[..., Visitor]) -> None:
    resident = someone().sign_in(Role.RESIDENT)
    page = resident.page
    resident.open("/file/")
    typed = "水管漏水。" * (LONGEST_TEXT // 5 + 1)
    page.locator("#id_text").fill(typed)
    page.locator("#id_spot").fill("二单元楼道")
    page.locator("#id_photos").set_input_files([photo("leak")])
    expect(page.locator("[data-previews] li")).to_have_count(1)
    with resident.refused(400), resident.leaving():
        resident.button("Send").click()
    expect(resident.error_at("id_text")).to_contain_text(str(LONGEST_TEXT))
    expect(page.locator("#id_text")).to_have_value(typed)
    expect(page.locator("#id_spot")).to_have_value("二单元楼道")
    expect(resident.error_at("id_photos")).to_contain_text("leak.jpg")
    expect(page.locator("[data-form-errors]")).to_be_focused()
    resident.look()

    page.locator("#id_text").fill("")
    with resident.refused(400), resident.leaving():
        resident.button("Send").click()
    expect(resident.error_at("id_text")).not_to_be_empty()
    expect(page.locator("#id_spot")).to_have_value("二单元楼道")
    resident.look()


def test_what_a_colleague_did_first_is_told_and_the_answer_typed_is_kept(
    someone: Callable[..., Visitor], site: Site, world: World
) -> None:
    number = site.run(lambda: tickets.ticket(world, State.DISPATCHED).number)
    manager, colleague = someone().sign_in(Role.PROPERTY_MANAGER), someone().sign_in(Role.PROPERTY_STAFF)
    for each in (manager, colleague):
        each.open_case(number, "open")

    with manager.leaving():
        manager.button("Accept", within=".case-actions").click()
    with colleague.refused(409):
        colleague.button("Accept", within=".case-actions").click()
        _told(colleague, str(Role.PROPERTY_MANAGER))
    colleague.look()

    for each in (manager, colleague):
        each.open_case(number, "doing")
        each.page.locator("#resolve_text").fill(f"{each.username}：换了门机皮带")
    with manager.leaving():
        manager.button("Send the answer", within="#case").click()
    with colleague.refused(409):
        colleague.button("Send the answer", within="#case").click()
        _told(colleague, str(Role.PROPERTY_MANAGER))
    expect(colleague.page.locator("#lost-resolve")).to_have_value(f"{colleague.username}：换了门机皮带")
    expect(colleague.page.locator("#case .case-answer")).to_contain_text(manager.username)
    colleague.look()


def _told(visitor: Visitor, who: str) -> None:
    """Who changed it, and when."""
    note = visitor.page.locator("#case [data-form-errors]")
    expect(note).to_contain_text(who)
    expect(note).to_contain_text(re.compile(r"\d{2}:\d{2}"))
    expect(note).to_be_focused()


def test_a_step_without_its_reason_keeps_its_window_open(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    number = site.run(lambda: tickets.ticket(world, State.DISPATCHED).number)
    manager = someone().sign_in(Role.PROPERTY_MANAGER)
    manager.open_case(number, "open")
    manager.link("Return", within=".case-actions").click()
    window = manager.page.locator("dialog[open]")
    expect(window).to_be_visible()
    manager.look()
    window.locator("[name=reason]").select_option("not_ours")
    window.locator("textarea").evaluate("(field) => field.removeAttribute('required')")
    with manager.refused(400):
        window.get_by_role("button", name=manager.word("Return")).click()
        expect(manager.page.locator("dialog[open] .field-errors")).to_be_visible()
    manager.look()
    manager.page.keyboard.press("Escape")
    expect(manager.page.locator("dialog[open]")).to_have_count(0)
