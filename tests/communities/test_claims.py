"""A home is claimed from anywhere, opens nothing until it is confirmed, and the person is told what became of it."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from audit.models import Entry
from communities import actions as communities
from communities import queries
from communities.models import ClaimState, Home, Residency
from complaints.states import State
from notices.models import Notice
from notices.tasks import sweep
from people import actors
from people.actions import appointments
from people.actors import Actor, of_user
from people.models import User
from people.roles import Role
from tenancy import scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tests.factories.tickets import ticket
from tests.factories.world import CANARY, HOME, PLACES, World

SignIn = Callable[..., Client]
ABSENT = 350582_001_001_999
DECIDING = [Role.STREET_CLERK, Role.STREET_LEADER, Role.PROPERTY_MANAGER]


@pytest.fixture
def newcomer(world: World) -> User:
    return appointments.open_account(
        username="newcomer", name="新住户", phone="13900001111", email="newcomer@example.test", by=actors.system()
    )


@pytest.fixture
def browser(newcomer: User) -> Client:
    client = Client()
    client.force_login(newcomer, backend="people.backends.NameOrPhoneBackend")
    return client


def claim(world: World, who: User, place: str = "own", **said: str) -> Residency:
    words = {"kind": "tenant", "building": "3栋", "home": "502室", **said}
    return communities.claim_home(area=world.area(place), by=of_user(who), **words)


def again(row: Residency) -> Residency:
    with scope.everything(reason="tests: look"):
        return Residency.objects.select_related("home").get(pk=row.pk)


def deciding(world: World, role: Role, act: Callable[[Actor], Any], place: str = "own") -> Any:
    actor = world.actor(role, place)
    with scope.limited_to(actor.scope):
        return act(actor)


def building(world: World, place: str = "own") -> int:
    with scope.place(world.area(place)):
        return world.home(place).building_id


def confirm(world: World, row: Residency, role: Role = Role.STREET_CLERK, home: str = "502") -> Residency:
    return deciding(world, role, lambda by: communities.verify_residency(row.pk, by=by, building=building(world), home_name=home))


# What a claim opens


def test_a_claim_opens_nothing(world: World, newcomer: User, browser: Client) -> None:
    public = ticket(world, State.ACCEPTED, public=True)
    claim(world, newcomer)
    actor = of_user(newcomer)
    assert (actor.posts, actor.scope.ranges) == ((), ())
    assert browser.get(f"/compounds/{world.area()}/").status_code == 404
    assert browser.get(f"/tickets/{public.number}/").status_code == 404
    assert browser.post("/file/", {"text": "灯坏了", "compound": world.area()}).status_code in (403, 404)
    assert browser.get("/")["Location"] == "/homes/"
    with scope.limited_to(actor.scope), connection.cursor() as cursor:
        for table in ("communities_residency", "communities_home", "communities_building", "complaints_ticket"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (0,), table


def test_a_confirmed_home_makes_a_resident_of_this_compound_only(world: World, newcomer: User, browser: Client) -> None:
    row = confirm(world, claim(world, newcomer))
    assert (row.state, row.home_id, row.verified_by_id) == (
        ClaimState.VERIFIED,
        world.homes["own"],
        world.users[Role.STREET_CLERK, "own"],
    )
    actor = of_user(newcomer)
    assert [(post.role, post.area) for post in actor.posts] == [(Role.RESIDENT, world.area())]
    assert browser.get(f"/compounds/{world.area()}/").status_code == 200
    page = browser.get("/homes/").content.decode()
    assert "502" in page
    assert f'href="/compounds/{world.area()}/"' in page


def test_a_second_home_in_the_same_compound_makes_no_second_appointment(world: World, newcomer: User) -> None:
    with scope.everything(reason="tests: another home"):
        communities.add_homes(world.home().building, names=["503"], by=actors.system())
    confirm(world, claim(world, newcomer))
    confirm(world, claim(world, newcomer, home="503"), home="503")
    assert len(of_user(newcomer).posts) == 1


# Making a claim


def test_a_claim_waits_in_the_place_it_names_and_the_record_names_neither_door_nor_person(world: World, newcomer: User) -> None:
    row = again(claim(world, newcomer, note="2019年起住在这里"))
    assert (row.area, row.state, row.home_id, row.building_said, row.home_said) == (
        world.area(),
        ClaimState.WAITING,
        None,
        "3栋",
        "502室",
    )
    with scope.everything(reason="tests: the record"):
        (entry,) = Entry.objects.filter(subject_id=str(row.pk), action="residency.claimed")
    assert entry.area == world.area()
    written = json.dumps([entry.before, entry.after], ensure_ascii=False)
    assert not HOME.search(written)
    for private in ("3栋", "13900001111", "2019"):
        assert private not in written


@pytest.mark.parametrize("said", [{}, {"building": "3号楼", "home": "502"}, {"building": " ３幢 ", "home": "502 室"}])
def test_one_home_is_claimed_once_in_whichever_words(world: World, newcomer: User, said: dict[str, str]) -> None:
    claim(world, newcomer)
    with pytest.raises(Refusal) as refused:
        claim(world, newcomer, **said)
    assert (refused.value.field, refused.value.code) == ("home_name", "unique")


def test_a_home_already_confirmed_is_not_claimed_again_but_another_person_may(world: World, newcomer: User) -> None:
    with pytest.raises(Refusal):
        claim(world, world.user(Role.RESIDENT))
    assert claim(world, newcomer).state == ClaimState.WAITING


def test_three_claims_wait_at_most_wherever_they_are(world: World, newcomer: User) -> None:
    rows = [claim(world, newcomer, place) for place in ("own", "street", "county")]
    with pytest.raises(Refusal) as refused:
        claim(world, newcomer, "sibling")
    assert refused.value.code == "too_many"
    communities.withdraw_claim(rows[0].pk, by=of_user(newcomer))
    assert claim(world, newcomer, "sibling").state == ClaimState.WAITING


def test_claiming_and_withdrawing_all_day_comes_to_an_end(world: World, newcomer: User) -> None:
    for number in range(10):
        communities.withdraw_claim(claim(world, newcomer, home=str(number)).pk, by=of_user(newcomer))
    with pytest.raises(Refusal) as refused:
        claim(world, newcomer)
    assert refused.value.code == "too_many"


def test_a_place_that_is_no_compound_takes_no_claim(world: World, newcomer: User) -> None:
    for area in (ABSENT, 350582_001_000_000):
        with pytest.raises(NotThere):
            communities.claim_home(area=area, kind="owner", building="1", home="1", by=of_user(newcomer))
    with pytest.raises(NotAllowed):
        communities.claim_home(area=world.area(), kind="owner", building="1", home="1", by=actors.visitor("x"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("3号楼", "3栋", True), ("3", "13", False), ("Ａ座", "a", True), ("1-2", "12", True), ("楼", "栋", False), ("", "", True)],
)
def test_names_of_buildings_are_compared_by_what_they_mean(one: str, other: str, same: bool) -> None:
    assert queries.same_name(one, other) is same


# Deciding


@pytest.mark.parametrize("role", DECIDING)
def test_those_who_decide_see_what_waits_with_its_count_and_confirm(
    world: World, newcomer: User, sign_in: SignIn, role: Role
) -> None:
    row = claim(world, newcomer, note="三楼右手")
    foreign = [claim(world, world.user(Role.RESIDENT, place), place, building="9栋") for place in ("sibling", "street", "county")]
    client = sign_in(role)
    listed = client.get("/claims/")
    expected = 1 if role == Role.PROPERTY_MANAGER else 2
    assert listed.context["total"] == expected
    assert f'<span class="count">{expected}</span>' in listed.content.decode()
    for other in foreign[1:]:
        assert client.get(f"/claims/{other.pk}/").status_code == 404
        assert client.post(f"/claims/{other.pk}/verify/", {"building": 1, "home_name": "502"}).status_code == 404
    page = client.get(f"/claims/{row.pk}/").content.decode()
    for words in ("新住户", "13900001111", "三楼右手", f'value="{building(world)}" selected', 'value="502"'):
        assert words in page
    answer = client.post(f"/claims/{row.pk}/verify/", {"building": building(world), "home_name": "502"})
    assert answer["Location"] == "/claims/"
    assert again(row).verified_by_id == world.users[role, "own"]
    assert client.post(f"/claims/{row.pk}/verify/", {}).status_code == 404  # nothing waits any more


@pytest.mark.parametrize("role", [role for role in Role if role not in DECIDING])
def test_for_others_there_is_nothing_to_decide(world: World, newcomer: User, sign_in: SignIn, role: Role) -> None:
    row = claim(world, newcomer)
    client = sign_in(role)
    for path in ("/claims/", f"/claims/{row.pk}/"):
        assert client.get(path).status_code == 404
    for step in ("verify", "refuse"):
        assert client.post(f"/claims/{row.pk}/{step}/", {"reason": "x"}).status_code == 404
    with pytest.raises(NotThere):
        deciding(world, role, lambda by: communities.refuse_residency(row.pk, by=by, reason="x"))
    assert again(row).state == ClaimState.WAITING


def test_nobody_confirms_their_own_home(world: World, sign_in: SignIn) -> None:
    row = claim(world, world.user(Role.PROPERTY_MANAGER))
    assert sign_in(Role.PROPERTY_MANAGER).get("/claims/").context["total"] == 0
    assert sign_in(Role.PROPERTY_MANAGER).get(f"/claims/{row.pk}/").status_code == 404
    with pytest.raises(NotAllowed):
        confirm(world, row, Role.PROPERTY_MANAGER)
    assert confirm(world, row).state == ClaimState.VERIFIED


def test_a_home_that_is_missing_is_put_on_record_by_the_street_only(world: World, newcomer: User, sign_in: SignIn) -> None:
    row = claim(world, newcomer, home="1801")
    url, typed = f"/claims/{row.pk}/verify/", {"building": building(world), "home_name": "1801"}
    manager = sign_in(Role.PROPERTY_MANAGER)
    assert 'id="id_add_missing"' not in manager.get(f"/claims/{row.pk}/").content.decode()
    refused = manager.post(url, {**typed, "add_missing": "on"})
    assert refused.status_code == 400
    assert 'id="id_home_name_error"' in refused.content.decode()
    with pytest.raises(NotAllowed):
        deciding(
            world,
            Role.PROPERTY_MANAGER,
            lambda by: communities.verify_residency(row.pk, by=by, building=building(world), home_name="1801", add_missing=True),
        )
    clerk = sign_in(Role.STREET_CLERK)
    assert clerk.post(url, typed).status_code == 400
    assert clerk.post(url, {**typed, "add_missing": "on"}).status_code == 302
    with scope.place(world.area()):
        assert Home.objects.filter(name="1801").count() == 1
    assert again(row).home.name == "1801"


@pytest.mark.parametrize("place", ["sibling", "county"])
def test_a_building_elsewhere_is_not_meant(world: World, newcomer: User, sign_in: SignIn, place: str) -> None:
    row, elsewhere = claim(world, newcomer), building(world, place)
    with pytest.raises(Refusal) as refused:
        deciding(
            world,
            Role.STREET_CLERK,
            lambda by: communities.verify_residency(row.pk, by=by, building=elsewhere, home_name="502"),
        )
    assert refused.value.field == "building"
    answer = sign_in(Role.STREET_CLERK).post(f"/claims/{row.pk}/verify/", {"building": elsewhere, "home_name": "502"})
    assert answer.status_code == 400


def test_a_claim_is_decided_once(world: World, newcomer: User) -> None:
    row = claim(world, newcomer)
    deciding(world, Role.STREET_CLERK, lambda by: communities.refuse_residency(row.pk, by=by, reason="查无此房"))
    with pytest.raises(WrongState):
        confirm(world, row)
    with pytest.raises(WrongState):
        communities.withdraw_claim(row.pk, by=of_user(newcomer))


# Being told


def test_a_refusal_is_told_with_its_reason_although_the_person_stands_nowhere(
    world: World, newcomer: User, browser: Client, sign_in: SignIn
) -> None:
    row = claim(world, newcomer)
    clerk = sign_in(Role.STREET_CLERK)
    empty = clerk.post(f"/claims/{row.pk}/refuse/", {"reason": " "})
    assert empty.status_code == 400
    assert 'id="id_reason_error"' in empty.content.decode()
    assert clerk.post(f"/claims/{row.pk}/refuse/", {"reason": "登记的业主不是本人"}).status_code == 302
    page = browser.get("/homes/")
    assert "登记的业主不是本人" in page.content.decode()
    assert page.context["unread_count"] == 1
    told = browser.get("/notices/")
    assert "登记的业主不是本人" in told.content.decode()
    notice = told.context["unread"][0]["id"]
    assert browser.post(f"/notices/{notice}/")["Location"] == "/homes/"
    assert browser.get("/homes/").context["unread_count"] == 0
    assert sweep() == 1
    assert mail.outbox[-1].to == ["newcomer@example.test"]
    assert "登记的业主不是本人" in mail.outbox[-1].body


def test_a_notice_of_one_s_own_is_nobody_else_s(world: World, newcomer: User, sign_in: SignIn) -> None:
    row = claim(world, newcomer)
    deciding(world, Role.STREET_CLERK, lambda by: communities.refuse_residency(row.pk, by=by, reason="查无此房"))
    with scope.everything(reason="tests: look"):
        bell = Notice.objects.get(user=newcomer, channel="bell")
    assert bell.area == scope.own_place(newcomer.pk)
    assert not any(low <= bell.area < high for low, high in (of_user(newcomer).scope.ranges))
    for role in Role:
        with scope.limited_to(world.actor(role).scope), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM notices_notice WHERE id = %s", [bell.pk])
            assert cursor.fetchone() == (0,), role
        assert sign_in(role).post(f"/notices/{bell.pk}/").status_code == 404


def test_the_person_withdraws_and_nobody_else_does(world: World, newcomer: User, browser: Client, sign_in: SignIn) -> None:
    row = claim(world, newcomer)
    for role in (Role.RESIDENT, Role.STREET_CLERK, Role.PROPERTY_MANAGER):
        assert sign_in(role).post(f"/homes/claims/{row.pk}/withdraw/").status_code == 404
    assert "/withdraw/" in browser.get("/homes/").content.decode()
    assert browser.post(f"/homes/claims/{row.pk}/withdraw/")["Location"] == "/homes/"
    assert again(row).state == ClaimState.WITHDRAWN
    assert "/withdraw/" not in browser.get("/homes/").content.decode()
    assert sign_in(Role.STREET_CLERK).get("/claims/").context["total"] == 0


# The pages of whoever claims


def test_a_compound_is_found_by_county_and_street_or_by_name(world: World, browser: Client) -> None:
    assert re.findall(r'href="/homes/add/(\d{15})/"', browser.get("/homes/add/").content.decode()) == []
    county, street = 350582_000_000_000, 350582_001_000_000
    half = browser.get("/homes/add/", {"county": county}).content.decode()
    assert f'value="{street}"' in half
    assert "350505001000000" not in half
    whole = browser.get("/homes/add/", {"county": county, "street": street}).content.decode()
    expected = [str(world.area("own")), str(world.area("sibling"))]
    assert re.findall(r'href="/homes/add/(\d{15})/"', whole) == expected
    named = browser.get("/homes/add/", {"q": "小区county"}).content.decode()
    assert re.findall(r'href="/homes/add/(\d{15})/"', named) == [str(world.area("county"))]


@pytest.mark.parametrize(
    "query", ["county=x", "county=350582000000000&street=350505001000000", "q=%00", "q=%25&after=x", "after=9"]
)
def test_a_broken_search_is_no_error(world: World, browser: Client, query: str) -> None:
    assert browser.get(f"/homes/add/?{query}").status_code == 200


def test_a_stranger_learns_public_names_only(world: World, browser: Client) -> None:
    for place in PLACES:
        page = browser.get(f"/homes/add/{world.area(place)}/").content.decode()
        assert f"小区{place}" in page
        for private in (CANARY, "<option", "物业公司", "0595"):
            assert private not in page
    assert browser.get(f"/homes/add/{ABSENT}/").status_code == 404


def test_the_form_keeps_what_was_typed_and_says_what_is_wrong(world: World, browser: Client) -> None:
    url = f"/homes/add/{world.area()}/"
    answer = browser.post(url, {"kind": "king", "building": "3号楼", "home_name": "", "note": "便条"})
    page = answer.content.decode()
    assert answer.status_code == 400
    for words in ('id="id_kind_error"', 'id="id_home_name_error"', 'value="3号楼"', "便条"):
        assert words in page
    good = {"kind": "owner", "building": "3号楼", "home_name": "502"}
    assert browser.post(url, good)["Location"] == "/homes/"
    twice = browser.post(url, good)
    assert twice.status_code == 400
    assert 'id="id_home_name_error"' in twice.content.decode()


def test_the_page_at_the_gate_leads_to_the_form_with_the_compound_filled_in(world: World, browser: Client) -> None:
    for client in (browser, Client()):
        assert f'href="/homes/add/{world.area()}/"' in client.get(f"/c/{world.area()}/").content.decode()
    assert Client().get(f"/homes/add/{world.area()}/")["Location"].startswith("/accounts/login/?next=/homes/add/")


def test_too_many_tries_from_one_address_are_held_back(world: World, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"/homes/add/{world.area()}/"
    statuses = [browser.post(url, {}).status_code for _ in range(21)]
    assert statuses == [400] * 20 + [429]


def test_whoever_has_no_home_finds_the_way_on_every_page(browser: Client, sign_in: SignIn) -> None:
    for client in (browser, sign_in(Role.RESIDENT), sign_in(Role.STREET_CLERK)):
        assert 'href="/homes/"' in client.get("/homes/add/").content.decode()
