"""A joint visit that a meeting decided on: planned with the decision, which is done when the visit is over."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from enforcement.actions import decisions, meeting_visits, visits
from enforcement.actions.visits import Plan
from enforcement.meeting_states import DecisionKind, DecisionState, MeetingState
from enforcement.models import MeetingDecision, Visit
from people.roles import Role
from tenancy import clock, scope
from tenancy.refusals import Refusal
from tests.enforcement.test_visit_pages import everywhere, shown
from tests.factories import visits as factory
from tests.factories.checks import county_of
from tests.factories.meetings import decision, meeting
from tests.factories.world import World

SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def _in_the_county(request: pytest.FixtureRequest) -> Iterator[None]:
    with scope.place(county_of(request.getfixturevalue("world"))):
        yield


def decided(world: World, place: str = "own") -> MeetingDecision:
    with everywhere():
        held = meeting(world, MeetingState.HELD, place=place)
        return decision(world, held, DecisionKind.VISIT, place=place, due_on=clock.today() + timedelta(days=20))


def said(world: World) -> Plan:
    factory.listed(world)
    bureaus = [world.bureaus[kind, "own"] for kind in ("UM", "FR")]
    return Plan(lead=world.streets["own"], planned_on=clock.today(), reason="会商议定", bureaus=bureaus)


def planned(world: World, row: MeetingDecision) -> Visit:
    return meeting_visits.plan(world.area(), said(world), by=world.actor(Role.STREET_CLERK), decision=row.pk)


def again(row: MeetingDecision) -> Any:
    return MeetingDecision.objects.get(pk=row.pk)


def test_it_is_done_when_the_visit_is_over(world: World) -> None:
    row = decided(world)
    visit = planned(world, row)
    assert again(row).visit == visit.number
    assert decisions.look_after() == 0
    visits.ask(visit.number, by=world.actor(Role.STREET_CLERK), version=visit.version)
    for kind in ("UM", "FR"):
        held = [each.pk for each in factory.certified(world, kind)]
        fresh = Visit.objects.get(pk=visit.pk)
        bureau = world.bureaus[kind, "own"]
        visits.join(visit.number, bureau, by=factory.head(world, kind), version=fresh.version, certificates=held)
    leader = world.actor(Role.STREET_LEADER)
    visits.approve(visit.number, by=leader, version=Visit.objects.get(pk=visit.pk).version)
    visits.start(visit.number, by=factory.officer(world, "UM"), version=Visit.objects.get(pk=visit.pk).version)
    for kind in ("UM", "FR"):
        fresh = Visit.objects.get(pk=visit.pk)
        visits.sign(visit.number, world.bureaus[kind, "own"], by=factory.officer(world, kind), version=fresh.version)
    assert decisions.look_after() == 1
    assert again(row).state == DecisionState.DONE
    assert visit.number in again(row).note


def test_a_visit_called_off_is_planned_anew(world: World) -> None:
    row = decided(world)
    visit = planned(world, row)
    visits.call_off(visit.number, by=world.actor(Role.STREET_CLERK), version=visit.version, reason="下雨")
    assert decisions.look_after() == 1
    assert (again(row).state, again(row).visit) == (DecisionState.OPEN, "")
    assert planned(world, row).number == again(row).visit


def test_one_decision_has_one_visit_and_is_of_this_place(world: World) -> None:
    row, elsewhere = decided(world), decided(world, "sibling")
    planned(world, row)
    for other in (row, elsewhere):
        with pytest.raises(Refusal) as refused:
            planned(world, other)
        assert refused.value.field == "decision"
    assert Visit.objects.filter(area=world.area()).count() == 1


def test_the_page_offers_it_and_the_meeting_shows_the_visit(world: World, sign_in: SignIn) -> None:
    row, foreign = decided(world), decided(world, "street")
    with everywhere():
        factory.listed(world)
    clerk = sign_in(Role.STREET_CLERK)
    meeting_page = f"/checks/meetings/{row.meeting.number}/"
    page = f"/checks/visits/plan/{world.area()}/"
    assert f"{page}?decision={row.pk}" in shown(clerk.get(meeting_page))
    body = shown(clerk.get(f"{page}?decision={row.pk}"))
    assert f'<option value="{row.pk}" selected>' in body
    assert f'<option value="{foreign.pk}"' not in body
    sent = {
        "version": 0,
        "lead": world.streets["own"],
        "planned_on": f"{clock.today()}",
        "reason": "会商议定",
        "bureaus": [world.bureaus[kind, "own"] for kind in ("UM", "FR")],
    }
    assert clerk.post(page, {**sent, "decision": foreign.pk}).status_code == 400
    answer = clerk.post(page, {**sent, "decision": row.pk})
    assert answer.status_code == 302
    assert answer["Location"] in shown(clerk.get(meeting_page))
