"""What a month may hold, whose yes counts and for what, and what becomes of it when something in it changes."""

from datetime import date

import pytest

from people.actors import Actor
from people.roles import Role
from projects import months
from projects.actions import drafting, plans
from projects.models import MonthPlan, PlanItem, Project, ProjectEvent
from projects.states import PlanState, ProjectState, Side
from tenancy import clock, scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, Stale, WrongState
from tests.factories.acting import acting
from tests.factories.projects import drafted, noon, plan, project, speaker, this_month, words
from tests.factories.world import World


def agreed_by_all(world: World, row: MonthPlan) -> MonthPlan:
    for side in Side:
        actor = speaker(world, side)
        with scope.limited_to(actor.scope):
            row = plans.agree(row.area, row.month, by=actor, version=row.version)
    return row


def published(world: World, month: date, number: str) -> MonthPlan:
    """The plan of a month with one project."""
    manager, clerk = world.actor(Role.PROPERTY_MANAGER), world.actor(Role.STREET_CLERK)
    with scope.place(world.area()):
        row = plans.open_month(world.area(), month, by=manager)
        row = plans.take_in(row.area, month, number, by=manager, version=row.version)
    row = agreed_by_all(world, row)
    with scope.place(world.area()):
        row = plans.propose(row.area, month, by=manager, version=row.version, fewer="一件大事")
        return plans.publish(row.area, month, by=clerk, version=row.version)


def names_in(row: MonthPlan) -> list[str]:
    with scope.place(row.area):
        return list(PlanItem.objects.filter(plan=row).order_by("pk").values_list("project__number", flat=True))


def test_a_month_holds_twelve_projects(world: World) -> None:
    row = plan(world, projects=12)
    extra = drafted(world, title="第十三件")
    with acting(world, Role.PROPERTY_MANAGER) as manager, pytest.raises(Refusal) as refused:
        plans.take_in(row.area, row.month, extra.number, by=manager, version=row.version)
    assert refused.value.field == "project"


def test_a_month_is_its_first_day_and_three_ahead_may_be_planned(world: World) -> None:
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        assert plans.open_month(world.area(), months.after(this_month(), 3), by=manager).state == PlanState.DRAFTING
        with pytest.raises(Refusal) as refused:
            plans.open_month(world.area(), this_month().replace(day=2), by=manager)
        assert refused.value.field == "month"
    with acting(world, Role.RESIDENT) as resident, pytest.raises(NotThere):
        plans.open_month(world.area(), this_month(), by=resident)


def test_only_drafts_of_the_same_compound_are_taken_in(world: World) -> None:
    elsewhere, promised = drafted(world, "sibling"), project(world, ProjectState.PLANNED)
    with acting(world, Role.STREET_CLERK) as clerk:
        row = plans.open_month(world.area(), months.after(this_month()), by=clerk)
        for other in (elsewhere, promised):
            with pytest.raises(Refusal) as refused:
                plans.take_in(row.area, row.month, other.number, by=clerk, version=row.version)
            assert (refused.value.field, refused.value.code) == ("project", "invalid")


def test_what_was_agreed_to_lapses_when_something_is_taken_out(world: World) -> None:
    row = agreed_by_all(world, plan(world))
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        assert plans.queries.agreed(row) == set(Side)
        row = plans.take_out(row.area, row.month, names_in(row)[0], by=manager, version=row.version)
        assert plans.queries.agreed(row) == set()


def test_an_empty_plan_is_none(world: World) -> None:
    row = agreed_by_all(world, plan(world, projects=0))
    with acting(world, Role.PROPERTY_MANAGER) as manager, pytest.raises(Refusal) as refused:
        plans.propose(row.area, row.month, by=manager, version=row.version, fewer="没有")
    assert refused.value.code == "empty"


def test_what_the_street_wanted_is_said_and_done_with_once_it_is_proposed_again(world: World) -> None:
    row = plan(world, PlanState.PROPOSED)
    with acting(world, Role.STREET_CLERK) as clerk:
        with pytest.raises(Refusal) as refused:
            plans.give_back(row.area, row.month, by=clerk, version=row.version, text=" ")
        assert refused.value.field == "text"
        row = plans.give_back(row.area, row.month, by=clerk, version=row.version, text="补充消防项目")
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        row = plans.propose(row.area, row.month, by=manager, version=row.version)
        row.refresh_from_db()
        assert (row.state, row.remark) == (PlanState.PROPOSED, "")


def test_somebody_who_is_street_and_side_does_not_publish_what_they_proposed(world: World) -> None:
    row = agreed_by_all(world, plan(world))
    manager, clerk = world.actor(Role.PROPERTY_MANAGER), world.actor(Role.STREET_CLERK)
    both = Actor(manager.user, manager.posts + clerk.posts)
    with scope.limited_to(both.scope):
        row = plans.propose(row.area, row.month, by=both, version=row.version)
        with pytest.raises(NotAllowed):
            plans.publish(row.area, row.month, by=both, version=row.version)


@pytest.mark.parametrize(
    ("source", "law"), [("maintenance", "第二百七十八条"), ("owners", "第二百七十八条"), ("revenue", "第二百八十二条")]
)
def test_each_of_the_owners_monies_needs_their_decision(world: World, source: str, law: str) -> None:
    row = plan(world, projects=3)
    dear = drafted(world, title="外墙修缮", funding=[(source, 1_00), ("firm", 1_00)])
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        row = plans.take_in(row.area, row.month, dear.number, by=manager, version=row.version)
    row = agreed_by_all(world, row)
    with acting(world, Role.PROPERTY_MANAGER) as manager, pytest.raises(Refusal, match=law) as refused:
        plans.propose(row.area, row.month, by=manager, version=row.version)
    assert refused.value.code == "no_decision"


def test_what_has_landed_is_not_carried_over(world: World) -> None:
    row = project(world, ProjectState.ACCEPTED)
    with clock.standing_at(noon(months.last_day(this_month()))), acting(world, Role.STREET_CLERK) as clerk:
        held = plans.queries.plan(clerk, row.area, this_month())
        plans.close(held.area, held.month, by=clerk, version=held.version, review="小结", reasons={})
        assert [item.outcome for item in plans.queries.items(held)] == ["landed"]
        assert not MonthPlan.objects.filter(month=months.after(held.month)).exists()


def test_what_is_carried_over_asks_the_sides_of_the_next_month_anew_and_is_promised_once(world: World) -> None:
    row = project(world, ProjectState.WORKING)
    following = months.after(this_month())
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        after = plans.open_month(row.area, following, by=manager)
        after = plans.take_in(row.area, following, drafted(world, title="下月").number, by=manager, version=after.version)
    after = agreed_by_all(world, after)
    with clock.standing_at(noon(months.last_day(this_month()))), acting(world, Role.STREET_CLERK) as clerk:
        held = plans.queries.plan(clerk, row.area, this_month())
        plans.close(held.area, held.month, by=clerk, version=held.version, review="小结", reasons={row.number: "雨天"})
        before, after = after, plans.queries.plan(clerk, row.area, following)
        assert plans.queries.agreed(after) == set()
        assert (after.version, after.revision) == (before.version + 1, before.revision + 1)
    after = agreed_by_all(world, after)
    with scope.place(row.area):
        after = plans.propose(after.area, following, by=manager, version=after.version, fewer="两件")
        plans.publish(after.area, following, by=clerk, version=after.version)
        assert Project.objects.get(pk=row.pk).state == ProjectState.WORKING
        assert ProjectEvent.objects.filter(project=row, kind="planned").count() == 1


def test_nothing_is_carried_into_a_month_that_is_closed(world: World) -> None:
    following = months.after(this_month())
    first = published(world, this_month(), drafted(world).number)
    second = published(world, following, drafted(world, title="下月").number)
    with clock.standing_at(noon(months.last_day(following))), acting(world, Role.STREET_CLERK) as clerk:
        why = dict.fromkeys([*names_in(first), *names_in(second)], "续办")
        plans.close(second.area, following, by=clerk, version=second.version, review="小结", reasons=why)
        with pytest.raises(Refusal) as refused:
            plans.close(first.area, first.month, by=clerk, version=first.version, review="小结", reasons=why)
    assert refused.value.code == "closed"


def test_a_project_that_is_changed_asks_the_sides_of_its_plan_anew(world: World) -> None:
    row = agreed_by_all(world, plan(world))
    number = names_in(row)[0]
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        held = Project.objects.get(number=number)
        drafting.change(number, words(world, funding=[("public", 9_000_000)]), by=manager, version=held.version)
        with pytest.raises(Stale):
            plans.propose(row.area, row.month, by=manager, version=row.version)
        row = plans.queries.plan(manager, row.area, row.month)
        assert plans.queries.agreed(row) == set()


def test_a_draft_that_is_dropped_leaves_its_plan_and_the_sides_are_asked_anew(world: World) -> None:
    row = agreed_by_all(world, plan(world))
    number, *kept = names_in(row)
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        held = Project.objects.get(number=number)
        drafting.drop(number, by=manager, version=held.version, text="重复")
        row = plans.queries.plan(manager, row.area, row.month)
        assert plans.queries.agreed(row) == set()
    assert names_in(row) == kept


def test_what_the_street_is_checking_is_neither_changed_nor_dropped(world: World) -> None:
    row = plan(world, PlanState.PROPOSED)
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        held = Project.objects.get(number=names_in(row)[0])
        with pytest.raises(WrongState):
            drafting.change(held.number, words(world), by=manager, version=held.version)
        with pytest.raises(WrongState):
            drafting.drop(held.number, by=manager, version=held.version, text="重复")
