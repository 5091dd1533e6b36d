"""The month report: the same numbers as the plan and the board, for the same readers, on one page of Word and in Excel."""

import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone
from docx import Document
from openpyxl import load_workbook

from people.roles import Role
from projects import figures, months, papers, reports
from projects.actions import drafting, jobs, plans, work
from projects.figures import Sums
from projects.models import MonthFigures, PlanItem, Project
from projects.reports import Line, Report
from projects.states import EventKind, PlanState, ProjectState, Source
from tenancy import areas, clock, scope
from tenancy.areas import Level
from tests.factories.projects import noon, plan, project, this_month, whole, words
from tests.factories.world import CANARY, World
from tests.projects.conftest import SignIn, shown


def to(area: int, form: str, month: Any = None) -> str:
    return f"/places/{area}/months/{month or this_month():%Y-%m}/report.{form}"


def paper(client: Client, area: int, month: Any = None) -> str:
    """All the words of the Word report."""
    answer = client.get(to(area, "docx", month))
    assert answer.status_code == 200
    assert "filename" in answer["Content-Disposition"]
    word = Document(io.BytesIO(answer.content))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in word.paragraphs), *cells])


def sheet(client: Client, area: int, number: int = 1, month: Any = None) -> list[tuple[Any, ...]]:
    """The rows of a sheet below its headings."""
    answer = client.get(to(area, "xlsx", month))
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.content))
    return list(book.worksheets[number].iter_rows(min_row=2, values_only=True))


def closed_month(world: World) -> Project:
    """This month's plan of two, one landed and one carried over, closed on its last day."""
    project(world, ProjectState.ACCEPTED)
    with scope.place(world.area()), clock.standing_at(noon(months.last_day(this_month()))):
        clerk = world.actor(Role.STREET_CLERK)
        row = PlanItem.objects.get().plan
        left = drafting.draft(
            world.area(), words(world, title="更换排水管道", ends_on=_soon()), by=world.actor(Role.PROPERTY_MANAGER)
        )
        PlanItem.objects.create(area=world.area(), plan=row, project=left, added_by_id=clerk.id)
        Project.objects.filter(pk=left.pk).update(state=ProjectState.PLANNED)
        reasons = {left.number: "等待管材到货"}
        plans.close(world.area(), row.month, by=clerk, version=row.version, review="本月落地一件。", reasons=reasons)
        return left


def _soon() -> date:
    return months.last_day(this_month()) + timedelta(days=2)


def test_a_compounds_report_says_what_was_promised_and_what_became_of_it(world: World, sign_in: SignIn) -> None:
    left = closed_month(world)
    for role in (Role.RESIDENT, Role.PROPERTY_MANAGER, Role.STREET_CLERK, Role.COUNTY_CLERK):
        text = paper(sign_in(role), world.area())
        for said in ("更换地库照明", "更换排水管道", "等待管材到货", "本月落地一件。", "50.0%", f"{left.ends_on}", "3,000.00"):
            assert said in text, (role, said)
        assert CANARY not in text
    rows = sheet(sign_in(Role.RESIDENT), world.area())
    assert rows[0][0] == left.number
    assert "等待管材到货" in rows[0]
    assert 3000 in rows[0], "money is a number of yuan"
    (numbers,) = sheet(sign_in(Role.RESIDENT), world.area(), 0)
    assert numbers[1:4] == (2, 1, 1)


def test_before_it_is_published_there_is_no_report(world: World, sign_in: SignIn) -> None:
    row = plan(world, PlanState.PROPOSED)
    clerk = sign_in(Role.STREET_CLERK)
    assert clerk.get(to(world.area(), "docx")).status_code == 404
    assert "report.docx" not in shown(clerk.get(f"/compounds/{world.area()}/plans/{this_month():%Y-%m}/"))
    clerk.post(f"/compounds/{world.area()}/plans/{this_month():%Y-%m}/publish/", {"version": row.version})
    assert to(world.area(), "docx") in shown(clerk.get(f"/compounds/{world.area()}/plans/{this_month():%Y-%m}/"))
    assert "实事2" in paper(clerk, world.area())


def test_nobody_has_the_report_of_a_place_that_is_not_theirs(world: World, sign_in: SignIn, foreign: dict[str, str]) -> None:
    whole(world, "street")
    street, county = areas.ancestor(world.area(), Level.STREET), areas.ancestor(world.area(), Level.COUNTY)
    other = areas.ancestor(world.area("county"), Level.COUNTY)
    not_theirs = {
        Role.RESIDENT: (world.area("sibling"), street, county, other),
        Role.PROPERTY_MANAGER: (world.area("sibling"), street, county),
        Role.DEPARTMENT_LEAD: (street, county),
        Role.STREET_CLERK: (world.area("street"), world.area("county"), county, other),
        Role.COUNTY_CLERK: (world.area("county"), other, areas.ancestor(world.area(), Level.PREFECTURE)),
    }
    for role, places in not_theirs.items():
        client = sign_in(role)
        for place in places:
            for form in ("docx", "xlsx"):
                assert client.get(to(place, form)).status_code == 404, (role, place)
    assert sign_in(None).get(to(world.area(), "docx")).status_code == 302


def test_a_street_and_a_county_are_the_sums_of_their_places(world: World, sign_in: SignIn, foreign: dict[str, str]) -> None:
    project(world, ProjectState.ACCEPTED)
    whole(world, "street")
    street, county = areas.ancestor(world.area(), Level.STREET), areas.ancestor(world.area(), Level.COUNTY)
    clerk, desk = sign_in(Role.STREET_CLERK), sign_in(Role.COUNTY_CLERK)
    for client, place, planned in ((clerk, street, 2), (desk, county, 3)):
        text = paper(client, place)
        assert f"{CANARY}county" not in text
        if place == street:
            assert f"{CANARY}street" not in text
        *below, whole_place = sheet(client, place, 0)
        assert whole_place[1] == planned == sum(row[1] for row in below)
        assert whole_place[2] == 1 == sum(row[2] for row in below)
        assert len(sheet(client, place)) == planned
    assert clerk.get(to(street, "docx", months.after(this_month(), -1))).status_code == 404, "no plan, no report"


def test_a_title_that_looks_like_a_formula_is_text(world: World, sign_in: SignIn) -> None:
    project(world, ProjectState.WORKING, title="=1+1")
    answer = sign_in(Role.STREET_CLERK).get(to(world.area(), "xlsx"))
    cell = load_workbook(io.BytesIO(answer.content)).worksheets[1]["D2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)


def test_board_list_and_report_agree_on_what_was_carried_over(world: World, sign_in: SignIn) -> None:
    """What was carried over is late in the month that it went to, and in no other."""
    closed_month(world)
    with scope.place(world.area()):
        assert MonthFigures.objects.get().landed == 1, "counted when it is closed, not only at night"
    at = noon(months.last_day(this_month()) + timedelta(days=4))
    with clock.standing_at(at):
        _nightly(world, at)
        clerk = sign_in(Role.STREET_CLERK)
        month = f"month={this_month():%Y-%m}&place={world.area()}"
        (numbers,) = sheet(clerk, world.area(), 0)
        assert numbers[1:6] == (2, 1, 1, 0, 0)
        with scope.place(world.area()):
            kept = MonthFigures.objects.get(month=this_month())
        assert (kept.planned, kept.landed, kept.late, kept.silent) == (2, 1, 0, 0)
        assert clerk.get(f"/projects/?{month}&only=late").content.decode().count("row-item") == 0
        assert clerk.get(f"/projects/?{month}&only=open").content.decode().count('class="row-item') == 1


def _nightly(world: World, at: datetime) -> None:
    with scope.place(world.area()):
        jobs.nightly(world.area(), timezone.localdate(at), world.actor(Role.STREET_CLERK))


def test_a_month_that_stays_open_is_counted_every_night(world: World) -> None:
    whole(world)
    at = noon(months.after(this_month(), 3))
    with clock.standing_at(at):
        _nightly(world, at)
    with scope.place(world.area()):
        assert MonthFigures.objects.get(month=this_month()).late == 1


def test_publishing_counts_the_month(world: World) -> None:
    plan(world, PlanState.PUBLISHED)
    with scope.place(world.area()):
        assert MonthFigures.objects.get().planned == 3


@pytest.mark.parametrize(
    ("text", "lines"),
    [("", 1), ("一二三", 1), ("一" * 45, 1), ("一" * 47, 2), ("一\n二", 2), ("a" * 83, 1), ("a" * 85, 2)],
    ids=["empty", "short", "just", "over", "broken", "narrow", "narrow over"],
)
def test_lines_are_counted_by_the_width_of_what_is_written(text: str, lines: int) -> None:
    assert papers.lines_of(text, papers.WIDE, papers.TEXT) == lines


def test_what_is_too_long_is_cut_where_the_room_ends() -> None:
    kept = papers.cut("长" * 500, 2)
    assert kept.endswith("……")
    assert papers.lines_of(kept, papers.WIDE, papers.TEXT) == 2
    assert papers.cut("短", 2) == "短"


def full_report(world: World, *, compound: bool, lines: int, places: int) -> Report:
    """As much as a month can hold, every text as long as it may be."""
    row = project(world, ProjectState.WORKING, title="很长的标题" * 12, funding=[("firm", 99_999_999_99)])
    with scope.place(world.area()):
        held = Project.objects.select_related("lead", "compound", "matter").get(pk=row.pk)
        month_plan = PlanItem.objects.select_related("plan").get().plan
    month_plan.review = "这个月的情况要说清楚。" * 180
    line = Line(held, "青阳街道", False, True, True, "承办中", "原因" * 150, {Source.FIRM: 99_999_999_99})
    sums = Sums(702, 627, 75, 30, 99_999_999_99)
    return Report(
        place=world.area(),
        name="一个名字很长很长的住宅小区" * 2,
        above="青阳街道",
        month=this_month(),
        made_at=timezone.now(),
        sums=sums,
        below=[] if compound else [(f"第{n}个名字很长很长的住宅小区二期", sums) for n in range(places)],
        lines=[line] * lines,
        plan=month_plan if compound else None,
        following=[held] * 12 if compound else [],
    )


@pytest.mark.parametrize(("compound", "lines", "places"), [(True, 12, 0), (True, 1, 0), (False, 700, 200), (False, 0, 200)])
def test_however_much_there_is_it_stays_one_page(
    world: World, monkeypatch: pytest.MonkeyPatch, compound: bool, lines: int, places: int
) -> None:
    left: list[int] = []
    whole_page = papers.Page.bytes
    monkeypatch.setattr(papers.Page, "bytes", lambda page: left.append(page.left) or whole_page(page))
    body = papers.written(full_report(world, compound=compound, lines=lines, places=places), sample=True)
    assert 0 <= left[0] < 16, "one page, and not half empty"
    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(body)).paragraphs)
    assert "示例数据" in text
    if not compound:
        assert "另有" in text


def test_the_month_day_by_day(world: World, sign_in: SignIn, foreign: dict[str, str]) -> None:
    started = timezone.localdate()
    promised = months.last_day(this_month())
    row = project(world, ProjectState.WORKING, ends_on=promised)
    with scope.place(world.area()):
        work.report(row.number, by=world.actor(Role.PROPERTY_MANAGER), version=row.version, text="灯具到货", percents={1: 50})
    url = f"/compounds/{world.area()}/plans/{this_month():%Y-%m}/"
    for role in (Role.RESIDENT, Role.STREET_CLERK):
        page = BeautifulSoup(shown(sign_in(role).get(url)), "html.parser")
        days = {each.time["datetime"]: each for each in page.select(".month-days td") if each.time}
        assert len(days) == promised.day
        assert str(EventKind.REPORTED.label) in days[f"{started}"].get_text()
        assert row.title in days[f"{promised}"].get_text()
        assert len(page.select(".month-days a")) == len({started, promised}), "one line for a project and day"
        assert "today" in days[f"{started}"]["class"]


def test_a_draft_has_no_days(world: World, sign_in: SignIn) -> None:
    plan(world)
    page = shown(sign_in(Role.PROPERTY_MANAGER).get(f"/compounds/{world.area()}/plans/{this_month():%Y-%m}/"))
    assert "month-days" not in page


def test_the_report_is_made_of_as_many_queries_however_much_there_is(world: World, django_assert_max_num_queries: Any) -> None:
    county = areas.ancestor(world.area(), Level.COUNTY)
    actor = world.actor(Role.COUNTY_CLERK)
    counted = []
    for place in ("own", "sibling", "street"):
        whole(world, place)
        with scope.place(county), django_assert_max_num_queries(12) as found:
            papers.written(reports.of_place(actor, county, this_month()), sample=False)
        counted.append(len(found))
    assert counted[0] == counted[2]


def test_627_of_702_stands_in_the_sentence() -> None:
    said = papers.in_words(Sums(702, 627, 3, 1, 123_45))
    assert all(number in said for number in ("702", "627", "89.3%", "75"))
    assert figures.Sums(1, 0, 0, 0, 0).share == "0.0%"
