"""One visit from the plan to the re-check: four bureaus, the list on a phone without a signal, orders, answers, papers."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from enforcement.models import Finding
from people.roles import Role
from tests.factories.papers import text_of
from tests.factories.world import World
from tests.journeys.field_phone import Phone, in_county, one_phone
from tests.journeys.site import Site
from tests.journeys.test_visits import approved_by_hand, entering, prepared
from tests.journeys.visitor import PHONE, WORKPLACE, Visitor, on, photo

pytestmark = [pytest.mark.journey, on(WORKPLACE)]
PARKED, STACKED, HUNG = "E02", "E06", "E07"
"""Items of urban management; only the last may be settled on the spot."""
SPOTS = {PARKED: "3号楼门厅", STACKED: "北门架空层", HUNG: "临街阳台"}


@pytest.fixture
def phone(site: Site, browser: Browser, tmp_path: Path) -> Iterator[Callable[[], Phone]]:
    with one_phone(site, browser, PHONE, tmp_path / "profile") as switch_on:
        yield switch_on


def test_from_the_plan_to_the_recheck(
    someone: Callable[..., Visitor], phone: Callable[[], Phone], site: Site, world: World
) -> None:
    names = site.run(lambda: prepared(world))
    address = approved_by_hand(someone, world, names)
    visit = re.findall(r"V[0-9-]{20,}", address)[0]
    _on_the_spot(phone(), names["UM"][1], visit)
    found = site.run(in_county(lambda: dict(Finding.objects.values_list("item__code", "number"))))
    assert set(found) == set(SPOTS)

    officer = entering(someone, names["UM"][1], address)
    _fix(officer, found[HUNG])
    for code in (PARKED, STACKED):
        _order(officer, found[code])
    for _head, name in names.values():
        signing = entering(someone, name, address)
        with signing.leaving():
            signing.button("Sign for your bureau").click()

    _paper(officer, address, "责令整改通知书")
    firm = someone().sign_in(Role.PROPERTY_MANAGER)
    for code in (PARKED, STACKED):
        _answer(firm, found[code])
    _step(officer, found[PARKED], "accept", "已核对照片，合格")
    _step(officer, found[STACKED], "ask-recheck", "现场再看架空层")

    again = _recheck(someone, names["UM"], address, found[STACKED])
    one = phone()
    one.open(f"/checks/visits/{again}/")  # still signed in
    one.carry(rows=1)
    one.context.set_offline(True)
    one.tick(STACKED, "pass")
    one.waits(1)
    one.context.set_offline(False)
    one.everything_sent()
    officer.open(f"/checks/visits/{again}/")
    with officer.leaving():
        officer.button("Sign for your bureau").click()

    _paper(officer, address, "现场检查记录")
    _paper(officer, f"/checks/visits/{again}/", "复查意见书")
    resident = someone().sign_in(Role.RESIDENT)
    resident.go(address)
    states = [resident.word("put right", context="finding")] * 2 + [resident.word("put right on the spot", context="finding")]
    expect(resident.page.locator("#findings .tag")).to_have_text(states)
    resident.go(f"/checks/findings/{found[STACKED]}/")
    resident.does_not_see("officer1")


def _on_the_spot(one: Phone, username: str, visit: str) -> None:
    """Three violations, each with its finding and a photo, recorded without a signal and sent when there is one again."""
    one.carrying(username, visit, rows=49)
    one.context.set_offline(True)
    for code, spot in SPOTS.items():
        one.tick(code, "violation")
        one.page.locator("#finding-spot").fill(spot)
        one.page.locator("#finding-text").fill("占用公共部位")
        one.page.locator("#finding-photos").set_input_files([photo("before.png")])
        expect(one.page.locator(".field-photos li")).to_have_count(1)
        one.press("Keep the finding")
        expect(one.page.locator("li.sheet")).to_contain_text(spot)
        one.open(f"/checks/field/#{visit}")
        expect(one.row(code).locator("input[value=violation]")).to_be_checked()
    one.context.set_offline(False)
    one.everything_sent()


def _fix(officer: Visitor, number: str) -> None:
    officer.open(f"/checks/findings/{number}/")
    officer.page.locator("#fix summary").click()
    officer.page.locator("#fix_text").fill("当场移走")
    officer.page.locator("#fix input[type=file]").set_input_files([photo("after.png", "#2f7a4e")])
    with officer.leaving():
        officer.button("It is right now").click()


def _order(officer: Visitor, number: str) -> None:
    officer.open(f"/checks/findings/{number}/")
    officer.page.locator("[data-dialog=order]").click()
    officer.page.locator("#order_demand").fill("清空，恢复畅通")
    officer.page.locator("#order_days").fill("5")
    with officer.leaving():
        officer.page.locator("#order button[type=submit]").click()


def _answer(firm: Visitor, number: str) -> None:
    firm.open(f"/checks/findings/{number}/")
    firm.page.locator("#answer_text").fill("已清空")
    firm.page.locator("#answer input[type=file]").set_input_files([photo("after.png", "#2f7a4e")])
    with firm.leaving():
        firm.button("Send it to the bureau").click()


def _step(officer: Visitor, number: str, step: str, text: str) -> None:
    officer.open(f"/checks/findings/{number}/")
    officer.page.locator(f"[data-dialog={step}]").click()
    officer.page.locator(f"#{step} textarea").fill(text)
    with officer.leaving():
        officer.page.locator(f"#{step} button[type=submit]").click()


def _recheck(someone: Callable[..., Visitor], bureau: tuple[str, str], address: str, number: str) -> str:
    """Planned by the street, joined by the bureau, approved: the number of the re-check."""
    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.open(address)
    with clerk.leaving():
        clerk.link("Plan a re-check").click()
    with clerk.leaving():
        clerk.button("Keep the plan").click()
    clerk.sees(number)
    here = clerk.page.url
    clerk.page.locator("[data-dialog=ask]").click()
    with clerk.leaving():
        clerk.page.locator("#ask button[type=submit]").click()
    head = entering(someone, bureau[0], here)
    for box in head.page.locator("input[name=certificates]").all():
        box.check()
    with head.leaving():
        head.button("Name them").click()
    leader = someone().sign_in(Role.STREET_LEADER)
    leader.open(here)
    leader.page.locator("[data-dialog=approve]").click()
    with leader.leaving():
        leader.page.locator("#approve button[type=submit]").click()
    return re.findall(r"V[0-9-]{20,}", here)[0]


def _paper(officer: Visitor, address: str, title: str) -> None:
    """Issued, and downloaded as something that opens."""
    officer.open(address)
    with officer.leaving():
        officer.page.locator(f"#papers form:has-text('{title}') button[type=submit]").first.click()
    with officer.page.expect_download() as coming:
        officer.page.locator(f"#papers li.sheet:has-text('{title}') a[download]").first.click()
    assert title in text_of(coming.value.path().read_bytes())
