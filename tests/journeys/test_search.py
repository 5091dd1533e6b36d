"""A clerk looks for a ticket by the letters of its pinyin, and takes the desk's list out."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from complaints.states import State
from people.roles import Role
from tests.factories import tickets
from tests.factories.world import World
from tests.journeys.site import Site
from tests.journeys.visitor import WORKPLACE, Visitor, on

pytestmark = [pytest.mark.journey, on(WORKPLACE)]


def test_a_clerk_finds_a_ticket_by_pinyin_and_takes_the_list_out(
    someone: Callable[..., Visitor], site: Site, world: World, tmp_path: Path
) -> None:
    number = site.run(lambda: tickets.ticket(world, State.DISPATCHED, text="北门路灯坏了，晚上看不见路").number)
    site.run(lambda: tickets.ticket(world, State.DISPATCHED))
    clerk = someone().sign_in(Role.STREET_CLERK)
    clerk.go("/desk/search/")
    clerk.look()
    clerk.page.locator("#search_q").fill("ludeng")
    with clerk.leaving():
        clerk.page.locator("#search_q").press("Enter")
    expect(clerk.page.locator("mark")).to_have_text(["路灯"])
    assert clerk.numbers() == [number]
    clerk.look()
    clerk.go("/desk/search/?q=没有这样的词")
    clerk.look()
    clerk.go("/desk/?queue=open&q=路灯")
    clerk.look()
    with clerk.leaving():
        clerk.page.locator("button[name=form][value=xlsx]").click()
    clerk.look()
    fetch = clerk.page.locator("#export button")
    expect(fetch).to_be_visible()
    clerk.look()
    with clerk.page.expect_download() as download:
        fetch.click()
    kept = tmp_path / "list.xlsx"
    download.value.save_as(kept)
    assert [row[0] for row in load_workbook(kept).active.iter_rows(min_row=3, values_only=True)] == [number]
    clerk.go("/desk/exports/")
    clerk.look()
