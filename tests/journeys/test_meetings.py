"""A meeting from the call to the ticket that it decided on, and a bureau that reports a task done."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from people.roles import Role
from tests.factories.world import World
from tests.journeys.site import Site
from tests.journeys.visitor import WORKPLACE, Visitor, on

pytestmark = [pytest.mark.journey, on(WORKPLACE)]


def test_a_meeting_is_called_held_and_what_it_decides_is_done(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.go("/checks/meetings/")
    with clerk.leaving():
        clerk.link("Call a meeting").click()
    clerk.look()
    clerk.page.locator("#id_place").select_option(str(world.area()))
    with clerk.leaving():
        clerk.button("Go on").click()
    clerk.look()
    _call(clerk, world)
    one = clerk.page.url
    clerk.look()
    _hold(clerk, world)
    _decide(clerk, "ticket", "三号楼电梯又坏了，请物业三日内修好", world.firms["own"])
    expect(clerk.page.locator("#decisions .ticket-number")).to_have_count(1)
    _decide(clerk, "task", "夜间每两小时巡逻一次", world.bureaus["UM", "own"])
    clerk.look()
    with clerk.leaving():
        clerk.page.locator("#decisions .ticket-number").click()
    clerk.sees("警保联动会商")
    clerk.look()

    handler = someone().sign_in(Role.DEPARTMENT_HANDLER)
    handler.open(one)
    handler.page.locator("#decisions details > summary").click()
    handler.page.locator("#decisions details textarea").fill("已排班")
    handler.look()
    with handler.leaving():
        handler.button("It is done").click()
    handler.sees("已排班")
    handler.look()


def _call(clerk: Visitor, world: World) -> None:
    """First refused by its field, with all that was typed; then called."""
    at = timezone.localtime(timezone.now() - timedelta(minutes=10))
    for name, typed in (("subject", "警保联动会商"), ("spot", "警务室"), ("topics", "123")):
        clerk.page.locator(f"#id_{name}").fill(typed)
    clerk.page.locator("#id_starts_at").fill(f"{at:%Y-%m-%dT%H:%M}")
    clerk.page.locator("#id_agenda").fill("夜间巡逻")
    for invited in (world.bureaus["UM", "own"], world.firms["own"]):
        clerk.page.locator(f"input[name=organisations][value='{invited}']").check()
    with clerk.refused(400), clerk.leaving():
        clerk.button("Call it").click()
    expect(clerk.error_at("id_topics")).to_be_visible()
    expect(clerk.page.locator("#id_subject")).to_have_value("警保联动会商")
    clerk.look()
    clerk.page.locator("#id_topics").fill("")
    with clerk.leaving():
        clerk.button("Call it").click()


def _hold(clerk: Visitor, world: World) -> None:
    clerk.page.locator(f"input[name=came][value='{world.firms['own']}']").uncheck()
    clerk.page.locator("#hold_attendance").fill("李工")
    clerk.page.locator("#hold_minutes").fill("各方说明情况")
    with clerk.leaving():
        clerk.button("It was held").click()
    clerk.sees("各方说明情况")


def _decide(clerk: Visitor, kind: str, text: str, whose: int) -> None:
    day = timezone.localdate() + timedelta(days=3)
    clerk.page.locator("#decide_kind").select_option(kind)
    clerk.page.locator("#decide_text").fill(text)
    clerk.page.locator("#decide_organisation").select_option(str(whose))
    clerk.page.locator("#decide_due_on").fill(f"{day}")
    with clerk.leaving():
        clerk.button("Write it down").click()
    clerk.sees(text)
