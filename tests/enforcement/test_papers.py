"""Papers of joint visits: who issues which, under which number, what they say, and that they are never undone."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from django.db import DatabaseError, transaction
from django.utils.timezone import localdate

from audit.models import Entry
from enforcement import paper_queries, paper_rendering, paper_values
from enforcement.actions import paper_templates, papers
from enforcement.finding_states import Party
from enforcement.models import Paper, PaperCounter, PaperWord
from enforcement.paper_kinds import TEMPLATE_FINAL, TEMPLATE_FIRST, TEMPLATE_TRANSITIONS, PaperKind, TemplateState
from enforcement.visit_states import VisitState
from notices.models import Notice
from people.roles import Role
from tenancy import scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tests.factories import papers as factory
from tests.factories import visits
from tests.factories.checks import county_of
from tests.factories.world import World

YEAR = localdate().year


@pytest.fixture(autouse=True)
def _in_the_county(world: World) -> Iterator[None]:
    with scope.place(county_of(world)):
        yield


def refused(call: object) -> Refusal:
    with pytest.raises(Refusal) as caught, transaction.atomic():
        call()  # type: ignore[operator]
    return caught.value


def test_the_life_of_a_template_is_sound_and_drawn() -> None:
    edges = {(f"{old}", f"{new}", act) for old, to in TEMPLATE_TRANSITIONS.items() for new, act in to.items()}
    page = Path(__file__).resolve().parents[2] / "docs" / "papers.md"
    drawn = re.findall(r"^  (\w+) --> (\w+): (\w+)$", page.read_text(encoding="utf-8"), re.M)
    assert set(drawn) == edges
    assert {new for _old, new, _act in edges} | {TEMPLATE_FIRST.value} == set(TemplateState.values)
    assert {state for state, to in TEMPLATE_TRANSITIONS.items() if not to} == TEMPLATE_FINAL
    assert all(callable(getattr(paper_templates, act)) for _old, _new, act in edges)


@pytest.mark.parametrize("kind", list(PaperKind))
def test_the_guide_lists_every_name(kind: PaperKind) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "papers.md").read_text(encoding="utf-8")
    for name, value in paper_values.example(kind, "", "", localdate()).items():
        assert f"`{name}`" in page
        assert all(f"`{key}`" in page for row in value if isinstance(row, dict) for key in row)


def test_the_example_knows_the_same_names_as_the_papers(world: World) -> None:
    seen: dict[str, set[str]] = {}

    def fill(_template: bytes, values: paper_rendering.Values, _address: str) -> paper_rendering.Written:
        seen["names"] = set(values)
        return paper_rendering.Written(b"x", "0" * 64)

    row, _found = factory.recheck(world)
    for bureau in ("UM", "FR"):
        factory.signed(row, world, bureau)
    order = factory.ordered(row, world).number
    with mock.patch.object(paper_rendering, "fill", fill):
        for kind in PaperKind:
            factory.issue(row, world, kind, **({"finding": order} if kind == PaperKind.ORDER else {}))
            assert seen["names"] == set(paper_values.example(kind, "", "", localdate())), kind


def test_a_record_says_who_looked_at_what_by_which_law(world: World) -> None:
    paper = factory.record(world)
    text = factory.text_of(paper_queries.content(paper))
    assert paper.printed == f"晋城管检记〔{YEAR}〕1号"
    for said in (
        paper.printed,
        paper.visit.number,
        "城市管理局",
        "小区own",
        "UM1-350582",
        "UM2-350582",
        "E01",
        f"/v/{paper.code}/",
    ):
        assert said in text
    assert "《" in text
    assert "陈述、申辩" in text
    assert "示例数据" in text
    assert "FR1-350582" not in text  # another bureau's officers stand in its own record
    assert (len(paper.code), paper.sha256) == (14, hashlib.sha256(paper_queries.content(paper)).hexdigest())
    assert Entry.objects.get(action="paper.issued").after["number"] == paper.printed


def test_a_record_waits_for_the_signature_of_its_bureau(world: World) -> None:
    row = visits.started(world)
    refusal = refused(lambda: factory.issue(row, world, PaperKind.RECORD))
    assert (refusal.status, refusal.code) == (409, "not_signed")
    row = visits.approved(world, place="sibling")
    assert refused(lambda: factory.issue(row, world, PaperKind.RECORD)).status == 409
    assert not PaperCounter.objects.exists()


def test_only_an_officer_of_the_bureau_in_this_visit_issues(world: World) -> None:
    row = visits.concluded(world)
    body = world.bureaus["UM", "own"]
    for by in (
        visits.officer(world, "FR"),
        visits.officer(world, "UM", 7),
        visits.head(world, "UM"),
        world.actor(Role.STREET_LEADER),
    ):
        with pytest.raises(NotAllowed), transaction.atomic():
            papers.issue(row.number, body, kind="record", by=by)
    with pytest.raises(NotThere), transaction.atomic():
        papers.issue(row.number, world.bureaus["MR", "own"], kind="record", by=visits.officer(world, "UM"))
    with pytest.raises(NotThere), transaction.atomic():
        papers.issue(row.number, body, kind="record", by=visits.officer(world, "MR"))


def test_an_order_names_all_findings_of_one_party_and_tells_the_firm(world: World) -> None:
    row = visits.started(world)
    first, second = (factory.ordered(row, world) for _number in range(2))
    shop = factory.ordered(row, world, party=Party.SHOP, party_organisation_id=None, party_name="示例小吃店")
    paper = factory.issue(row, world, PaperKind.ORDER, finding=second.number)
    assert paper.findings == [first.number, second.number]
    text = factory.text_of(paper_queries.content(paper))
    assert "own物业公司" in text
    assert "移出门厅" in text
    assert "第二十八条" in text
    assert "晋江市人民政府" in text
    assert f"{first.due_on.day}日" in text
    told = Notice.objects.filter(kind="paper_order", channel="bell").values_list("user", flat=True)
    assert set(told) == {world.users[role, "own"] for role in (Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER)}
    other = factory.issue(row, world, PaperKind.ORDER, finding=shop.number)
    assert (other.number, other.party_name, other.findings) == (2, "示例小吃店", [shop.number])
    assert Notice.objects.filter(kind="paper_order", channel="bell").count() == len(told)


def test_an_order_needs_a_finding_that_is_under_order(world: World) -> None:
    found = visits.found(world)
    for number in ("", found.number, "F350582001-2611-999999"):
        refusal = refused(lambda number=number: factory.issue(found.visit, world, PaperKind.ORDER, finding=number))
        assert (refusal.status, refusal.field) == (400, "finding")
    assert refused(lambda: factory.issue(found.visit, world, "letter")).field == "kind"


def test_an_opinion_says_of_each_finding_whether_it_is_put_right(world: World) -> None:
    row, (first, *_others) = factory.recheck(world)
    factory.signed(row, world, "UM")
    refusal = refused(lambda: factory.issue(row, world, PaperKind.OPINION))
    assert (refusal.code, first.number in str(refusal.message)) == ("undecided", True)
    row = factory.signed(row, world, "FR")
    assert row.state == VisitState.CONCLUDED
    paper = factory.issue(row, world, PaperKind.OPINION)
    text = factory.text_of(paper_queries.content(paper))
    assert paper.printed == f"晋城管复查〔{YEAR}〕1号"
    assert "共复查 2 项，已整改到位 1 项，未整改到位 1 项" in text
    assert row.recheck_of.number in text


def test_an_opinion_belongs_to_a_re_check(world: World) -> None:
    row = visits.concluded(world)
    assert refused(lambda: factory.issue(row, world, PaperKind.OPINION)).code == "no_recheck"


def test_a_paper_is_issued_once_until_it_is_voided(world: World) -> None:
    paper = factory.record(world)
    again = refused(lambda: factory.issue(paper.visit, world, PaperKind.RECORD))
    assert (again.status, paper.printed in str(again.message)) == (409, True)
    by = visits.head(world, "UM")
    assert refused(lambda: papers.void(paper.code, by=by, reason=" ")).field == "reason"
    voided = papers.void(paper.code, by=by, reason="写错了在场人员")
    assert (voided.voided_by_id, voided.voided_why) == (by.id, "写错了在场人员")
    with pytest.raises(WrongState), transaction.atomic():
        papers.void(paper.code, by=by, reason="再来")
    new = factory.issue(paper.visit, world, PaperKind.RECORD)
    assert (new.number, new.code != paper.code) == (2, True)
    assert Paper.objects.count() == 2


def test_only_the_lead_and_who_issued_it_void_a_paper(world: World) -> None:
    paper = factory.record(world)
    for by in (visits.head(world, "FR"), visits.officer(world, "UM", 2), world.actor(Role.STREET_LEADER)):
        with pytest.raises((NotAllowed, NotThere)), transaction.atomic():
            papers.void(paper.code, by=by, reason="不行")
    assert papers.void(paper.code, by=visits.officer(world, "UM"), reason="重开").voided_at


def test_a_refusal_gives_the_number_back(world: World) -> None:
    row = visits.concluded(world)
    with (
        mock.patch.object(paper_rendering, "fill", side_effect=paper_rendering.TemplateRefused("too_slow")),
        pytest.raises(Refusal),
        transaction.atomic(),
    ):
        factory.issue(row, world, PaperKind.RECORD)
    with (
        mock.patch("enforcement.actions.papers.audit.record", side_effect=RuntimeError("no record")),
        pytest.raises(RuntimeError),
        transaction.atomic(),
    ):
        factory.issue(row, world, PaperKind.RECORD)
    assert not Paper.objects.exists()
    assert factory.issue(row, world, PaperKind.RECORD).number == 1


def test_each_bureau_kind_and_year_counts_by_itself(world: World) -> None:
    row = visits.concluded(world)
    made = [factory.issue(row, world, PaperKind.RECORD, kind=kind) for kind in ("UM", "FR")]
    made.append(factory.issue(row, world, PaperKind.ORDER, finding=factory.ordered(row, world).number))
    assert [(paper.number, paper.printed) for paper in made] == [
        (1, f"晋城管检记〔{YEAR}〕1号"),
        (1, f"晋消防检记〔{YEAR}〕1号"),
        (1, f"晋城管责改〔{YEAR}〕1号"),
    ]


def test_another_word_counts_on(world: World) -> None:
    paper = factory.record(world)
    PaperWord.objects.create(organisation=paper.bureau, word="晋综执", set_by_id=visits.head(world, "UM").id)
    papers.void(paper.code, by=visits.head(world, "UM"), reason="改字")
    assert factory.issue(paper.visit, world, PaperKind.RECORD).printed == f"晋综执检记〔{YEAR}〕2号"


@pytest.mark.parametrize(
    "change",
    [
        {"printed": "x"},
        {"number": 7},
        {"content": b"x"},
        {"sha256": "0" * 64},
        {"issued_by_id": 1},
        {"code": "2" * 14},
        {"voided_why": "无人"},
    ],
)
def test_the_database_holds_a_paper_as_it_was_issued(world: World, change: dict[str, object]) -> None:
    paper = factory.record(world)
    with pytest.raises(DatabaseError), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).delete()


def test_a_series_goes_up_by_one_and_a_voided_paper_stays_voided(world: World) -> None:
    paper = factory.record(world)
    for last in (0, 3):
        with pytest.raises(DatabaseError), transaction.atomic():
            PaperCounter.objects.update(last=last)
    papers.void(paper.code, by=visits.head(world, "UM"), reason="错")
    with pytest.raises(DatabaseError), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(voided_at=None, voided_by=None, voided_why="")


@pytest.mark.parametrize("role", list(Role))
def test_who_reads_papers(world: World, role: Role) -> None:
    order, foreign = factory.order(world), factory.record(world, place="sibling", kind="FR")
    with scope.limited_to(world.actor(role).scope):
        seen = {paper.code for paper in paper_queries.visible_to(world.actor(role))}
    watching = {Role.STREET_CLERK, Role.STREET_LEADER, Role.COUNTY_CLERK, Role.SUPERVISOR}
    firm, bureau = {Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER}, {Role.DEPARTMENT_HANDLER, Role.DEPARTMENT_LEAD}
    assert (order.code in seen) == (role in watching | firm | bureau)
    assert (foreign.code in seen) == (role in watching)


def test_a_firm_reads_orders_to_it_and_no_other_paper(world: World) -> None:
    row = visits.started(world)
    shop = factory.ordered(row, world, party=Party.SHOP, party_organisation_id=None, party_name="示例小吃店")
    paper = factory.issue(row, world, PaperKind.ORDER, finding=shop.number)
    manager = world.actor(Role.PROPERTY_MANAGER)
    with pytest.raises(NotThere):
        papers.file_of(paper.code, by=manager)


def test_the_same_bytes_come_back(world: World) -> None:
    paper = factory.order(world)
    by = world.actor(Role.PROPERTY_MANAGER)
    assert papers.file_of(paper.code, by=by)[1] == papers.file_of(paper.code, by=world.actor(Role.STREET_CLERK))[1]
