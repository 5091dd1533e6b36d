"""Rating of result and manner, and second handling by the next level up: once, by itself."""

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import Entry
from complaints.actions import ratings, returns, second, tickets
from complaints.models import Assist, CallBack, Rating, Ticket
from complaints.rating_reasons import fitting, reasons
from complaints.rating_states import Manner, Result, wants_second
from complaints.states import State
from notices.models import Notice
from people import actors
from people.actors import Actor
from people.roles import Role
from tenancy import scope
from tenancy.refusals import NotAllowed, Refusal, WrongState
from tests.contract.callers import caller, fault
from tests.factories.tickets import ticket
from tests.factories.world import World

BAD = {"result": "unsolved", "manner": "bad", "reasons": ["came_back", "rude"], "text": "又坏了"}


def rated(world: World, row: Ticket, *, by: Actor | None = None, **said: object) -> Ticket:
    resident = by or world.actor(Role.RESIDENT)
    with scope.place(row.area):
        return tickets.rate(row.number, by=resident, version=row.version, **{**BAD, **said})


def led_by(world: World, row: Ticket, organisation: int, officer: Actor) -> Ticket:
    """An answered ticket whose lead is another organisation."""
    with scope.place(row.area):
        clerk = world.actor(Role.STREET_CLERK)
        row = tickets.dispatch(row.number, by=clerk, version=row.version, leaf="0202", organisation=organisation)
        row = tickets.accept(row.number, by=officer, version=row.version)
        return tickets.resolve(row.number, by=officer, version=row.version, text="已处理")


def everywhere(world: World, *roles: Role) -> list[int]:
    """People of these roles who look after the own compound: street and county are shared with other places."""
    street, county = {Role.STREET_CLERK, Role.STREET_LEADER}, ("own", "sibling", "street")
    return sorted(world.users[role, place] for role in roles for place in (("own", "sibling") if role in street else county))


def told(kind: str) -> list[int]:
    with scope.everything(reason="tests: who was told"):
        return sorted(Notice.objects.filter(kind=kind, channel="bell").values_list("user", flat=True))


@pytest.mark.parametrize(
    ("result", "manner", "again"),
    [
        ("solved", "good", False),
        ("solved", "bad", False),
        ("partly", "good", False),
        ("partly", "fair", False),
        ("partly", "bad", True),
        ("unsolved", "good", True),
        ("unsolved", "fair", True),
        ("unsolved", "bad", True),
    ],
)
def test_what_is_not_put_right_is_handled_a_second_time(result: str, manner: str, again: bool) -> None:
    assert wants_second(result, manner) is again


def test_reasons_go_with_what_was_said_and_each_has_both_names() -> None:
    assert fitting(["slow", "came_back", "quick", "slow"], Result.UNSOLVED, Manner.BAD) == ["came_back", "slow"]
    assert fitting(["came_back"], Result.SOLVED, Manner.GOOD) == []
    values = set(Result.values) | set(Manner.values)
    for reason in reasons().values():
        assert reason.name
        assert reason.name_en
        assert set(reason.when) <= values
    with pytest.raises(KeyError):
        fitting(["no such"], Result.SOLVED, Manner.GOOD)


def test_satisfied_and_score_mean_what_they_did() -> None:
    old = ratings.judgement(satisfied=False, score=2)
    assert (old.result, old.manner, old.score) == (Result.UNSOLVED, Manner.BAD, 2)
    assert ratings.judgement(satisfied=True, score=4).manner == Manner.GOOD
    new = ratings.judgement(result="partly", manner="fair")
    assert (new.satisfied, new.score) == (False, 3)
    for wrong in (
        {"score": 5},
        {"satisfied": True},
        {"satisfied": True, "score": 0},
        {"satisfied": True, "score": 6},
        {"satisfied": True, "result": "partly", "manner": "good"},
        {"result": "solved", "manner": "good", "score": 1},
        {"result": "solved", "manner": "good", "reasons": ["x"]},
        {"result": "solved", "manner": "good", "text": "好" * 501},
    ):
        with pytest.raises(Refusal):
            ratings.judgement(**wrong)


def test_of_a_firm_the_street_office_leads_once_and_the_firm_helps(world: World) -> None:
    row = ticket(world, State.RESOLVED)
    row = rated(world, row)
    assert (row.state, row.lead_id, row.second_from_id) == (State.DISPATCHED, world.streets["own"], world.firms["own"])
    assert (row.second_level, row.accepted_at, row.resolved_at) == ("office", None, None)
    assert row.resolve_due_at is not None
    assert row.accept_due_at is not None
    with scope.place(world.area()):
        (said,) = Rating.objects.filter(ticket=row)
        assert (said.way, said.result, said.organisation_id) == ("account", "unsolved", world.firms["own"])
        assert said.reasons == ["came_back", "rude"]
        assert Assist.objects.get(ticket=row).organisation_id == world.firms["own"]
        assert Entry.objects.filter(action="ticket.second", subject_id=str(row.pk)).count() == 1
    assert told("ticket_told_second") == [world.users[Role.RESIDENT, "own"]]
    street = everywhere(world, Role.STREET_CLERK, Role.STREET_LEADER)
    assert told("ticket_second") == street
    assert world.users[Role.PROPERTY_MANAGER, "own"] in told("ticket_second_assist")
    clerk = world.actor(Role.STREET_CLERK)
    with scope.place(world.area()):
        with pytest.raises(NotAllowed):
            returns.give_back(row.number, by=clerk, version=row.version, text="不归我们")
        row = tickets.accept(row.number, by=clerk, version=row.version)
        row = tickets.resolve(row.number, by=clerk, version=row.version, text="已请厂家更换")
    row = rated(world, row)
    assert row.state == State.RATED
    with scope.place(world.area()):
        (asked,) = CallBack.objects.filter(ticket=row)
    assert (asked.reason, asked.state) == ("again", "open")
    assert told("ticket_call_again") == street


def test_of_a_bureau_its_head_accepts_and_answers(world: World) -> None:
    handler, head = world.actor(Role.DEPARTMENT_HANDLER), world.actor(Role.DEPARTMENT_LEAD)
    row = led_by(world, ticket(world, State.TRIAGE), world.bureaus["UM", "own"], handler)
    row = rated(world, row)
    assert (row.state, row.second_level, row.lead_id) == (State.DISPATCHED, "head", world.bureaus["UM", "own"])
    assert told("ticket_second") == everywhere(world, Role.DEPARTMENT_LEAD)
    with scope.place(world.area()):
        with pytest.raises(NotAllowed):
            tickets.accept(row.number, by=handler, version=row.version)
        row = tickets.accept(row.number, by=head, version=row.version)
        with pytest.raises(NotAllowed):
            tickets.resolve(row.number, by=handler, version=row.version, text="办好了")
        row = tickets.resolve(row.number, by=head, version=row.version, text="办好了")
    assert row.state == State.RESOLVED


def test_of_the_street_its_leader_answers_and_the_county_desk_watches(world: World) -> None:
    clerk = world.actor(Role.STREET_CLERK)
    row = led_by(world, ticket(world, State.TRIAGE), world.streets["own"], clerk)
    row = rated(world, row)
    assert (row.second_level, row.lead_id, row.supervised_at is not None) == ("head", world.streets["own"], True)
    assert told("ticket_second_watched") == everywhere(world, Role.COUNTY_CLERK)
    assert told("ticket_second") == everywhere(world, Role.STREET_LEADER)


def test_of_a_bureau_without_a_head_the_county_desk_watches(world: World) -> None:
    handler = world.actor(Role.DEPARTMENT_HANDLER)
    row = led_by(world, ticket(world, State.TRIAGE), world.bureaus["UM", "own"], handler)
    with scope.everything(reason="tests: nobody heads it"), connection.cursor() as cursor:
        cursor.execute("UPDATE people_appointment SET starts_on = '2099-01-01' WHERE role = 'department_lead'")
    row = rated(world, row)
    assert (row.second_level, row.lead_id) == ("watched", world.bureaus["UM", "own"])
    assert told("ticket_second_watched") == everywhere(world, Role.COUNTY_CLERK)
    with scope.place(world.area()):
        assert tickets.accept(row.number, by=handler, version=row.version).state == State.ACCEPTED


def test_people_never_begin_it_and_the_database_refuses_a_second_time(world: World) -> None:
    row = ticket(world, State.RATED)
    with scope.place(world.area()):
        with pytest.raises(NotAllowed):
            second.second_handling(row.number, by=world.actor(Role.STREET_CLERK), version=row.version)
        row = second.second_handling(row.number, by=actors.system(), version=row.version)
        clerk = world.actor(Role.STREET_CLERK)
        row = tickets.accept(row.number, by=clerk, version=row.version)
        row = tickets.resolve(row.number, by=clerk, version=row.version, text="已处理")
    row = rated(world, row, result="solved", manner="good")
    with scope.place(world.area()):
        with pytest.raises(NotAllowed):
            second.second_handling(row.number, by=actors.system(), version=row.version)
        for wrong in ("state = 'dispatched'", "state = 'dispatched', second_at = now()", "second_at = NULL"):
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE complaints_ticket SET {wrong} WHERE id = %s", [row.pk])


def test_the_reporter_may_still_have_it_done_again(world: World) -> None:
    row = ticket(world, State.RESOLVED)
    row = rated(world, row, result="partly", manner="fair")
    with scope.place(world.area()):
        row = tickets.redo(row.number, by=world.actor(Role.RESIDENT), version=row.version, text="另一半也要修")
        assert (row.state, row.lead_id) == (State.ACCEPTED, world.firms["own"])
        with pytest.raises(WrongState):
            second.second_handling(row.number, by=actors.system(), version=row.version)


def test_if_the_record_fails_nothing_is_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = ticket(world, State.RESOLVED)

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("complaints.actions.second._tell", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        rated(world, row)
    with scope.place(world.area()):
        assert Ticket.objects.get(pk=row.pk).state == State.RESOLVED
        assert not Rating.objects.exists()


def test_through_the_api(world: World) -> None:
    row, resident = ticket(world, State.RESOLVED), caller(world, Role.RESIDENT)
    path = f"tickets/{row.number}/"
    assert fault(resident.post(f"{path}rate/", {"version": row.version, "result": "maybe"}))[::2] == (400, "result")
    assert fault(resident.post(f"{path}rate/", {"version": row.version, "result": "solved"}))[::2] == (400, "manner")
    told_ = {"version": row.version, "result": "unsolved", "manner": "bad", "reasons": ["rude"]}
    shown = resident.post(f"{path}rate/", told_).json()
    assert (shown["state"], shown["rating"]["result"], shown["rating"]["reasons"]) == ("dispatched", "unsolved", ["rude"])
    assert shown["rating"]["satisfied"] is False
    assert shown["second_handling"]["organisation_before"]["id"] == world.firms["own"]
    assert [event["kind"] for event in shown["timeline"]][-2:] == ["rated", "second"]
