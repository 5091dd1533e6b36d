"""What became of the demo's findings: put right, late, handed over, asked more time for, and one looked at again."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from config.demo_data import visits as demo_visits
from config.demo_data.pictures import picture
from config.demo_data.places import DemoCompound, compounds
from config.demo_data.visits import OVER
from config.demo_data.world import Say
from enforcement import visit_queries
from enforcement.actions import field, findings, papers, rechecks, visits
from enforcement.actions.field import Sent
from enforcement.finding_states import FindingState
from enforcement.models import Finding, Visit
from enforcement.paper_kinds import PaperKind
from enforcement.visit_states import ChangeKind, Result, VisitKind
from people import actors
from people.actors import Actor
from people.queries import holders
from people.roles import PROPERTY, Role
from tenancy import clock, scope

SCOOTERS, GARDEN, LIFT = "E41", "E01", "E61"
STAIRS, TINS, MONEY, FOOTAGE = "E38", "E36", "E34", "E52"


def live_all(say: Say) -> None:
    """Take those of concluded visits on that nobody has decided on yet. Twice is once."""
    made = 0
    for *_places, compound in compounds():
        if compound.slug in OVER:
            with transaction.atomic(), scope.everything(reason="the demo's findings"):
                made += _lived(compound)
    if made:
        say(f"findings: {made}")


def _lived(compound: DemoCompound) -> int:
    found = Finding.objects.filter(area=compound.code, state=FindingState.FOUND)
    rows = {row.item.code: row for row in found.select_related("item", "visit", "organisation", "party_organisation")}
    story = STORIES.get(compound.slug, _long_right)
    if rows:
        story(rows)
    return len(rows)


def _all_right(rows: dict[str, Finding]) -> None:
    """The lift looked at again and put right, the scooters accepted from photos, the garden given more time."""
    _order(rows[SCOOTERS], "清空门厅停放的电动自行车，拆除插座，加装充电棚引导停放。", 7)
    _answer(rows[SCOOTERS], 5, "已清空门厅并张贴告示，北门充电棚启用。")
    with clock.standing_at(_at(rows[SCOOTERS], 6)):
        row = _fresh(rows[SCOOTERS])
        findings.accept(row.number, by=_officer(row), version=row.version, text="照片与现场视频核对，合格。")
    _order(rows[GARDEN], "清除种植物，恢复绿地原状。", 15)
    with clock.standing_at(_at(rows[GARDEN], 10)):
        row = _fresh(rows[GARDEN])
        findings.ask_time(row.number, by=_officer(row), version=row.version, days=15, reason="业主外出，约定月底清除（示例）。")
        row = _fresh(row)
        findings.decide_time(row.number, by=_head(row), version=row.version, granted=True, text="")
    _order(rows[LIFT], "在轿厢显著位置张贴有效的使用标志。", 3)
    _answer(rows[LIFT], 2, "已张贴使用标志。")
    with clock.standing_at(_at(rows[LIFT], 3)):
        row = _fresh(rows[LIFT])
        findings.ask_recheck(row.number, by=_officer(row), version=row.version, text="看标志是否在有效期内。")
    _look_again(_fresh(rows[LIFT]))


def _not_all_right(rows: dict[str, Finding]) -> None:
    """The scooters late, the lift waiting for the bureau's word, and the garden, where its bureau went along, a case."""
    _order(rows[SCOOTERS], "清空门厅停放的电动自行车。", 7)
    _order(rows[LIFT], "在轿厢显著位置张贴有效的使用标志。", 3)
    _answer(rows[LIFT], 3, "已张贴，请核对。")
    if GARDEN in rows:
        with clock.standing_at(_at(rows[GARDEN], 1)):
            row = _fresh(rows[GARDEN])
            case = "示例〔立〕001 号，城市管理局综合执法大队（示例）"
            findings.transfer(row.number, by=_officer(row), version=row.version, text=case)


def _long_right(rows: dict[str, Finding]) -> None:
    """The stairs cleared on the spot, extinguishers and accounts put right in time, the footage some days late."""
    if STAIRS in rows:
        with clock.standing_at(_at(rows[STAIRS], 0)):
            row = _fresh(rows[STAIRS])
            said = "物业当场清走旧家具，通道恢复。"
            findings.fix(row.number, by=_officer(row), version=row.version, text=said, photos=[picture("done")])
    for code, demand, text, days, accepted in (
        (TINS, "更换压力不足的灭火器，补齐检查记录。", "已更换 4 具灭火器，记录见照片。", 7, 6),
        (MONEY, "公开上半年公共收益收支明细。", "已在公告栏和业主群公开。", 7, 5),
        (FOOTAGE, "扩容存储，监控影像留存不少于三十日。", "已扩容，正在累积留存天数。", 7, 13),
    ):
        if code in rows:
            _order(rows[code], demand, days)
            _answer(rows[code], accepted - 1, text)
            with clock.standing_at(_at(rows[code], accepted)):
                row = _fresh(rows[code])
                findings.accept(row.number, by=_officer(row), version=row.version, text="照片核对，合格。")


STORIES: dict[str, Callable[[dict[str, Finding]], None]] = {"fulian": _not_all_right, "weideyuan": _all_right}
"""By compound what became of its findings; of all others, `_long_right`."""


def _order(row: Finding, demand: str, days: int) -> None:
    with clock.standing_at(_at(row, 0)):
        row = _fresh(row)
        findings.order(row.number, by=_officer(row), version=row.version, demand=demand, days=days, party_name="示例责任人")
        papers.issue(row.visit.number, row.organisation_id, kind=PaperKind.ORDER, by=_officer(row), finding=row.number)


def _answer(row: Finding, days: int, text: str) -> None:
    with clock.standing_at(_at(row, days)):
        row = _fresh(row)
        assert row.party_organisation is not None
        firm = actors.of_user(holders(PROPERTY, row.area, organisation=row.party_organisation)[0])
        findings.answer(row.number, by=firm, version=row.version, text=text, photos=[picture("done")])


def _look_again(row: Finding) -> None:
    """A re-check, planned the day before, that finds it in order."""
    with clock.standing_at(_at(row, 6)):
        street = actors.of_user(holders([Role.STREET_CLERK], row.area, organisation=row.visit.lead)[0])
        visit = rechecks.plan(
            row.visit.number,
            by=street,
            findings=[row.number],
            lead=row.visit.lead_id,
            planned_on=clock.today() + timedelta(days=1),
            reason="复查电梯使用标志（示例）",
            announced=True,
        )
        visit = demo_visits.approved(visits.ask(visit.number, by=street, version=visit.version))
    officer = _officer(row)
    with clock.standing_at(_at(row, 7)):
        visit = visits.start(visit.number, by=officer, version=visit.version)
    (line,) = visit_queries.lines(visit)
    with clock.standing_at(_at(row, 7) + timedelta(minutes=40)):
        key, said = demo_visits.key_of(visit, line, "result"), {"result": Result.PASS.value}
        seen = Sent(key, ChangeKind.RESULT, 1, clock.now(), line.pk, 0, said)
        field.take(visit.number, [demo_visits.present(visit, line, clock.now()), seen], by=officer)
        version = Visit.objects.get(pk=visit.pk, kind=VisitKind.RECHECK).version
        visits.sign(visit.number, row.organisation_id, by=officer, version=version, words="复查合格。")
        papers.issue(visit.number, row.organisation_id, kind=PaperKind.OPINION, by=officer)


def _at(row: Finding, days: int) -> datetime:
    """So many days after the visit, in the afternoon."""
    assert row.visit.ended_at is not None
    return row.visit.ended_at + timedelta(days=days, hours=2)


def _officer(row: Finding) -> Actor:
    found = row.visit.officers.filter(member__organisation=row.organisation_id).order_by("pk")[0]
    return actors.of_user(found.user)


def _head(row: Finding) -> Actor:
    return actors.of_user(holders([Role.DEPARTMENT_LEAD], row.area, organisation=row.organisation)[0])


def _fresh(row: Finding) -> Finding:
    found: Finding = Finding.objects.select_related("item", "visit__lead", "organisation", "party_organisation").get(pk=row.pk)
    return found
