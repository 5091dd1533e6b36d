"""Meetings in any state, made through the actions by those who may."""

from datetime import timedelta

from enforcement.actions import decisions, meetings
from enforcement.meeting_states import DecisionKind, MeetingKind, MeetingState
from enforcement.models import Meeting, MeetingDecision
from people.roles import Role
from tenancy import areas, clock, scope
from tests.factories.world import World, mark


def place_of(world: World, place: str, *, street: bool = False) -> int:
    return areas.ancestor(world.area(place), areas.Level.STREET) if street else world.area(place)


def meeting(
    world: World,
    state: MeetingState = MeetingState.CALLED,
    *,
    place: str = "own",
    street: bool = False,
    role: Role = Role.STREET_CLERK,
    **other: object,
) -> Meeting:
    """One in a state, called by `role`; bureau and firm are invited, of a street the bureau alone. Nothing has been decided."""
    area, caller = place_of(world, place, street=street), world.actor(role, place)
    host = {Role.COUNTY_CLERK: world.bureau("HOTLINE", place), Role.DEPARTMENT_LEAD: world.bureau("UM", place)}.get(role)
    invited = [world.bureau("UM", place).pk, *([] if street else [world.firm(place).pk])]
    invited = [each for each in invited if host is None or each != host.pk]
    said: dict[str, object] = {
        "kind": MeetingKind.GUARDS,
        "subject": "保安联动会商" + mark(place),
        "starts_at": clock.now() - timedelta(hours=2),
        "spot": "街道二楼会议室" + mark(place),
        "agenda": "一、夜间巡逻；二、消防通道。" + mark(place),
        "organisations": invited,
        "guests": "社区居委会" + mark(place),
    }
    with scope.place(area):
        row = meetings.call(area=area, by=caller, **(said | other))
        if state == MeetingState.CALLED:
            return row
        if state == MeetingState.CANCELLED:
            return meetings.cancel(row.number, by=caller, version=row.version, reason="改为电话沟通" + mark(place))
        row = meetings.hold(
            row.number,
            by=caller,
            version=row.version,
            minutes="各方说明情况。" + mark(place),
            attendance="城管中队 李工" + mark(place),
            came=invited[:1],
        )
        return meetings.close(row.number, by=caller, version=row.version) if state == MeetingState.CLOSED else row


def decision(
    world: World,
    row: Meeting,
    kind: DecisionKind = DecisionKind.TASK,
    *,
    place: str = "own",
    role: Role = Role.STREET_CLERK,
    **other: object,
) -> MeetingDecision:
    """Something that a held meeting decided; the bureau does it within five days."""
    said: dict[str, object] = {
        "text": "夜间每两小时巡逻一次" + mark(place),
        "organisation": world.bureau("UM", place).pk,
        "due_on": clock.today() + timedelta(days=5),
    }
    with scope.place(row.area):
        now = Meeting.objects.get(pk=row.pk)
        return decisions.decide(row.number, by=world.actor(role, place), version=now.version, kind=kind, **(said | other))
