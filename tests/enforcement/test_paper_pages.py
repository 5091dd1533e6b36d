"""The pages of papers: issuing and voiding on a visit's page, templates, registers, and what everybody verifies."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import localdate
from openpyxl import load_workbook

from audit.models import Entry
from enforcement.actions import papers
from enforcement.models import Paper, PaperTemplate, PaperWord
from people.actors import Actor
from people.roles import Role
from tenancy import scope
from tests.factories import papers as factory
from tests.factories import visits
from tests.factories.world import CANARY, PASSWORD, World

SignIn = Callable[..., Client]
TEMPLATES, PAPERS = "/checks/templates/", "/checks/papers/"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def shown(answer: Any, status: int = 200) -> str:
    body: str = answer.content.decode()
    assert answer.status_code == status, (answer.status_code, body[:400])
    assert f"{CANARY}street" not in body
    assert f"{CANARY}county" not in body
    return body


def everywhere() -> Any:
    return scope.everything(reason="tests: papers")


def as_person(actor: Actor) -> Client:
    client = Client()
    assert client.post("/accounts/login/", {"login": actor.user.username, "password": PASSWORD}).status_code == 302
    return client


def latest() -> Paper:
    with everywhere():
        row: Paper = Paper.objects.select_related("visit").order_by("-pk")[0]
        return row


def test_issue_download_and_void_on_the_page_of_the_visit(world: World, sign_in: SignIn) -> None:
    with everywhere():
        row = visits.concluded(world)
        number = factory.ordered(row, world).number
        officer, lead = as_person(visits.officer(world, "UM")), as_person(visits.head(world, "UM"))
    page, issue = f"/checks/visits/{row.number}/", f"/checks/visits/{row.number}/papers/issue/"
    ready = BeautifulSoup(shown(officer.get(page)), "html.parser").select("#papers form")
    assert [form.select_one("[name=kind]")["value"] for form in ready] == ["record", "order"]
    assert not BeautifulSoup(shown(lead.get(page)), "html.parser").select("#papers form")
    said = {"organisation": world.bureaus["UM", "own"], "kind": "order", "finding": number}
    assert lead.post(issue, said).status_code == 403
    assert "F350582001-2611-999999" not in shown(officer.post(issue, {**said, "finding": "F350582001-2611-999999"}), 400)
    assert BeautifulSoup(shown(officer.post(issue, {**said, "kind": "x"}), 400), "html.parser").select(
        "#papers .note, #papers [role]"
    )
    assert officer.post(issue, said).status_code == 302
    shown(officer.post(issue, said), 409)
    paper = latest()
    for client, seen in (
        (officer, True),
        (sign_in(Role.STREET_CLERK), True),
        (sign_in(Role.PROPERTY_MANAGER), True),
        (sign_in(Role.RESIDENT), False),
        (as_person(visits.head(world, "FR")), False),
    ):
        assert (paper.printed in shown(client.get(page))) == seen
        answer = client.get(f"{PAPERS}{paper.code}.docx")
        assert answer.status_code == (200 if seen else 404)
        if seen:
            assert (answer["Content-Type"], answer.content[:2]) == (WORD, b"PK")
    void = f"{PAPERS}{paper.code}/void/"
    assert sign_in(Role.STREET_CLERK).post(void, {"reason": "x"}).status_code == 403
    body = BeautifulSoup(shown(lead.post(void, {"reason": ""}), 400), "html.parser")
    assert body.select("#papers details[open] .field-has-errors")
    assert lead.post(void, {"reason": "期限写错"}).status_code == 302
    shown(lead.post(void, {"reason": "再来"}), 409)
    assert "期限写错" in shown(sign_in(Role.PROPERTY_MANAGER).get(page))
    again = BeautifulSoup(shown(officer.get(page)), "html.parser").select("#papers form [name=finding]")
    assert number in [field.get("value") for field in again]


def test_everybody_verifies_a_paper_and_learns_nothing_of_persons(world: World) -> None:
    with everywhere():
        paper = factory.order(world)
        officer = visits.officer(world, "UM")
    visitor, page = Client(), f"/v/{paper.code}/"
    body = shown(visitor.get(page))
    for said in (paper.printed, "城市管理局", "小区own", f"{localdate()}"):
        assert said in body
    for hidden in ("officer1", "物业公司", "电动车", "UM1-350582", paper.sha256, paper.visit.number):
        assert hidden not in body
    same, other = (
        shown(visitor.get(page, {"sha256": f" {paper.sha256.upper()} "})),
        shown(visitor.get(page, {"sha256": "0" * 64})),
    )
    assert ("note-late" in other or "late" in other, same != other) == (True, True)
    with everywhere():
        papers.void(paper.code, by=officer, reason="示例人写错")
    voided = shown(visitor.get(page))
    assert voided != body
    assert "示例人写错" not in voided


def test_an_absent_code_is_answered_like_any_other_address(world: World) -> None:
    visitor = Client()
    for address in ("/v/22222222222222/", "/v/2222/", "/v/ABCDEFGHJKMNPQ/", "/v/00000000000000/"):
        assert visitor.get(address).status_code == 404
    assert visitor.post("/v/22222222222222/").status_code == 405


def test_guessing_codes_is_held_back(world: World) -> None:
    visitor = Client()
    answers = [visitor.get("/v/22222222222222/").status_code for _try in range(61)]
    assert set(answers[:60]) == {404}
    assert answers[60] == 429


def test_a_bureau_of_another_county_reads_nothing(world: World, sign_in: SignIn) -> None:
    with everywhere():
        paper = factory.record(world)
    for role in (Role.DEPARTMENT_LEAD, Role.STREET_CLERK, Role.SUPERVISOR):
        client = sign_in(role, "county")
        absent = client.get(f"{PAPERS}22222222222222.docx")
        assert client.get(f"{PAPERS}{paper.code}.docx").status_code == absent.status_code == 404
        assert client.post(f"{PAPERS}{paper.code}/void/", {"reason": "x"}).status_code == 404
        register = client.get(f"{PAPERS}of/{paper.bureau_id}/{paper.year}/register.xlsx")
        assert register.status_code == 404


def test_the_register_has_every_number(world: World, sign_in: SignIn) -> None:
    with everywhere():
        first = factory.order(world)
        papers.void(first.code, by=visits.officer(world, "UM"), reason="写错")
        second = factory.issue(first.visit, world, "order", finding=first.findings[0])
        third = factory.order(world, place="street")
    url = f"{PAPERS}of/{first.bureau_id}/{first.year}/register.xlsx"
    for role in (Role.COUNTY_CLERK, Role.DEPARTMENT_LEAD, Role.DEPARTMENT_HANDLER, Role.SUPERVISOR):
        client = sign_in(role)
        assert url in shown_register(client)
        book = load_workbook(io.BytesIO(client.get(url).content))
        rows = list(book["责令整改通知书"].iter_rows(min_row=2, values_only=True))
        assert [row[0] for row in rows] == [1, 2, 3]
        assert [row[1] for row in rows] == [first.printed, second.printed, third.printed]
        assert "写错" in rows[0]
    for role in (Role.RESIDENT, Role.PROPERTY_MANAGER, Role.STREET_CLERK):
        assert sign_in(role).get(PAPERS).status_code == sign_in(role).get(url).status_code == 404
    assert sign_in(Role.COUNTY_CLERK).get(url.replace(f"{first.year}", "1999")).status_code == 404


def shown_register(client: Client) -> str:
    answer = client.get(PAPERS)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_lead_replaces_a_template_after_a_preview_and_goes_back(world: World, sign_in: SignIn) -> None:
    lead, bureau = sign_in(Role.DEPARTMENT_LEAD), world.bureaus["UM", "own"]
    one = f"{TEMPLATES}of/{bureau}/record/"
    assert shown(lead.get(TEMPLATES)).count("current.docx") == 3
    shipped = lead.get(f"{one}current.docx").content
    bring = f"{one}bring/"
    assert BeautifulSoup(shown(lead.post(bring), 400), "html.parser").select("details[open] .field-has-errors")
    assert "nunber" in shown(lead.post(bring, {"template": upload(factory.template("{{ nunber }}"))}), 400)
    assert not PaperTemplate.objects.exists()
    assert lead.post(bring, {"template": upload(factory.template("第一版 {{ number }}"))}).status_code == 302
    assert lead.post(bring, {"template": upload(factory.template("第二版 {{ number }} {{ qr }}"))}).status_code == 302
    first, second = PaperTemplate.objects.order_by("version")
    assert (first.state, second.state) == ("dropped", "tried")
    preview = lead.get(f"{TEMPLATES}{second.pk}/preview.docx")
    assert "第二版 晋城管检记" in factory.text_of(preview.content)
    assert lead.get(f"{one}current.docx").content == shipped
    shown(lead.post(f"{TEMPLATES}{first.pk}/use/"), 409)
    assert lead.post(f"{TEMPLATES}{second.pk}/use/").status_code == 302
    assert "范本.docx" in shown(lead.get(TEMPLATES))
    with everywhere():
        paper = factory.record(world)
        assert paper.template_id == second.pk
        assert "第二版" in factory.text_of(bytes(Paper.objects.get(pk=paper.pk).content))
    assert lead.get(f"{one}current.docx?shipped=1").content == shipped
    assert lead.post(f"{one}use-shipped/").status_code == 302
    shown(lead.post(f"{one}use-shipped/"), 409)
    assert PaperTemplate.objects.get(pk=second.pk).state == "ended"
    with everywhere():
        acted = Entry.objects.filter(action__startswith="paper_template.").order_by("pk").values_list("action", flat=True)
        assert [each.partition(".")[2] for each in acted] == ["brought", "dropped", "brought", "used", "ended"]


def upload(body: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("范本.docx", body, content_type=WORD)


def test_a_template_brought_may_be_thrown_away(world: World, sign_in: SignIn) -> None:
    lead, bureau = sign_in(Role.DEPARTMENT_LEAD), world.bureaus["UM", "own"]
    lead.post(f"{TEMPLATES}of/{bureau}/order/bring/", {"template": upload(factory.template("{{ number }}"))})
    row = PaperTemplate.objects.get()
    assert lead.post(f"{TEMPLATES}{row.pk}/drop/").status_code == 302
    shown(lead.post(f"{TEMPLATES}{row.pk}/drop/"), 409)
    shown(lead.post(f"{TEMPLATES}{row.pk}/use/"), 409)


@pytest.mark.parametrize("role", list(Role))
def test_who_keeps_templates(world: World, sign_in: SignIn, role: Role) -> None:
    client, bureau = sign_in(role), world.bureaus["UM", "own"]
    keeps = role == Role.DEPARTMENT_LEAD
    assert client.get(TEMPLATES).status_code == (200 if keeps else 404)
    assert client.get(f"{TEMPLATES}of/{bureau}/record/current.docx").status_code == (200 if keeps else 404)
    assert client.get(f"{TEMPLATES}of/{world.bureaus['FR', 'own']}/record/current.docx").status_code == 404
    assert client.get(f"{TEMPLATES}of/{bureau}/letter/current.docx").status_code == 404
    assert client.post(f"{TEMPLATES}of/{bureau}/word/", {"word": "晋综执"}).status_code == (302 if keeps else 404)


def test_the_word_in_numbers(world: World, sign_in: SignIn) -> None:
    lead, page = sign_in(Role.DEPARTMENT_LEAD), f"{TEMPLATES}of/{world.bureaus['UM', 'own']}/word/"
    assert 'value="晋城管"' in shown(lead.get(TEMPLATES))
    for bad in ("", "晋〔城", "一二三四五六七八九十十一"):
        body = shown(lead.post(page, {"word": bad}), 400)
        assert f'value="{bad}"' in body or not bad
    assert lead.post(page, {"word": "晋综执"}).status_code == 302
    assert PaperWord.objects.get().word == "晋综执"
    assert 'value="晋综执"' in shown(lead.get(TEMPLATES))
