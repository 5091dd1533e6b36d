"""The pages of check lists: read by everybody in the county once in force, kept by its desk, brought in and out as Excel."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from enforcement import queries
from enforcement.models import CheckItem, CheckList
from enforcement.states import ListState
from people.roles import ADMINISTRATORS, DEPARTMENT, DESKS, Role
from tests.factories.checks import county_of, draft, proposed, published, second_clerk
from tests.factories.world import CANARY, World

SignIn = Callable[..., Client]
LISTS = "/checks/lists/"
WORKING = DESKS | DEPARTMENT | {Role.SUPERVISOR}


def shown(answer: Any, status: int = 200) -> str:
    body: str = answer.content.decode()
    assert answer.status_code == status, (answer.status_code, body[:300])
    assert f"{CANARY}county" not in body
    return body


def to(row: CheckList, path: str = "") -> str:
    return f"{LISTS}{row.pk}/{path}"


@pytest.fixture
def foreign(world: World) -> CheckList:
    return published(world, place="county")


@pytest.mark.parametrize("role", list(Role))
def test_who_reads_which_version(world: World, sign_in: SignIn, role: Role, foreign: CheckList) -> None:
    live, prepared, client = published(world), draft(world), sign_in(role)
    business = role not in ADMINISTRATORS
    for path in ("", "list.xlsx", "items/E01/"):
        assert client.get(to(live, path)).status_code == 200, path
        assert client.get(to(prepared, path)).status_code == (200 if role in WORKING else 404), path
        assert client.get(to(foreign, path)).status_code == 404, path
    page = shown(client.get(LISTS))
    assert f'href="{to(live)}"' in page
    assert (f'href="{to(prepared)}"' in page) == (role in WORKING)
    assert ("Draft from the sample" in page or "draft/" in page) == (role == Role.COUNTY_CLERK)
    assert business or role in ADMINISTRATORS


def test_without_a_list_the_page_says_what_would_be_there(world: World, sign_in: SignIn, foreign: CheckList) -> None:
    assert 'class="empty' in shown(sign_in(Role.STREET_CLERK).get(LISTS))
    assert sign_in(None).get(LISTS).status_code == 302


def test_a_foreign_list_is_answered_like_an_absent_one(world: World, sign_in: SignIn, foreign: CheckList) -> None:
    client = sign_in(Role.COUNTY_CLERK)
    for path in ("", "list.xlsx", "items/E01/", "new-item/", "items/E01/change/"):
        answers = [client.get(f"{LISTS}{pk}/{path}") for pk in (foreign.pk, 10**9)]
        assert [each.status_code for each in answers] == [404, 404], path
    for path in ("propose", "publish", "withdraw", "send-back", "items/E01/remove"):
        answers = [client.post(f"{LISTS}{pk}/{path}/", {"revision": 1}) for pk in (foreign.pk, 10**9)]
        assert [each.status_code for each in answers] == [404, 404], path
    other = county_of(world, "county")
    assert client.post(f"{LISTS}of/{other}/draft/").status_code == 404
    assert client.get(f"{LISTS}of/{other}/import/").status_code == 404
    assert client.post(f"{LISTS}of/{world.area()}/draft/").status_code == 404


def test_from_the_sample_to_a_list_in_force(world: World, sign_in: SignIn, foreign: CheckList) -> None:
    clerk, second = sign_in(Role.COUNTY_CLERK), sign_in(None)
    second.force_login(second_clerk(world).user, backend="people.backends.NameOrPhoneBackend")
    answer = clerk.post(f"{LISTS}of/{county_of(world)}/draft/", {"shipped": "1"})
    row = CheckList.objects.get(area=county_of(world))
    assert answer["Location"] == to(row)
    page = shown(clerk.get(to(row)))
    assert page.count('class="row-item"') == 68
    assert "示例数据" in page
    assert clerk.post(to(row, "propose/"), {"revision": row.revision}).status_code == 302
    row.refresh_from_db()
    assert to(row, "publish/") not in shown(clerk.get(to(row)))
    assert clerk.post(to(row, "publish/"), {"revision": row.revision}).status_code == 403
    assert to(row, "publish/") in shown(second.get(to(row)))
    page = shown(second.post(to(row, "publish/"), {"revision": row.revision - 1}), 409)
    assert 'role="alert"' in page
    assert second.post(to(row, "publish/"), {"revision": "x"}).status_code == 400
    assert second.post(to(row, "publish/"), {"revision": row.revision}).status_code == 302
    row.refresh_from_db()
    assert row.state == ListState.PUBLISHED


def test_items_are_found_by_bureau_and_words(world: World, sign_in: SignIn, foreign: CheckList) -> None:
    row, client = published(world), sign_in(Role.RESIDENT)
    assert shown(client.get(to(row, "?bureau=FR"))).count('class="row-item"') == 13
    page = shown(client.get(to(row, "?q=消防车通道")))
    assert page.count('class="row-item"') == 1
    assert "E40" in page
    assert 'class="empty' in shown(client.get(to(row, "?q=没有这一项")))
    assert shown(client.get(to(row, "?bureau=nonsense&on=x&q=%00"))).count('class="row-item"') == 68


def test_the_law_of_the_day_of_the_conduct_is_shown(world: World, sign_in: SignIn, foreign: CheckList) -> None:
    row, client = published(world), sign_in(Role.PROPERTY_MANAGER)

    def laws(on: str) -> tuple[bool, bool]:
        page = shown(client.get(to(row, f"items/E15/?on={on}")))
        main = page[page.index("stack-tight") : page.index("</ul>", page.index("stack-tight"))]
        return "噪声污染防治法" in main, "生态环境法典" in main

    assert laws("2026-08-14") == (True, False)
    assert laws("2026-08-15") == (False, True)
    assert laws("") == (False, True)
    assert laws("nonsense") == (False, True)
    listed = shown(client.get(to(row, "?q=E15&on=2026-08-14")))
    assert "噪声污染防治法" in listed
    assert "生态环境法典" not in listed
    assert "items/E15/?on=2026-08-14" in listed


def sent(row: CheckList, **other: Any) -> dict[str, Any]:
    said = {
        "revision": row.revision,
        "code": "X1",
        "name": "私拉乱接",
        "bureau": "FR",
        "others": ["PM"],
        "level": "county",
        "violation": "飞线充电",
        "method": "逐层查看",
        "basis": "XFF 66\nFJX （条号待核）",
        "days": "3",
        "severity": "serious",
        "leaf": "0105",
        "certainty": "B",
        "on_spot": "on",
    }
    return said | other


def test_an_item_is_written_changed_and_taken_out(world: World, sign_in: SignIn, foreign: CheckList) -> None:
    row, clerk = draft(world), sign_in(Role.COUNTY_CLERK)
    assert "XFF 消防法" in shown(clerk.get(to(row, "new-item/")))
    assert clerk.post(to(row, "new-item/"), sent(row)).status_code == 302
    made = queries.item(row, "X1")
    assert (made.bureau_id, made.others, made.days, made.on_spot, made.leaf_id) == ("FR", ["PM"], 3, True, "0105")
    assert [(basis.law.key, basis.articles) for basis in queries.held(made)] == [("XFF", "66"), ("FJX", "（条号待核）")]
    row.refresh_from_db()
    form = shown(clerk.get(to(row, "items/X1/change/")))
    assert "飞线充电" in form
    assert "XFF 66\nFJX" in form
    assert clerk.post(to(row, "items/X1/change/"), sent(row, days="5")).status_code == 302
    assert queries.item(row, "X1").days == 5
    row.refresh_from_db()
    assert clerk.post(to(row, "items/X1/remove/"), {"revision": row.revision}).status_code == 302
    assert not CheckItem.objects.filter(check_list=row, code="X1").exists()


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("code", {"code": "E02"}),
        ("code", {"code": ""}),
        ("name", {"name": ""}),
        ("bureau", {"bureau": ""}),
        ("days", {"days": "0"}),
        ("days", {"days": "many"}),
        ("basis", {"basis": "ABC 1"}),
        ("basis", {"basis": ""}),
    ],
)
def test_what_is_wrong_is_said_by_its_field_and_nothing_typed_is_lost(
    world: World, sign_in: SignIn, field: str, other: dict[str, str], foreign: CheckList
) -> None:
    row, clerk = draft(world), sign_in(Role.COUNTY_CLERK)
    page = shown(clerk.post(to(row, "new-item/"), sent(row, **other)), 400)
    assert f'id="id_{field}_error"' in page
    assert "飞线充电" in page
    assert row.items.count() == 68


def test_a_list_in_force_has_no_form(world: World, sign_in: SignIn, foreign: CheckList) -> None:
    row, clerk = published(world), sign_in(Role.COUNTY_CLERK)
    page = shown(clerk.post(to(row, "new-item/"), sent(row)), 409)
    assert "飞线充电" in page
    assert sign_in(Role.STREET_CLERK).get(to(row, "new-item/")).status_code == 403
    assert sign_in(Role.STREET_CLERK).post(to(row, "items/E01/remove/"), {"revision": row.revision}).status_code == 403


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("list.xlsx", content)


def test_a_list_goes_out_to_excel_and_comes_back_the_same(world: World, sign_in: SignIn, foreign: CheckList) -> None:
    row, clerk = published(world), sign_in(Role.COUNTY_CLERK)
    answer = clerk.get(to(row, "list.xlsx"))
    book = load_workbook(io.BytesIO(answer.content))
    assert book.worksheets[0].max_row == 69
    sent_in = {"sheet": upload(answer.content), "source": "某政办〔2026〕1号"}
    answer = clerk.post(f"{LISTS}of/{county_of(world)}/import/", sent_in)
    made = CheckList.objects.get(area=county_of(world), state=ListState.DRAFT)
    assert answer["Location"] == to(made)
    assert made.based_on_id == row.pk
    old, new = queries.content_of(row), queries.content_of(made)
    assert new.laws == old.laws
    assert [(item.code, item.basis, item.days, item.others) for item in new.items] == [
        (item.code, item.basis, item.days, item.others) for item in old.items
    ]


def changed(content: bytes, cell: str, value: Any, number: int = 0) -> bytes:
    book = load_workbook(io.BytesIO(content))
    book.worksheets[number][cell] = value
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("cell", "value", "number", "said"),
    [
        ("K3", "many", 0, "3"),
        ("K3", "=1+1", 0, "3"),
        ("B3", "XX", 0, "E02"),
        ("I3", "ABC 1", 0, "E02"),
        ("A3", "E01", 0, "E01"),
        ("D2", "soon", 1, "2"),
        ("D2", None, 1, "2"),
    ],
)
def test_what_is_wrong_in_a_sheet_is_said_with_its_row(
    world: World, sign_in: SignIn, cell: str, value: Any, number: int, said: str
) -> None:
    row, clerk = published(world), sign_in(Role.COUNTY_CLERK)
    content = changed(clerk.get(to(row, "list.xlsx")).content, cell, value, number)
    page = shown(
        clerk.post(f"{LISTS}of/{county_of(world)}/import/", {"sheet": upload(content), "source": "某政办〔2026〕1号"}), 400
    )
    error = page[page.index('id="id_sheet_error"') :][:300]
    assert said in error
    assert "某政办〔2026〕1号" in page
    assert CheckList.objects.filter(area=county_of(world)).count() == 1


@pytest.mark.parametrize("content", [b"PK\x03\x04" + b"0" * 100, b"code,name", b"0" * (1024 * 1024 + 1)])
def test_what_is_no_sheet_is_refused(world: World, sign_in: SignIn, content: bytes) -> None:
    clerk = sign_in(Role.COUNTY_CLERK)
    answer = clerk.post(f"{LISTS}of/{county_of(world)}/import/", {"sheet": upload(content), "source": "某政办"})
    assert 'id="id_sheet_error"' in shown(answer, 400)
    assert 'id="id_source_error"' in shown(clerk.post(f"{LISTS}of/{county_of(world)}/import/", {"source": ""}), 400)


def test_too_many_drafts_are_refused_on_the_page(world: World, sign_in: SignIn) -> None:
    for _ in range(5):
        draft(world)
    page = shown(sign_in(Role.COUNTY_CLERK).post(f"{LISTS}of/{county_of(world)}/draft/"), 400)
    assert 'role="alert"' in page


def test_a_proposal_can_go_back_and_be_thrown_away(world: World, sign_in: SignIn) -> None:
    row, clerk = proposed(world), sign_in(Role.COUNTY_CLERK)
    assert clerk.post(to(row, "send-back/"), {"revision": row.revision}).status_code == 302
    row.refresh_from_db()
    assert row.state == ListState.DRAFT
    assert clerk.post(to(row, "withdraw/"), {"revision": row.revision}).status_code == 302
    row.refresh_from_db()
    assert row.state == ListState.WITHDRAWN
    assert sign_in(Role.RESIDENT).get(to(row)).status_code == 404
