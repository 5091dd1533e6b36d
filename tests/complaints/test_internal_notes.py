"""内部备注: who writes them, who reads them, and that nobody else ever does."""

import json
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from audit.models import Entry
from complaints import internal_notes, queries
from complaints.actions import assists, exports, remarks
from complaints.models import InternalNote, Ticket
from complaints.numbers import tracking_code
from complaints.states import State
from complaints.worklist import Filters
from people.roles import Role
from tenancy import scope
from tenancy.refusals import NotAllowed, NotThere, Refusal
from tests.contract.callers import caller, fault
from tests.factories.tickets import again, ticket
from tests.factories.world import World

SECRET = "先核实再回复，住户情绪激动"


def add(world: World, row: Ticket, role: Role, text: str = SECRET, place: str = "own") -> InternalNote:
    by = world.actor(role, place)
    with scope.limited_to(by.scope):
        return remarks.add(row.number, by=by, text=text)


def reads(world: World, row: Ticket, role: Role) -> bool:
    by = world.actor(role)
    with scope.limited_to(by.scope):
        return internal_notes.may_read(by, queries.get(by, row.number))


def test_those_who_act_on_it_write_and_read_with_who_and_for_whom(world: World) -> None:
    row = ticket(world, State.DISPATCHED)
    for role in (Role.PROPERTY_MANAGER, Role.STREET_CLERK, Role.COUNTY_CLERK):
        add(world, row, role)
        assert reads(world, row, role)
    assert reads(world, row, Role.SUPERVISOR)
    with pytest.raises(NotAllowed):
        add(world, row, Role.SUPERVISOR)
    with scope.place(world.area()):
        assert InternalNote.objects.order_by("pk")[0].organisation_id == world.firms["own"]
        assert again(row).version == row.version
    with scope.everything(reason="tests: the record"):
        assert Entry.objects.filter(action="ticket.internal_note", subject_id=str(row.pk)).count() == 3


def test_an_assisting_organisation_writes_while_it_is_asked(world: World) -> None:
    row = ticket(world, State.ACCEPTED)
    with pytest.raises(NotThere):
        add(world, row, Role.DEPARTMENT_LEAD)
    lead = world.actor(Role.DEPARTMENT_LEAD)
    clerk = world.actor(Role.STREET_CLERK)
    with scope.place(world.area()):
        row = assists.ask(
            row.number, by=clerk, version=row.version, organisation=lead.posts[0].organisation_id or 0, text="请配合"
        )
    note = add(world, row, Role.DEPARTMENT_LEAD)
    assert note.organisation_id == lead.posts[0].organisation_id
    with scope.place(world.area()):
        asked = queries.live_assists(row).get()
        assists.end(row.number, by=clerk, version=row.version, assist=asked.pk, text="不用了")
    with pytest.raises(NotThere):
        add(world, row, Role.DEPARTMENT_LEAD)


@pytest.mark.parametrize("place", ["sibling", "street", "county"])
def test_elsewhere_it_is_not_there(world: World, place: str) -> None:
    row = ticket(world, State.DISPATCHED, place=place)
    with pytest.raises(NotThere):
        add(world, row, Role.PROPERTY_MANAGER)


def test_a_ticket_about_an_official_keeps_its_notes_to_its_lead(world: World) -> None:
    row = ticket(world, State.DISPATCHED)
    add(world, row, Role.PROPERTY_MANAGER)
    with scope.place(world.area()):
        Ticket.objects.filter(pk=row.pk).update(restricted=True)
    for role in (Role.STREET_CLERK, Role.COUNTY_CLERK, Role.SUPERVISOR, Role.DEPARTMENT_LEAD):
        with pytest.raises(NotThere):
            reads(world, row, role)
    assert reads(world, row, Role.PROPERTY_MANAGER)


def test_it_is_never_changed_or_taken_back(world: World) -> None:
    note = add(world, ticket(world, State.DISPATCHED), Role.PROPERTY_MANAGER)
    with scope.place(world.area()):
        for change in (lambda: InternalNote.objects.filter(pk=note.pk).update(text="x"), note.delete):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()


@pytest.mark.parametrize("text", ["", "   ", "字" * 501, "a\x00b"])
def test_a_note_without_words_is_refused_by_its_field(world: World, text: str) -> None:
    row = ticket(world, State.DISPATCHED)
    with pytest.raises(Refusal) as refused:
        add(world, row, Role.PROPERTY_MANAGER, text)
    assert refused.value.field == "text"


def test_neither_reporter_nor_neighbour_nor_slip_nor_list_shows_it(world: World, sign_in: Any, client: Any) -> None:
    row = ticket(world, State.ACCEPTED, public=True)
    add(world, row, Role.PROPERTY_MANAGER)
    pages = [sign_in(Role.RESIDENT).get(f"/tickets/{row.number}/"), client.get(f"/t/{row.number}/{tracking_code(row.number)}/")]
    api = caller(world, Role.RESIDENT).get(f"tickets/{row.number}/")
    assert [each.status_code for each in (*pages, api)] == [200, 200, 200]
    for answer in (*pages, api):
        assert SECRET not in answer.content.decode()
    assert fault(caller(world, Role.RESIDENT).get(f"tickets/{row.number}/internal-notes/"))[0] == 403
    assert sign_in(Role.RESIDENT).post(f"/tickets/{row.number}/internal-notes/", {"text": "我也写"}).status_code == 403
    staff = caller(world, Role.PROPERTY_MANAGER).get(f"tickets/{row.number}/")
    assert SECRET not in staff.content.decode(), "the ticket's own description goes to more readers than the notes"
    assert SECRET not in client.get("/open311/v2/requests.json?jurisdiction_id=350582").content.decode()
    clerk = world.actor(Role.STREET_CLERK)
    with scope.limited_to(clerk.scope):
        export = exports.ask("all", Filters(), form="csv", described="", address="", by=clerk)
    claimed = exports.claim(export.pk)
    assert claimed is not None
    exports.work(*claimed)
    assert SECRET not in sign_in(Role.STREET_CLERK).get(f"/desk/exports/{export.pk}/file/").content.decode()


def test_staff_who_filed_it_themselves_read_none(world: World) -> None:
    """A member of staff is a reporter of their own complaint, whatever they hold."""
    row = ticket(world, State.ACCEPTED)
    add(world, row, Role.PROPERTY_MANAGER)
    with scope.place(world.area()):
        Ticket.objects.filter(pk=row.pk).update(reporter=world.user(Role.STREET_CLERK))
    assert not reads(world, row, Role.STREET_CLERK)
    with pytest.raises(NotAllowed):
        add(world, row, Role.STREET_CLERK)


def test_a_colleague_at_home_reads_a_public_ticket_as_a_neighbour(world: World) -> None:
    row = ticket(world, State.ACCEPTED, public=True)
    by = world.actor(Role.RESIDENT)
    with scope.everything(reason="tests: another reporter"):
        Ticket.objects.filter(pk=row.pk).update(reporter=world.user(Role.DEPARTMENT_LEAD))
    with scope.limited_to(by.scope):
        assert not internal_notes.may_read(by, queries.get(by, row.number))


def test_personal_data_in_a_note_is_masked_as_in_the_rest(world: World) -> None:
    row = ticket(world, State.ACCEPTED)
    add(world, row, Role.PROPERTY_MANAGER, "联系电话13800138000")
    for role, shown in ((Role.PROPERTY_MANAGER, True), (Role.STREET_CLERK, False)):
        by = world.actor(role)
        with scope.limited_to(by.scope):
            (note,) = internal_notes.read(by, queries.get(by, row.number))
        assert ("13800138000" in note.text) == shown


def test_the_case_shows_notes_apart_and_keeps_what_was_typed(world: World, sign_in: Any) -> None:
    row, client = ticket(world, State.ACCEPTED), sign_in(Role.PROPERTY_MANAGER)
    one = f"/tickets/{row.number}/internal-notes/"
    assert client.post(one, {"text": SECRET}).status_code == 302
    page = client.get(f"/tickets/{row.number}/").content.decode()
    assert page.index('id="internal-notes"') < page.index(SECRET)
    long = "长" * 501
    refused = client.post(one, {"text": long})
    assert refused.status_code == 400
    assert long in refused.content.decode()
    assert sign_in(Role.SUPERVISOR).post(one, {"text": "看看"}).status_code == 403
    assert sign_in(Role.PROPERTY_MANAGER, "county").post(one, {"text": "看看"}).status_code == 404


def test_through_the_api(world: World) -> None:
    row, program = ticket(world, State.ACCEPTED), caller(world, Role.PROPERTY_MANAGER)
    made = program.post(f"tickets/{row.number}/internal-notes/", {"text": SECRET})
    assert made.status_code == 201
    assert json.loads(made.content)["organisation"] == str(row.lead)
    found = caller(world, Role.STREET_CLERK).get(f"tickets/{row.number}/internal-notes/").json()["results"]
    assert [note["text"] for note in found] == [SECRET]
    assert fault(program.post(f"tickets/{row.number}/internal-notes/", {}))[::2] == (400, "text")
    assert caller(world, Role.PROPERTY_MANAGER, "county").get(f"tickets/{row.number}/internal-notes/").status_code == 404


def test_a_record_that_breaks_leaves_no_note(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = ticket(world, State.ACCEPTED)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the record is broken")

    monkeypatch.setattr("audit.actions.record", broken)
    with pytest.raises(RuntimeError):
        add(world, row, Role.PROPERTY_MANAGER)
    with scope.place(world.area()):
        assert not InternalNote.objects.exists()
