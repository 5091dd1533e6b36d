"""Signing in and out, and being kept out."""

from datetime import timedelta
from statistics import median
from time import perf_counter
from unittest.mock import patch

import pytest
import time_machine
from axes.models import AccessAttempt
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken

from audit.models import Entry
from people.models import User
from people.roles import Role
from tenancy import scope
from tests.factories.world import PASSWORD, World

LOGIN = "/accounts/login/"


def try_password(client: Client, name: str, password: str, *, address: str = "10.0.0.1", onward: str = "") -> HttpResponse:
    return client.post(LOGIN, {"login": name, "password": password, "next": onward}, REMOTE_ADDR=address)


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("typed", ["resident_own", "RESIDENT_own", " resident_own ", "19900000000"])
def test_sign_in_by_user_name_in_any_case_or_by_phone(world: World, typed: str) -> None:
    client = Client()
    answer = try_password(client, typed, PASSWORD)
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(world.users[Role.RESIDENT, "own"])


def test_a_wrong_password_is_told_next_to_the_form_and_the_name_stays(world: World) -> None:
    answer = try_password(Client(), "resident_own", "wrong-password")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'value="resident_own"' in page
    assert "wrong-password" not in page
    assert "data-form-errors" in page


@pytest.mark.parametrize("name", ["system", "visitor"])
def test_the_accounts_that_stand_for_no_person_cannot_sign_in(world: World, name: str) -> None:
    user = User.objects.get(username=name)
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    try_password(client, name, PASSWORD)
    assert not signed_in(client)


def test_the_session_key_changes_at_sign_in(world: World) -> None:
    client = Client()
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["mulin"] = str(session.session_key)
    before = session.session_key
    try_password(client, "resident_own", PASSWORD)
    assert signed_in(client)
    assert client.session.session_key != before


def test_after_sign_in_one_goes_on_to_where_one_wanted_but_not_to_another_host(world: World) -> None:
    assert try_password(Client(), "resident_own", PASSWORD, onward="/compounds/")["Location"] == "/compounds/"
    assert try_password(Client(), "resident_own", PASSWORD, onward="https://evil.test/")["Location"] == "/"


def test_sign_out_needs_a_post(world: World) -> None:
    client = Client()
    try_password(client, "resident_own", PASSWORD)
    assert client.get("/accounts/logout/").status_code == 200
    assert signed_in(client)
    client.post("/accounts/logout/")
    assert not signed_in(client)


def test_signing_in_and_out_stand_in_the_record(world: World) -> None:
    client = Client()
    try_password(client, "resident_own", PASSWORD, address="10.1.2.3")
    client.post("/accounts/logout/", REMOTE_ADDR="10.1.2.3")
    with scope.everything(reason="test"):
        rows = list(
            Entry.objects.filter(actor_id=world.users[Role.RESIDENT, "own"]).order_by("pk").values_list("action", "address")
        )
    assert rows[-2:] == [("account.signed_in", "10.1.2.3"), ("account.signed_out", "10.1.2.3")]


def test_five_wrong_passwords_close_the_door_and_say_until_when(world: World) -> None:
    client = Client()
    answers = [try_password(client, "resident_own", f"wrong-{n}") for n in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert 880 < int(answers[-1]["Retry-After"]) <= 900
    assert "15" in answers[-1].content.decode()
    assert try_password(client, "resident_own", PASSWORD).status_code == 429
    assert not signed_in(client)


def test_other_spellings_and_the_phone_count_as_the_same_account(world: World) -> None:
    client = Client()
    for typed in ("resident_own", "Resident_Own", "RESIDENT_OWN", "19900000000", " resident_own"):
        answer = try_password(client, typed, "wrong")
    assert answer.status_code == 429
    assert try_password(client, "19900000000", PASSWORD).status_code == 429


def test_the_owner_of_the_account_gets_in_from_another_address(world: World) -> None:
    for n in range(20):
        try_password(Client(), "resident_own", f"wrong-{n}", address="10.6.6.6")
    client = Client()
    assert try_password(client, "resident_own", PASSWORD, address="10.0.0.2").status_code == 302
    assert signed_in(client)


def test_another_account_gets_in_from_the_same_address(world: World) -> None:
    for n in range(6):
        try_password(Client(), "resident_own", f"wrong-{n}")
    client = Client()
    assert try_password(client, "street_clerk_own", PASSWORD).status_code == 302


def test_an_unknown_name_is_held_back_like_a_known_one(world: World) -> None:
    known = [try_password(Client(), "resident_own", "wrong").status_code for _ in range(7)]
    unknown = [try_password(Client(), "nobody-at-all", "wrong").status_code for _ in range(7)]
    assert known == unknown


def test_knocking_on_does_not_lengthen_the_wait(world: World) -> None:
    start = timezone.now()
    for n in range(5):
        try_password(Client(), "resident_own", f"wrong-{n}")
    with time_machine.travel(start + timedelta(minutes=10), tick=True):
        late = try_password(Client(), "resident_own", "wrong again")
        assert late.status_code == 429
        assert int(late["Retry-After"]) <= 310
    with time_machine.travel(start + timedelta(minutes=16), tick=True):
        assert try_password(Client(), "resident_own", PASSWORD).status_code == 302


def test_a_right_password_forgets_the_wrong_ones(world: World) -> None:
    for _ in range(3):
        for n in range(4):
            try_password(Client(), "resident_own", f"wrong-{n}")
        assert try_password(Client(), "resident_own", PASSWORD).status_code == 302


def test_the_lock_stands_in_the_record_once_and_without_the_password(world: World) -> None:
    for n in range(9):
        try_password(Client(), "resident_own", f"secret-{n}")
    with scope.everything(reason="test"):
        locked = list(Entry.objects.filter(action="account.locked_out").values_list("subject_type", "subject_id"))
    assert locked == [("people.user", str(world.users[Role.RESIDENT, "own"]))]
    assert "secret" not in "".join(AccessAttempt.objects.values_list("post_data", flat=True))


def test_an_unknown_name_costs_as_much_time_as_a_known_one(world: World) -> None:
    """With the hasher of production; a name must not be guessable by the clock."""
    hashers = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=hashers, AXES_ENABLED=False):
        user = world.user(Role.RESIDENT)
        user.set_password(PASSWORD)
        user.save()
        times: dict[str, list[float]] = {"resident_own": [], "nobody-at-all": []}
        for _ in range(7):
            for name, taken in times.items():
                start = perf_counter()
                try_password(Client(), name, "wrong")
                taken.append(perf_counter() - start)
    known, unknown = (median(taken) for taken in times.values())
    assert 0.5 < unknown / known < 2


def test_a_closed_account_looks_like_a_wrong_password(world: World) -> None:
    User.objects.filter(username="resident_own").update(is_active=False)
    closed, wrong = Client(), Client()
    a, b = try_password(closed, "resident_own", PASSWORD), try_password(wrong, "resident_sibling", "wrong")
    assert (a.status_code, b.status_code) == (200, 200)
    assert not signed_in(closed)


def test_nul_and_odd_characters_in_the_name_are_no_error(world: World) -> None:
    for typed in ("a\x00b", "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "名" * 300, "' OR 1=1 --"):
        assert try_password(Client(), typed, "wrong").status_code == 200


def test_page_and_api_count_the_same_wrong_passwords(world: World) -> None:
    def ask(password: str) -> int:
        asked = {"username": "RESIDENT_own", "password": password}
        return Client().post("/api/v1/auth/token/", asked, "application/json", REMOTE_ADDR="10.0.0.1").status_code

    assert [ask("wrong") for _ in range(4)] == [401] * 4
    assert try_password(Client(), "resident_own", "wrong").status_code == 429
    assert ask(PASSWORD) == 429
    assert try_password(Client(), "resident_own", PASSWORD, address="10.0.0.9").status_code == 302


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_reset_password"])
def test_there_is_no_open_sign_up_and_no_reset_by_mail(name: str) -> None:
    from django.urls import NoReverseMatch

    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_the_cache_may_be_away(world: World) -> None:
    from config.cache import ForgivingValkeyCache

    away = ForgivingValkeyCache("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 0.05}})
    client = Client()
    with patch("allauth.core.internal.ratelimit.cache", away), patch("people.second_factor.cache", away):
        assert try_password(client, "resident_own", PASSWORD).status_code == 302


def test_changing_the_password_signs_out_everywhere_else(world: World) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        try_password(client, "resident_own", PASSWORD)
    AuthToken.objects.create(user=world.user(Role.RESIDENT))
    new = "another-plain-test-password"
    answer = here.post("/accounts/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    assert not AuthToken.objects.exists()
    assert here.get("/accounts/sessions/").status_code == 200
    assert there.get("/accounts/sessions/").status_code == 302
    assert try_password(Client(), "resident_own", PASSWORD).status_code == 200
    assert try_password(Client(), "resident_own", new).status_code == 302


@pytest.mark.parametrize("weak", ["short", "1234567890123", "password123", PASSWORD])
def test_a_weak_or_unchanged_password_is_refused_next_to_the_field(world: World, weak: str) -> None:
    client = Client()
    try_password(client, "resident_own", PASSWORD)
    answer = client.post("/accounts/password/", {"oldpassword": PASSWORD, "password1": weak, "password2": weak})
    assert answer.status_code == 200
    assert 'id="id_password1_error"' in answer.content.decode()


def test_a_temporary_password_opens_nothing_but_the_page_to_change_it(world: World) -> None:
    User.objects.filter(username="street_clerk_own").update(must_change_password=True)
    client = Client()
    try_password(client, "street_clerk_own", PASSWORD)
    assert client.get("/compounds/")["Location"] == "/accounts/password/"
    new = "a-password-of-my-own"
    client.post("/accounts/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert client.get("/compounds/").status_code == 200
