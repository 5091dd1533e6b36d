"""Routing: to the right organisation, never nowhere, and doing it twice changes nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from communities import actions as communities
from communities.models import Service
from complaints import queries
from complaints import routing as decisions
from complaints.actions import returns, routing, tickets
from complaints.models import Ticket
from complaints.states import State
from complaints.tasks import route, sweep
from notices.models import Notice
from people import actors
from people.actions import appointments
from people.roles import Role
from tenancy import scope
from tenancy.refusals import Refusal
from tests.factories.tickets import LIFT_STOPPED, ticket
from tests.factories.world import World

ILLEGAL_BUILDING = "顶楼有人违章搭盖阳光房，违建好几天了"


def fresh(row: Ticket) -> Ticket:
    with scope.everything(reason="tests"):
        return Ticket.objects.get(pk=row.pk)


def test_a_squad_of_the_street_comes_before_the_county_bureau(world: World) -> None:
    row = ticket(world, State.DISPATCHED, text=ILLEGAL_BUILDING)
    assert row.lead_id == world.bureaus["UM", "own"]
    squad = appointments.found_organisation(name="青阳执法中队", kind="UM", area=350582_001_000_000, by=actors.system())
    assert ticket(world, State.DISPATCHED, text=ILLEGAL_BUILDING).lead_id == squad.pk


def test_a_firm_whose_contract_has_ended_no_longer_answers(world: World) -> None:
    with scope.place(world.area()):
        service = Service.objects.get(firm_id=world.firms["own"])
        yesterday = timezone.localdate() - timedelta(days=1)
        communities.end_service(service.pk, by=actors.system(), last_day=yesterday)
    row = ticket(world)
    routing.route_claimed(row.pk, row.area, 1)
    assert (fresh(row).state, fresh(row).why_here["reason"]) == ("triage", "no_firm")


def test_the_next_firm_answers_from_its_first_day(world: World) -> None:
    today = timezone.localdate()
    with scope.place(world.area()):
        service = Service.objects.get(firm_id=world.firms["own"])
        communities.end_service(service.pk, by=actors.system(), last_day=today - timedelta(days=1))
        communities.engage_firm(world.compound(), world.firm("street"), by=actors.system(), starts_on=today)
    row = ticket(world)
    routing.route_claimed(row.pk, row.area, 1)
    assert fresh(row).lead_id == world.firms["street"]


def test_an_error_while_routing_goes_to_triage_with_the_reason(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = ticket(world)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(decisions, "decide", fail)
    assert route(row.pk, row.area) == "triage"
    assert fresh(row).why_here == {"source": "none", "reason": "error", "error": "RuntimeError"}


def test_a_ticket_that_never_finishes_is_given_to_a_person(world: World) -> None:
    row = ticket(world)
    with scope.place(row.area):
        Ticket.objects.filter(pk=row.pk).update(route_tries=routing.MOST_TRIES)
    assert route(row.pk, row.area) == "triage"
    assert fresh(row).why_here["reason"] == "gave_up"


def test_routing_twice_changes_nothing(world: World) -> None:
    row = ticket(world)
    assert route(row.pk, row.area) == "dispatched"
    once = fresh(row)
    assert route(row.pk, row.area) == "nothing to do"
    assert routing.route_claimed(row.pk, row.area, 2) is None
    assert fresh(row).version == once.version
    with scope.place(row.area):
        told = Notice.objects.filter(kind="ticket_dispatched", channel="bell").values_list("user_id", flat=True)
        assert sorted(told) == sorted({world.users[role, "own"] for role in (Role.PROPERTY_MANAGER, Role.PROPERTY_STAFF)})


def test_a_sweep_finds_what_no_bell_announced_emergencies_first(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ordinary = ticket(world)
    urgent = ticket(world, place="county", text="电梯困人，有人被困在里面")
    order: list[int] = []
    real = routing.route_claimed
    monkeypatch.setattr(routing, "route_claimed", lambda *row: (order.append(row[0]), real(*row))[1])
    assert sweep() == 2
    assert order == [urgent.pk, ordinary.pk]
    assert {fresh(ordinary).state, fresh(urgent).state} == {"dispatched"}


def test_a_ticket_cancelled_before_routing_stays_cancelled(world: World) -> None:
    row = ticket(world, State.CANCELLED)
    assert routing.route_claimed(row.pk, row.area, 1) is None
    assert fresh(row).state == "cancelled"


def test_a_complaint_about_an_official_is_hidden_from_the_street_once_it_is_with_discipline_inspection(world: World) -> None:
    row = ticket(world)
    clerk = world.actor(Role.STREET_CLERK)
    with scope.place(row.area):
        Ticket.objects.filter(pk=row.pk).update(state=State.TRIAGE)
    with scope.limited_to(clerk.scope):
        tickets.dispatch(row.number, by=clerk, version=1, leaf="1206", organisation=world.bureaus["DI", "own"])
        assert not queries.visible_to(clerk).filter(pk=row.pk).exists()
    assert fresh(row).restricted
    assert fresh(row).confidential


def test_a_complaint_about_an_official_that_was_given_back_is_seen_again(world: World) -> None:
    row = ticket(world, State.TRIAGE)
    clerk, inspector = world.actor(Role.STREET_CLERK), world.user(Role.DEPARTMENT_HANDLER)
    appointments.appoint(
        inspector, Role.DEPARTMENT_HANDLER, area=world.area(), organisation=world.bureau("DI"), by=actors.system()
    )
    with scope.limited_to(clerk.scope):
        sent = tickets.dispatch(row.number, by=clerk, version=row.version, leaf="1206", organisation=world.bureaus["DI", "own"])
        assert not queries.visible_to(clerk).filter(pk=row.pk).exists()
    with scope.place(world.area()):
        back = returns.give_back(row.number, by=actors.of_user(inspector), version=sent.version, text="不属于本单位")
    with scope.limited_to(clerk.scope):
        assert queries.get(clerk, back.number).state == State.ARBITRATION


def test_dispatching_to_an_organisation_of_another_place_is_refused(world: World) -> None:
    row = ticket(world, State.TRIAGE)
    clerk = world.actor(Role.STREET_CLERK)
    for foreign in (world.bureaus["UM", "county"], world.firms["sibling"], 0):
        with scope.limited_to(clerk.scope), pytest.raises(Refusal) as refused:
            tickets.dispatch(row.number, by=clerk, version=row.version, leaf="0202", organisation=foreign)
        assert refused.value.field == "organisation"


def test_why_here_names_words_rule_and_record(world: World) -> None:
    why = ticket(world, State.DISPATCHED, text=LIFT_STOPPED).why_here
    assert why["source"] == "learned"
    assert why["rule"] == {"leaf": "0202", "lead": "PM"}
    assert why["record"]["name"] == world.firm().name


def test_no_more_tickets_are_claimed_than_asked_for(world: World) -> None:
    for _ in range(6):
        ticket(world)
    ways = ("hashjoin", "mergejoin", "material", "hashagg", "sort", "indexscan", "bitmapscan")
    with connection.cursor() as cursor:  # leave the planner the way on which a plain subquery is run for each row
        cursor.execute("; ".join(f"SET LOCAL enable_{way} = off" for way in ways))
    assert [len(routing.claim_fresh(2)), len(routing.claim_fresh(3)), len(routing.claim_tried())] == [2, 3, 0]


def test_a_ticket_tried_before_is_tried_alone_and_after_the_fresh_ones(world: World) -> None:
    rows = [ticket(world) for _ in range(4)]
    with scope.everything(reason="tests"):
        Ticket.objects.filter(pk__in=[row.pk for row in rows[:3]]).update(route_tries=1)
    assert [found[0] for found in routing.claim_fresh(20)] == [rows[3].pk]
    assert [found[::2] for found in routing.claim_tried()] == [(rows[0].pk, 2)]
