"""Projects and plans in any state, made through the actions by those who may."""

from datetime import date, timedelta

from django.utils import timezone

from config.demo_data.pictures import picture
from people import actors
from people.actions import appointments
from people.models import Organisation, User
from people.roles import Role
from projects import figures, months
from projects.actions import acceptance, drafting, plans, work
from projects.actions.drafting import Draft
from projects.actions.work import Taken
from projects.models import JobRun, MonthPlan, Project
from projects.states import OriginKind, PlanState, ProjectState, Side
from tenancy import areas, scope
from tests.factories.world import PASSWORD, SINCE, World, mark

SPOT = "大门口朝里"
BODIES = {Side.COMMITTEE: ("OC", areas.Level.COMPOUND), Side.NEIGHBOURHOOD: ("CM", areas.Level.NEIGHBOURHOOD)}


def speaker(world: World, side: Side, place: str = "own") -> actors.Actor:
    """Somebody who speaks for a side: the firm's manager, or a person of a committee that is founded when first asked for."""
    if side == Side.FIRM:
        return world.actor(Role.PROPERTY_MANAGER, place)
    kind, level = BODIES[side]
    area = areas.ancestor(world.area(place), level)
    name = f"{side}_{area}"
    system = actors.system()
    with scope.everything(reason="tests: found a committee"):
        user = User.objects.filter(username=name).first()
        if user is None:
            body = Organisation.objects.filter(kind=kind, area=area).first()
            if body is None:
                title = {"OC": "业主委员会", "CM": "社区居委会"}[kind]
                body = appointments.found_organisation(name=title + mark(place), kind=kind, area=area, by=system)
            user = appointments.open_account(username=name, name=name, phone="", email="", password=PASSWORD, by=system)
            appointments.appoint(user, Role.DEPARTMENT_HANDLER, area=area, organisation=body, starts_on=SINCE, by=system)
    return actors.of_user(user)


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def this_month() -> date:
    return months.month_of(timezone.localdate())


def words(world: World, place: str = "own", **other: object) -> Draft:
    """A draft that nothing is wrong with."""
    said: dict[str, object] = {
        "title": "更换地库照明" + mark(place),
        "text": "地库三区更换损坏灯具二十盏。" + mark(place),
        "ends_on": in_days(20),
        "lead": world.firms[place],
        "matter": "P06",
        "quantity": 20,
        "origins": [(OriginKind.OWN, "巡查时发现" + mark(place))],
        "funding": [("firm", 300_000)],
        "milestones": [("采购", 30), ("安装", 70)],
        "warranty_days": 365,
    }
    return Draft(**(said | other))


def photo() -> list[Taken]:
    return [Taken(picture("done"), SPOT)]


def drafted(world: World, place: str = "own", **other: object) -> Project:
    with scope.place(world.area(place)):
        return drafting.draft(world.area(place), words(world, place, **other), by=world.actor(Role.PROPERTY_MANAGER, place))


def plan(world: World, state: PlanState = PlanState.DRAFTING, *, place: str = "own", projects: int = 3) -> MonthPlan:
    """This month's plan with so many projects, in a state."""
    area, month = world.area(place), this_month()
    manager, clerk = world.actor(Role.PROPERTY_MANAGER, place), world.actor(Role.STREET_CLERK, place)
    sides = [speaker(world, side, place) for side in Side]
    with scope.place(area):
        row = plans.open_month(area, month, by=manager)
        for number in range(projects):
            project = drafting.draft(area, words(world, place, title=f"实事{number}{mark(place)}"), by=manager)
            row = plans.take_in(area, month, project.number, by=manager, version=row.version)
        if state == PlanState.DRAFTING:
            return row
        for side in sides:
            row = plans.agree(area, month, by=side, version=row.version)
        row = plans.propose(area, month, by=manager, version=row.version, fewer="" if projects >= plans.FEWEST else "资金有限")
        if state == PlanState.PROPOSED:
            return row
        return plans.publish(area, month, by=clerk, version=row.version)


def project(world: World, state: ProjectState = ProjectState.DRAFTED, *, place: str = "own", **other: object) -> Project:
    """A project in a state, promised by this month's plan when it is further than a draft."""
    area = world.area(place)
    manager, clerk = world.actor(Role.PROPERTY_MANAGER, place), world.actor(Role.STREET_CLERK, place)
    row = drafted(world, place, **other)
    if state == ProjectState.DRAFTED:
        return row
    sides = {side: speaker(world, side, place) for side in Side}
    with scope.place(area):
        if state == ProjectState.DROPPED:
            return drafting.drop(row.number, by=manager, version=row.version, text="不再需要" + mark(place))
        month = this_month()
        held = plans.open_month(area, month, by=manager)
        held = plans.take_in(area, month, row.number, by=manager, version=held.version)
        for side in sides.values():
            held = plans.agree(area, month, by=side, version=held.version)
        held = plans.propose(area, month, by=manager, version=held.version, fewer="先做这一件" + mark(place))
        plans.publish(area, month, by=clerk, version=held.version)
        row = Project.objects.get(pk=row.pk)
        if state == ProjectState.PLANNED:
            return row
        row = work.start(row.number, by=manager, version=row.version)
        if state == ProjectState.WORKING:
            return row
        row = work.deliver(row.number, by=manager, version=row.version, text="已完工" + mark(place), achieved=20, photos=photo())
        if state == ProjectState.DELIVERED:
            return row
        row = acceptance.confirm(
            row.number, by=sides[Side.NEIGHBOURHOOD], version=row.version, text="居民群里征求过意见" + mark(place)
        )
        if state == ProjectState.ACCEPTED:
            return row
        return acceptance.close(row.number, by=clerk, version=row.version)


def whole(world: World, place: str = "own", *, tickets: tuple[str, ...] = ()) -> Project:
    """A project with a row in every table that belongs to projects: delivered, one resident has spoken, figures are rolled up."""
    area, manager = world.area(place), world.actor(Role.PROPERTY_MANAGER, place)
    quotes = [("安装队" + mark(place), 290_000, True)]
    row = project(world, ProjectState.WORKING, place=place, tickets=tickets, quotes=quotes)
    with scope.place(area):
        row = work.report(
            row.number, by=manager, version=row.version, text="灯具到货" + mark(place), percents={1: 100}, photos=photo()
        )
        row = work.deliver(row.number, by=manager, version=row.version, text="已完工" + mark(place), achieved=20, photos=photo())
        resident = world.actor(Role.RESIDENT, place)
        acceptance.say(row.number, by=resident, version=row.version, good=False, text="还有一盏不亮" + mark(place))
        figures.roll_up(area, this_month(), today=timezone.localdate())
        JobRun.objects.create(area=area, job="nightly", period=timezone.localdate(), problem=mark(place))
    return row
