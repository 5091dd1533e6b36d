"""协办: who is asked to help, what they see and answer, and when the lead has to wait for them."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from bs4 import BeautifulSoup
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from audit.models import Entry
from complaints import permissions, queries
from complaints.actions import assists, tickets
from complaints.models import Assist, Ticket, TicketEvent
from complaints.states import ASSIST_TRANSITIONS, POSSIBLE, WITHIN, AssistState, State
from notices.models import Notice
from people.actors import Actor
from people.roles import Role
from tenancy import scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, Stale, WrongState
from tests.contract.callers import caller, fault
from tests.factories.tickets import ticket
from tests.factories.world import CANARY, World

ASKED = "请核查该梯维保记录"
FOUND = "维保记录齐全，钢丝绳超期"


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    with scope.limited_to(actor.scope):
        yield actor


def asked(world: World, state: State = State.ACCEPTED, *, kind: str = "UM", required: bool = False, **details) -> Ticket:
    """A ticket led by the firm, on which the bureau of the world's department people was asked for its part."""
    row = ticket(world, state, **details)
    with acting(world.actor(Role.STREET_CLERK)) as clerk:
        organisation = world.bureau(kind).pk
        return assists.ask(row.number, by=clerk, version=row.version, organisation=organisation, text=ASKED, required=required)


def row_of(world: World, row: Ticket) -> Assist:
    with scope.place(world.area()):
        found: Assist = Assist.objects.get(ticket=row)
        return found


def test_the_asked_bureau_is_told_and_sees_the_ticket(world: World) -> None:
    before = ticket(world, State.ACCEPTED)
    handler = world.actor(Role.DEPARTMENT_HANDLER)
    with acting(handler), pytest.raises(NotThere):
        queries.get(handler, before.number)
    row = asked(world)
    with acting(handler):
        assert queries.get(handler, row.number).pk == row.pk
    with scope.place(world.area()):
        told = set(Notice.objects.filter(kind="ticket_assist_asked").values_list("user_id", flat=True))
        assert told == {world.users[Role.DEPARTMENT_HANDLER, "own"], world.users[Role.DEPARTMENT_LEAD, "own"]} | {
            world.users[role, place]
            for role in (Role.DEPARTMENT_HANDLER, Role.DEPARTMENT_LEAD)
            for place in ("sibling", "street")
        }
        event = TicketEvent.objects.get(ticket=row, kind="assist_asked")
        assert (event.told, ASKED in event.text, world.bureau("UM").name in event.text) == (False, True, True)
        assert Entry.objects.filter(subject_id=str(row.pk), action="ticket.assist_asked").exists()


def test_what_is_asked_must_be_said(world: World) -> None:
    row = ticket(world, State.ACCEPTED)
    with acting(world.actor(Role.STREET_CLERK)) as clerk, pytest.raises(Refusal) as refused:
        assists.ask(row.number, by=clerk, version=row.version, organisation=world.bureau("UM").pk, text=" ")
    assert refused.value.field == "text"


def test_an_organisation_elsewhere_is_as_absent_as_none(world: World) -> None:
    row = ticket(world, State.ACCEPTED)
    said = []
    with acting(world.actor(Role.STREET_CLERK)) as clerk:
        for organisation in (world.bureau("UM", "county").pk, world.firms["street"], 10**9):
            with pytest.raises(Refusal) as refused:
                assists.ask(row.number, by=clerk, version=row.version, organisation=organisation, text=ASKED)
            said.append((refused.value.field, refused.value.code, str(refused.value.message)))
    assert len(set(said)) == 1
    assert said[0][:2] == ("organisation", "not_found")


def test_neither_the_lead_nor_whoever_was_asked_already_is_asked(world: World) -> None:
    row = asked(world)
    with acting(world.actor(Role.STREET_CLERK)) as clerk:
        for organisation, code in ((world.firms["own"], "leads"), (world.bureau("UM").pk, "asked_already")):
            with pytest.raises(Refusal) as refused:
                assists.ask(row.number, by=clerk, version=row.version, organisation=organisation, text=ASKED)
            assert refused.value.code == code


@pytest.mark.parametrize("role", [Role.PROPERTY_MANAGER, Role.RESIDENT, Role.SUPERVISOR])
def test_only_whoever_dispatches_asks_others(world: World, role: Role) -> None:
    row = ticket(world, State.ACCEPTED)
    with acting(world.actor(role)) as by, pytest.raises(NotAllowed):
        assists.ask(row.number, by=by, version=row.version, organisation=world.bureau("UM").pk, text=ASKED)


@pytest.mark.parametrize("role", [Role.DEPARTMENT_HANDLER, Role.DEPARTMENT_LEAD])
def test_the_bureau_answers_its_part_and_the_lead_is_told(world: World, role: Role) -> None:
    row = asked(world)
    assist = row_of(world, row)
    with acting(world.actor(role)) as by:
        assert permissions.possible_actions(by, row) == ["answer_assist"]
        row = assists.answer(row.number, by=by, version=row.version, assist=assist.pk, text=FOUND)
        assert permissions.possible_actions(by, row) == []
        with pytest.raises(NotAllowed):  # nothing is open any more
            assists.answer(row.number, by=by, version=row.version, assist=assist.pk, text=FOUND)
    assist = row_of(world, row)
    assert (assist.state, assist.answer, assist.answered_by_id) == ("answered", FOUND, world.users[role, "own"])
    assert row.state == State.ACCEPTED
    with scope.place(world.area()):
        told = set(Notice.objects.filter(kind="ticket_assisted").values_list("user_id", flat=True))
        assert told == {world.users[each, "own"] for each in (Role.PROPERTY_MANAGER, Role.PROPERTY_STAFF)}
        event = TicketEvent.objects.get(ticket=row, kind="assisted")
        assert (event.organisation_id, event.text, event.told) == (world.bureau("UM").pk, FOUND, False)


def test_nobody_answers_for_another_organisation(world: World) -> None:
    row = asked(world)
    with acting(world.actor(Role.STREET_CLERK)) as clerk:  # the market bureau is asked too; it has nobody in this world
        bureau = world.bureau("MR").pk
        row = assists.ask(row.number, by=clerk, version=row.version, organisation=bureau, text=ASKED)
        other = Assist.objects.get(ticket=row, organisation=bureau)
    with acting(world.actor(Role.PROPERTY_MANAGER)) as manager, pytest.raises(NotAllowed):
        assists.answer(row.number, by=manager, version=row.version, assist=other.pk, text=FOUND)
    with acting(world.actor(Role.DEPARTMENT_HANDLER)) as handler, pytest.raises(NotAllowed):
        assists.answer(row.number, by=handler, version=row.version, assist=other.pk, text=FOUND)
    assert {each.state for each in _all(world, row)} == {"open"}


def test_the_assist_of_another_ticket_is_as_absent_as_none(world: World) -> None:
    row, other = asked(world), asked(world)
    elsewhere = row_of(world, other).pk
    with acting(world.actor(Role.DEPARTMENT_HANDLER)) as handler:
        for assist in (elsewhere, 10**9):
            with pytest.raises(Refusal) as refused:
                assists.answer(row.number, by=handler, version=row.version, assist=assist, text=FOUND)
            assert (refused.value.field, refused.value.code) == ("assist", "not_found")


def test_what_was_asked_is_taken_back_with_a_reason_and_the_bureau_sees_it_no_more(world: World) -> None:
    row = asked(world)
    assist = row_of(world, row)
    with acting(world.actor(Role.STREET_LEADER)) as leader:
        with pytest.raises(Refusal):
            assists.end(row.number, by=leader, version=row.version, assist=assist.pk, text="")
        row = assists.end(row.number, by=leader, version=row.version, assist=assist.pk, text="不需要了")
    with acting(world.actor(Role.DEPARTMENT_HANDLER)) as handler, pytest.raises(NotThere):
        queries.get(handler, row.number)
    with scope.place(world.area()):
        assert Notice.objects.filter(kind="ticket_assist_ended").exists()
        assert row_of(world, row).ended_by_id == world.users[Role.STREET_LEADER, "own"]
    again = asked(world)  # and may be asked anew
    assert again.version > 1


def test_the_lead_waits_for_a_required_part_and_only_for_that(world: World) -> None:
    row = asked(world, required=True)
    assist = row_of(world, row)
    manager = world.actor(Role.PROPERTY_MANAGER)
    with acting(manager), pytest.raises(WrongState) as refused:
        tickets.resolve(row.number, by=manager, version=row.version, text="已修好")
    assert (refused.value.status, refused.value.code) == (409, "assist_open")
    assert world.bureau("UM").name in str(refused.value.message)
    with acting(world.actor(Role.DEPARTMENT_HANDLER)) as handler:
        row = assists.answer(row.number, by=handler, version=row.version, assist=assist.pk, text=FOUND)
    with acting(manager):
        assert tickets.resolve(row.number, by=manager, version=row.version, text="已修好").state == State.RESOLVED
        other = asked(world)
        assert tickets.resolve(other.number, by=manager, version=other.version, text="已修好").state == State.RESOLVED


def test_a_stale_version_is_refused(world: World) -> None:
    row = asked(world)
    with acting(world.actor(Role.DEPARTMENT_HANDLER)) as handler, pytest.raises(Stale):
        assists.answer(row.number, by=handler, version=row.version - 1, assist=row_of(world, row).pk, text=FOUND)


def test_every_state_of_an_assist_is_reached_and_only_what_was_taken_back_is_final(world: World) -> None:
    assert {new for to in ASSIST_TRANSITIONS.values() for new in to} | {AssistState.OPEN} == set(AssistState)
    assert [state for state, to in ASSIST_TRANSITIONS.items() if not to] == [AssistState.ENDED]
    for action in WITHIN:
        assert action in permissions.RULES
        assert POSSIBLE[action]


@pytest.mark.parametrize("old", list(AssistState))
@pytest.mark.parametrize("new", list(AssistState))
def test_the_database_refuses_every_other_step(world: World, old: AssistState, new: AssistState) -> None:
    assist = row_of(world, asked(world))
    with scope.place(world.area()), connection.cursor() as cursor:
        if old != AssistState.OPEN:
            cursor.execute("UPDATE complaints_assist SET state = %s WHERE id = %s", [old, assist.pk])
        try:
            with transaction.atomic():
                cursor.execute("UPDATE complaints_assist SET state = %s WHERE id = %s", [new, assist.pk])
            went = True
        except DatabaseError:
            went = False
    assert went == (new in ASSIST_TRANSITIONS[old] or new == old)


def test_the_reporter_learns_who_helps_and_not_what_was_said(world: World) -> None:
    row = asked(world)
    seen = caller(world, Role.RESIDENT).get(f"tickets/{row.number}/").json()
    assert [each["organisation"]["name"] for each in seen["assists"]] == [world.bureau("UM").name]
    assert ASKED not in str(seen)


def test_the_whole_way_through_the_api(world: World) -> None:
    row = ticket(world, State.ACCEPTED)
    clerk, handler = caller(world, Role.STREET_CLERK), caller(world, Role.DEPARTMENT_HANDLER)
    path = f"tickets/{row.number}/"
    body = {"version": row.version, "organisation": world.bureau("UM").pk, "text": ASKED, "required": True}
    assert fault(clerk.post(f"{path}assist/", {**body, "organisation": world.firms["county"]})) == (
        400,
        "not_found",
        "organisation",
    )
    shown = clerk.post(f"{path}assist/", body).json()
    (assist,) = shown["assists"]
    assert (assist["state"], assist["required"], assist["asked"]) == ("open", True, ASKED)
    manager = caller(world, Role.PROPERTY_MANAGER)
    waits = manager.post(f"{path}resolve/", {"version": shown["version"], "text": "已修好"})
    assert fault(waits) == (409, "assist_open", None)
    assert handler.get(path).json()["possible_actions"] == ["answer-assist"]
    answer = {"version": shown["version"], "assist": assist["id"], "text": FOUND}
    assert fault(handler.post(f"{path}answer-assist/", {**answer, "assist": 10**9})) == (400, "not_found", "assist")
    assert fault(handler.post(f"{path}answer-assist/", {**answer, "version": 1})) == (409, "stale_version", None)
    shown = handler.post(f"{path}answer-assist/", answer).json()
    assert (shown["assists"][0]["state"], shown["assists"][0]["answer"]) == ("answered", FOUND)
    ended = clerk.post(f"{path}end-assist/", {"version": shown["version"], "assist": assist["id"], "text": "完成"}).json()
    assert ended["assists"] == []
    assert handler.get(path).status_code == 404


def to(name: str, row: Ticket) -> str:
    return reverse(f"complaints:{name}", args=[row.number])


def test_the_clerk_asks_and_the_bureau_answers_on_the_page(world: World, sign_in) -> None:
    row = ticket(world, State.ACCEPTED)
    asked(world, place="own")
    clerk = sign_in(Role.STREET_CLERK)
    case = BeautifulSoup(clerk.get(to("ticket", row)).content, "html.parser")
    offered = {option["value"] for option in case.select("#assist select[name=organisation] option")}
    assert str(world.bureau("UM").pk) in offered
    assert str(world.firms["own"]) not in offered  # it leads
    assert CANARY not in str(case)
    sent = {"version": row.version, "organisation": world.bureau("UM").pk, "text": "", "required": "on"}
    back = clerk.post(to("assist", row), sent)
    page = BeautifulSoup(back.content, "html.parser")
    assert back.status_code == 400
    assert page.select_one("#assist[data-open] .field-errors") is not None
    assert page.select_one("#assist input[name=required]").has_attr("checked")
    foreign = clerk.post(to("assist", row), {**sent, "text": ASKED, "organisation": world.firms["county"]})
    absent = clerk.post(to("assist", row), {**sent, "text": ASKED, "organisation": 10**9})
    assert (foreign.status_code, absent.status_code) == (400, 400)
    assert clerk.post(to("assist", row), {**sent, "text": ASKED}).status_code == 302
    handler = sign_in(Role.DEPARTMENT_HANDLER)
    page = handler.get(to("ticket", row)).content.decode()
    assert ASKED in page
    done = handler.post(to("answer_assist", row), {"version": row.version + 1, "assist": _all(world, row)[0].pk, "text": FOUND})
    assert done.status_code == 302
    assert FOUND in sign_in(Role.PROPERTY_MANAGER).get(to("ticket", row)).content.decode()
    sent = {"version": row.version + 2, "assist": _all(world, row)[0].pk, "text": "完成"}
    assert sign_in(Role.PROPERTY_MANAGER).post(to("end_assist", row), sent).status_code == 403
    assert clerk.post(to("end_assist", row), sent).status_code == 302
    assert handler.get(to("ticket", row)).status_code == 404


def test_the_lead_is_told_on_the_page_whom_it_waits_for(world: World, sign_in) -> None:
    row = asked(world, required=True)
    back = sign_in(Role.PROPERTY_MANAGER).post(to("resolve", row), {"version": row.version, "text": "已修好，请验收"})
    page = back.content.decode()
    assert back.status_code == 409
    assert world.bureau("UM").name in page
    assert "已修好，请验收" in page


def _all(world: World, row: Ticket) -> list[Assist]:
    with scope.place(world.area()):
        return list(Assist.objects.filter(ticket=row))


@pytest.mark.parametrize(
    ("start", "end", "role"),
    [
        (State.ACCEPTED, "cancel", Role.RESIDENT),
        (State.RESOLVED, "close", Role.STREET_CLERK),
    ],
)
def test_what_is_still_open_ends_with_the_ticket(world: World, start: State, end: str, role: Role) -> None:
    row = asked(world)
    if start == State.RESOLVED:
        with acting(world.actor(Role.PROPERTY_MANAGER)) as manager:
            row = tickets.resolve(row.number, by=manager, version=row.version, text="已修好")
    with acting(world.actor(role)) as actor:
        words = {"text": "不用了"} if end == "cancel" else {}
        getattr(tickets, end)(row.number, by=actor, version=row.version, **words)
    assist = row_of(world, row)
    assert (assist.state, assist.alarm_at) == (AssistState.ENDED, None)
    handler = world.actor(Role.DEPARTMENT_HANDLER)
    with acting(handler), pytest.raises(NotThere):
        queries.get(handler, row.number)
    with scope.place(world.area()):
        assert Notice.objects.filter(kind="ticket_assist_ended", user=handler.user).exists()
        assert Entry.objects.filter(action=f"ticket.{'cancelled' if end == 'cancel' else 'closed'}").last() is not None
