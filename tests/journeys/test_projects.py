"""A practical project, from three complaints to the residents' acceptance and the board of the county."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import expect

from complaints.states import State
from people.roles import Role
from projects import figures
from projects.states import Side
from tenancy import scope
from tests.factories.projects import speaker, this_month
from tests.factories.tickets import ticket
from tests.factories.world import PASSWORD, World
from tests.journeys.site import Site
from tests.journeys.visitor import PHONE, Device, Visitor, on, photo

pytestmark = [pytest.mark.journey, on(PHONE)]
NUMBER = re.compile(r"P\d{9}-\d{4}-\d{6}")
SPOT = "1号梯轿厢，朝里"
TITLE = "更换1号梯曳引机"


def _prepare(world: World) -> dict[Side, str]:
    for _ in range(3):
        ticket(world, State.ACCEPTED)
    return {side: speaker(world, side).user.username for side in Side}


def _count(world: World) -> None:
    with scope.place(world.area()):
        figures.roll_up(world.area(), this_month(), today=timezone.localdate())


def test_from_three_complaints_to_the_board_of_the_county(
    someone: Callable[..., Visitor], site: Site, world: World, device: Device
) -> None:
    names = site.run(lambda: _prepare(world))
    manager = someone().sign_in(Role.PROPERTY_MANAGER)
    path = _draft(manager, world)
    plan = f"/compounds/{world.area()}/plans/{this_month():%Y-%m}/"
    sides = {side: _speaker(someone(), names[side]) for side in (Side.COMMITTEE, Side.NEIGHBOURHOOD)}
    _promise(manager, list(sides.values()), world, plan)
    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.go(plan)
    with clerk.leaving():
        clerk.button("Publish the plan").click()
    clerk.look()
    _work(manager, path)
    _accepted_by_residents(someone().sign_in(Role.RESIDENT), sides[Side.NEIGHBOURHOOD], world, path, plan)
    site.run(lambda: _count(world))
    _on_the_board(someone().sign_in(Role.COUNTY_CLERK), path)


def _speaker(visitor: Visitor, username: str) -> Visitor:
    visitor.open("/accounts/login/")
    visitor.enter(username, PASSWORD)
    return visitor


def _draft(manager: Visitor, world: World) -> str:
    """From the hot spot of three complaints; a slip of the pen comes back by its field."""
    manager.go(f"/compounds/{world.area()}/suggestions/")
    with manager.leaving():
        manager.page.locator("main a[href*='?matter=']").click()
    manager.look()
    page = manager.page
    assert page.locator("#id_picked input:checked").count() == 3
    page.locator("#id_title").fill(TITLE)
    page.locator("#id_text").fill("更换曳引机并重新检验。")
    page.locator("#id_funding_firm").fill("三万")
    with manager.refused(400), manager.leaving():
        manager.button("Draft it").click()
    expect(manager.error_at("id_funding_firm")).to_be_visible()
    manager.look()
    page.locator("#id_funding_firm").fill("30,000.50")
    with manager.leaving():
        manager.button("Draft it").click()
    manager.look()
    manager.sees("¥30,000.50")
    found = NUMBER.search(page.url)
    assert found, page.url
    return f"/projects/{found.group()}/"


def _promise(manager: Visitor, others: list[Visitor], world: World, plan: str) -> None:
    """The month is begun, the draft taken in, agreed by three sides, and handed to the street."""
    manager.go(f"/compounds/{world.area()}/plans/")
    with manager.leaving():
        manager.page.locator("main form button").click()
    manager.look()
    with manager.leaving():
        manager.button("Take in").click()
    manager.look()
    for each in (manager, *others):
        each.open(plan)
        with each.leaving():
            each.button("Agree to the plan as it stands").click()
    manager.reload()
    manager.page.locator("#propose_fewer").fill("本月先办这一件")
    with manager.leaving():
        manager.button("Hand it to the street office").click()
    manager.look()


def _work(manager: Visitor, path: str) -> None:
    """Begun, reported and finished, each with a photo from the same spot."""
    page = manager.page
    manager.open(path)
    with manager.leaving():
        manager.link("Begin the work").click()
    manager.look()
    page.locator("#id_spot_0").fill(SPOT)
    page.locator("#id_photo_0").set_input_files([photo("before")])
    with manager.leaving():
        manager.button("Begin the work").click()
    manager.look()
    with manager.leaving():
        manager.link("Report this week").click()
    manager.sees(SPOT)
    manager.look()
    page.locator("#id_text").fill("新曳引机已到货")
    page.locator("#id_percent_1").fill("60")
    with manager.leaving():
        manager.button("Report this week").click()
    manager.sees("60%")
    with manager.leaving():
        manager.link("Say that it is finished").click()
    page.locator("#id_text").fill("已更换并通过检验")
    page.locator("#id_photo_0").set_input_files([photo("after", "#3c5a46")])
    with manager.leaving():
        manager.button("Say that it is finished").click()
    expect(page.locator(".compare img")).to_have_count(2)
    manager.look()


def _accepted_by_residents(resident: Visitor, committee: Visitor, world: World, path: str, plan: str) -> None:
    resident.go(f"/compounds/{world.area()}/")
    with resident.leaving():
        resident.link(TITLE).click()
    resident.look()
    resident.page.locator("#id_good_0").check()
    with resident.leaving():
        resident.button("Say it").click()
    resident.look()
    resident.go(plan)
    resident.go("/projects/")
    committee.open(path)
    with committee.leaving():
        committee.link("Confirm the acceptance").click()
    committee.look()
    committee.page.locator("#id_text").fill("已入户征求意见，均表示满意")
    with committee.leaving():
        committee.button("Confirm the acceptance").click()
    committee.look()


def _on_the_board(county: Visitor, path: str) -> None:
    county.go("/projects/board/")
    county.sees("100.0%")
    with county.page.expect_download() as kept:
        county.link("Month report (Excel)").click()
    projects = load_workbook(BytesIO(kept.value.path().read_bytes())).worksheets[1]
    assert TITLE in [row[3] for row in projects.iter_rows(values_only=True)]
    with county.leaving():
        county.page.locator("a.figure").nth(1).click()
    county.look()
    with county.leaving():
        county.link(TITLE).click()
    expect(county.page).to_have_url(re.compile(re.escape(path)))
    county.look()
