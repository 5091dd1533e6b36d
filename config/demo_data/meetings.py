"""Meetings of the demo: in each county one that was held and decided something, and one that is called for the coming days."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from complaints.models import Ticket
from complaints.states import OPEN
from config.demo_data.places import COUNTIES, County
from config.demo_data.world import Say
from enforcement.actions import decisions, meetings
from enforcement.meeting_states import DecisionKind, MeetingKind
from enforcement.models import Meeting
from people import actors
from people.actors import Actor
from people.models import Organisation, User
from people.queries import narrowest
from people.roles import Role
from tenancy import clock, scope

MINUTES = (
    "物业：保安夜班两人，近期有陌生人尾随进入，监控有两处盲区。\n"
    "派出所：可将小区纳入警保联动，保安按片区编组，遇警情先到先控。\n"
    "消防：二号楼北侧通道被占，需划线并清理。\n"
    "镇街：同意纳入，按议定事项落实。"
)


def hold_all(say: Say) -> None:
    """Put a held meeting and a called one in every county that has none."""
    made = 0
    for county in COUNTIES:
        with scope.place(county.code):
            if Meeting.objects.exists():
                continue
            _held(county)
            _called(county)
        made += 2
    if made:
        say(f"meetings: {made}")


def _held(county: County) -> None:
    compound = county.streets[0].neighbourhoods[0].compounds[0]
    clerk, at = _actor(f"clerk{county.suffix}"), _at(9, days=-2)
    police, fire = _bureau("PS", compound.code), _bureau("FR", compound.code)
    manager = _actor(f"manager{county.suffix}")
    (serving,) = manager.organisations_at(compound.code, {Role.PROPERTY_MANAGER})
    firm = Organisation.objects.get(pk=serving)
    open_here = Ticket.objects.filter(area=compound.code, state__in=sorted(OPEN), restricted=False, confidential=False)
    with clock.standing_at(at):
        row = meetings.call(
            area=compound.code,
            kind=MeetingKind.GUARDS,
            subject="警保联动与夜间巡逻会商",
            starts_at=at,
            spot="小区物业服务中心",
            agenda="一、保安编组与夜间巡逻；\n二、监控盲区；\n三、消防通道占用。",
            organisations=[police.pk, fire.pk, firm.pk],
            guests="社区居委会、业主委员会",
            topics=list(open_here.order_by("pk").values_list("number", flat=True)[:2]),
            by=clerk,
        )
        came, attendance = [police.pk, firm.pk], "派出所社区民警、物业项目经理、社区干部"
        row = meetings.hold(row.number, by=clerk, version=row.version, minutes=MINUTES, attendance=attendance, came=came)
        for kind, text, does, days in (
            (DecisionKind.TASK, "保安按片区编组，夜间每两小时巡逻一次，巡逻记录每周报镇街。", firm, 5),
            (DecisionKind.VISIT, "消防救援大队牵头，联合进小区检查消防通道。", fire, 10),
            (DecisionKind.TASK, "派出所组织一次保安培训，讲清警情处置流程。", police, 1),
        ):
            due = clock.today() + timedelta(days=days)
            row.refresh_from_db()
            version, whose = row.version, does.pk
            decisions.decide(row.number, by=clerk, version=version, kind=kind, text=text, organisation=whose, due_on=due)
    first = row.decisions.order_by("position")[0]
    decisions.report_done(row.number, first.pk, by=manager, text="已按四个片区编组，昨晚起执行。")


def _called(county: County) -> None:
    street = county.streets[0]
    clerk = _actor(f"county{county.suffix}")
    meetings.call(
        area=street.code,
        kind=MeetingKind.CONSULTATION,
        subject="电动自行车停放充电联合会商",
        starts_at=_at(15, days=3),
        spot="镇街三楼会议室",
        agenda="一、近期诉求情况；\n二、充电设施建设；\n三、联合进小区安排。",
        organisations=[_bureau("UM", street.code).pk, _bureau("FR", street.code).pk],
        guests="",
        by=clerk,
    )


def _at(hour: int, *, days: int) -> datetime:
    """An hour of the day, so many days from today."""
    return timezone.make_aware(datetime.combine(clock.today() + timedelta(days=days), time(hour)))


def _bureau(kind: str, area: int) -> Organisation:
    found = narrowest(kind, area)
    assert found is not None, kind
    return found


def _actor(username: str) -> Actor:
    return actors.of_user(User.objects.get(username=username))
