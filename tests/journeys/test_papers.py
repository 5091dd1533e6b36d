"""A record is issued, downloaded and verified by somebody who is not signed in; a void without a reason is refused."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from people.roles import Role
from tenancy import scope
from tests.factories import visits
from tests.factories.papers import text_of
from tests.factories.world import PASSWORD, World
from tests.journeys.site import Site
from tests.journeys.visitor import WORKPLACE, Visitor, on

pytestmark = [pytest.mark.journey, on(WORKPLACE)]


def _prepared(world: World) -> tuple[str, str]:
    with scope.everything(reason="journeys: a visit that is over"):
        return visits.concluded(world).number, visits.officer(world, "UM").user.username


def test_issue_download_verify(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    number, username = site.run(lambda: _prepared(world))
    officer = someone()
    officer.open("/accounts/login/")
    officer.enter(username, PASSWORD)
    expect(officer.page).not_to_have_url(re.compile("/accounts/login/"))
    officer.open(f"/checks/visits/{number}/")
    officer.look()
    with officer.leaving():
        officer.page.locator("#papers form button[type=submit]").first.click()
    officer.look()
    with officer.page.expect_download() as coming:
        officer.page.locator("#papers a[download]").first.click()
    assert "现场检查记录" in text_of(coming.value.path().read_bytes())
    address = officer.page.locator("#papers a[href^='/v/']").first.get_attribute("href")

    visitor = someone()
    visitor.open(address or "")
    visitor.look()
    expect(visitor.page.locator("h1")).to_contain_text("检记")
    expect(visitor.page.locator("main")).not_to_contain_text("officer1")

    officer.page.locator("#papers details summary").first.click()
    with officer.refused(400), officer.leaving():
        officer.page.locator("#papers details[open] button[type=submit]").click()
    officer.look()

    lead = someone().sign_in(Role.DEPARTMENT_LEAD)
    lead.open("/checks/papers/")
    lead.look()
    lead.open("/checks/templates/")
    lead.look()
