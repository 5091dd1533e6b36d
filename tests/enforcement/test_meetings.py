"""Meetings (会商): who calls them, what their minutes hold, what decisions become, and what nobody may do."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from audit.models import Entry
from complaints.actions import tickets
from complaints.models import Ticket
from complaints.states import Channel, State
from enforcement import meeting_queries as queries
from enforcement.actions import decisions, meetings
from enforcement.meeting_states import DecisionKind, DecisionState, MeetingState
from enforcement.models import Meeting, MeetingDecision, MeetingInvite
from notices.models import Notice
from people.roles import Role
from tenancy import clock, scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tests.factories.meetings import decision, meeting, place_of
from tests.factories.tickets import ticket
from tests.factories.world import World

pytestmark = pytest.mark.usefixtures("everywhere")


def told(kind: str) -> set[int]:
    return set(Notice.objects.filter(kind=kind, channel="bell").values_list("user_id", flat=True))


def test_the_invited_are_told_and_the_record_says_who_called(world: World) -> None:
    row = meeting(world)
    assert row.number.startswith("M350582001-")
    wanted = {world.users[role, "own"] for role in (Role.DEPARTMENT_HANDLER, Role.DEPARTMENT_LEAD, Role.PROPERTY_MANAGER)}
    assert wanted <= told("meeting_called")
    assert world.users[Role.STREET_CLERK, "own"] not in told("meeting_called")
    assert Entry.objects.filter(action="meeting.called", subject_id=str(row.pk)).count() == 1


@pytest.mark.parametrize("role", [Role.STREET_CLERK, Role.STREET_LEADER, Role.COUNTY_CLERK, Role.DEPARTMENT_LEAD])
def test_street_county_desk_and_leading_bureau_call_it(world: World, role: Role) -> None:
    assert meeting(world, role=role).host_id in world.actor(role).organisations_at(world.area(), {role})


@pytest.mark.parametrize(
    "role", sorted(set(Role) - {Role.STREET_CLERK, Role.STREET_LEADER, Role.COUNTY_CLERK, Role.DEPARTMENT_LEAD})
)
def test_nobody_else_calls_it(world: World, role: Role) -> None:
    with pytest.raises((NotAllowed, NotThere)):
        meeting(world, role=role, organisations=[world.bureau("FR").pk])


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "party"}, "kind"),
        ({"subject": " "}, "subject"),
        ({"agenda": ""}, "agenda"),
        ({"spot": ""}, "spot"),
        ({"organisations": [], "guests": ""}, "organisations"),
        ({"organisations": [10**9]}, "organisations"),
        ({"topics": ["350582001-2611-99999999"]}, "topics"),
        ({"host": 10**9}, "host"),
    ],
)
def test_what_is_wrong_is_said_by_its_field(world: World, said: dict[str, object], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        meeting(world, **said)
    assert refused.value.field == field


def test_a_time_long_past_or_far_off_is_refused(world: World) -> None:
    for days in (-8, 367):
        with pytest.raises(Refusal) as refused:
            meeting(world, starts_at=clock.now() + timedelta(days=days))
        assert refused.value.field == "starts_at"


def test_the_firm_is_invited_to_meetings_about_its_compound_alone(world: World) -> None:
    for said in ({"street": True, "organisations": [world.firms["own"]]}, {"organisations": [world.firms["sibling"]]}):
        with pytest.raises(Refusal) as refused:
            meeting(world, **said)
        assert refused.value.field == "organisations"


def test_a_place_that_is_no_street_or_compound_or_is_elsewhere_is_not_there(world: World) -> None:
    clerk = world.actor(Role.STREET_CLERK)
    row = meeting(world)
    said = {"kind": "other", "subject": "x", "starts_at": row.starts_at, "spot": "x", "agenda": "x", "organisations": []}
    for area in (350582 * 10**9, 350582_001_001_000, 350582_001_001_999, world.area("street"), world.area("county")):
        with pytest.raises(NotThere):
            meetings.call(area=area, by=clerk, **said)


def test_only_tickets_of_the_place_are_talked_about(world: World) -> None:
    here, elsewhere = ticket(world, State.ACCEPTED), ticket(world, State.ACCEPTED, place="sibling")
    row = meeting(world, topics=[here.number, here.number])
    seen = queries.topics(world.actor(Role.STREET_CLERK), row)
    assert [(number, found is not None) for number, found in seen] == [(here.number, True)]
    with pytest.raises(Refusal):
        meeting(world, topics=[elsewhere.number])
    street = meeting(world, street=True, topics=[here.number, elsewhere.number])
    assert [row.pk for row in queries.about_ticket(world.actor(Role.STREET_CLERK), here.number)] == [street.pk, row.pk]
    handler = world.actor(Role.DEPARTMENT_HANDLER)
    assert [found for _number, found in queries.topics(handler, row)] == [None]


def test_who_sees_which(world: World) -> None:
    own, street, sibling = meeting(world), meeting(world, street=True), meeting(world, place="sibling")
    expected = {
        Role.STREET_CLERK: {own, street, sibling},
        Role.COUNTY_CLERK: {own, street, sibling},
        Role.SUPERVISOR: {own, street, sibling},
        Role.DEPARTMENT_HANDLER: {own, street, sibling},
        Role.PROPERTY_STAFF: {own},
        Role.RESIDENT: set(),
        Role.SYSTEM_ADMIN: set(),
    }
    for role, rows in expected.items():
        assert set(queries.visible_to(world.actor(role))) == rows, role
    uninvited = meeting(world, organisations=[world.bureau("FR").pk])
    for role in (Role.DEPARTMENT_LEAD, Role.PROPERTY_MANAGER):
        with pytest.raises(NotThere):
            queries.get(world.actor(role), uninvited.number)
    for place in ("street", "county"):
        with pytest.raises(NotThere):
            queries.get(world.actor(Role.STREET_CLERK), meeting(world, place=place).number)


def test_minutes_are_written_after_it_has_begun_and_stand(world: World) -> None:
    clerk = world.actor(Role.STREET_CLERK)
    row = meeting(world, starts_at=clock.now() + timedelta(hours=1))
    said = {"minutes": "说明", "attendance": "李工"}
    with pytest.raises(Refusal):
        meetings.hold(row.number, by=clerk, version=row.version, **said)
    row = meetings.move(row.number, by=clerk, version=row.version, starts_at=clock.now() - timedelta(hours=1), spot="社区")
    assert world.users[Role.PROPERTY_MANAGER, "own"] in told("meeting_moved")
    with pytest.raises(Refusal) as refused:
        meetings.hold(row.number, by=clerk, version=row.version, came=[world.bureau("FR").pk], **said)
    assert refused.value.field == "came"
    row = meetings.hold(row.number, by=clerk, version=row.version, came=[world.firms["own"]], **said)
    came = dict(MeetingInvite.objects.filter(meeting=row).values_list("organisation_id", "came"))
    assert came == {world.firms["own"]: True, world.bureaus["UM", "own"]: False}
    for change in ({"minutes": "别的"}, {"attendance": "王工"}, {"subject": "别的"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Meeting.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(WrongState):
        meetings.move(row.number, by=clerk, version=row.version, starts_at=clock.now(), spot="x")


def test_only_the_host_keeps_it(world: World) -> None:
    row = meeting(world)
    for role in (Role.COUNTY_CLERK, Role.DEPARTMENT_LEAD, Role.PROPERTY_MANAGER, Role.SUPERVISOR):
        with pytest.raises(NotAllowed):
            meetings.cancel(row.number, by=world.actor(role), version=row.version, reason="x")
    leader = world.actor(Role.STREET_LEADER)
    assert meetings.cancel(row.number, by=leader, version=row.version, reason="改期").state == MeetingState.CANCELLED


def test_a_change_of_what_somebody_else_changed_is_refused(world: World) -> None:
    row, clerk = meeting(world), world.actor(Role.STREET_CLERK)
    meetings.move(row.number, by=clerk, version=row.version, starts_at=row.starts_at, spot="社区")
    with pytest.raises(WrongState) as refused:
        meetings.cancel(row.number, by=clerk, version=row.version, reason="x")
    assert refused.value.code == "stale_version"


def test_a_decision_becomes_a_ticket_that_is_routed_like_every_other(world: World) -> None:
    row = meeting(world, MeetingState.HELD)
    made = decision(world, row, DecisionKind.TICKET, text="三号楼电梯又坏了，停运两天，尽快修好")
    filed = Ticket.objects.get(number=made.ticket)
    assert (filed.area, filed.channel, filed.state) == (world.area(), Channel.PHONE, State.SUBMITTED)
    assert filed.filed_by_id == world.users[Role.STREET_CLERK, "own"]
    assert row.number in filed.text
    assert [each.pk for each in queries.about_ticket(world.actor(Role.STREET_CLERK), filed.number)] == [row.pk]


def test_what_another_desk_decides_to_file_the_street_files(world: World) -> None:
    row = meeting(world, MeetingState.HELD, role=Role.COUNTY_CLERK, street=True)
    made = decision(world, row, DecisionKind.TICKET, role=Role.COUNTY_CLERK)
    assert made.ticket == ""
    assert world.users[Role.STREET_CLERK, "own"] in told("meeting_to_file")
    with pytest.raises(NotAllowed):
        decisions.file_ticket(row.number, made.pk, by=world.actor(Role.COUNTY_CLERK), compound=world.area())
    clerk = world.actor(Role.STREET_CLERK)
    for compound in (None, world.area("street")):
        with pytest.raises(Refusal) as refused:
            decisions.file_ticket(row.number, made.pk, by=clerk, compound=compound)
        assert refused.value.field == "compound"
    filed = decisions.file_ticket(row.number, made.pk, by=clerk, compound=world.area("sibling"))
    assert Ticket.objects.get(number=filed.ticket).area == world.area("sibling")
    with pytest.raises(NotAllowed):
        decisions.file_ticket(row.number, made.pk, by=clerk, compound=world.area())


def test_only_who_was_at_the_table_does_something_and_by_a_day_to_come(world: World) -> None:
    row = meeting(world, MeetingState.HELD)
    said: list[tuple[dict[str, object], str]] = [
        ({"organisation": world.bureau("FR").pk}, "organisation"),
        ({"due_on": clock.today() - timedelta(days=1)}, "due_on"),
        ({"due_on": clock.today() + timedelta(days=367)}, "due_on"),
        ({"text": ""}, "text"),
        ({"kind": "wish"}, "kind"),
    ]
    for other, field in said:
        with pytest.raises(Refusal) as refused:
            decision(world, row, **other)
        assert refused.value.field == field
    with pytest.raises(WrongState):
        decision(world, meeting(world))


def test_whoever_does_it_reports_it_done_and_then_the_meeting_closes(world: World) -> None:
    row = meeting(world, MeetingState.HELD)
    task, visit = decision(world, row), decision(world, row, DecisionKind.VISIT)
    clerk, handler = world.actor(Role.STREET_CLERK), world.actor(Role.DEPARTMENT_HANDLER)
    assert set(queries.visits_to_plan(handler)) == {visit}
    for role in (Role.STREET_CLERK, Role.PROPERTY_MANAGER, Role.SUPERVISOR):
        with pytest.raises(NotAllowed):
            decisions.report_done(row.number, task.pk, by=world.actor(role), text="x")
    decisions.report_done(row.number, task.pk, by=handler, text="已排班")
    row.refresh_from_db()
    with pytest.raises(WrongState):
        meetings.close(row.number, by=clerk, version=row.version)
    with pytest.raises(DatabaseError), transaction.atomic():
        Meeting.objects.filter(pk=row.pk).update(state="closed", ended_at=clock.now(), ended_by=clerk.id)
    with pytest.raises(NotAllowed):
        decisions.drop(row.number, visit.pk, by=handler, text="x")
    assert not told("meeting_ready")
    decisions.drop(row.number, visit.pk, by=clerk, text="并入下月联合检查")
    assert not set(queries.visits_to_plan(handler))
    assert world.users[Role.STREET_LEADER, "own"] in told("meeting_ready")
    with pytest.raises(WrongState):
        decisions.drop(row.number, visit.pk, by=clerk, text="x")
    row = meetings.close(row.number, by=clerk, version=row.version)
    assert row.state == MeetingState.CLOSED
    with pytest.raises(WrongState):
        decision(world, row)


def test_a_decision_of_another_meeting_is_not_there(world: World) -> None:
    row, other = meeting(world, MeetingState.HELD), meeting(world, MeetingState.HELD, place="sibling")
    foreign = decision(world, other, place="sibling")
    handler = world.actor(Role.DEPARTMENT_HANDLER)
    with pytest.raises(NotThere):
        decisions.report_done(row.number, foreign.pk, by=handler, text="x")


def test_a_ticket_that_has_ended_ends_its_decision(world: World) -> None:
    row = meeting(world, MeetingState.HELD)
    made = decision(world, row, DecisionKind.TICKET)
    with pytest.raises(WrongState):
        decisions.report_done(row.number, made.pk, by=world.actor(Role.DEPARTMENT_HANDLER), text="x")
    assert decisions.look_after() == 0
    filed = Ticket.objects.get(number=made.ticket)
    tickets.cancel(filed.number, by=world.actor(Role.STREET_CLERK), version=filed.version, text="重复")
    assert decisions.look_after() == 1
    made.refresh_from_db()
    assert made.state == DecisionState.DONE
    assert decisions.look_after() == 0


def test_late_decisions_are_told_of_once(world: World) -> None:
    row = meeting(world, MeetingState.HELD)
    made = decision(world, row, due_on=clock.today())
    assert decisions.look_after() == 0
    with clock.standing_at(clock.now() + timedelta(days=1)):
        assert decisions.look_after() == 1
        assert decisions.look_after() == 0
    wanted = {world.users[role, "own"] for role in (Role.DEPARTMENT_HANDLER, Role.STREET_CLERK)}
    assert wanted <= told("meeting_late")
    assert world.users[Role.PROPERTY_MANAGER, "own"] not in told("meeting_late")
    assert MeetingDecision.objects.get(pk=made.pk).told_at is not None


def test_the_street_of_a_street_meeting_is_its_place(world: World) -> None:
    row = meeting(world, street=True)
    assert row.area == place_of(world, "own", street=True)
    with scope.place(world.area()):
        assert not Meeting.objects.filter(pk=row.pk).exists()
