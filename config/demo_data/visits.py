"""Joint visits of the demo: certificates, visits that are over, one approved for tomorrow, one asked for."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils import timezone

from config.demo_data.bodies import bodies
from config.demo_data.people import OFFICERS, VISITING
from config.demo_data.pictures import picture
from config.demo_data.places import COUNTIES, County, DemoCompound, compounds
from config.demo_data.world import Say
from enforcement import visit_queries
from enforcement.actions import certificates, field, visits
from enforcement.actions.field import Sent, Taking
from enforcement.actions.visit_grounds import With
from enforcement.actions.visits import Plan
from enforcement.models import Certificate, CheckList, Line, Visit
from enforcement.visit_states import ChangeKind, CompanionRole, PresentRole, Result
from people import actors
from people.actors import Actor
from people.models import Organisation, User
from people.queries import holders
from people.roles import Role
from tenancy import clock, scope
from tenancy.areas import Level, ancestor

OVER = {"fulian": 3, "weideyuan": 3, "xincheng": 5, "haiwan": 6, "jielong": 7}
"""Compounds whose visit is over, and how many weeks ago that was."""
TOMORROW, ASKED = ("changsheng",), ("huayuan",)
"""Compounds by what is to come; 书香名府 has nothing yet, so that a visit can be planned."""
LATELY = 3
"""Weeks: visits of then found what is still open, older ones what was put right."""
VALID_YEARS = 5
Findings = dict[str, tuple[str, str, str, str]]
FOUND: Findings = {
    "E41": ("3号楼门厅", "门厅停放电动自行车 6 辆，正在充电", "firm", "cabinet"),
    "E01": ("北门绿地", "绿地内种菜约 12 平方米", "owner", "rubbish"),
    "E61": ("2号楼电梯", "轿厢内未张贴有效的使用标志", "firm", "lift"),
}
"""By the code of the item: where, what, who answers for it, and what its photo shows."""
FOUND_EARLIER: Findings = {
    "E38": ("1号楼疏散楼梯", "三层平台堆放旧家具，只剩半幅通道", "firm", "rubbish"),
    "E36": ("地下车库", "4 具灭火器压力不足", "firm", "cabinet"),
    "E34": ("公告栏", "上半年公共收益收支未公开", "firm", "board"),
    "E52": ("监控室", "监控影像只留存 16 天", "firm", "cabinet"),
}


def live_all(say: Say) -> None:
    """Make them in the compounds that have none. Twice is once."""
    for county in COUNTIES:
        with transaction.atomic(), scope.everything(reason="the demo's certificates"):
            _certificates(county)
    made = 0
    for *_places, compound in compounds():
        if compound.slug in {*OVER, *TOMORROW, *ASKED}:
            with transaction.atomic(), scope.everything(reason="the demo's visits"):
                made += _visit(compound)
    if made:
        say(f"joint visits: {made}")


def _actor(username: str) -> Actor:
    return actors.of_user(User.objects.get(username=username))


def _certificates(county: County) -> None:
    """Each officer's, entered by the head of the bureau."""
    today = timezone.localdate()
    first = today.replace(year=today.year - 1, month=1, day=1)
    for kind in VISITING:
        head = _actor(f"lead{county.suffix}" if kind == "UM" else f"lead_{kind.lower()}{county.suffix}")
        body = _body(f"{kind}:{county.code}")
        for number in range(1, OFFICERS + 1):
            officer = User.objects.get(username=f"officer_{kind.lower()}{number}{county.suffix}")
            if Certificate.objects.filter(user=officer).exists():
                continue
            certificates.enter(
                body.pk,
                officer.pk,
                by=head,
                number=f"示例{county.code // 10**9}{kind}{number:03d}",
                fields="综合执法（示例）",
                valid_from=first,
                valid_until=first.replace(year=first.year + VALID_YEARS) - timedelta(days=1),
            )


def _visit(compound: DemoCompound) -> int:
    if Visit.objects.filter(area=compound.code).exists() or len(_bureaus(compound)) < visits.FEWEST_TOGETHER:
        return 0
    today = timezone.localdate()
    if compound.slug in OVER:
        _over(compound, timezone.make_aware(datetime.combine(today - timedelta(weeks=OVER[compound.slug]), time(9))))
    else:
        row = _asked(compound, today + timedelta(days=1))
        if compound.slug in TOMORROW:
            approved(row)
    return 1


def _asked(compound: DemoCompound, day: date) -> Visit:
    office = _body(f"ST:{ancestor(compound.code, Level.STREET)}")
    clerk = actors.of_user(holders([Role.STREET_CLERK], compound.code, organisation=office)[0])
    reason = "近期该小区消防通道和电动自行车诉求集中（示例）"
    along = (With(CompanionRole.GRID, "示例网格员", "社区（示例）"), With(CompanionRole.EXPERT, "示例专家", "行业协会（示例）"))
    named = [each.pk for each in _bureaus(compound)]
    planned = Plan(lead=office.pk, planned_on=day, reason=reason, bureaus=named, companions=along)
    row = visits.plan(compound.code, planned, by=clerk)
    return visits.ask(row.number, by=clerk, version=row.version)


def _bureaus(compound: DemoCompound) -> list[Organisation]:
    """Those of the demo that have certified officers and answer for this compound."""
    county = ancestor(compound.code, Level.COUNTY)
    ours = {_body(f"{kind}:{county}").pk for kind in VISITING}
    return [each for each in visit_queries.bureaus_for(compound.code, _list(compound)) if each.pk in ours]


def _body(key: str) -> Organisation:
    planned = bodies()[key]
    return Organisation.objects.get(name=planned.name, area=planned.area)


def _list(compound: DemoCompound) -> CheckList:
    found = visit_queries.county_list(compound.code)
    assert found is not None, "check lists come before visits"
    return found


def approved(row: Visit) -> Visit:
    """Joined by each bureau with all its certified officers, and approved by the head of the street that leads it."""
    for member in visit_queries.members(row):
        held = list(visit_queries.certificates(member.organisation_id, row.planned_on))
        head = actors.of_user(holders([Role.DEPARTMENT_LEAD], row.area, organisation=member.organisation)[0])
        version = Visit.objects.get(pk=row.pk).version
        visits.join(row.number, member.organisation_id, by=head, version=version, certificates=[each.pk for each in held])
    fresh = Visit.objects.get(pk=row.pk)
    leader = holders([Role.STREET_LEADER], row.area, organisation=row.lead)[0]
    return visits.approve(row.number, by=actors.of_user(leader), version=fresh.version)


def _over(compound: DemoCompound, at: datetime) -> None:
    """Planned a week before, and over by noon: every item checked, findings with their photos."""
    known = found_in(compound)
    with clock.standing_at(at - timedelta(days=7)):
        row = approved(_asked(compound, at.date()))
    members = visit_queries.members(row)
    with clock.standing_at(at):
        row = visits.start(row.number, by=actors.of_user(members[0].officers.all()[0].user), version=row.version)
    lines = visit_queries.lines(row)
    for member in members:
        officer = actors.of_user(member.officers.all()[0].user)
        mine = [line for line in lines if line.member_id == member.pk]
        with clock.standing_at(at + timedelta(hours=2)):
            field.take(row.number, list(_said(row, mine, at, known)), by=officer)
            _photos(row, mine, at, officer, known)
    for member in members:
        with clock.standing_at(at + timedelta(hours=3)):
            officer = actors.of_user(member.officers.all()[0].user)
            version = Visit.objects.get(pk=row.pk).version
            visits.sign(row.number, member.organisation_id, by=officer, version=version, words="按清单检查完毕。")


def found_in(compound: DemoCompound) -> Findings:
    return FOUND if OVER[compound.slug] == LATELY else FOUND_EARLIER


def _said(row: Visit, mine: list[Line], at: datetime, known: Findings) -> Iterator[Sent]:
    """Who was present; a result for every item but the last; violations, with a finding, where something was found."""
    yield present(row, mine[0], at)
    for order, line in enumerate(mine[:-1]):
        moment = at + timedelta(minutes=order)
        found = known.get(line.item.code)
        result = Result.VIOLATION if found else Result.NOT_APPLICABLE if order % 5 == 4 else Result.PASS
        yield Sent(key_of(row, line, "result"), ChangeKind.RESULT, 2 * order, moment, line.pk, 0, {"result": result.value})
        if found:
            spot, text, party, _motif = found
            said = {"spot": spot, "text": text, "party": party, "party_name": "示例责任人"}
            yield Sent(key_of(row, line, "finding"), ChangeKind.FINDING, 2 * order + 1, moment, line.pk, 0, said)


def present(row: Visit, line: Line, at: datetime) -> Sent:
    """The firm's manager; `line` is one of the bureau that says so."""
    said = {"role": PresentRole.FIRM.value, "name": "示例项目经理"}
    return Sent(key_of(row, line, "present"), ChangeKind.PRESENT, 0, at, said=said)


def _photos(row: Visit, mine: list[Line], at: datetime, officer: Actor, known: Findings) -> None:
    for line in mine:
        if line.item.code in known:
            key, finding = key_of(row, line, "photo"), key_of(row, line, "finding")
            taken = Taking(key, at + timedelta(minutes=5), line.pk, finding, 24_810_000, 118_590_000, 12)
            field.keep_photo(row.number, taken, picture(known[line.item.code][3]), by=officer)


def key_of(row: Visit, line: Line, what: str) -> UUID:
    """A key as a phone makes it, but the same each time."""
    return uuid5(NAMESPACE_URL, f"{row.number}/{line.pk}/{what}")
