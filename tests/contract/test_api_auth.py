"""Tokens: how they are given, refused, used and given back."""

import base64
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.crypto import get_random_string
from knox.models import AuthToken

from audit.models import Entry
from people.actions import tokens
from people.models import Appointment
from people.roles import Role
from tests.contract.callers import Caller, caller, fault
from tests.factories.tickets import ticket
from tests.factories.world import CANARY, PASSWORD, World

SECRET = base64.b32encode(b"0123456789abcdefghij").decode()


def ask(username: str, password: str = PASSWORD, **more: str) -> Any:
    return Caller().post("auth/token/", {"username": username, "password": password, **more})


def code_now(step: int = 0) -> str:
    counter = int(time.time()) // 30 + step
    return str(totp.format_hotp_value(totp.hotp_value(SECRET, counter)))


def test_a_password_gives_a_token_that_opens_the_callers_own_tickets(world: World) -> None:
    answer = ask("resident_own")
    assert answer.status_code == 200
    given = answer.json()
    assert set(given) == {"token", "expires_at"}
    mine = ticket(world)
    ticket(world, place="sibling")
    listed = Caller(given["token"]).get("tickets/").json()
    assert [row["number"] for row in listed["results"]] == [mine.number]


def test_the_phone_does_as_well_as_the_name(world: World) -> None:
    phone = world.user(Role.RESIDENT).phone
    assert phone
    assert ask(phone).status_code == 200


def test_unknown_name_and_wrong_password_get_the_same_answer(world: World) -> None:
    unknown, wrong = ask("nobody_here"), ask("resident_own", "wrong-password")
    assert unknown.status_code == wrong.status_code == 401
    assert unknown.json() == wrong.json()
    assert unknown["WWW-Authenticate"] == "Token"


def test_five_wrong_passwords_hold_the_account_back(world: World) -> None:
    for _ in range(4):
        assert ask("resident_own", "wrong-password").status_code == 401
    assert ask("RESIDENT_own", "wrong-password").status_code == 429
    locked = ask("resident_own")
    assert locked.status_code == 429
    assert int(locked["Retry-After"]) > 0
    assert ask("resident_sibling").status_code == 200


def test_asking_too_often_is_held_back_by_address(world: World, settings: Any) -> None:
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": {**settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "token": "2/min"},
    }
    assert [ask(f"nobody{number}").status_code for number in range(3)] == [401, 401, 429]


def test_a_second_factor_is_asked_for_and_checked(world: World) -> None:
    user = world.user(Role.PROPERTY_MANAGER)
    totp.TOTP.activate(user, SECRET)
    assert fault(ask(user.username)) == (400, "required", "otp")
    assert fault(ask(user.username, otp="000000")) == (400, "invalid", "otp")
    assert fault(ask(user.username, "wrong-password", otp=code_now())) == (401, "authentication_failed", None)
    assert ask(user.username, otp=code_now()).status_code == 200
    assert fault(ask(user.username, otp=code_now())) == (400, "invalid", "otp")


def test_wrong_codes_hold_the_account_back_like_wrong_passwords(world: World) -> None:
    user = world.user(Role.PROPERTY_MANAGER)
    totp.TOTP.activate(user, SECRET)
    seen = [ask(user.username, otp="000000").status_code for _ in range(6)]
    assert seen[-1] == 429
    assert ask(user.username, otp=code_now()).status_code == 429


def test_staff_without_a_second_factor_are_told_to_set_one_up(world: World, settings: Any) -> None:
    held = caller(world, Role.STREET_CLERK)
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    assert fault(ask("street_clerk_own")) == (403, "second_factor_required", None)
    assert fault(held.get("tickets/")) == (403, "second_factor_required", None)
    assert ask("resident_own").status_code == 200


def test_whoever_must_choose_a_password_does_that_on_the_web_first(world: World) -> None:
    user = world.user(Role.RESIDENT)
    user.must_change_password = True
    user.save(update_fields=["must_change_password"])
    assert fault(ask(user.username)) == (403, "password_change_required", None)


def test_a_token_given_back_counts_no_longer_and_others_stay(world: World) -> None:
    first, second = caller(world, Role.RESIDENT), caller(world, Role.RESIDENT)
    assert first.delete("auth/token/").status_code == 204
    assert first.get("me/").status_code == 401
    assert second.get("me/").status_code == 200


def test_an_expired_token_does_not_count(world: World) -> None:
    held = caller(world, Role.RESIDENT)
    AuthToken.objects.update(expiry=timezone.now())
    assert held.get("me/").status_code == 401


def test_a_person_holds_at_most_so_many_tokens(world: World) -> None:
    oldest = caller(world, Role.RESIDENT)
    for _ in range(tokens.MOST_TOKENS):
        tokens.issue(world.user(Role.RESIDENT))
    assert AuthToken.objects.count() == tokens.MOST_TOKENS
    assert oldest.get("me/").status_code == 401


@pytest.mark.parametrize("header", ["Token", "Token a b", "Token \xff\xfe", "Token ' OR 1=1", "Token " + "0" * 64, "Basic eDp5"])
def test_a_token_that_was_never_given_is_401(world: World, header: str) -> None:
    answer = Client().get("/api/v1/me/", headers={"Authorization": header})
    assert answer.status_code == 401


def test_a_revoked_appointment_shuts_the_door_at_the_next_request(world: World) -> None:
    held = caller(world, Role.PROPERTY_MANAGER)
    row = ticket(world, state="dispatched")
    assert held.get(f"tickets/{row.number}/").status_code == 200
    user = world.user(Role.PROPERTY_MANAGER)
    Appointment.objects.filter(user=user).update(revoked_at=timezone.now(), revoked_by=user)
    assert held.get(f"tickets/{row.number}/").status_code == 404


def test_issuing_and_giving_back_stand_in_the_record(world: World, everywhere: None) -> None:
    token = ask("resident_own").json()["token"]
    Caller(token).delete("auth/token/")
    found = Entry.objects.filter(actor_id=world.users[Role.RESIDENT, "own"]).order_by("pk").values_list("action", flat=True)
    assert list(found)[-2:] == ["account.token_issued", "account.token_revoked"]
    assert not Entry.objects.filter(after__icontains=token).exists()


def test_the_scope_is_the_token_owners_and_nothing_is_left_behind(world: World, sign_in: Callable[..., Client]) -> None:
    """A browser signed in elsewhere sends a token too: the token counts, wholly."""
    own, foreign = ticket(world), ticket(world, place="county")
    token, _ = tokens.issue(world.user(Role.RESIDENT))
    browser = sign_in(Role.RESIDENT, "county", headers={"Authorization": f"Token {token}"})
    assert browser.get(f"/api/v1/tickets/{own.number}/").status_code == 200
    assert browser.get(f"/api/v1/tickets/{foreign.number}/").status_code == 404
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('mulin.scope', true)")
        assert cursor.fetchone()[0] in ("", None)


def test_a_session_needs_its_csrf_token_for_changes(world: World, sign_in: Callable[..., Client]) -> None:
    browser = sign_in(Role.RESIDENT, "own", enforce_csrf_checks=True)
    assert browser.get("/api/v1/me/").status_code == 200
    body = {"compound": world.area(), "text": "电梯停了"}
    refused = browser.post("/api/v1/tickets/", body, content_type="application/json")
    assert fault(refused) == (403, "permission_denied", None)
    browser.cookies["csrftoken"] = secret = get_random_string(32)
    allowed = browser.post("/api/v1/tickets/", body, content_type="application/json", headers={"X-CSRFToken": secret})
    assert allowed.status_code == 201


def test_me_names_the_posts_held_today(world: World) -> None:
    me = caller(world, Role.PROPERTY_MANAGER).get("me/").json()
    assert me["username"] == "property_manager_own"
    assert me["posts"] == [
        {
            "role": "property_manager",
            "place": {"code": world.area(), "name": "小区own"},
            "organisation": {"id": world.firms["own"], "name": "own物业公司"},
        }
    ]
    assert CANARY not in str(me)


def test_without_a_token_everything_is_401_but_the_description(world: World) -> None:
    for path in ("me/", "tickets/", "notices/", "compounds/", "catalogue/leaves/", f"compounds/{world.area()}/"):
        assert Caller().get(path).status_code == 401, path
    assert Caller().get("schema/").status_code == 200
    assert Caller().get("docs/").status_code == 200
