"""The pages of the working calendar: who looks, who changes it, and what a sheet may hold."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from people import queries
from people.actions import calendars
from people.models import OfficeCalendar
from people.office_calendars import DEFAULT, MOST_DAYS, OwnDay
from people.roles import STAFF, Role
from tests.factories.world import CANARY, World

COUNTY, ELSEWHERE = 350582 * 10**9, 350505 * 10**9
YEAR = f"/calendars/{COUNTY}/"
EDIT = f"{YEAR}edit/"
SignIn = Callable[..., Client]
TYPHOON = date(2026, 7, 28)
HOURS = {"opens_0": "08:30", "closes_0": "12:00", "opens_1": "14:30", "closes_1": "17:30"}


@pytest.fixture(autouse=True)
def _foreign_calendar(world: World) -> None:
    queries._remembered.clear()
    day = OwnDay(date(2026, 6, 1), False, f"庙会{CANARY}")
    clerk = world.actor(Role.COUNTY_CLERK, "county")
    calendars.publish(county=ELSEWHERE, based_on=0, hours=DEFAULT.hours, days=[day], source=CANARY, by=clerk)


def soup(answer: Any) -> Any:
    body = answer.content.decode()
    assert CANARY not in body
    return BeautifulSoup(body, "html.parser")


def typed(*days: tuple[date, bool, str], step: str = "preview", **more: Any) -> dict[str, Any]:
    kept = {day.isoformat(): {"worked": worked, "note": note} for day, worked, note in days}
    return {"based_on": 0, "days": json.dumps(kept), "source": "防指令 7 号", "step": step, **HOURS, **more}


def published(world: World, based_on: int = 0, *days: OwnDay, source: str = "通知") -> OfficeCalendar:
    clerk = world.actor(Role.COUNTY_CLERK)
    return calendars.publish(county=COUNTY, based_on=based_on, hours=DEFAULT.hours, days=days, source=source, by=clerk)


@pytest.mark.parametrize("role", list(Role))
def test_all_the_staff_look_and_only_the_county_desk_changes(world: World, sign_in: SignIn, role: Role) -> None:
    client = sign_in(role)
    reads = 200 if role in STAFF else 404
    assert client.get(YEAR).status_code == reads
    assert client.get(f"{YEAR}versions/").status_code == reads
    assert client.get(f"{YEAR}days.xlsx").status_code == reads
    edits = 200 if role == Role.COUNTY_CLERK else 403 if role in STAFF else 404
    assert client.get(EDIT).status_code == edits
    answer = client.post(EDIT, typed((TYPHOON, False, "台风"), step="publish"))
    assert answer.status_code == (302 if role == Role.COUNTY_CLERK else edits)
    assert OfficeCalendar.objects.filter(area=COUNTY).count() == (role == Role.COUNTY_CLERK)
    assert (b"edit/" in client.get(YEAR).content) == (role == Role.COUNTY_CLERK)
    for county in (ELSEWHERE, 350583 * 10**9, 350582_001_000_000):
        assert {client.get(f"/calendars/{county}/{page}").status_code for page in ("", "versions/", "edit/", "days.xlsx")} == {
            404
        }
    assert client.get("/calendars/").status_code == (302 if role in STAFF else 404)


def test_a_day_is_added_looked_at_and_published(world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.COUNTY_CLERK)
    form = soup(client.get(EDIT)).select_one("form.cal-edit")
    assert form.select_one("[name=opens_0]")["value"] == "08:30"
    more = {"add-first": "2026-07-28", "add-last": "2026-07-29", "add-kind": "closed", "add-note": "台风"}
    page = soup(client.post(EDIT, typed(step="add", **more)))
    assert [row.text.split()[0] for row in page.select(".cal-own li")] == ["2026-07-28", "2026-07-29"]
    days = page.select_one("[name=days]")["value"]
    assert page.select_one("[name=source]")["value"] == "防指令 7 号"
    less = soup(client.post(EDIT, {**typed(step="remove:2026-07-29"), "days": days}))
    days = less.select_one("[name=days]")["value"]
    shown = soup(client.post(EDIT, {**typed(), "days": days}))
    assert shown.select_one("tbody th").text.startswith("2026-07-28")
    assert not OfficeCalendar.objects.filter(area=COUNTY).exists()
    carried = {each["name"]: each.get("value", "") for each in shown.select("form input[type=hidden]")}
    assert client.post(EDIT, {**carried, "step": "publish"}).status_code == 302
    row = OfficeCalendar.objects.get(area=COUNTY)
    assert row.days == {"2026-07-28": {"worked": False, "note": "台风"}}
    year = soup(sign_in(Role.STREET_CLERK).get(YEAR, {"year": 2026}))
    cell = year.select_one("td.cal-own_closed")
    assert cell.text.startswith("28")
    assert "台风" in cell["title"]


def test_what_is_wrong_is_said_where_it_is_and_nothing_typed_is_lost(world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.COUNTY_CLERK)
    bad: list[tuple[dict[str, Any], str]] = [
        ({"source": ""}, "#id_source_error"),
        ({"opens_1": "11:00"}, "#id_opens_1_error"),
        ({"closes_1": ""}, "#id_opens_1_error"),
        ({"opens_0": "25:99"}, "#id_opens_0_error"),
    ]
    for changed, where in bad:
        for step in ("preview", "publish"):
            answer = client.post(EDIT, typed((TYPHOON, False, "台风"), step=step, **changed))
            page = soup(answer)
            assert answer.status_code == 400, changed
            assert page.select_one(where), changed
            assert "2026-07-28" in page.select_one(".cal-own").text
    far = typed((TYPHOON, False, ""), (date(2099, 1, 1), False, "远"))
    assert soup(client.post(EDIT, far)).select(".cal-own li")[1].select_one(".late")
    assert not OfficeCalendar.objects.filter(area=COUNTY).exists()


@pytest.mark.parametrize(
    "days",
    ["[", "[]", "1", '{"x": 1}', '{"2026-07-28": {"worked": 1, "note": ""}}', '{"2026-02-30": {"worked": true, "note": ""}}'],
)
def test_a_list_of_days_that_was_tampered_with_is_refused(world: World, sign_in: SignIn, days: str) -> None:
    for step in ("preview", "publish", "edit", "add", "remove:2026-07-28"):
        answer = sign_in(Role.COUNTY_CLERK).post(EDIT, typed(step=step) | {"days": days})
        assert answer.status_code in ((400,) if step in ("preview", "publish") else (200, 400))


@pytest.mark.parametrize(
    "more",
    [
        {"add-first": "2026-02-30"},
        {"add-first": "2026-07-28", "add-last": "2026-07-27"},
        {"add-first": "2026-01-01", "add-last": "2026-06-01"},
        {"add-first": "2026-07-27", "add-last": "2026-07-29"},  # the 28th is there already
    ],
)
def test_days_that_cannot_be_added_are_refused_at_their_field(world: World, sign_in: SignIn, more: dict[str, str]) -> None:
    answer = sign_in(Role.COUNTY_CLERK).post(EDIT, typed((TYPHOON, False, ""), step="add", **{"add-kind": "closed", **more}))
    page = soup(answer)
    assert answer.status_code == 400
    assert page.select_one("#id_add-first_error, #id_add-last_error")
    assert len(page.select(".cal-own li")) == 1


def test_whoever_is_slower_is_told_who_was_quicker_and_can_go_on(world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.COUNTY_CLERK)
    published(world, 0, OwnDay(date(2026, 7, 1), False))
    mine = typed((TYPHOON, False, "台风"))
    for step in ("preview", "publish"):
        answer = client.post(EDIT, mine | {"step": step})
        page = soup(answer)
        assert answer.status_code == 409
        assert world.user(Role.COUNTY_CLERK).name in page.select_one("[data-form-errors]").text
        assert "2026-07-28" in page.select_one(".cal-own").text
    page = soup(client.post(EDIT, mine | {"step": "rebase"}))
    assert page.select_one("[name=based_on]")["value"] == "1"
    assert [row.text[:10] for row in page.select("tbody th")] == ["2026-07-01", "2026-07-28"]


def test_an_earlier_version_is_taken_again_after_a_look_at_the_difference(world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.COUNTY_CLERK)
    published(world, 0, OwnDay(TYPHOON, False, "台风"))
    published(world, 1, source="台风已过")
    history = soup(client.get(f"{YEAR}versions/"))
    link = history.select_one("a[href$='?from=1']")["href"]
    page = soup(client.get(link))
    carried = {each["name"]: each.get("value", "") for each in page.select("form input[type=hidden]")}
    assert client.post(EDIT, {**carried, "step": "publish"}).status_code == 302
    row = queries.calendar_in_force(COUNTY)
    assert row is not None
    assert (row.version, list(row.days)) == (3, ["2026-07-28"])
    assert soup(client.get(EDIT, {"from": 0})).select_one("tbody th")
    assert client.get(EDIT, {"from": 99}).status_code == 404
    assert client.get(YEAR, {"version": "²"}).status_code == 404
    assert soup(client.get(YEAR, {"version": 2, "year": 2026})).select_one("td.cal-own_closed") is None


def test_a_year_without_its_notice_says_so(world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.STREET_CLERK)
    assert soup(client.get(YEAR, {"year": 2099})).select_one(".note-wait")
    page = soup(client.get(YEAR, {"year": 2026}))
    assert not page.select_one(".note-wait")
    assert len(page.select(".cal-month")) == 12
    assert len(page.select("td.cal-holiday")) == 33
    assert len(page.select("td.cal-make_up")) == 6
    assert all(cell.select_one(".visually-hidden") for cell in page.select("td.cal-holiday, td.cal-make_up"))
    for strange in ("x", "1", "99999", ""):
        assert client.get(YEAR, {"year": strange}).status_code == 200


def sheet(rows: list[list[Any]], name: str = "days.xlsx") -> SimpleUploadedFile:
    book, kept = Workbook(), io.BytesIO()
    for row in [["日期", "上班", "说明"], *rows]:
        book.active.append(row)
    book.save(kept)
    return SimpleUploadedFile(name, kept.getvalue())


def test_days_come_from_a_sheet_and_go_into_one(world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.COUNTY_CLERK)
    rows = [[date(2026, 8, 2), "是", "补班"], ["2026/7/28".replace("/7/", "/07/"), "否", None], [None, None, None]]
    page = soup(client.post(EDIT, typed((date(2026, 5, 5), True, ""), step="import") | {"sheet": sheet(rows)}))
    assert [row.text.split()[0] for row in page.select(".cal-own li")] == ["2026-07-28", "2026-08-02"]
    published(world, 0, OwnDay(TYPHOON, False, '=HYPERLINK("http://x")'), OwnDay(date(2026, 8, 2), True, "+1"))
    answer = client.get(f"{YEAR}days.xlsx")
    out = load_workbook(io.BytesIO(answer.content)).active
    assert out["C2"].value == '=HYPERLINK("http://x")'
    assert {cell.data_type for row in out.iter_rows(min_row=2, min_col=2) for cell in row} == {"s"}, "no formula leaves the house"
    again = SimpleUploadedFile("again.xlsx", answer.content)
    page = soup(client.post(EDIT, typed(step="import") | {"sheet": again}))
    assert len(page.select(".cal-own li")) == 2


def bomb() -> SimpleUploadedFile:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * 30_000_000)
    return SimpleUploadedFile("bomb.xlsx", kept.getvalue())


@pytest.mark.parametrize(
    "upload",
    [
        lambda: None,
        lambda: SimpleUploadedFile("days.xlsx", b"date,worked,note"),
        lambda: SimpleUploadedFile("days.xlsx", b"PK\x03\x04" + b"0" * 100),
        lambda: SimpleUploadedFile("large.xlsx", b"0" * (1024 * 1024 + 1)),
        bomb,
        lambda: sheet([["yesterday", "是", ""]]),
        lambda: sheet([[date(2026, 7, 28), "maybe", ""]]),
        lambda: sheet([[date(2026, 7, 28), "否", "=1+1"]]),
        lambda: sheet([["=TODAY()", "否", ""]]),
        lambda: sheet([[date(2026, 7, 28), "否", ""]] * 2),
        lambda: sheet([[date.fromordinal(date(2026, 1, 1).toordinal() + n), "否", ""] for n in range(MOST_DAYS + 1)]),
    ],
)
def test_a_sheet_that_cannot_be_taken_is_refused_and_the_list_stays(
    world: World, sign_in: SignIn, upload: Callable[[], Any]
) -> None:
    file = upload()
    body = typed((TYPHOON, False, "台风"), step="import") | ({"sheet": file} if file else {})
    answer = sign_in(Role.COUNTY_CLERK).post(EDIT, body)
    page = soup(answer)
    assert answer.status_code == 400
    assert page.select_one("#id_sheet_error")
    assert [row.text.split()[0] for row in page.select(".cal-own li")] == ["2026-07-28"]
