"""Bounds of drafts and reports: the last value that is taken and the first that is not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Entry
from complaints.models import Ticket
from complaints.states import State
from people.roles import Role
from projects.actions import drafting, work
from projects.models import Milestone, Project, ProjectPhoto
from projects.states import ProjectState
from projects.suggestions import hot_spots
from tenancy import clock, scope
from tenancy.refusals import NotThere, Refusal
from tests.factories.acting import acting
from tests.factories.projects import drafted, in_days, noon, photo, plan, project, words
from tests.factories.tickets import LIFT_BROKEN, ticket
from tests.factories.world import World


@pytest.mark.parametrize(
    ("field", "fits", "too_much"),
    [
        ("milestones", [("一", 1)] * 8, [("一", 1)] * 9),
        ("milestones", [("一", 100)], [("一", 101)]),
        ("quotes", [("甲", 1, False)] * 6, [("甲", 1, False)] * 7),
        ("funding", [("firm", 10**11)], [("firm", 10**11 + 1)]),
        ("ends_on", in_days(0), in_days(-1)),
        ("ends_on", in_days(366), in_days(367)),
        ("origins", [("own", "巡查")], [("ticket", "350582001-2611-00000000")]),
    ],
)
def test_a_draft_at_its_bound_is_taken_and_beyond_it_refused(world: World, field: str, fits: object, too_much: object) -> None:
    drafted(world, **{field: fits})
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        with pytest.raises(Refusal) as refused:
            drafting.draft(world.area(), words(world, **{field: too_much}), by=manager)
        assert refused.value.field == field
        assert Project.objects.count() == 1


def test_the_owners_may_have_decided_today(world: World) -> None:
    assert drafted(world, decision="业主大会表决", decided_on=in_days(0)).decided_on == in_days(0)


def test_a_complaint_about_an_official_is_no_origin_even_for_those_who_see_it(world: World) -> None:
    reported = [ticket(world, State.ACCEPTED, text=LIFT_BROKEN) for _ in range(2)]
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        assert [spot.count for spot in hot_spots(manager, world.area(), timezone.localdate())] == [2]
        Ticket.objects.filter(pk=reported[0].pk).update(restricted=True)
        assert hot_spots(manager, world.area(), timezone.localdate()) == []
        with pytest.raises(Refusal) as refused:
            drafting.draft(world.area(), words(world, tickets=[reported[0].number]), by=manager)
    assert (refused.value.field, refused.value.code) == ("tickets", "not_found")


def test_who_reads_no_drafts_is_not_told_that_the_compound_could_have_them(world: World) -> None:
    with acting(world, Role.RESIDENT) as resident, pytest.raises(NotThere):
        drafting.draft(world.area(), words(world), by=resident)


def test_on_the_promised_day_nothing_is_late_and_what_is_done_needs_no_reason(world: World) -> None:
    row = project(world, ProjectState.WORKING)
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        with clock.standing_at(noon(row.ends_on)):
            row = work.report(row.number, by=manager, version=row.version, text="快好了", percents={1: 100})
        with clock.standing_at(noon(row.ends_on + timedelta(days=1))):
            row = work.report(row.number, by=manager, version=row.version, text="做好了", percents={2: 100})
    assert row.progress == 100


def test_a_milestone_that_is_not_named_stays_and_delivery_completes_all(world: World) -> None:
    row = project(world, ProjectState.WORKING)
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        row = work.report(row.number, by=manager, version=row.version, text="到货", percents={1: 50})
        row = work.report(row.number, by=manager, version=row.version, text="开工", percents={2: 10})
        assert row.progress == (30 * 50 + 70 * 10) // 100
        row = work.deliver(row.number, by=manager, version=row.version, text="完工", achieved=20, photos=photo())
        assert row.progress == 100
        assert set(Milestone.objects.filter(project=row).values_list("percent", flat=True)) == {100}


@pytest.mark.parametrize("achieved", [-1, 10**6 + 1])
def test_what_was_achieved_is_a_number_that_can_be(world: World, achieved: int) -> None:
    row = project(world, ProjectState.WORKING)
    with acting(world, Role.PROPERTY_MANAGER) as manager, pytest.raises(Refusal) as refused:
        work.deliver(row.number, by=manager, version=row.version, text="完工", achieved=achieved, photos=photo())
    assert refused.value.field == "achieved"


def test_ten_photos_are_too_many(world: World) -> None:
    row = project(world, ProjectState.WORKING)
    with acting(world, Role.PROPERTY_MANAGER) as manager, pytest.raises(Refusal) as refused:
        work.deliver(row.number, by=manager, version=row.version, text="完工", achieved=1, photos=photo() * 10)
    assert (refused.value.field, refused.value.code) == ("photos", "too_many")


def test_every_step_of_a_project_and_a_plan_is_in_the_record_with_its_version(world: World) -> None:
    row = project(world, ProjectState.CLOSED)
    held = plan(world, projects=0)
    with scope.everything(reason="tests: read the record"):
        of_project = Entry.objects.filter(subject_type="projects.project", subject_id=row.pk).order_by("pk")
        steps = [(entry.action, entry.after["version"]) for entry in of_project]
        months = list(Entry.objects.filter(subject_type="projects.monthplan", subject_id=held.pk).order_by("pk"))
    names = ["drafted", "planned", "started", "delivered", "confirmed", "closed"]
    assert steps == [(f"project.{name}", version) for version, name in enumerate(names, 1)]
    assert [entry.action.removeprefix("plan.") for entry in months] == [
        "drafted", "taken_in", "agreed", "agreed", "agreed", "proposed", "published",
    ]  # fmt: skip
    assert [entry.after["version"] for entry in months[1:]] == [2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(("days", "found"), [(89, True), (90, False)])
def test_a_complaint_counts_for_ninety_days(world: World, days: int, found: bool) -> None:
    for _ in range(2):
        ticket(world, State.ACCEPTED, text=LIFT_BROKEN)
    with acting(world, Role.STREET_CLERK) as clerk:
        assert bool(hot_spots(clerk, world.area(), in_days(days))) is found


def test_two_complaints_are_a_spot_one_is_none_and_a_refused_one_does_not_count(world: World) -> None:
    ticket(world, State.ACCEPTED, text=LIFT_BROKEN)
    ticket(world, State.REFUSED, text=LIFT_BROKEN)
    with acting(world, Role.STREET_CLERK) as clerk:
        assert hot_spots(clerk, world.area(), timezone.localdate()) == []
    ticket(world, State.ACCEPTED, text=LIFT_BROKEN)
    with acting(world, Role.STREET_CLERK) as clerk:
        (spot,) = hot_spots(clerk, world.area(), timezone.localdate())
        assert spot.count == 2


def test_photos_say_whether_they_show_it_before_meanwhile_or_after(world: World) -> None:
    row = project(world, ProjectState.PLANNED)
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        row = work.start(row.number, by=manager, version=row.version, photos=photo())
        row = work.report(row.number, by=manager, version=row.version, text="到货", percents={1: 100}, photos=photo())
        row = work.deliver(row.number, by=manager, version=row.version, text="完工", achieved=20, photos=photo())
        stages = list(ProjectPhoto.objects.filter(project=row).order_by("pk").values_list("stage", flat=True))
    assert stages == ["before", "during", "after"]
