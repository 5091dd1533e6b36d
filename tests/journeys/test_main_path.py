"""A complaint from the phone of a resident to the answer, and who else may know that it exists."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from people.roles import Role
from tests.factories.tickets import LIFT_STOPPED
from tests.journeys.visitor import WORKPLACE, Device, Visitor, photo

pytestmark = pytest.mark.journey
ANSWER = "维修人员已到场，电梯已恢复运行。"


def test_a_lift_stops_is_repaired_and_rated(someone: Callable[..., Visitor], device: Device) -> None:
    _whole_path(someone, device, "zh-hans")


@pytest.mark.parametrize("device", [WORKPLACE], indirect=True, ids=str)
def test_the_same_in_english(someone: Callable[..., Visitor], device: Device) -> None:
    _whole_path(someone, device, "en")


def _whole_path(someone: Callable[..., Visitor], device: Device, language: str) -> None:
    resident = someone(language).by_the_form(Role.RESIDENT)
    resident.look()
    number = _file(resident)
    resident.wait_for_state("dispatched")
    resident.sees("own物业公司")
    resident.look()

    manager = someone(language).sign_in(Role.PROPERTY_MANAGER)
    _accept(manager, number, by_keyboard=device is WORKPLACE)
    _answer(manager, number)

    resident.reload()
    _read_and_rate(resident)
    _watched_by_the_street(someone(language).sign_in(Role.STREET_CLERK), number)


def _file(resident: Visitor) -> str:
    resident.open("/my/")
    with resident.leaving():
        resident.page.locator("a.big-action").click()
    resident.look()
    number = resident.file(LIFT_STOPPED, photos=[photo("lift")])
    resident.look()
    with resident.leaving():
        resident.link("See where it is").click()
    resident.sees(number)
    resident.sees(LIFT_STOPPED)
    return number


def _accept(manager: Visitor, number: str, *, by_keyboard: bool) -> None:
    page = manager.page
    manager.open("/desk/")
    manager.look()
    if by_keyboard:
        for _ in range(len(manager.numbers())):
            page.keyboard.press("j")
            if manager.row(number).evaluate("(row) => row === document.activeElement"):
                break
        page.keyboard.press("Enter")
        manager.sees(number, within="#case")
        expect(page.locator("#case h1")).to_be_focused()
    else:
        manager.open_case(number)
    manager.sees(LIFT_STOPPED, within="#case")
    manager.look()
    with manager.leaving():
        if by_keyboard:
            page.keyboard.press("a")
        else:
            manager.button("Accept", within=".case-actions").click()
    manager.sees(number, within="#case")
    expect(page.locator("#case .state").first).to_contain_text(manager.word("accepted"))
    manager.look()


def _answer(manager: Visitor, number: str) -> None:
    manager.page.locator("#resolve_text").fill(ANSWER)
    manager.page.locator("#id_photos").set_input_files([photo("repaired", "#3e7a5c")])
    expect(manager.page.locator("[data-previews] li")).to_have_count(1)
    manager.look()
    with manager.leaving():
        manager.button("Send the answer", within="#case").click()
    manager.sees(number, within="#case")
    expect(manager.page.locator("#case .state").first).to_contain_text(manager.word("resolved"))
    manager.look()


def _read_and_rate(resident: Visitor) -> None:
    resident.sees(ANSWER)
    shown = resident.page.locator(".photos img")
    expect(shown.first).to_be_visible()
    for index in range(shown.count()):
        shown.nth(index).scroll_into_view_if_needed()
        resident.page.wait_for_function(
            "(image) => image.complete && image.naturalWidth > 0", arg=shown.nth(index).element_handle()
        )
    assert shown.count() >= 2, "the photo of the complaint and that of the answer"
    resident.look()
    resident.page.locator("[name=result][value=solved]").check()
    resident.page.locator("[name=manner][value=good]").check()
    resident.page.locator("[name=reasons][value=quick]").check()
    with resident.leaving():
        resident.button("Send the rating").click()
    expect(resident.page.locator("main .state").first).to_contain_text(resident.word("rated"))
    resident.look()


def _watched_by_the_street(clerk: Visitor, number: str) -> None:
    clerk.open_case(number, "answered")
    expect(clerk.page.locator("#case .timeline > li")).to_have_count(5)
    clerk.reads("Why it is here", within="#case")
    expect(clerk.page.locator("#case .why li").first).not_to_be_empty()
    clerk.sees(re.compile("处理很快|It was quick"), within="#case")
    clerk.look()
    clerk.go(f"/tickets/{number}/")


def test_nobody_elsewhere_can_tell_that_it_exists(someone: Callable[..., Visitor], device: Device) -> None:
    resident = someone().sign_in(Role.RESIDENT)
    resident.open("/file/")
    number = resident.file("楼道灯坏了三天，天黑看不见台阶")
    absent = number[:-4] + ("0000" if not number.endswith("0000") else "1111")
    for role, place in ((Role.PROPERTY_MANAGER, "sibling"), (Role.STREET_CLERK, "county"), (Role.RESIDENT, "sibling")):
        stranger = someone().sign_in(role, place)
        status, body = stranger.body_of(f"/tickets/{number}/")
        assert (status, body.replace(number, absent)) == stranger.body_of(f"/tickets/{absent}/")
        assert status == 404
        assert number not in body
        stranger.go(f"/tickets/{number}/", status=404)
        stranger.go("/my/" if role == Role.RESIDENT else f"/desk/?queue=all&q={number}")
        assert number not in stranger.numbers()
