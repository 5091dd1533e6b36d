"""The pages of findings: who opens which, each step with its refusal, and what neighbours do not read."""

import io
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from config.demo_data.pictures import picture
from enforcement.actions import field, findings, papers
from enforcement.finding_states import FindingState
from enforcement.models import Finding
from enforcement.paper_kinds import PaperKind
from people.roles import Role
from tenancy import clock
from tests.enforcement.test_visit_pages import as_person, everywhere, shown
from tests.factories import findings as factory
from tests.factories import visits
from tests.factories.world import World

SignIn = Callable[..., Client]
FINDINGS = "/checks/findings/"


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("after.jpg", picture("done").body, "image/jpeg")


@pytest.fixture
def foreign(world: World) -> list[Finding]:
    """Findings elsewhere, whose texts must never show."""
    with everywhere():
        return [factory.ordered(world, place=place) for place in ("street", "county")]


def people(world: World) -> tuple[Client, Client]:
    """An officer of the bureau, and its head."""
    with everywhere():
        return as_person(visits.officer(world, "UM")), as_person(visits.head(world, "UM"))


def fresh(row: Finding) -> Finding:
    with everywhere():
        return factory.again(row)


def test_order_answer_accept(world: World, sign_in: SignIn) -> None:
    with everywhere():
        row, elsewhere = visits.found(world), factory.ordered(world, place="county")
    officer, _head = people(world)
    one = f"{FINDINGS}{row.number}/"
    assert row.number in shown(officer.get(FINDINGS))
    body = shown(officer.post(f"{one}order/", {"version": 1, "demand": "清理楼道", "days": "", "party": "firm"}), 400)
    assert "清理楼道" in body
    assert BeautifulSoup(body, "html.parser").select("dialog#order[data-open] .field-has-errors")
    said = {"version": 1, "demand": "清理楼道", "days": 5, "party": "firm"}
    assert officer.post(f"{one}order/", said).status_code == 302
    firm = sign_in(Role.PROPERTY_MANAGER)
    assert "清理楼道" in shown(firm.get(one))
    body = shown(firm.post(f"{one}answer/", {"version": 2, "text": "已经清理"}), 400)
    assert "已经清理" in body
    bad = SimpleUploadedFile("notes.txt", b"no picture", "text/plain")
    assert "notes.txt" in shown(firm.post(f"{one}answer/", {"version": 2, "text": "已经清理", "photos": [bad]}), 400)
    assert firm.post(f"{one}answer/", {"version": 2, "text": "已经清理", "photos": [upload()]}).status_code == 302
    assert firm.post(f"{one}accept/", {"version": 3, "text": "合格"}).status_code == 403
    assert officer.post(f"{one}accept/", {"version": 2, "text": "合格"}).status_code == 409
    assert officer.post(f"{one}accept/", {"version": 3, "text": "合格"}).status_code == 302
    assert fresh(row).state == FindingState.ACCEPTED
    body = shown(officer.get(one))
    photos = [image["src"] for image in BeautifulSoup(body, "html.parser").select(".photos img")]
    assert len(photos) == 1
    assert officer.get(photos[0]).status_code == 200
    assert officer.get(f"{FINDINGS}{elsewhere.number}/").status_code == 404


def test_more_time_is_asked_for_and_decided(world: World, sign_in: SignIn) -> None:
    with everywhere():
        row = factory.ordered(world)
    officer, head = people(world)
    one, firm = f"{FINDINGS}{row.number}/", sign_in(Role.PROPERTY_MANAGER)
    assert firm.post(f"{one}ask-time/", {"version": 2, "days": 5, "reason": "缺料"}).status_code == 302
    assert "缺料" in shown(head.get(one))
    assert 'id="decide-time"' not in shown(officer.get(one))
    assert firm.post(f"{one}ask-time/", {"version": 3, "days": 5, "reason": "缺料"}).status_code == 409
    assert "缺料" in shown(head.post(f"{one}decide-time/", {"version": 3, "granted": "no", "text": ""}), 400)
    assert head.post(f"{one}decide-time/", {"version": 3, "granted": "yes", "text": ""}).status_code == 302
    later, before = fresh(row).due_on, row.due_on
    assert later is not None
    assert before is not None
    assert later > before


def test_a_recheck_is_planned_from_the_page_of_the_visit(world: World, sign_in: SignIn) -> None:
    with everywhere():
        row = factory.to_look_at(world)
        visit = factory.concluded_with(world, row)
    clerk, page = sign_in(Role.STREET_CLERK), f"/checks/visits/{visit.number}/recheck/"
    assert page in shown(clerk.get(f"/checks/visits/{visit.number}/"))
    assert row.item.name in shown(clerk.get(page))
    said = {"lead": world.streets["own"], "planned_on": f"{clock.today()}", "announced": "on", "reason": "复查楼道"}
    assert "复查楼道" in shown(clerk.post(page, said), 400)
    answer = clerk.post(page, {**said, "findings": [row.number]})
    assert answer.status_code == 302
    assert row.number in shown(clerk.get(answer["Location"]))
    assert "Nothing waits" in shown(clerk.get(page, HTTP_ACCEPT_LANGUAGE="en")) or "没有" in shown(clerk.get(page))


def test_neighbours_read_what_became_of_it_without_names(world: World, sign_in: SignIn) -> None:
    with everywhere():
        row = visits.found(world, party="owner", party_name="示例业主", spot="5号楼1203室", text="阳台违规封堵")
        by = visits.officer(world, "UM")
        findings.order(row.number, by=by, version=1, demand="拆除封堵", days=5)
        factory.concluded_with(world, row)
    resident, one = sign_in(Role.RESIDENT), f"{FINDINGS}{row.number}/"
    for page in (one, FINDINGS, f"/checks/visits/{row.visit.number}/"):
        body = shown(resident.get(page))
        assert "阳台违规封堵" in body
        assert "示例业主" not in body
        assert "1203" not in body
        assert "officer1" not in body
    assert "1203" in shown(sign_in(Role.STREET_CLERK).get(one))


def test_the_list_filters_and_the_sheet_has_the_same_rows(world: World, sign_in: SignIn, foreign: list[Finding]) -> None:
    with everywhere():
        row = factory.ordered(world)
    clerk = sign_in(Role.STREET_CLERK)
    assert row.number in shown(clerk.get(f"{FINDINGS}?how=open&party=firm"))
    assert row.number not in shown(clerk.get(f"{FINDINGS}?how=late"))
    assert row.number in shown(clerk.get(f"{FINDINGS}?area=nonsense&since=2026-99-99"))
    answer = clerk.get(f"{FINDINGS}findings.xlsx?how=open")
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.content))
    assert [line[0].value for line in book.worksheets[0].iter_rows(min_row=2)] == [row.number]


def test_what_is_open_stands_before_what_is_over(world: World, sign_in: SignIn) -> None:
    with everywhere():
        visit, by = visits.started(world), visits.officer(world, "UM")
        line = next(each for each in visits.lines(visit, world, "UM") if each.item.on_spot)
        field.take(visit.number, [visits.noted(line, text=f"第{number}处") for number in range(4)], by=by)
        rows = list(visit.findings.order_by("pk"))
        findings.fix(rows[3].number, by=by, version=rows[3].version, text="当场清走", photos=[picture("done")])
        for row, days in ((rows[0], 9), (rows[1], 3)):
            findings.order(row.number, by=by, version=row.version, demand="整改", days=days)
    listed = BeautifulSoup(shown(sign_in(Role.STREET_CLERK).get(FINDINGS)), "html.parser")
    order = [rows[number].number for number in (1, 0, 2, 3)]
    assert [each["href"].split("/")[-2] for each in listed.select("a.row-item")] == order


def test_it_names_its_papers_to_those_who_may_read_them(world: World, sign_in: SignIn) -> None:
    with everywhere():
        row = factory.ordered(world)
        by = visits.officer(world, "UM")
        paper = papers.issue(row.visit.number, row.organisation_id, kind=PaperKind.ORDER, by=by, finding=row.number)
        factory.concluded_with(world, row)
    page = f"{FINDINGS}{row.number}/"
    for role in (Role.STREET_CLERK, Role.PROPERTY_MANAGER):
        assert f"/checks/papers/{paper.code}.docx" in shown(sign_in(role).get(page))
    assert paper.code not in shown(sign_in(Role.RESIDENT).get(page))


def test_a_project_is_drafted_from_it(world: World, sign_in: SignIn) -> None:
    with everywhere():
        row = factory.ordered(world)
    clerk = sign_in(Role.STREET_CLERK)
    body = BeautifulSoup(shown(clerk.get(f"{FINDINGS}{row.number}/")), "html.parser")
    (link,) = body.select("a[href*='origin=finding']")
    form = BeautifulSoup(shown(clerk.get(str(link["href"]))), "html.parser")
    assert row.number in str(form.select_one("#id_origin_words_0"))
    assert form.select_one("#id_origin_kind_0 option[selected][value=finding]")


def test_the_firm_reads_the_rest_of_its_compound_when_the_visit_is_over(world: World, sign_in: SignIn) -> None:
    with everywhere():
        row = visits.found(world, party="shop", party_name="示例小店")
    firm, one = sign_in(Role.PROPERTY_MANAGER), f"{FINDINGS}{row.number}/"
    assert firm.get(one).status_code == 404
    with everywhere():
        factory.concluded_with(world, row)
    body = shown(firm.get(one))
    assert "示例小店" not in body
