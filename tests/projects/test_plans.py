"""The monthly plan: drafted by three sides together, checked by the street, promised, reviewed, frozen."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from communities.models import Service
from notices.models import Notice
from people.roles import Role
from projects import months
from projects.actions import drafting, plans, work
from projects.models import Agreement, MonthPlan, PlanItem, Project
from projects.states import PlanState, ProjectState, Side
from tenancy import clock, scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, Stale, WrongState
from tests.factories.acting import acting
from tests.factories.projects import drafted, in_days, noon, plan, project, speaker, this_month, words
from tests.factories.world import World


def told(kind: str) -> set[str]:
    with scope.everything(reason="tests: look at notices"):
        names = Notice.objects.filter(kind=kind, channel="bell").values_list("user__username", flat=True)
        return {name.rsplit("_", 1)[0] for name in names}


def test_three_sides_agree_the_street_publishes_and_the_residents_are_told(world: World) -> None:
    row = plan(world, PlanState.PUBLISHED)
    assert row.state == PlanState.PUBLISHED
    with acting(world, Role.RESIDENT) as resident:
        assert plans.queries.plan(resident, row.area, row.month).pk == row.pk
        assert {each.state for each in Project.objects.filter(items__plan=row)} == {ProjectState.PLANNED}
    assert "resident" in told("plan_published")
    assert "street_clerk" in told("plan_proposed")
    assert "property_manager" in told("project_lead_planned")


def test_a_side_that_has_not_agreed_holds_the_plan_up(world: World) -> None:
    row = plan(world, projects=3)
    committee = speaker(world, Side.COMMITTEE)
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        row = plans.agree(row.area, row.month, by=manager, version=row.version)
    with scope.limited_to(committee.scope):
        row = plans.agree(row.area, row.month, by=committee, version=row.version)
    with acting(world, Role.PROPERTY_MANAGER) as manager, pytest.raises(Refusal, match="社区居委会") as refused:
        plans.propose(row.area, row.month, by=manager, version=row.version)
    assert refused.value.code == "not_agreed"


def test_a_firm_that_serves_the_compound_no_longer_agrees_to_nothing(world: World) -> None:
    row = plan(world, projects=3)
    with scope.place(world.area()):
        Service.objects.filter(area=world.area()).update(ends_on=in_days(-1))
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        with pytest.raises(NotAllowed):
            plans.agree(row.area, row.month, by=manager, version=row.version)
        assert plans.queries.agreed(row) == set()


def test_what_was_agreed_to_lapses_when_the_plan_changes(world: World) -> None:
    row = plan(world, projects=3)
    extra = drafted(world, title="第四件")
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        row = plans.agree(row.area, row.month, by=manager, version=row.version)
        assert plans.queries.agreed(row) == {Side.FIRM}
        row = plans.take_in(row.area, row.month, extra.number, by=manager, version=row.version)
        assert plans.queries.agreed(row) == set()
        assert Agreement.objects.filter(plan=row).count() == 1  # what was said is kept


def test_fewer_than_three_needs_a_reason(world: World) -> None:
    row = plan(world, projects=2)
    sides = [speaker(world, side) for side in Side]
    for side in sides:
        with scope.limited_to(side.scope):
            row = plans.agree(row.area, row.month, by=side, version=row.version)
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        with pytest.raises(Refusal) as refused:
            plans.propose(row.area, row.month, by=manager, version=row.version)
        assert refused.value.field == "fewer"
        row = plans.propose(row.area, row.month, by=manager, version=row.version, fewer="本月资金已用完")
    assert row.state == PlanState.PROPOSED


def test_owners_money_needs_the_owners_decision(world: World) -> None:
    row = plan(world, projects=3)
    dear = drafted(world, title="外墙修缮", matter="P07", funding=[("maintenance", 90_000_00)])
    sides = [speaker(world, side) for side in Side]
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        row = plans.take_in(row.area, row.month, dear.number, by=manager, version=row.version)
    for side in sides:
        with scope.limited_to(side.scope):
            row = plans.agree(row.area, row.month, by=side, version=row.version)
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        with pytest.raises(Refusal, match="第二百七十八条") as refused:
            plans.propose(row.area, row.month, by=manager, version=row.version)
        assert refused.value.code == "no_decision"
        allowed = words(
            world,
            title="外墙修缮",
            matter="P07",
            funding=[("maintenance", 90_000_00)],
            decision="业主大会表决通过",
            decided_on=in_days(-9),
        )
        drafting.change(dear.number, allowed, by=manager, version=dear.version)
        row = plans.queries.plan(manager, row.area, row.month)
    for side in sides:  # what was changed is agreed to anew
        with scope.limited_to(side.scope):
            row = plans.agree(row.area, row.month, by=side, version=row.version)
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        row = plans.propose(row.area, row.month, by=manager, version=row.version)
    assert row.state == PlanState.PROPOSED


def test_whoever_proposed_it_does_not_publish_it_and_the_firm_never(world: World) -> None:
    row = plan(world, PlanState.PROPOSED)
    with acting(world, Role.PROPERTY_MANAGER) as manager, pytest.raises(NotAllowed):
        plans.publish(row.area, row.month, by=manager, version=row.version)
    with acting(world, Role.COUNTY_CLERK) as desk, pytest.raises(NotAllowed):
        plans.publish(row.area, row.month, by=desk, version=row.version)


def test_the_street_sends_it_back_with_what_it_wants(world: World) -> None:
    row = plan(world, PlanState.PROPOSED)
    with acting(world, Role.STREET_CLERK) as clerk:
        row = plans.give_back(row.area, row.month, by=clerk, version=row.version, text="请补充消防项目")
    assert (row.state, row.remark) == (PlanState.DRAFTING, "请补充消防项目")
    assert "property_manager" in told("plan_returned")


def test_residents_see_no_plan_that_is_not_published(world: World) -> None:
    row = plan(world, PlanState.PROPOSED)
    with acting(world, Role.RESIDENT) as resident:
        with pytest.raises(NotThere):
            plans.queries.plan(resident, row.area, row.month)
        assert not plans.queries.visible_to(resident).exists()


@pytest.mark.parametrize("place", ["sibling", "street", "county"])
def test_a_plan_elsewhere_is_not_there(world: World, place: str) -> None:
    plan(world, PlanState.PUBLISHED, place=place)
    area = world.area(place)
    for role in (Role.PROPERTY_MANAGER, Role.RESIDENT):
        with acting(world, role) as actor:
            with pytest.raises(NotThere):
                plans.queries.plan(actor, area, this_month())
            with pytest.raises(NotThere):
                plans.open_month(area, this_month(), by=actor)


def test_an_old_version_is_refused(world: World) -> None:
    row = plan(world)
    with acting(world, Role.PROPERTY_MANAGER) as manager, pytest.raises(Stale):
        plans.agree(row.area, row.month, by=manager, version=row.version - 1)


@pytest.fixture
def month_over() -> Iterator[None]:
    """The last day of this month, by the clock of this process."""
    with clock.standing_at(noon(months.last_day(this_month()))):
        yield


def test_a_month_closes_with_a_review_and_what_is_left_goes_on(world: World, month_over: None) -> None:
    row = plan(world, PlanState.PUBLISHED)
    names = list(numbers_of(row))
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        first = Project.objects.get(number=names[0])
        work.start(first.number, by=manager, version=first.version)
    with acting(world, Role.STREET_CLERK) as clerk:
        second = Project.objects.get(number=names[1])
        drafting.drop(second.number, by=clerk, version=second.version, text="与市政工程重复")
        with pytest.raises(Refusal) as refused:
            plans.close(row.area, row.month, by=clerk, version=row.version, review="本月小结", reasons={})
        assert refused.value.field == f"reason_{names[0]}"
        why = {names[0]: "雨天延误", names[2]: "材料未到"}
        row = plans.close(row.area, row.month, by=clerk, version=row.version, review="本月小结", reasons=why)
    with scope.place(row.area):
        outcomes = {item.project.number: (item.outcome, item.reason) for item in plans.queries.items(row)}
        following = MonthPlan.objects.get(month=months.after(row.month))
        carried = {item.project.number: item.carried_from.plan_id for item in following.items.all()}
    assert outcomes == {
        names[0]: ("carried", "雨天延误"),
        names[1]: ("dropped", "与市政工程重复"),
        names[2]: ("carried", "材料未到"),
    }
    assert carried == {names[0]: row.pk, names[2]: row.pk}


def numbers_of(row: MonthPlan) -> list[str]:
    with scope.place(row.area):
        return list(row.items.order_by("pk").values_list("project__number", flat=True))


def test_a_closed_month_is_frozen(world: World, month_over: None) -> None:
    row = plan(world, PlanState.PUBLISHED)
    with acting(world, Role.STREET_CLERK) as clerk:
        why = dict.fromkeys(numbers_of(row), "下月继续")
        row = plans.close(row.area, row.month, by=clerk, version=row.version, review="小结", reasons=why)
        with pytest.raises(WrongState):
            plans.close(row.area, row.month, by=clerk, version=row.version, review="改写", reasons={})
    for statement in (
        "UPDATE projects_monthplan SET review = 'x' WHERE id = %s",
        "UPDATE projects_planitem SET outcome = 'landed', reason = '' WHERE plan_id = %s",
        "DELETE FROM projects_planitem WHERE plan_id = %s",
    ):
        with scope.place(row.area), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [row.pk])


def test_a_month_is_not_closed_before_its_last_day(world: World) -> None:
    with clock.standing_at(noon(this_month() + timedelta(days=3))):
        row = plan(world, PlanState.PUBLISHED)
        with acting(world, Role.STREET_CLERK) as clerk, pytest.raises(Refusal) as refused:
            plans.close(row.area, row.month, by=clerk, version=row.version, review="太早", reasons={})
    assert refused.value.code == "too_early"


def test_what_was_carried_over_is_not_quietly_taken_out(world: World, month_over: None) -> None:
    row = plan(world, PlanState.PUBLISHED)
    with acting(world, Role.STREET_CLERK) as clerk:
        names = numbers_of(row)
        row = plans.close(row.area, row.month, by=clerk, version=row.version, review="小结", reasons=dict.fromkeys(names, "续办"))
        following = plans.queries.plan(clerk, row.area, months.after(row.month))
        with pytest.raises(Refusal, match=r"承诺|promised"):
            plans.take_out(row.area, following.month, names[0], by=clerk, version=following.version)
        assert PlanItem.objects.filter(plan=following).count() == 3


def test_a_month_far_ahead_or_past_is_refused(world: World) -> None:
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        for month in (months.after(this_month(), -1), months.after(this_month(), 4), date(2019, 1, 1)):
            with pytest.raises(Refusal) as refused:
                plans.open_month(world.area(), month, by=manager)
            assert refused.value.field == "month"


def test_a_project_stands_in_one_open_month_only(world: World) -> None:
    row = project(world, ProjectState.DRAFTED)
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        first = plans.open_month(row.area, this_month(), by=manager)
        plans.take_in(row.area, first.month, row.number, by=manager, version=first.version)
        second = plans.open_month(row.area, months.after(this_month()), by=manager)
        with pytest.raises(Refusal) as refused:
            plans.take_in(row.area, second.month, row.number, by=manager, version=second.version)
    assert refused.value.code == "twice"
