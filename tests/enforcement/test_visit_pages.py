"""The pages of joint visits: who opens which, from planning to the signature, and what a refusal keeps."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from openpyxl import load_workbook

from communities.models import Compound
from enforcement import visit_queries
from enforcement.actions import field
from enforcement.models import Campaign, Certificate, Visit
from enforcement.visit_states import Result, VisitState
from people.actors import Actor
from people.roles import Role
from tenancy import clock, scope
from tests.factories import visits as factory
from tests.factories.checks import county_of
from tests.factories.world import CANARY, PASSWORD, World

SignIn = Callable[..., Client]
VISITS = "/checks/visits/"


def shown(answer: Any, status: int = 200) -> str:
    body: str = answer.content.decode()
    assert answer.status_code == status, (answer.status_code, body[:400])
    assert f"{CANARY}street" not in body  # a street clerk looks after the sibling too
    assert f"{CANARY}county" not in body
    return body


def everywhere() -> Any:
    return scope.everything(reason="tests: make a visit")


def as_person(actor: Actor) -> Client:
    client = Client()
    assert client.post("/accounts/login/", {"login": actor.user.username, "password": PASSWORD}).status_code == 302
    return client


def latest() -> Visit:
    with everywhere():
        row: Visit = Visit.objects.order_by("-pk")[0]
        return row


@pytest.fixture
def foreign(world: World) -> list[Visit]:
    """Visits under way elsewhere, with findings whose texts must never show."""
    with everywhere():
        return [factory.found(world, place=place).visit for place in ("street", "county")]


def test_plan_ask_join_approve_begin_sign(world: World, sign_in: SignIn, foreign: list[Visit]) -> None:
    with everywhere():
        factory.listed(world)
        held = {kind: [each.pk for each in factory.certified(world, kind)] for kind in ("UM", "FR")}
        heads = {kind: as_person(factory.head(world, kind)) for kind in held}
        officers = {kind: as_person(factory.officer(world, kind)) for kind in held}
    clerk = sign_in(Role.STREET_CLERK)
    assert f"{VISITS}plan/{world.area()}/" in shown(clerk.get(f"{VISITS}needed/"))
    page = f"{VISITS}plan/{world.area()}/"
    assert "城市管理局" in shown(clerk.get(page))
    said = {"version": 0, "lead": world.streets["own"], "planned_on": f"{clock.today()}", "announced": "on", "reason": "油烟多"}
    body = shown(clerk.post(page, {**said, "bureaus": [world.bureaus["UM", "own"]]}), 400)
    assert "油烟多" in body
    answer = clerk.post(
        page, {**said, "bureaus": [world.bureaus[kind, "own"] for kind in held], "role_0": "grid", "name_0": "示例"}
    )
    assert answer.status_code == 302
    one, row = answer["Location"], latest()
    assert "示例" in shown(clerk.get(one))
    assert clerk.post(f"{one}ask/", {"version": row.version}).status_code == 302
    for kind, client in heads.items():
        here = f"{one}bureaus/{world.bureaus[kind, 'own']}/join/"
        body = shown(client.post(here, {"version": latest().version, "certificates": held[kind][:1]}), 400)
        assert BeautifulSoup(body, "html.parser").select("details[open] .field-has-errors")
        assert client.post(here, {"version": latest().version, "certificates": held[kind]}).status_code == 302
    assert clerk.post(f"{one}approve/", {"version": latest().version}).status_code == 403
    leader = sign_in(Role.STREET_LEADER)
    assert leader.post(f"{one}approve/", {"version": latest().version}).status_code == 302
    assert shown(leader.get(one)).count("<tr>") == 34 + len(held)  # items, and the bureaus above them
    assert officers["UM"].post(f"{one}start/", {"version": latest().version}).status_code == 302
    for kind, client in officers.items():
        here = f"{one}bureaus/{world.bureaus[kind, 'own']}/sign/"
        assert client.post(here, {"version": latest().version, "words": "查毕"}).status_code == 302
    assert latest().state == VisitState.CONCLUDED
    assert "查毕" in shown(clerk.get(one))
    for role in (Role.RESIDENT, Role.PROPERTY_MANAGER):
        body = shown(sign_in(role).get(one))
        assert "查毕" not in body
        assert "油烟多" not in body
        assert "officer1" not in body


def test_too_soon_keeps_what_was_typed_and_takes_a_reason(world: World, sign_in: SignIn) -> None:
    with everywhere():
        factory.approved(world)
    clerk, page = sign_in(Role.STREET_CLERK), f"{VISITS}plan/{world.area()}/"
    bureaus = [world.bureaus[kind, "own"] for kind in ("UM", "FR")]
    said = {
        "version": 0,
        "lead": world.streets["own"],
        "planned_on": f"{clock.today()}",
        "reason": "又有投诉",
        "bureaus": bureaus,
    }
    body = shown(clerk.post(page, said), 400)
    assert "又有投诉" in body
    assert BeautifulSoup(body, "html.parser").select_one("#id_again_errors, [id^=id_again]")
    assert clerk.post(page, {**said, "again": "群众集中反映"}).status_code == 302


@pytest.mark.parametrize("role", list(Role))
def test_who_opens_a_plan(world: World, sign_in: SignIn, role: Role) -> None:
    with everywhere():
        row = factory.planned(world)
        body = f"{factory.asked(world, bureaus=('UM', 'FR')).number}"
    client = sign_in(role)
    desks = {Role.STREET_CLERK, Role.STREET_LEADER, Role.COUNTY_CLERK, Role.SUPERVISOR}
    bureau = {Role.DEPARTMENT_HANDLER, Role.DEPARTMENT_LEAD}
    assert client.get(f"{VISITS}{row.number}/").status_code == (200 if role in desks else 404)
    assert client.get(f"{VISITS}{body}/").status_code == (200 if role in desks | bureau else 404)
    plans = {Role.STREET_CLERK, Role.STREET_LEADER} | bureau
    assert client.get(f"{VISITS}needed/").status_code == (200 if role in plans else 404)


def test_a_foreign_visit_is_answered_like_an_absent_one(world: World, sign_in: SignIn, foreign: list[Visit]) -> None:
    client = sign_in(Role.STREET_CLERK)
    absent = client.get(f"{VISITS}V350582001-2611-999999/")
    for row in foreign:
        for answer in (client.get(f"{VISITS}{row.number}/"), client.post(f"{VISITS}{row.number}/ask/", {"version": row.version})):
            assert answer.status_code == absent.status_code == 404
        assert row.number not in shown(client.get(VISITS))
    shown(client.get(f"{VISITS}needed/"))


def test_the_list_is_narrowed_by_words_and_state(world: World, sign_in: SignIn) -> None:
    with everywhere():
        row = factory.approved(world)
        factory.planned(world, day=clock.today() + timedelta(days=100))
    client = sign_in(Role.STREET_CLERK)
    assert shown(client.get(VISITS)).count("row-item") == 2
    assert shown(client.get(f"{VISITS}?state=approved")).count("row-item") == 1
    assert shown(client.get(f"{VISITS}?q={row.number}")).count("row-item") == 1
    assert "row-item" not in shown(client.get(f"{VISITS}?q=没有"))


def test_the_sheet_has_the_rows_of_the_list(world: World, sign_in: SignIn, foreign: list[Visit]) -> None:
    with everywhere():
        row = factory.approved(world)
        factory.planned(world, day=clock.today() + timedelta(days=100))

    def numbers(role: Role, asked: str = "") -> list[str]:
        book = load_workbook(io.BytesIO(sign_in(role).get(f"{VISITS}visits.xlsx{asked}").content))
        return [str(line[0]) for line in book.worksheets[0].iter_rows(min_row=2, values_only=True)]

    assert len(numbers(Role.STREET_CLERK)) == 2
    assert numbers(Role.STREET_CLERK, "?state=approved") == [row.number]
    assert numbers(Role.RESIDENT) == []
    elsewhere = {each.number for each in foreign}
    assert not elsewhere & {*numbers(Role.STREET_CLERK), *numbers(Role.PROPERTY_MANAGER)}


def test_the_sheet_holds_no_formulas(world: World, sign_in: SignIn) -> None:
    with everywhere():
        area = factory.planned(world).area
        Compound.objects.filter(area=area).update(name="=1+1")
    book = load_workbook(io.BytesIO(sign_in(Role.STREET_CLERK).get(f"{VISITS}visits.xlsx").content))
    cell = book.worksheets[0]["B2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_what_two_phones_said_stands_below_the_bureau_in_words(world: World, sign_in: SignIn) -> None:
    with everywhere():
        row = factory.started(world)
        line = factory.lines(row, world, "UM")[0]
        for number, result in enumerate((Result.PASS, Result.VIOLATION), 1):
            field.take(row.number, [factory.said(line, result)], by=factory.officer(world, "UM", number))
    page = BeautifulSoup(shown(sign_in(Role.STREET_CLERK).get(f"{VISITS}{row.number}/")), "html.parser")
    items = page.select_one("#items table")
    assert items
    with everywhere():
        bureaus = [each.organisation.name for each in visit_queries.members(row)]
    headings = [" ".join(each.get_text().split()) for each in items.select("[scope=rowgroup]")]
    assert [each.rpartition(" ")[0] for each in headings] == bureaus
    said = items.get_text()
    assert str(Result.VIOLATION.label) in said
    assert "violation" not in said


def test_a_visit_is_begun_on_its_day_and_carried_along_before(world: World, sign_in: SignIn) -> None:
    with everywhere():
        visits = [factory.approved(world, day=clock.today() + timedelta(days=days), again="另一次") for days in (1, 0)]
    officer = as_person(factory.officer(world, "UM"))
    pages = [BeautifulSoup(shown(officer.get(f"{VISITS}{each.number}/")), "html.parser") for each in visits]
    assert [" ".join(each.select_one(".btn-primary").get("href", "").split("#")[:1]) for each in pages] == ["/checks/field/", ""]
    assert [bool(each.select("#start")) for each in pages] == [False, True]


def test_certificates_are_entered_and_revoked_by_the_head(world: World, sign_in: SignIn) -> None:
    with everywhere():
        officer, head = factory.officer(world, "MR"), as_person(factory.head(world, "MR"))
    page = "/checks/certificates/"
    said = {
        "organisation": world.bureaus["MR", "own"],
        "user": officer.id,
        "number": "示例001",
        "valid_from": "2026-01-01",
        "valid_until": "2025-01-01",
    }
    assert "示例001" in shown(head.post(f"{page}enter/", said), 400)
    assert head.post(f"{page}enter/", {**said, "valid_until": "2030-01-01"}).status_code == 302
    twice = shown(head.post(f"{page}enter/", {**said, "valid_until": "2030-01-01"}), 400)
    assert BeautifulSoup(twice, "html.parser").select_one("#id_number[aria-invalid=true]")
    row = Certificate.objects.get()
    assert "示例001" in shown(sign_in(Role.COUNTY_CLERK).get(page))
    assert sign_in(Role.COUNTY_CLERK).post(f"{page}{row.pk}/revoke/", {"reason": "x"}).status_code == 403
    assert "示例001" not in shown(sign_in(Role.DEPARTMENT_LEAD).get(page))  # of another bureau
    assert sign_in(Role.RESIDENT).get(page).status_code == 404
    shown(head.post(f"{page}{row.pk}/revoke/", {"reason": ""}), 400)
    assert head.post(f"{page}{row.pk}/revoke/", {"reason": "调离"}).status_code == 302
    assert Certificate.objects.get().revoked_why == "调离"


def test_a_campaign_plans_visits_to_many_compounds(world: World, sign_in: SignIn) -> None:
    with everywhere():
        factory.listed(world)
        factory.approved(world)
    clerk, street = sign_in(Role.STREET_CLERK), county_of(world) + 1_000_000
    page = f"/checks/campaigns/of/{street}/"
    today = clock.today()
    said = {"name": "飞线充电清理", "reason": "火灾隐患", "starts_on": f"{today}", "ends_on": f"{today + timedelta(days=30)}"}
    assert "火灾隐患" in shown(clerk.post(page, said), 400)
    answer = clerk.post(page, {**said, "items": ["E41", "E43"]})
    assert answer.status_code == 302
    one = answer["Location"]
    planned = {"compounds": [world.area("own"), world.area("sibling")], "lead": world.streets["own"], "planned_on": f"{today}"}
    body = shown(clerk.post(one, planned, follow=True))
    row = Campaign.objects.get()
    with everywhere():
        assert set(Visit.objects.filter(campaign=row).values_list("area", flat=True)) == {world.area("sibling")}
    assert "小区own" in body  # visited shortly before, and said so
    assert clerk.post(one, {**planned, "compounds": [world.area("own")], "again": "专项"}).status_code == 302
    with everywhere():
        assert Visit.objects.filter(campaign=row).count() == 2
    assert sign_in(Role.RESIDENT).get(one).status_code == 404
    assert sign_in(Role.STREET_CLERK, "street").get(one).status_code == 404
