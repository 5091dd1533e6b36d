"""Following a public ticket, and what may be the same before filing."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from audit.models import Entry
from communities import actions as communities
from complaints.actions import following, publishing, tickets
from complaints.alike import ENOUGH, alike, gist, likeness
from complaints.models import Follow, Ticket
from complaints.states import State
from notices.models import Notice
from people import actors
from people.actions import appointments
from people.actors import Actor
from people.roles import Role
from tenancy import scope
from tenancy.refusals import NotAllowed, NotThere, WrongState
from tests.contract.callers import caller, caller_of, fault
from tests.factories.tickets import LIFT_BROKEN, again, ticket
from tests.factories.world import CANARY, World

SAME = [
    ("三号楼电梯又停了，老人下不来", "3号楼电梯停运，物业正在维修"),
    ("3号楼电梯坏了好几天了", "三号楼电梯故障没人修"),
    ("地下车库积水严重", "下雨后地库里全是水，车都开不进去"),
    ("垃圾桶好几天没清，臭死了", "小区垃圾没人清运，味道很大"),
    ("楼下烧烤店油烟熏得开不了窗", "烧烤店油烟太大，家里都是味"),
    ("消防通道被私家车堵了", "有车停在消防通道上"),
    ("楼道里停满电动车还在充电", "1号楼楼道电瓶车飞线充电"),
    ("停水两天了没人管", "小区从昨天开始停水"),
    ("半夜装修噪音睡不着", "楼上晚上十点还在装修，吵"),
    ("北门路灯坏了，晚上看不见", "北门的路灯不亮"),
    ("物业费乱涨价", "物业要涨物业费，没有征求业主意见"),
    ("绿化带被人种菜", "有人在草坪上种菜"),
    ("广场舞音响太吵", "晚上跳广场舞声音太大"),
    ("化粪池堵了，污水冒出来", "污水井往外冒水，臭得很"),
    ("外墙瓷砖脱落差点砸到人", "2号楼外墙砖掉下来"),
    ("门禁坏了谁都能进", "单元门门禁失灵"),
    ("5号楼顶楼漏水", "五栋楼顶渗水到家里"),
    ("车位被人长期占用", "我的车位被别人占了"),
    ("高空抛物，烟头都扔下来", "楼上有人往下扔烟头"),
    ("流浪狗太多吓到孩子", "小区里好多流浪狗追人"),
]
TEXTS = Path(__file__).resolve().parents[2] / "complaints" / "data" / "sample_texts.jsonl"


@pytest.fixture
def neighbour(world: World) -> Actor:
    with scope.everything(reason="tests: a neighbour"):
        user = appointments.open_account(username="neighbour", name="邻居", by=actors.system())
        residency = communities.claim_residency(world.compound(), user=user, kind="tenant", by=actors.system())
        communities.verify_residency(residency.pk, by=actors.system())
    return actors.of_user(user)


@pytest.fixture(autouse=True)
def foreign(world: World) -> list[Ticket]:
    return [ticket(world, State.DISPATCHED, place=place, public=True) for place in ("sibling", "street", "county")]


def told(user: int) -> list[str]:
    with scope.everything(reason="tests: what was told"):
        found = Notice.objects.filter(user=user, channel="bell", kind__startswith="ticket_followed")
        return sorted(found.values_list("kind", flat=True))


def follow(row: Ticket, by: Actor) -> None:
    with scope.limited_to(by.scope):
        following.follow(row.number, by=by)


def test_who_follows_is_told_and_of_nothing_that_was_written(world: World, neighbour: Actor) -> None:
    row, manager = ticket(world, State.DISPATCHED, public=True), world.actor(Role.PROPERTY_MANAGER)
    follow(row, neighbour)
    follow(row, neighbour)
    with scope.place(world.area()):
        assert Follow.objects.count() == 1
        row = tickets.accept(row.number, by=manager, version=row.version)
        row = tickets.resolve(row.number, by=manager, version=row.version, text="换了电机，费用两千")
        row = tickets.redo(row.number, by=world.actor(Role.RESIDENT), version=row.version, text="又坏了")
    assert told(neighbour.id) == ["ticket_followed_accepted", "ticket_followed_accepted", "ticket_followed_resolved"]
    assert told(world.users[Role.RESIDENT, "own"]) == []
    with scope.everything(reason="tests: what was told"):
        written = str(list(Notice.objects.filter(user=neighbour.id).values_list("facts", flat=True)))
        assert Entry.objects.filter(action="ticket.followed", subject_id=str(row.pk)).count() == 1
    assert "电机" not in written


def test_who_stopped_or_may_no_longer_read_it_is_not_told(world: World, neighbour: Actor) -> None:
    first, second = (ticket(world, State.DISPATCHED, public=True) for _each in range(2))
    for row in (first, second):
        follow(row, neighbour)
    with scope.limited_to(neighbour.scope):
        following.unfollow(first.number, by=neighbour)
        following.unfollow(first.number, by=neighbour)
    with scope.place(world.area()):
        publishing.unpublish(second.number, by=world.actor(Role.STREET_CLERK), version=second.version, text="收回")
        for row in (first, again(second)):
            tickets.accept(row.number, by=world.actor(Role.PROPERTY_MANAGER), version=row.version)
    assert told(neighbour.id) == []


def test_only_neighbours_follow_and_only_what_is_public(world: World, neighbour: Actor, foreign: list[Ticket]) -> None:
    public, private = ticket(world, State.DISPATCHED, public=True), ticket(world, State.DISPATCHED)
    over = ticket(world, State.CLOSED, public=True)
    for role in (Role.RESIDENT, Role.STREET_CLERK, Role.PROPERTY_MANAGER):
        with pytest.raises(NotAllowed):
            follow(public, world.actor(role))
    for row in (private, *foreign):
        with pytest.raises(NotThere):
            follow(row, neighbour)
    with pytest.raises(WrongState):
        follow(over, neighbour)
    with scope.everything(reason="tests: nobody follows"):
        assert not Follow.objects.exists()


def test_what_may_be_the_same_is_what_one_may_read(world: World, neighbour: Actor) -> None:
    public, private = ticket(world, State.ACCEPTED, public=True), ticket(world, State.ACCEPTED)
    ticket(world, State.CLOSED, public=True)
    follow(public, neighbour)

    def found(actor: Actor, text: str = LIFT_BROKEN) -> dict[str, int]:
        with scope.limited_to(actor.scope):
            return {each.ticket.number: each.people for each in alike(actor, world.area(), text)}

    assert found(neighbour) == {public.number: 2}
    assert found(world.actor(Role.RESIDENT)) == {public.number: 2, private.number: 1}  # both are their own
    assert found(world.actor(Role.STREET_CLERK)) == {public.number: 2, private.number: 1}
    assert found(neighbour, "物业费涨价没有征求意见") == {}
    assert found(neighbour, "5号楼电梯坏了，停运两天") == {}
    assert found(neighbour, "电梯") == {}
    assert found(world.actor(Role.RESIDENT, "street")) == {}


def test_hardly_a_pair_of_the_same_is_missed_and_others_are_not_taken_for_it() -> None:
    hit = sum(likeness(gist(one), gist(other)) >= ENOUGH for one, other in SAME)
    assert hit >= 18, f"{hit} of {len(SAME)}"
    lines = [json.loads(line) for line in TEXTS.read_text(encoding="utf-8").splitlines()]
    known = [(line["leaf"], gist(line["text"])) for line in lines]
    others = [likeness(a, b) >= ENOUGH for (x, a), (y, b) in itertools.combinations(known, 2) if x != y]
    assert len(others) > 5_000
    assert sum(others) / len(others) < 0.005, f"{sum(others)} of {len(others)}"


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(actor.user, backend="people.backends.NameOrPhoneBackend")
    return client


def shown(answer: Any, status: int = 200) -> str:
    page: str = answer.content.decode()
    assert answer.status_code == status, page
    assert CANARY not in page
    return page


def test_the_pages_lead_from_writing_to_following(world: World, neighbour: Actor) -> None:
    row, client = ticket(world, State.ACCEPTED, public=True), client_of(neighbour)
    page = shown(client.get("/file/"))
    assert f'data-place="{world.area()}"' in page
    piece = shown(client.post("/file/alike/", {"place": world.area(), "text": LIFT_BROKEN}))
    assert row.number in piece
    assert "<html" not in piece
    assert shown(client.post("/file/alike/", {"place": world.area(), "text": "别的事情"})).strip() == ""
    one = f"/tickets/{row.number}/"
    assert f"{one}follow/" in shown(client.get(one))
    assert client.post(f"{one}follow/").status_code == 302
    page = shown(client.get(one))
    assert f"{one}unfollow/" in page
    assert row.number in shown(client.get("/my/?tab=followed"))
    assert client.post(f"{one}unfollow/").status_code == 302
    assert row.number not in shown(client.get("/my/?tab=followed"))
    filed = client.post("/file/", {"text": LIFT_BROKEN, "key": "k"}, follow=True)
    assert row.number in shown(filed)  # without a script it is said after filing


def test_elsewhere_nothing_is_found_or_followed(world: World, neighbour: Actor, foreign: list[Ticket]) -> None:
    client = client_of(neighbour)
    for place in ("sibling", "street", "county"):
        assert client.post("/file/alike/", {"place": world.area(place), "text": LIFT_BROKEN}).status_code == 404
    assert client.post("/file/alike/", {"place": "x", "text": LIFT_BROKEN}).status_code == 404
    for row in foreign:
        assert client.post(f"/tickets/{row.number}/follow/").status_code == 404


def test_through_the_api(world: World, neighbour: Actor) -> None:
    row, program = ticket(world, State.ACCEPTED, public=True), caller_of(neighbour)
    found = program.post("tickets/alike/", {"compound": world.area(), "text": LIFT_BROKEN}).json()["results"]
    assert [(each["number"], each["people"]) for each in found] == [(row.number, 1)]
    assert program.post("tickets/alike/", {"compound": world.area("street"), "text": LIFT_BROKEN}).status_code == 404
    assert fault(program.post("tickets/alike/", {"compound": world.area()}))[::2] == (400, "text")
    assert program.post(f"tickets/{row.number}/follow/").json()["number"] == row.number
    assert caller(world, Role.RESIDENT).post(f"tickets/{row.number}/follow/").status_code == 403
    assert program.post(f"tickets/{row.number}/unfollow/").status_code == 200
    with scope.everything(reason="tests: nobody follows"):
        assert not Follow.objects.exists()
