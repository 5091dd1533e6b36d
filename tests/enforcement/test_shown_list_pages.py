"""The pages on where a list hangs: the compounds of whoever works with it, the sheet for the board, and what its code opens."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from communities.models import Posting
from enforcement.models import CheckList, ShownList
from people.roles import ADMINISTRATORS, DEPARTMENT, DESKS, Role
from tenancy import clock, scope
from tests.factories.checks import county_of, draft, in_force, shown
from tests.factories.world import CANARY, PLACES, World

SignIn = Callable[..., Client]
WORKING = DESKS | DEPARTMENT | {Role.SUPERVISOR}


def body(answer: Any, status: int = 200) -> str:
    text: str = answer.content.decode()
    assert answer.status_code == status, (answer.status_code, text[:300])
    for place in ("street", "county"):
        assert CANARY + place not in text
    return text[text.index("<main") : text.index("</main>")] if "<main" in text else text


def to(row: CheckList, path: str = "compounds/") -> str:
    return f"/checks/lists/{row.pk}/{path}"


@pytest.fixture
def foreign(world: World) -> list[ShownList]:
    return [shown(world, place=place) for place in ("street", "county")]


def said(**other: Any) -> dict[str, Any]:
    return {"place": str(PLACES["own"]), "due_on": f"{clock.today() + timedelta(days=3)}", "contact": "", "spot": ""} | other


@pytest.mark.parametrize("role", list(Role))
def test_who_sees_where_it_hangs(world: World, sign_in: SignIn, role: Role, foreign: list[ShownList]) -> None:
    row, client = shown(world).check_list, sign_in(role)
    for path in ("compounds/", "compounds.xlsx"):
        assert client.get(to(row, path)).status_code == (200 if role in WORKING else 403), path
        assert client.get(to(draft(world), path)).status_code == 404, path
        assert client.get(to(foreign[1].check_list, path)).status_code == 404, path
    assert (to(row) in client.get(to(row, "")).content.decode()) == (role in WORKING)
    home = client.get(f"/compounds/{world.area()}/")
    assert home.status_code == (404 if role in ADMINISTRATORS else 200)
    assert ("南门公告栏" in home.content.decode()) == (role not in ADMINISTRATORS)
    seen = role not in ADMINISTRATORS
    assert client.get(to(row, f"board/{world.area()}/")).status_code == (200 if seen else 404)
    assert client.get(to(row, f"board/{PLACES['county']}/")).status_code == 404
    assert client.get(to(foreign[1].check_list, f"board/{world.area()}/")).status_code == 404


def test_a_street_asks_for_one_compound_and_then_for_the_rest(world: World, sign_in: SignIn, foreign: list[ShownList]) -> None:
    row, clerk = in_force(world), sign_in(Role.STREET_CLERK)
    page = body(clerk.get(f"{to(row)}?place={PLACES['sibling']}"))
    assert f'<option value="{PLACES["sibling"]}" selected>' in page
    page = body(clerk.post(to(row), said(due_on="2020-01-01", contact="社区 1234")), 400)
    assert 'id="id_due_on_error"' in page
    assert "社区 1234" in page
    assert 'id="id_place_error"' in body(clerk.post(to(row), said(place=str(PLACES["street"]))), 400)
    assert clerk.post(to(row), said(contact="社区 1234")).status_code == 302
    with scope.place(world.area()):
        assert Posting.objects.get().contact == "社区 1234"
    street = PLACES["own"] // 10**6 * 10**6
    assert clerk.post(to(row), said(place=str(street))).status_code == 302
    assert "id_place_error" in body(clerk.post(to(row), said(place=str(PLACES["own"]))), 400), "it is asked for already"
    page = body(clerk.post(to(row), said(place=str(street), spot="东门")), 409)
    assert "东门" in page
    page = body(clerk.get(f"{to(row)}?showing=asked"))
    assert page.count('scope="row"') == 2
    assert body(clerk.get(f"{to(row)}?showing=none")).count('scope="row"') == 0
    assert body(clerk.get(f"{to(row)}?after={PLACES['own']}")).count('scope="row"') == 1


def test_only_desks_ask(world: World, sign_in: SignIn) -> None:
    row = in_force(world)
    for role in (Role.DEPARTMENT_LEAD, Role.SUPERVISOR, Role.PROPERTY_MANAGER, Role.RESIDENT):
        assert sign_in(role).post(to(row), said()).status_code == 403
    page = sign_in(Role.DEPARTMENT_LEAD).get(to(row))
    assert page.status_code == 200
    assert 'id="ask"' not in page.content.decode()
    assert sign_in(None).post(to(row), said()).status_code == 302
    with scope.everything(reason="tests: look"):
        assert not ShownList.objects.exists()


def test_the_workbook_has_a_row_for_every_compound(world: World, sign_in: SignIn, foreign: list[ShownList]) -> None:
    row = shown(world)
    answer = sign_in(Role.STREET_CLERK).get(to(row.check_list, "compounds.xlsx"))
    cells = [[cell.value for cell in line] for line in load_workbook(io.BytesIO(answer.content)).worksheets[0]]
    assert [line[2] for line in cells[1:]] == [str(PLACES["own"]), str(PLACES["sibling"])]
    assert [line[3] for line in cells[1:]] == ["已挂牌", "未挂牌"]
    assert cells[1][6] == "南门公告栏"


def test_the_sheet_for_the_board_names_every_item_and_opens_its_page(world: World, sign_in: SignIn) -> None:
    row = shown(world)
    page = body(sign_in(Role.PROPERTY_STAFF).get(to(row.check_list, f"board/{world.area()}/")))
    assert page.count('scope="row"') == 68
    assert "<svg" in page
    assert "问" in page, "whom to ask"
    assert f"/c/{world.area()}/checks/" in page
    assert "示例数据" in page


def test_the_code_opens_what_hangs_for_everybody(world: World, sign_in: SignIn, foreign: list[ShownList]) -> None:
    visitor, here = sign_in(None), f"/c/{world.area()}/checks/"
    page = body(visitor.get(here))
    assert 'class="empty' in page
    assert 'scope="row"' not in page
    row = shown(world)
    page = body(visitor.get(here))
    assert page.count('scope="row"') == 68
    assert "南门公告栏" in page
    assert 'class="empty' in body(visitor.get(f"/c/{PLACES['sibling']}/checks/"))
    assert visitor.get("/c/350582001001999/checks/").status_code == 404
    assert visitor.get(f"/c/{county_of(world)}/checks/").status_code == 404
    assert visitor.post(here).status_code == 405
    assert row.replaced_at is None
