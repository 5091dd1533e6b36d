"""Postings: proof before they count, who sees what hangs, objections answered once, and what is overdue said once."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from audit.models import Entry
from communities import posting_queries as queries
from communities.actions import postings
from communities.models import Objection, Posting, PostingPhoto
from communities.posting_permissions import RULES, possible_steps
from communities.posting_states import (
    POSTING_FINAL,
    POSTING_FIRST,
    POSTING_SHOWN,
    POSTING_TRANSITIONS,
    PostingKind,
    PostingState,
)
from config.demo_data.pictures import picture
from notices.models import Notice
from people.roles import Role
from tenancy import clock, scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tests.factories.postings import posting
from tests.factories.world import World

READERS = {
    Role.PROPERTY_STAFF,
    Role.PROPERTY_MANAGER,
    Role.STREET_CLERK,
    Role.STREET_LEADER,
    Role.COUNTY_CLERK,
    Role.DEPARTMENT_HANDLER,
    Role.DEPARTMENT_LEAD,
    Role.SUPERVISOR,
}


def told(kind: str) -> list[int]:
    with scope.everything(reason="tests: who was told"):
        return list(Notice.objects.filter(kind=kind, channel="bell").order_by("user").values_list("user", flat=True))


def test_every_state_is_reached_and_only_final_ones_are_dead_ends() -> None:
    found, frontier = {POSTING_FIRST}, [POSTING_FIRST]
    while frontier:
        fresh = set(POSTING_TRANSITIONS[frontier.pop()]) - found
        found |= fresh
        frontier += fresh
    assert found == set(PostingState)
    assert {state for state, to in POSTING_TRANSITIONS.items() if not to} == POSTING_FINAL
    steps = {action for to in POSTING_TRANSITIONS.values() for action in to.values()}
    assert steps <= set(RULES)
    assert all(hasattr(postings, name) for name in steps)


@pytest.mark.parametrize("old", list(PostingState))
def test_the_database_refuses_every_other_step(world: World, old: PostingState) -> None:
    row = posting(world, old)
    went = set()
    with scope.place(world.area()):
        for new in set(PostingState) - {old}:
            ended = new in POSTING_FINAL
            fields: dict[str, Any] = {
                "state": new,
                "spot": "南门",
                "up_from": clock.today(),
                "up_until": clock.today(),
                "put_up_at": timezone.now(),
                "put_up_by": row.asked_by_id,
                "ended_at": timezone.now() if ended else None,
                "ended_by": row.asked_by_id if ended else None,
            }
            try:
                with transaction.atomic():
                    Posting.objects.filter(pk=row.pk).update(**fields)
                    went.add(new)
                    transaction.set_rollback(True)
            except DatabaseError:
                continue
    assert went == set(POSTING_TRANSITIONS[old])


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("state", list(PostingState))
def test_who_sees_a_posting_in_which_state(world: World, role: Role, state: PostingState) -> None:
    row, actor = posting(world, state), world.actor(role)
    seen = role in READERS or (role == Role.RESIDENT and state in POSTING_SHOWN)
    with scope.place(world.area()):
        assert queries.visible_to(actor).filter(pk=row.pk).exists() == seen


def test_what_hangs_elsewhere_is_not_there(world: World) -> None:
    for place in ("sibling", "street", "county"):
        row = posting(world, PostingState.UP, place=place)
        for role in (Role.RESIDENT, Role.PROPERTY_MANAGER):
            with scope.everything(reason="tests: as if no wall stood"), pytest.raises(NotThere):
                queries.get(world.actor(role), row.pk)


@pytest.mark.parametrize(
    ("role", "kind", "may"),
    [
        (Role.STREET_CLERK, PostingKind.CHECK_LIST, True),
        (Role.STREET_LEADER, PostingKind.RESULT, True),
        (Role.PROPERTY_MANAGER, PostingKind.ACCOUNTS, True),
        (Role.PROPERTY_MANAGER, PostingKind.CHECK_LIST, False),
        (Role.COUNTY_CLERK, PostingKind.CHECK_LIST, True),
        (Role.COUNTY_CLERK, PostingKind.RESULT, False),
        (Role.PROPERTY_MANAGER, PostingKind.RESULT, False),
        (Role.PROPERTY_STAFF, PostingKind.OTHER, False),
        (Role.RESIDENT, PostingKind.OTHER, False),
        (Role.COUNTY_CLERK, PostingKind.OTHER, False),
        (Role.SUPERVISOR, PostingKind.OTHER, False),
    ],
)
def test_who_may_have_what_put_up(world: World, role: Role, kind: PostingKind, may: bool) -> None:
    said: dict[str, Any] = {"area": world.area(), "kind": kind, "subject": "题", "text": "文", "due_on": clock.today(), "days": 1}
    with scope.place(world.area()):
        if may:
            assert postings.ask(by=world.actor(role), **said).kind == kind
        else:
            with pytest.raises(NotAllowed):
                postings.ask(by=world.actor(role), **said)


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("subject", {"subject": " "}),
        ("text", {"text": ""}),
        ("days", {"days": 0}),
        ("days", {"days": 367}),
        ("due_on", {"due_on": date(2020, 1, 1)}),
        ("kind", {"kind": "nonsense"}),
    ],
)
def test_what_is_wrong_is_said_by_its_field(world: World, field: str, other: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        posting(world, **other)
    assert refused.value.field == field


def test_it_hangs_only_with_a_photo_of_the_board(world: World) -> None:
    row, staff = posting(world), world.actor(Role.PROPERTY_STAFF)
    assert world.users[Role.PROPERTY_STAFF, "own"] in told("posting_asked")
    with scope.place(world.area()):
        with pytest.raises(Refusal) as refused:
            postings.put_up(row.pk, by=staff, version=row.version, spot="南门", photos=[])
        assert refused.value.field == "photos"
        for day in (clock.today() + timedelta(days=1), clock.today() - timedelta(days=1)):
            with pytest.raises(Refusal) as refused:
                postings.put_up(row.pk, by=staff, version=row.version, spot="南门", photos=[picture("done")], up_from=day)
            assert refused.value.field == "up_from"
        with pytest.raises(WrongState):
            postings.put_up(row.pk, by=staff, version=row.version + 1, spot="南门", photos=[picture("done")])
        row = postings.put_up(row.pk, by=staff, version=row.version, spot="南门", photos=[picture("done")])
        assert (row.state, row.up_from, row.up_until) == ("up", clock.today(), clock.today() + timedelta(days=6))
        assert PostingPhoto.objects.filter(posting=row).count() == 1
        assert Entry.objects.filter(action="posting.put_up").exists()
    assert told("posting_up") == [world.users[Role.RESIDENT, "own"]]


def test_what_comes_down_early_says_why(world: World) -> None:
    row, staff = posting(world, PostingState.UP), world.actor(Role.PROPERTY_STAFF)
    with scope.place(world.area()):
        with pytest.raises(Refusal) as refused:
            postings.take_down(row.pk, by=staff, version=row.version)
        assert refused.value.field == "reason"
        with clock.standing_at(timezone.now() + timedelta(days=7)):
            assert queries.visible_to(staff).filter(queries.over(clock.today())).exists()
            assert postings.take_down(row.pk, by=staff, version=row.version).state == PostingState.DOWN


def test_residents_object_once_and_read_the_answer_by_nobodys_name(world: World) -> None:
    row, resident, clerk = posting(world, PostingState.UP), world.actor(Role.RESIDENT), world.actor(Role.STREET_CLERK)
    with scope.place(world.area()):
        objection = postings.raise_objection(row.pk, by=resident, text="金额与合同不符")
        with pytest.raises(Refusal) as refused:
            postings.raise_objection(row.pk, by=resident, text="再说一次")
        assert refused.value.code == "twice"
        with pytest.raises(NotAllowed):
            postings.answer(row.pk, objection.pk, by=resident, text="我自己答")
        postings.answer(row.pk, objection.pk, by=clerk, text="已更正")
        with pytest.raises(WrongState):
            postings.answer(row.pk, objection.pk, by=clerk, text="再答一次")
        with pytest.raises(NotThere):
            postings.answer(row.pk, objection.pk + 99, by=clerk, text="答谁")
        with pytest.raises(IntegrityError), transaction.atomic():
            Objection.objects.filter(pk=objection.pk).update(answer="")
        assert postings.raise_objection(row.pk, by=resident, text="又错了").pk != objection.pk
    assert told("posting_answered") == [resident.id]
    assert clerk.id in told("posting_objected")


def test_of_others_only_what_was_answered_shows_to_residents(world: World) -> None:
    row, resident = posting(world, PostingState.UP), world.actor(Role.RESIDENT)
    with scope.place(world.area()):
        other = Objection.objects.create(
            area=row.area, posting=row, text="别人的话", raised_by_id=world.users[Role.PROPERTY_MANAGER, "own"]
        )
        assert list(queries.objections(resident, row)) == []
        postings.answer(row.pk, other.pk, by=world.actor(Role.STREET_CLERK), text="已答")
        assert [each.pk for each in queries.objections(resident, row)] == [other.pk]


def test_what_does_not_hang_in_time_is_said_once(world: World) -> None:
    late, hung = posting(world), posting(world, PostingState.UP)
    with clock.standing_at(timezone.now() + timedelta(days=3)):
        assert postings.tell_overdue() == 0, "its last day is not over"
    with clock.standing_at(timezone.now() + timedelta(days=4)):
        assert postings.tell_overdue() == 1
        assert postings.tell_overdue() == 0
    people = told("posting_overdue")
    assert sorted(people) == sorted(set(people)) != []
    with scope.place(world.area()):
        assert Posting.objects.get(pk=late.pk).told_at is not None
        assert Posting.objects.get(pk=hung.pk).told_at is None


def test_the_steps_of_each_reader(world: World) -> None:
    steps = {
        (role, state): possible_steps(world.actor(role), posting(world, state))
        for role in (Role.RESIDENT, Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER, Role.STREET_CLERK, Role.COUNTY_CLERK)
        for state in PostingState
    }
    assert steps[Role.RESIDENT, PostingState.UP] == ["object"]
    assert steps[Role.RESIDENT, PostingState.ASKED] == []
    assert steps[Role.PROPERTY_STAFF, PostingState.ASKED] == ["put_up"]
    assert steps[Role.PROPERTY_MANAGER, PostingState.ASKED] == ["put_up", "cancel"]
    assert steps[Role.STREET_CLERK, PostingState.UP] == ["take_down", "answer"]
    assert not any(steps[Role.COUNTY_CLERK, state] for state in PostingState)
