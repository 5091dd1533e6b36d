"""Finding tickets by number, Chinese words, pinyin and place: what one reads, in one's places, the likeliest first."""

import pytest
from django.db import DatabaseError, connection, transaction

from communities import actions as communities
from complaints.actions import indexes, publishing, tickets
from complaints.models import Ticket
from complaints.pinyin import initials, syllables
from complaints.searching import Found, Question, search
from complaints.states import State
from people import actors
from people.actions import appointments
from people.actors import Actor
from people.roles import Role
from tenancy import scope
from tests.factories.tickets import again, ticket
from tests.factories.world import World

LIFT = "电梯故障停运两天，老人下不来"
SECRET = "我叫王小明，电话13812345678，三号楼电梯坏了"


def look(actor: Actor, typed: str) -> Found:
    with scope.limited_to(actor.scope):
        return search(actor, Question.read(typed))


def numbers(actor: Actor, typed: str) -> list[str]:
    return [hit.ticket.number for hit in look(actor, typed).hits]


@pytest.fixture
def clerk(world: World) -> Actor:
    return world.actor(Role.STREET_CLERK)


@pytest.mark.parametrize(
    "typed",
    [
        "电梯",
        "故障停运",
        "電梯",
        "电梯 老人",
        "dtgz",
        "dt",
        "dianti",
        "diantiguzhang",
        "电梯gz",
        "DTGZ",
        "lrxbl",
        "电梯 老",
    ],
)
def test_words_and_pinyin_find_it(world: World, clerk: Actor, typed: str) -> None:
    row = ticket(world, State.DISPATCHED, text=LIFT)
    ticket(world, State.DISPATCHED, text="垃圾没人清运，味道很大")
    assert numbers(clerk, typed) == [row.number]


@pytest.mark.parametrize("typed", ["电灯", "梯故电", "dtzz", "diantang", "电梯垃圾", "天老人", "老", "d", "", "，。", "\x00"])
def test_what_does_not_stand_there_finds_nothing(world: World, clerk: Actor, typed: str) -> None:
    ticket(world, State.DISPATCHED, text=LIFT)
    assert numbers(clerk, typed) == []


def test_characters_with_several_readings_are_found_by_each(world: World, clerk: Actor) -> None:
    row = ticket(world, State.DISPATCHED, text="重复乱停车，单元门口音乐太吵")
    for typed in ("cflt", "zflt", "dymk", "yytc", "chongfu", "yinyue"):
        assert numbers(clerk, typed) == [row.number], typed
    assert set(initials("乐")) >= {"l", "y"}
    assert ("dian", "ti") in syllables("dianti")
    assert syllables("dtgz") == []


def test_a_number_or_its_end_comes_first(world: World, clerk: Actor) -> None:
    row, other = ticket(world, State.DISPATCHED, text=LIFT), ticket(world, State.DISPATCHED, text=LIFT)
    tail = row.number[-8:]
    for typed in (row.number, row.number.replace("-", ""), tail, tail[-5:], row.number[10:]):
        assert numbers(clerk, typed)[0] == row.number, typed
    mentions = ticket(world, State.DISPATCHED, text=f"还是上次那件事，单号{tail}，没人来")
    assert numbers(clerk, tail) == [row.number, mentions.number]
    assert numbers(clerk, "电梯") == [other.number, row.number]


def test_places_come_before_words_and_more_before_less(world: World, clerk: Actor) -> None:
    once = ticket(world, State.DISPATCHED, text="听涛苑门口积水")
    twice = ticket(world, State.DISPATCHED, text="听涛苑积水，整个听涛苑都是")
    newer = ticket(world, State.DISPATCHED, text="听涛苑有积水")
    spot = ticket(world, State.DISPATCHED, text="有积水")
    with scope.place(world.area()):
        Ticket.objects.filter(pk=spot.pk).update(spot="听涛苑北门")
    indexed_anew()
    assert numbers(clerk, "听涛苑") == [spot.number, twice.number, newer.number, once.number]
    assert [hit.by for hit in look(clerk, "听涛苑").hits] == ["place", "text", "text", "text"]
    assert numbers(clerk, "tingtaoyuan") == [spot.number, twice.number, newer.number, once.number]


def indexed_anew() -> None:
    beyond = 0
    while (some := indexes.renew(beyond, 2))[0]:
        beyond = some[1]


def test_what_is_masked_is_not_found_but_by_who_reads_it(world: World, clerk: Actor) -> None:
    row = ticket(world, State.DISPATCHED, text=SECRET)
    lead, resident = world.actor(Role.PROPERTY_MANAGER), world.actor(Role.RESIDENT)
    for typed in ("王小明", "wxm", "13812345678", "12345678", "5678", "wangxiaoming"):
        assert numbers(clerk, typed) == [], typed
        assert numbers(lead, typed) == [row.number], typed
        assert numbers(resident, typed) == [row.number], typed
    for actor in (clerk, lead, resident):
        assert numbers(actor, "电梯") == [row.number]
    hit = look(clerk, "电梯").hits[0]
    assert "王小明" not in "".join(piece.text for piece in (*hit.text, *hit.place))
    assert [piece.text for piece in hit.text if piece.found] == ["电梯"]


def test_the_words_of_anonymous_and_confidential_ones_are_found_by_nobody_else(world: World, clerk: Actor) -> None:
    for kept_back in ("anonymous", "confidential"):
        row = ticket(world, State.DISPATCHED, text=SECRET, **{kept_back: True})
        for actor in (clerk, world.actor(Role.PROPERTY_MANAGER)):
            assert row.number not in numbers(actor, "王小明")
            assert row.number in numbers(actor, "电梯")


@pytest.fixture
def neighbour(world: World) -> Actor:
    with scope.everything(reason="tests: a neighbour"):
        user = appointments.open_account(username="neighbour", name="邻居", by=actors.system())
        residency = communities.claim_residency(world.compound(), user=user, kind="tenant", by=actors.system())
        communities.verify_residency(residency.pk, by=actors.system())
    return actors.of_user(user)


def test_neighbours_find_by_the_public_wording_only(world: World, clerk: Actor, neighbour: Actor) -> None:
    row = ticket(world, State.DISPATCHED, text="三号楼电梯坏了，五楼李家的电梯卡被收走了")
    with scope.place(world.area()):
        publishing.publish(row.number, by=clerk, version=again(row).version, text="梯控正在检修")
    assert numbers(neighbour, "梯控") == [row.number]
    assert numbers(neighbour, "jianxiu") == [row.number]
    assert numbers(neighbour, "电梯卡") == []
    with scope.place(world.area()):
        publishing.unpublish(row.number, by=clerk, version=again(row).version, text="收回")
    assert numbers(neighbour, "梯控") == []


def test_nothing_of_elsewhere_is_found(world: World, clerk: Actor) -> None:
    rows = {place: ticket(world, State.DISPATCHED, text=LIFT, place=place) for place in ("own", "sibling", "street", "county")}
    assert set(numbers(clerk, "电梯")) == {rows["own"].number, rows["sibling"].number}
    assert numbers(world.actor(Role.PROPERTY_MANAGER), "dtgz") == [rows["own"].number]
    assert numbers(world.actor(Role.COUNTY_CLERK, "county"), "电梯") == [rows["county"].number]
    assert numbers(clerk, rows["street"].number) == []
    assert numbers(clerk, rows["county"].number[-8:]) == []
    assert numbers(world.actor(Role.SYSTEM_ADMIN), "电梯") == []


def test_it_is_found_by_whoever_comes_to_lead_or_help(world: World, clerk: Actor) -> None:
    handler = world.actor(Role.DEPARTMENT_HANDLER)
    row = ticket(world, State.TRIAGE, text=LIFT)
    assert numbers(handler, "电梯") == []
    organisation = next(post.organisation_id for post in handler.posts)
    with scope.place(world.area()):
        tickets.dispatch(row.number, by=clerk, version=row.version, leaf="0101", organisation=organisation)
    assert numbers(handler, "电梯") == [row.number]


def test_of_very_many_the_newest_are_taken(world: World, clerk: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [ticket(world, State.SUBMITTED, text=f"电梯第{each}次停运") for each in "一二三四五"]
    monkeypatch.setattr("complaints.searching.MOST_SHOWN", 3)
    monkeypatch.setattr("complaints.searching.PORTION", 2)
    found = look(clerk, "电梯")
    assert [hit.ticket.number for hit in found.hits] == [row.number for row in reversed(rows[2:])]
    assert found.more
    monkeypatch.setattr("complaints.searching.PORTION", 150)
    assert not look(clerk, "dt 第四").more


def test_the_index_can_only_be_asked_through_its_functions(world: World) -> None:
    ticket(world, State.DISPATCHED, text=LIFT)
    denied = pytest.raises(DatabaseError, match="permission denied")
    for statement in ("SELECT FROM", "DELETE FROM", "INSERT INTO"):
        rest = " VALUES (1, '{}', '{}')" if statement == "INSERT INTO" else ""
        with scope.everything(reason="tests"), denied, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{statement} complaints_searchentry{rest}")
    asked = "SELECT count(*) FROM complaints_search('{}', NULL, 99999999, 9)"
    with connection.cursor() as cursor:
        cursor.execute(asked)
        assert cursor.fetchone() == (0,), "without a scope"
    for place, there in (("own", 1), ("sibling", 0)):
        with scope.place(world.area(place)), connection.cursor() as cursor:
            cursor.execute(asked)
            assert cursor.fetchone() == (there,), place


def test_tickets_from_before_the_index_are_added(world: World, clerk: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("complaints.indexing.keep", lambda *_tickets: None)
    rows = [ticket(world, State.DISPATCHED, text=LIFT) for _each in range(3)]
    monkeypatch.undo()
    assert numbers(clerk, "电梯") == []
    assert indexes.complete(0, 2)[0] == 2
    assert indexes.complete(rows[1].pk, 2)[0] == 1
    assert indexes.complete(0, 2) == (0, 0)
    assert numbers(clerk, "电梯") == [row.number for row in reversed(rows)]
