"""The bell's pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from complaints.states import State
from notices import actions
from notices.models import Notice
from people.roles import Role
from tenancy import clock, scope
from tests.factories.tickets import ticket
from tests.factories.world import CANARY, World


@pytest.fixture
def told(world: World) -> World:
    """A dispatched ticket here and one in every other place: the managers have been told."""
    for place in ("own", "sibling", "street", "county"):
        ticket(world, State.DISPATCHED, place=place)
    return world


def mine(world: World, role: Role = Role.PROPERTY_MANAGER, place: str = "own") -> list[Notice]:
    with scope.everything(reason="test"):
        return list(Notice.objects.filter(user_id=world.users[role, place], channel="bell").order_by("pk"))


def test_one_sees_only_one_s_own_notices_and_the_unread_first(told: World, sign_in) -> None:
    page = sign_in(Role.PROPERTY_MANAGER).get("/notices/")
    assert page.status_code == 200
    assert len(page.context["unread"]) == len(mine(told)) > 0
    assert page.context["read"] == []
    assert CANARY not in page.content.decode()


def test_opening_marks_it_read_and_leads_to_what_it_speaks_of(told: World, sign_in) -> None:
    client, notice = sign_in(Role.PROPERTY_MANAGER), mine(told)[0]
    answer = client.post(f"/notices/{notice.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, notice.url)
    page = client.get("/notices/")
    assert str(notice.pk) in [str(row["id"]) for row in page.context["read"]]


def test_looking_does_not_mark_anything_read(told: World, sign_in) -> None:
    client, notice = sign_in(Role.PROPERTY_MANAGER), mine(told)[0]
    assert client.get(f"/notices/{notice.pk}/").status_code == 405
    client.get("/notices/")
    assert mine(told)[0].read_at is None


@pytest.mark.parametrize("place", ["sibling", "street", "county"])
def test_a_foreign_notice_is_as_absent_as_one_that_never_was(told: World, sign_in, place: str) -> None:
    client, foreign = sign_in(Role.PROPERTY_MANAGER), mine(told, place=place)[0]
    answers = [client.post(f"/notices/{pk}/") for pk in (foreign.pk, "00000000-0000-4000-8000-000000000000")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert mine(told, place=place)[0].read_at is None


def test_a_colleague_s_notice_of_the_same_place_is_not_there_either(told: World, sign_in) -> None:
    theirs = mine(told, Role.PROPERTY_STAFF)[0]
    assert sign_in(Role.PROPERTY_MANAGER).post(f"/notices/{theirs.pk}/").status_code == 404
    assert mine(told, Role.PROPERTY_STAFF)[0].read_at is None


def test_all_are_read_at_once_but_only_one_s_own(told: World, sign_in) -> None:
    client = sign_in(Role.PROPERTY_MANAGER)
    client.post("/notices/read-all/")
    assert all(notice.read_at for notice in mine(told))
    assert not any(notice.read_at for notice in mine(told, Role.PROPERTY_MANAGER, "county"))
    assert "count-unread" not in client.get("/notices/").content.decode()


def test_a_stranger_is_led_to_the_sign_in(world: World, client) -> None:
    assert client.get("/notices/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("before", ["x", "2026-13-45", "2026-01-01T00:00:00", "\x00"])
def test_a_broken_page_mark_is_the_first_page(told: World, sign_in, before: str) -> None:
    assert sign_in(Role.PROPERTY_MANAGER).get("/notices/", {"before": before}).status_code == 200


def test_old_ones_come_page_by_page_without_loss(world: World, sign_in) -> None:
    user, area = world.user(Role.RESIDENT), world.area()
    facts = {"number": "1", "place": "p"}
    with scope.place(area):
        for n in range(120):
            actions.tell([user], "ticket_told_closed", area=area, key=f"k{n}", facts=facts)
        rows = list(Notice.objects.filter(user=user, channel="bell").values_list("pk", flat=True))
        for n, pk in enumerate(rows):
            Notice.objects.filter(pk=pk).update(
                made_at=f"2026-05-01 {n // 60:02}:{n % 60:02}:00+08", read_at="2026-06-01 00:00+08"
            )
    client, seen, url = sign_in(Role.RESIDENT), [], "/notices/"
    while url:
        page = client.get(url)
        seen += [row["id"] for row in page.context["read"]]
        url = page.context["next_url"] and f"/notices/{page.context['next_url']}"
    assert len(seen) == len(set(seen)) == 120


def test_where_the_clock_stands_notices_are_of_that_day_and_later_ones_stay_unread(world: World, sign_in) -> None:
    reader, days = world.actor(Role.PROPERTY_MANAGER), [timezone.now() - timedelta(days=ago) for ago in (30, 3)]
    with scope.everything(reason="test"):
        for day in days:
            with clock.standing_at(day):
                actions.tell([reader.user], "ticket_told_dispatched", area=world.area(), key=f"all {day}", facts={})
                actions.tell_person(reader.user, "ticket_told_closed", area=world.area(), key=f"one {day}", facts={})
        with clock.standing_at(timezone.now() - timedelta(days=14)):
            assert actions.read_all(by=reader) == 2
    assert {notice.made_at for notice in mine(world)} == set(days)
    assert {notice.made_at for notice in mine(world) if notice.read_at} == {days[0]}
    with scope.everything(reason="test"):
        mails = Notice.objects.filter(user_id=reader.id, channel="email")
        assert min(mail.made_at for mail in mails) > timezone.now() - timedelta(days=1), "mails wait in real time"
