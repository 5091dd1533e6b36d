"""How long a session lasts, and ending it from elsewhere."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from people import sessions
from people.roles import Role
from tests.factories.world import CANARY, PASSWORD, World
from tests.people.test_sign_in import try_password


def came_in(name: str, **extra: str) -> Client:
    client = Client(**extra)
    try_password(client, name, PASSWORD)
    return client


def still_in(client: Client) -> bool:
    return client.get("/accounts/sessions/").status_code == 200


def test_a_staff_session_ends_after_two_idle_hours(world: World) -> None:
    client, start = came_in("street_clerk_own"), timezone.now()
    with time_machine.travel(start + timedelta(minutes=119)):
        assert still_in(client)
    with time_machine.travel(start + timedelta(minutes=119 + 121)):
        answer = client.get("/compounds/?q=a")
        assert answer["Location"] == "/accounts/login/?next=%2Fcompounds%2F%3Fq%3Da"
        assert not still_in(client)


def test_a_staff_session_ends_after_twelve_hours_of_work(world: World) -> None:
    client, start = came_in("street_clerk_own"), timezone.now()
    for hour in range(1, 12):
        with time_machine.travel(start + timedelta(hours=hour)):
            assert still_in(client)
    with time_machine.travel(start + timedelta(hours=12, minutes=1)):
        assert not still_in(client)


def test_a_resident_stays_for_fourteen_days(world: World) -> None:
    client, start = came_in("resident_own"), timezone.now()
    with time_machine.travel(start + timedelta(days=13)):
        assert still_in(client)
    with time_machine.travel(start + timedelta(days=14, minutes=1)):
        assert not still_in(client)


def test_an_ended_session_answers_the_api_with_401_and_htmx_with_the_way_to_sign_in(world: World) -> None:
    client, start = came_in("street_clerk_own"), timezone.now()
    other = came_in("street_clerk_own")
    with time_machine.travel(start + timedelta(hours=3)):
        assert client.get("/api/v1/tickets/").status_code == 401
        assert other.get("/compounds/", headers={"HX-Request": "true"})["HX-Redirect"].startswith("/accounts/login/")


def test_the_clock_is_not_written_at_every_request(world: World, django_assert_num_queries) -> None:
    client, start = came_in("street_clerk_own"), timezone.now()
    with time_machine.travel(start + timedelta(seconds=30)):
        still_in(client)
        assert client.session[sessions.SEEN_AT] < timezone.now().timestamp() - 25


def test_the_list_shows_each_browser_and_ends_one(world: World) -> None:
    windows = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"
    phone = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile MicroMessenger/8.0"
    here, there = came_in("resident_own", HTTP_USER_AGENT=windows), came_in("resident_own", HTTP_USER_AGENT=phone)
    page = here.get("/accounts/sessions/")
    text = page.content.decode()
    assert "Chrome · Windows" in text
    assert "微信 WeChat · Android" in text
    rows = page.context["sessions"]
    assert [row["current"] for row in rows] == [True, False]
    assert here.post(f"/accounts/sessions/{rows[1]['id']}/end/").status_code == 302
    assert still_in(here)
    assert not still_in(there)


def test_nobody_ends_somebody_else_s_session_or_learns_of_it(world: World) -> None:
    mine, other = came_in("resident_own"), came_in("resident_county")
    foreign = other.get("/accounts/sessions/").context["sessions"][0]["id"]
    refused, absent = mine.post(f"/accounts/sessions/{foreign}/end/"), mine.post("/accounts/sessions/999999/end/")
    assert (refused.status_code, absent.status_code) == (404, 404)
    assert still_in(other)
    assert CANARY not in mine.get("/accounts/sessions/").content.decode()


def test_all_others_end_at_once(world: World) -> None:
    here, there, elsewhere = (came_in("resident_own") for _ in range(3))
    here.post("/accounts/sessions/end-others/")
    assert [still_in(client) for client in (here, there, elsewhere)] == [True, False, False]


@pytest.mark.django_db
def test_ending_all_also_takes_back_tokens(world: World) -> None:
    user, client = world.user(Role.RESIDENT), came_in("resident_own")
    AuthToken.objects.create(user=user)
    sessions.end_all(user)
    assert not AuthToken.objects.filter(user=user).exists()
    assert not still_in(client)
