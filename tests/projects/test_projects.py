"""A project's own rules: drafting, the weekly word, acceptance by those who live there, and the warranty."""

from datetime import timedelta

import pytest
from django.utils import timezone

from communities import actions as communities
from complaints.states import State
from notices.models import Notice
from people import actors
from people.roles import Role
from projects import priority, queries
from projects.actions import acceptance, drafting, work
from projects.models import Milestone, Project, ProjectEvent, Verdict, WeekReport
from projects.states import ProjectState, Side
from projects.suggestions import hot_spots
from tenancy import clock, scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, Stale, WrongState
from tests.factories.acting import acting
from tests.factories.projects import drafted, in_days, photo, project, speaker, words
from tests.factories.tickets import LIFT_BROKEN, ticket
from tests.factories.world import World


def told(kind: str, row: Project) -> set[str]:
    with scope.everything(reason="tests: look at notices"):
        kept = Notice.objects.filter(kind=kind, channel="bell", key__startswith=row.number)
        return {name.rsplit("_", 1)[0] for name in kept.values_list("user__username", flat=True)}


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("title", {"title": " "}),
        ("text", {"text": "x" * 2001}),
        ("matter", {"matter": ""}),
        ("matter", {"matter": "P99"}),
        ("ends_on", {"ends_on": in_days(-1)}),
        ("ends_on", {"ends_on": in_days(500)}),
        ("lead", {"lead": 10**9}),
        ("building", {"building": 10**9}),
        ("quantity", {"quantity": 0}),
        ("ground", {"ground": "sky"}),
        ("funding", {"funding": [("firm", 0)]}),
        ("funding", {"funding": [("firm", 1), ("firm", 2)]}),
        ("funding", {"funding": [("lottery", 1)]}),
        ("quotes", {"quotes": [("甲", 1, True), ("乙", 2, True)]}),
        ("milestones", {"milestones": [("一", 0)]}),
        ("decided_on", {"decision": "业主大会表决"}),
        ("decided_on", {"decision": "业主大会表决", "decided_on": in_days(2)}),
        ("tickets", {"tickets": ["350582001-2611-00000000"]}),
        ("tickets", {"tickets": [], "origins": []}),
        ("warranty_days", {"warranty_days": -1}),
    ],
)
def test_a_wrong_draft_is_refused_by_its_field_and_leaves_nothing(world: World, field: str, wrong: dict[str, object]) -> None:
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        with pytest.raises(Refusal) as refused:
            drafting.draft(world.area(), words(world, **wrong), by=manager)
        assert refused.value.field == field
        assert not Project.objects.exists()


def test_a_draft_may_belong_to_none_of_the_ten_matters_when_it_says_why(world: World) -> None:
    row = drafted(world, matter="", no_matter="业主自发筹资的公益项目")
    assert (row.matter_id, row.no_matter) == (None, "业主自发筹资的公益项目")


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.SUPERVISOR, Role.DEPARTMENT_HANDLER, Role.SYSTEM_ADMIN])
def test_who_does_not_plan_there_drafts_nothing(world: World, role: Role) -> None:
    with acting(world, role) as actor, pytest.raises((NotAllowed, NotThere)):
        drafting.draft(world.area(), words(world), by=actor)


def test_nobody_takes_a_complaint_of_another_compound_as_an_origin(world: World) -> None:
    elsewhere = ticket(world, State.ACCEPTED, place="sibling")
    with acting(world, Role.STREET_CLERK) as clerk, pytest.raises(Refusal) as refused:
        drafting.draft(world.area(), words(world, tickets=[elsewhere.number]), by=clerk)
    assert (refused.value.field, refused.value.code) == ("tickets", "not_found")


def test_a_draft_is_changed_whole_and_only_while_it_is_one(world: World) -> None:
    row = drafted(world)
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        row = drafting.change(row.number, words(world, title="换灯", milestones=[("一", 1)]), by=manager, version=row.version)
        assert [(each.name, each.weight) for each in row.milestones.all()] == [("一", 1)]
        with pytest.raises(Stale):
            drafting.change(row.number, words(world), by=manager, version=1)
    promised = project(world, ProjectState.PLANNED, title="另一件")
    with acting(world, Role.PROPERTY_MANAGER) as manager, pytest.raises(WrongState):
        drafting.change(promised.number, words(world), by=manager, version=promised.version)


def test_whoever_reported_the_complaint_is_told_of_every_step(world: World) -> None:
    reported = ticket(world, State.ACCEPTED)
    row = project(world, ProjectState.CLOSED, tickets=[reported.number])
    for kind in ("planned", "started", "delivered", "confirmed", "closed"):
        assert "resident" in told(f"project_{kind}", row) | told(f"project_accept_{kind}", row), kind


def test_percent_is_the_weighted_mean_rounded_down(world: World) -> None:
    row = project(world, ProjectState.WORKING, milestones=[("采购", 30), ("安装", 70)])
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        row = work.report(row.number, by=manager, version=row.version, text="灯具已到", percents={1: 100, 2: 11}, photos=photo())
        assert row.progress == (30 * 100 + 70 * 11) // 100 == 37
        assert WeekReport.objects.get(project=row).percent == 37
        assert row.reported_by_id == manager.id
        with pytest.raises(Refusal) as refused:
            work.report(row.number, by=manager, version=row.version, text="又看了一遍", percents={1: 50})
        assert refused.value.field == "delay"
        row = work.report(row.number, by=manager, version=row.version, text="退货", percents={1: 50}, delay="灯具不合格")
        assert row.progress == 22


@pytest.mark.parametrize("percents", [{3: 10}, {1: 101}, {1: -1}])
def test_a_wrong_percent_changes_nothing(world: World, percents: dict[int, int]) -> None:
    row = project(world, ProjectState.WORKING)
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        with pytest.raises(Refusal) as refused:
            work.report(row.number, by=manager, version=row.version, text="进展", percents=percents)
        assert refused.value.field == "percents"
        assert set(Milestone.objects.filter(project=row).values_list("percent", flat=True)) == {0}


def test_after_the_promised_day_a_report_says_why_it_is_late(world: World) -> None:
    row = project(world, ProjectState.WORKING)
    with clock.standing_at(timezone.now() + timedelta(days=30)), acting(world, Role.PROPERTY_MANAGER) as manager:
        with pytest.raises(Refusal) as refused:
            work.report(row.number, by=manager, version=row.version, text="还在做", percents={1: 100})
        assert refused.value.field == "delay"


def test_only_who_carries_it_out_reports_and_the_result_is_shown(world: World) -> None:
    row = project(world, ProjectState.WORKING)
    with acting(world, Role.STREET_CLERK) as clerk, pytest.raises(NotAllowed):
        work.report(row.number, by=clerk, version=row.version, text="代报", percents={})
    with acting(world, Role.PROPERTY_MANAGER) as manager, pytest.raises(Refusal) as refused:
        work.deliver(row.number, by=manager, version=row.version, text="完工", achieved=20)
    assert refused.value.field == "photos"


def test_residents_speak_once_for_their_home_and_a_no_says_why(world: World) -> None:
    row = project(world, ProjectState.DELIVERED)
    with acting(world, Role.RESIDENT) as resident:
        with pytest.raises(Refusal) as refused:
            acceptance.say(row.number, by=resident, version=row.version, good=False)
        assert refused.value.field == "text"
        acceptance.say(row.number, by=resident, version=row.version, good=True)
        with pytest.raises(Refusal) as refused:
            acceptance.say(row.number, by=resident, version=row.version, good=True)
        assert refused.value.code == "said_already"
        assert Verdict.objects.filter(project=row).count() == 1
    with acting(world, Role.PROPERTY_MANAGER) as manager, pytest.raises(NotAllowed):
        acceptance.say(row.number, by=manager, version=row.version, good=True)


@pytest.mark.parametrize("mine", [True, False])
def test_of_a_building_only_those_who_live_in_it_are_asked(world: World, mine: bool) -> None:
    with scope.place(world.area()):
        other = communities.add_building(world.compound(), name="9号楼", by=actors.system(), floors=6, lifts=1)
        building = world.home().building_id if mine else other.pk
    row = project(world, ProjectState.DELIVERED, building=building)
    with acting(world, Role.RESIDENT) as resident:
        if mine:
            acceptance.say(row.number, by=resident, version=row.version, good=True)
        else:
            with pytest.raises(NotAllowed):
                acceptance.say(row.number, by=resident, version=row.version, good=True)


def test_with_few_verdicts_the_neighbourhood_says_why_and_the_firm_cannot_accept_its_own_work(world: World) -> None:
    row = project(world, ProjectState.DELIVERED)
    neighbourhood = speaker(world, Side.NEIGHBOURHOOD)
    with scope.limited_to(neighbourhood.scope):
        with pytest.raises(Refusal) as refused:
            acceptance.confirm(row.number, by=neighbourhood, version=row.version)
        assert refused.value.field == "text"
    with acting(world, Role.PROPERTY_MANAGER) as manager, pytest.raises(NotAllowed):
        acceptance.confirm(row.number, by=manager, version=row.version, text="自己验收")


def test_sent_back_the_residents_are_asked_anew(world: World) -> None:
    row = project(world, ProjectState.DELIVERED)
    neighbourhood = speaker(world, Side.NEIGHBOURHOOD)
    with acting(world, Role.RESIDENT) as resident:
        acceptance.say(row.number, by=resident, version=row.version, good=False, text="灯还是暗的")
    with scope.limited_to(neighbourhood.scope):
        row = acceptance.send_back(row.number, by=neighbourhood, version=row.version, text="请更换三盏")
    assert (row.state, row.round, row.delivered_at) == (ProjectState.WORKING, 2, None)
    assert "property_manager" in told("project_lead_sent_back", row)
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        row = work.deliver(row.number, by=manager, version=row.version, text="已换", achieved=20, photos=photo())
    with acting(world, Role.RESIDENT) as resident:
        acceptance.say(row.number, by=resident, version=row.version, good=True)
        assert acceptance.counted(row) == (1, 0)


@pytest.mark.parametrize(("days", "opens"), [(0, True), (365, True), (366, False)])
def test_a_defect_within_the_warranty_opens_it_again(world: World, days: int, opens: bool) -> None:
    row = project(world, ProjectState.CLOSED, warranty_days=365)
    with clock.standing_at(timezone.now() + timedelta(days=days)), acting(world, Role.RESIDENT) as resident:
        if opens:
            row = acceptance.reopen(row.number, by=resident, version=row.version, text="又坏了两盏")
            assert row.state == ProjectState.WORKING
        else:
            with pytest.raises(Refusal) as refused:
                acceptance.reopen(row.number, by=resident, version=row.version, text="又坏了两盏")
            assert refused.value.code == "warranty_over"


@pytest.mark.parametrize("place", ["sibling", "street", "county"])
def test_a_project_elsewhere_is_not_there(world: World, place: str) -> None:
    row = project(world, ProjectState.WORKING, place=place)
    for role in (Role.RESIDENT, Role.PROPERTY_MANAGER):
        with acting(world, role) as actor, pytest.raises(NotThere):
            queries.get(actor, row.number)


def test_residents_see_promises_and_no_drafts(world: World) -> None:
    hidden = drafted(world, title="草稿")
    shown = project(world, ProjectState.PLANNED)
    with acting(world, Role.RESIDENT) as resident:
        assert set(queries.visible_to(resident)) == {shown}
        with pytest.raises(NotThere):
            queries.get(resident, hidden.number)
    with acting(world, Role.STREET_CLERK) as clerk:
        gone = drafting.drop(shown.number, by=clerk, version=shown.version, text="改由市政实施")
    with acting(world, Role.RESIDENT) as resident:
        assert queries.get(resident, gone.number).state == ProjectState.DROPPED  # a promise that was broken stays in sight


def test_only_the_street_breaks_a_promise(world: World) -> None:
    row = project(world, ProjectState.PLANNED)
    with acting(world, Role.PROPERTY_MANAGER) as manager, pytest.raises(NotAllowed):
        drafting.drop(row.number, by=manager, version=row.version, text="不想做")


def test_people_first_then_below_ground_then_function() -> None:
    best = priority.rank(livelihood=True, ground="below", use="function", asked=0)
    many = priority.rank(livelihood=False, ground="below", use="function", asked=10_000)
    above = priority.rank(livelihood=True, ground="above", use="function", asked=0)
    pretty = priority.rank(livelihood=True, ground="above", use="landscape", asked=99)
    assert best > above > pretty > many
    for_show = priority.rank(livelihood=False, ground="below", use="landscape", asked=0)
    assert for_show > priority.rank(livelihood=False, ground="above", use="function", asked=10_000)
    assert sum(reason.points for reason in priority.reasons(livelihood=True, ground="below", use="function", asked=7)) == 707


def test_hot_spots_are_matters_with_two_complaints_that_no_project_answers_yet(world: World) -> None:
    rows = [ticket(world, State.ACCEPTED, text=LIFT_BROKEN) for _ in range(3)]
    ticket(world, State.CANCELLED, text=LIFT_BROKEN)
    ticket(world, State.ACCEPTED, text=LIFT_BROKEN, place="sibling")
    today = timezone.localdate()
    with acting(world, Role.STREET_CLERK) as clerk:
        (spot,) = hot_spots(clerk, world.area(), today)
        assert (spot.matter.code, spot.count, spot.open, spot.unsatisfied) == ("P04", 3, 3, 0)
        assert hot_spots(clerk, world.area(), today + timedelta(days=91)) == []
    drafted(world, matter="P04", tickets=[row.number for row in rows[:2]])
    with acting(world, Role.STREET_CLERK) as clerk:
        assert hot_spots(clerk, world.area(), today) == []


def test_every_step_stands_on_the_timeline(world: World) -> None:
    row = project(world, ProjectState.CLOSED)
    with scope.place(row.area):
        kinds = list(ProjectEvent.objects.filter(project=row).values_list("kind", flat=True))
    assert kinds == ["drafted", "planned", "started", "delivered", "confirmed", "closed"]
