"""The three separated administrators, each with a page of their own and none with a view of business."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from complaints.states import State
from people.roles import Role
from tests.factories import tickets
from tests.factories.world import World
from tests.journeys.site import Site
from tests.journeys.visitor import WORKPLACE, Device, Visitor, on

pytestmark = [pytest.mark.journey, on(WORKPLACE)]


def test_the_security_administrator_opens_an_account_and_appoints(someone: Callable[..., Visitor], device: Device) -> None:
    administrator = someone().sign_in(Role.SECURITY_ADMIN)
    page = administrator.page
    expect(page).to_have_url(re.compile("/people/accounts/"))
    administrator.look()
    administrator.go(f"/people/accounts/?q=street_clerk&role={Role.STREET_CLERK}")
    administrator.go("/people/organisations/")
    administrator.go("/people/accounts/new/")
    with administrator.refused(400), administrator.leaving():
        page.locator("main form").first.evaluate("(form) => { form.noValidate = true; }")
        administrator.button("Open the account").click()
    administrator.look()

    username = f"new-leader-{device}"
    page.locator("#id_name").fill("新任领导")
    page.locator("#id_username").fill(username)
    _post(administrator, Role.SUPERVISOR)
    with administrator.leaving():
        administrator.button("Open the account").click()
    administrator.sees(username)
    administrator.look()
    with administrator.leaving():
        administrator.link("I have passed it on").click()
    administrator.look()

    page.locator("main details summary", has_text=administrator.word("Appoint")).click()
    _post(administrator, Role.SUPERVISOR, "350582001000000", within="main details[open]")
    administrator.look()
    with administrator.leaving():
        page.locator("main details[open] .btn-primary").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    administrator.look()


def _post(administrator: Visitor, role: Role, place: str = "350582000000000", within: str = "main") -> None:
    form = administrator.page.locator(within)
    form.locator("[name=role]").select_option(str(role))
    form.locator("[name=place]").fill(place)


def test_the_audit_administrator_reads_the_record(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    number = site.run(lambda: tickets.ticket(world, State.ACCEPTED).number)
    auditor = someone().sign_in(Role.AUDIT_ADMIN)
    expect(auditor.page).to_have_url(re.compile("/record/"))
    auditor.look()
    auditor.page.locator("[name=actor]").fill(str(Role.PROPERTY_MANAGER))
    auditor.page.locator("[name=action]").fill("ticket.accepted")
    with auditor.leaving():
        auditor.button("Filter").click()
    expect(auditor.page.locator("tbody tr").first).to_contain_text("ticket.accepted")
    auditor.does_not_see("record.read", within="tbody")
    auditor.look()
    with auditor.leaving():
        auditor.page.locator("tbody a").first.click()
    auditor.sees(str(Role.PROPERTY_MANAGER))
    auditor.does_not_see(tickets.LIFT_BROKEN)
    auditor.look()
    _sees_no_business(auditor, number)


def test_the_system_administrator_sees_what_waits(someone: Callable[..., Visitor], site: Site, world: World) -> None:
    number = site.run(lambda: tickets.ticket(world, State.ACCEPTED).number)
    administrator = someone().sign_in(Role.SYSTEM_ADMIN)
    expect(administrator.page).to_have_url(re.compile("/system/"))
    expect(administrator.page.locator(".figure")).to_have_count(3)
    administrator.reads("all stand")
    administrator.look()
    _sees_no_business(administrator, number)


def _sees_no_business(administrator: Visitor, number: str) -> None:
    for path in (f"/tickets/{number}/", "/compounds/350582001001001/"):
        assert administrator.body_of(path)[0] == 404, path
