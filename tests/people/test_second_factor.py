"""Codes from an authenticator app: at sign-in, for staff, and only once each."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from people import second_factor
from people.models import User
from people.roles import STAFF, Role
from tests.factories.world import PASSWORD, World
from tests.people.codes import code, equip, recovery_code
from tests.people.test_sign_in import signed_in, try_password

STEP = "/accounts/second-factor/code/"


@pytest.fixture
def clerk(world: World) -> User:
    return world.user(Role.STREET_CLERK)


def test_whoever_has_a_second_factor_is_asked_for_it(clerk: User) -> None:
    secret = equip(clerk)
    client = Client()
    assert try_password(client, clerk.username, PASSWORD)["Location"] == STEP
    assert not signed_in(client)
    assert client.get("/compounds/").status_code == 302
    assert client.get(STEP).status_code == 200
    wrong = client.post(STEP, {"code": "000000"})
    assert 'id="id_code_error"' in wrong.content.decode()
    client.post(STEP, {"code": code(secret)})
    assert signed_in(client)


def test_a_recovery_code_signs_in_once(clerk: User) -> None:
    equip(clerk)
    spare = recovery_code(clerk)
    for works in (True, False):
        client = Client()
        try_password(client, clerk.username, PASSWORD)
        client.post(STEP, {"code": spare})
        assert signed_in(client) is works


def test_a_code_counts_once_even_when_the_cache_is_lost(clerk: User) -> None:
    from django.core.cache import cache

    secret = equip(clerk)
    shown = code(secret)
    assert second_factor.verify(clerk, shown)
    cache.clear()
    assert not second_factor.verify(clerk, shown)
    assert not second_factor.verify(clerk, code(secret, steps=-1))
    assert second_factor.verify(clerk, code(secret, steps=1))


def test_a_code_of_two_steps_ago_is_too_old(clerk: User) -> None:
    assert not second_factor.verify(clerk, code(equip(clerk), steps=-2))


def test_after_five_wrong_codes_even_the_right_one_waits(clerk: User) -> None:
    secret = equip(clerk)
    for _ in range(5):
        assert not second_factor.verify(clerk, "123")
    assert second_factor.held_back(clerk)
    assert not second_factor.verify(clerk, code(secret))


def test_nobody_else_s_code_counts(world: World, clerk: User) -> None:
    equip(clerk)
    assert not second_factor.verify(clerk, code(equip(world.user(Role.STREET_LEADER))))
    assert not second_factor.verify(world.user(Role.RESIDENT), "123456")


@pytest.mark.parametrize("typed", ["", " ", "１２３４５６", "x" * 5000, "\ud83d"])
def test_odd_codes_are_just_wrong(clerk: User, typed: str) -> None:
    equip(clerk)
    assert not second_factor.verify(clerk, typed)


def test_the_secret_is_not_in_the_database_as_it_is(clerk: User) -> None:
    secret = equip(clerk)
    assert secret not in str(Authenticator.objects.get(user=clerk, type="totp").data)


@pytest.mark.parametrize("role", sorted(STAFF))
def test_staff_without_one_reach_only_the_page_to_set_it_up(world: World, settings, sign_in, role: Role) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    client = sign_in(role)
    for path in ("/", "/compounds/", "/desk/", "/people/accounts/", "/record/", "/system/", "/notices/", "/accounts/sessions/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/second-factor/set-up/"), path
    answer = client.get("/api/v1/tickets/")
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["code"] == "second_factor_required"
    assert client.get("/accounts/second-factor/set-up/").status_code == 200


def test_residents_need_none_and_nobody_does_when_it_is_not_asked_for(world: World, settings, sign_in) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    assert sign_in(Role.RESIDENT).get("/compounds/").status_code == 200
    settings.STAFF_SECOND_FACTOR_REQUIRED = False
    assert sign_in(Role.STREET_CLERK).get("/compounds/").status_code == 200


def test_setting_it_up_opens_everything_and_shows_recovery_codes(world: World, settings, clerk: User) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    client = Client()
    try_password(client, clerk.username, PASSWORD)
    page = client.get("/accounts/second-factor/set-up/").content.decode()
    secret = re.search(r"<code[^>]*>([A-Z2-7]+)</code>", page)
    assert secret is not None
    assert 'src="data:image/svg+xml;base64,' in page
    done = client.post("/accounts/second-factor/set-up/", {"code": code(secret[1])}, follow=True)
    assert len(re.findall(r"<li>\d{8}</li>", done.content.decode())) == 10
    assert client.get("/compounds/").status_code == 200
    assert second_factor.has_second_factor(clerk)


def test_removing_it_takes_the_recovery_codes_along(world: World, clerk: User) -> None:
    secret = equip(clerk)
    client = Client()
    try_password(client, clerk.username, PASSWORD)
    client.post(STEP, {"code": code(secret)})
    assert client.post("/accounts/second-factor/remove/").status_code == 302
    assert not Authenticator.objects.filter(user=clerk).exists()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_carry_no_inline_script_or_style(world: World, clerk: User, language: str) -> None:
    client = Client()
    client.cookies["django_language"] = language
    pages = [client.get("/accounts/login/")]
    try_password(client, clerk.username, PASSWORD)
    own = ("password/", "sessions/", "second-factor/", "second-factor/set-up/", "logout/", "reauthenticate/")
    pages.extend(client.get(f"/accounts/{path}") for path in own)
    equip(clerk)
    pages.extend(
        client.get(f"/accounts/second-factor/{path}") for path in ("", "remove/", "recovery/", "recovery/new/", "again/")
    )
    for page in pages:
        assert page.status_code == 200, page.request["PATH_INFO"]
        text = page.content.decode()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*src=)", text), page.request["PATH_INFO"]
        assert 'class="masthead"' in text
