"""Signing in: the wrong password, the lock, the second step, where one is signed in, signing out."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import expect

from people.roles import Role
from tests.factories.world import PASSWORD
from tests.journeys.visitor import PHONE, Device, Visitor, on
from tests.people.codes import code

pytestmark = [pytest.mark.journey, on(PHONE)]


def test_wrong_passwords_lock_the_account_for_a_while(someone: Callable[..., Visitor], device: Device) -> None:
    visitor = someone()
    username = f"{Role.RESIDENT}_{'street' if device is PHONE else 'county'}"
    visitor.go("/accounts/login/?next=/my/")
    for tried in range(settings.AXES_FAILURE_LIMIT - 1):
        visitor.enter(username, "not-the-password")
        if tried == 0:
            expect(visitor.page.locator("main .note-late, main .field-errors").first).to_be_visible()
            expect(visitor.page.locator("[name=login]")).to_have_value(username)
            expect(visitor.page.locator("[name=password]")).to_have_value("")
            visitor.look()
    with visitor.refused(429):
        visitor.enter(username, "not-the-password")
    visitor.look()
    visitor.open("/accounts/login/")
    with visitor.refused(429):
        visitor.enter(username, PASSWORD)
    visitor.sees(re.compile(r"\d+"))


def test_a_second_factor_is_set_up_and_asked_for(someone: Callable[..., Visitor], device: Device) -> None:
    role, place = Role.DEPARTMENT_HANDLER, "street" if device is PHONE else "county"
    visitor = someone().by_the_form(role, place)
    visitor.go("/accounts/second-factor/")
    with visitor.leaving():
        visitor.link("Set up").click()
    visitor.look()
    secret = visitor.page.locator("code").inner_text().strip()
    visitor.page.locator("main [name=code]").fill("000000")
    with visitor.leaving():
        visitor.button("Set up").click()
    expect(visitor.error_at("id_code")).to_be_visible()
    assert visitor.page.locator("code").inner_text().strip() == secret, "the phone has scanned it already"
    visitor.look()
    visitor.page.locator("main [name=code]").fill(code(secret))
    with visitor.leaving():
        visitor.button("Set up").click()
    visitor.look()
    visitor.go("/accounts/second-factor/")
    visitor.go("/accounts/second-factor/recovery/")

    elsewhere = someone()
    elsewhere.open("/accounts/login/")
    elsewhere.enter(visitor.username, PASSWORD)
    expect(elsewhere.page).to_have_url(re.compile("/second-factor/code/"))
    elsewhere.look()
    elsewhere.page.locator("main [name=code]").fill("000000")
    with elsewhere.leaving():
        elsewhere.button("Sign in").click()
    expect(elsewhere.error_at("id_code")).to_be_visible()
    elsewhere.page.locator("main [name=code]").fill(code(secret, steps=1))  # each code opens once
    with elsewhere.leaving():
        elsewhere.button("Sign in").click()
    expect(elsewhere.page).to_have_url(re.compile("/desk/"))
    _end_the_other(elsewhere, visitor)


def _end_the_other(here: Visitor, there: Visitor) -> None:
    here.go("/accounts/sessions/")
    expect(here.page.locator("tbody tr")).to_have_count(2)
    with here.leaving():
        here.page.locator("tbody form button").first.click()
    expect(here.page.locator("tbody tr")).to_have_count(1)
    there.open("/desk/")
    assert "/accounts/login/" in there.page.url

    here.page.locator(".masthead details.menu summary").last.click()
    here.look()
    with here.leaving():
        here.button("Sign out", within=".masthead").click()
    here.open("/desk/")
    assert "/accounts/login/" in here.page.url


def test_changing_the_password_and_leaving(someone: Callable[..., Visitor], device: Device) -> None:
    role, place = Role.SUPERVISOR, "street" if device is PHONE else "county"
    visitor = someone().by_the_form(role, place)
    visitor.go("/accounts/password/")
    fields = visitor.page.locator("main input[type=password]")
    for index, typed in enumerate(("not-the-password", "another-plain-password", "another-plain-password")):
        fields.nth(index).fill(typed)
    with visitor.leaving():
        visitor.button("Change the password").click()
    expect(visitor.page.locator("main .field-errors").first).to_be_visible()
    visitor.look()
    visitor.go("/accounts/logout/")
    with visitor.leaving():
        visitor.button("Sign out").click()
    visitor.look()
