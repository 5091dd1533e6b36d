"""Taking the desk's list out: exactly what the screen shows, marked, recorded, harmless, for one person and for a while."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from audit.models import Entry
from complaints import exporting, tasks, worklist
from complaints.actions import exports
from complaints.export_states import ExportState
from complaints.models import Export, Ticket
from complaints.states import State
from complaints.worklist import Filters
from files import storage
from people.actors import Actor
from people.roles import Role
from tenancy import clock, scope
from tenancy.refusals import NotAllowed, NotThere, Refusal
from tests.factories.tickets import ticket
from tests.factories.world import CANARY, World

NAME, PHONE = "欧阳示例", "13800001111"


@pytest.fixture(autouse=True)
def somewhere(settings: Any, tmp_path: Any) -> None:
    settings.MULIN_MEDIA_ROOT = tmp_path


@pytest.fixture
def clerk(world: World) -> Actor:
    return world.actor(Role.STREET_CLERK)


@pytest.fixture
def rows(world: World) -> list[Ticket]:
    for place in ("street", "county"):
        ticket(world, State.DISPATCHED, place=place)
    kinds = (State.DISPATCHED, State.ACCEPTED, State.RESOLVED, State.TRIAGE)
    return [ticket(world, state, reporter_name=NAME, reporter_phone=PHONE) for state in kinds]


def ask(by: Actor, queue: str = "all", filters: Filters | None = None, form: str = "csv") -> Export:
    with scope.limited_to(by.scope):
        return exports.ask(queue, filters or Filters(), form=form, described="全部", address="queue=all", by=by)


def written(row: Export, by: Actor) -> Export:
    claimed = exports.claim(row.pk)
    assert claimed is not None
    assert exports.work(*claimed) == ExportState.DONE
    with scope.limited_to(by.scope):
        return exports.get(by, row.pk)


def table(row: Export) -> list[list[Any]]:
    with storage.reading(row.file) as stored:
        body = stored.read()
    if row.form == "csv":
        assert body.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    return [list(line) for line in load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True)]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("queue", ["all", "open", "new", "triage"])
@pytest.mark.parametrize("role", [Role.STREET_CLERK, Role.PROPERTY_MANAGER, Role.COUNTY_CLERK])
def test_the_file_has_the_rows_of_the_screen_and_no_others(
    world: World, rows: list[Ticket], role: Role, queue: str, form: str
) -> None:
    actor = world.actor(role)
    with scope.limited_to(actor.scope):
        screen = {row.number for row in worklist.page(actor, queue, Filters(), now=clock.now()).rows}
    row = written(ask(actor, queue, form=form), actor)
    mark, headings, *lines = table(row)
    assert {line[0] for line in lines} == screen
    assert len(lines) == len(screen) == row.total == row.done
    assert len(headings) == len(lines[0]) if lines else True
    assert actor.label in mark[0]
    assert f" {len(screen)} " in mark[0]
    assert CANARY not in str(lines) or role == Role.COUNTY_CLERK
    assert not any(word in str(lines) for word in (NAME, PHONE))


def test_filters_are_those_of_the_screen(world: World, clerk: Actor, rows: list[Ticket]) -> None:
    odd = ticket(world, State.DISPATCHED, text="围墙倒了一段")
    assert {line[0] for line in table(written(ask(clerk, "all", Filters(words="围墙")), clerk))[2:]} == {odd.number}
    none = table(written(ask(clerk, "all", Filters(compound=world.area("sibling"))), clerk))
    assert len(none) == 2
    assert table(written(ask(clerk, "ended"), clerk))[2:] == []


def test_what_the_reader_reads_masked_is_masked_in_the_file(world: World, clerk: Actor) -> None:
    ticket(world, State.DISPATCHED, text="我叫王小明，电话13812345678，三号楼电梯坏了")
    manager = world.actor(Role.PROPERTY_MANAGER)
    for actor, reads in ((clerk, False), (manager, True)):
        assert ("王小明" in str(table(written(ask(actor), actor)))) is reads


def test_formulas_are_neutralised(world: World, clerk: Actor) -> None:
    texts = ["=HYPERLINK(1)", "+1", "-2+3", "@SUM(1)", "＝1+1", "普通的话"]
    for text in texts:
        ticket(world, State.TRIAGE, text=text)
    shown = [line[7] for line in table(written(ask(clerk, form="csv"), clerk))[2:]]
    assert sorted(shown) == sorted(["'=HYPERLINK(1)", "'+1", "'-2+3", "'@SUM(1)", "'＝1+1", "普通的话"])
    row = written(ask(clerk, form="xlsx"), clerk)
    with storage.reading(row.file) as stored:
        sheet = load_workbook(io.BytesIO(stored.read())).active
    cells = [line[7] for line in sheet.iter_rows(min_row=3)]
    assert {cell.value for cell in cells} == set(texts)
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells)


def test_asking_writing_and_fetching_are_recorded(world: World, clerk: Actor, rows: list[Ticket]) -> None:
    row = written(ask(clerk, "all", Filters(words="电梯")), clerk)
    with scope.limited_to(clerk.scope):
        exports.fetch(row.pk, by=clerk)[1].close()
    with scope.everything(reason="tests: the record"):
        entries = list(Entry.objects.filter(action__startswith="tickets.export").order_by("pk"))
    assert [entry.action for entry in entries] == ["tickets.export_asked", "tickets.exported", "tickets.export_fetched"]
    assert all(entry.after["filters"] == {"words": "电梯"} and entry.actor_id == clerk.id for entry in entries)
    assert entries[1].after["done"] == 4
    assert {entry.area for entry in entries} == {clerk.posts[0].area}


def test_what_cannot_be_recorded_is_not_asked_for(world: World, clerk: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the record is full")

    monkeypatch.setattr("audit.actions.record", broken)
    with pytest.raises(RuntimeError):
        ask(clerk)
    with scope.everything(reason="tests: nothing was written"):
        assert not Export.objects.exists()


def test_nobody_else_gets_it(world: World, clerk: Actor, rows: list[Ticket]) -> None:
    row = written(ask(clerk), clerk)
    for role in (Role.STREET_LEADER, Role.COUNTY_CLERK, Role.PROPERTY_MANAGER, Role.AUDIT_ADMIN):
        other = world.actor(role)
        with scope.limited_to(other.scope):
            with pytest.raises(NotThere):
                exports.get(other, row.pk)
            with pytest.raises(NotThere):
                exports.fetch(row.pk, by=other)
            assert not Export.objects.filter(pk=row.pk).exists()


def test_a_list_that_is_too_long_is_refused_and_says_so(world: World, clerk: Actor, rows: list[Ticket], settings: Any) -> None:
    settings.EXPORT_MOST_ROWS = 3
    with pytest.raises(Refusal) as refused:
        ask(clerk)
    assert refused.value.code == "too_long"
    assert "3" in str(refused.value.message)
    settings.EXPORT_MOST_ROWS = 4
    for _each in range(exports.MOST_WAITING):
        ask(clerk)
    with pytest.raises(Refusal) as refused:
        ask(clerk)
    assert refused.value.code == "too_many"
    with pytest.raises(Refusal) as refused:
        ask(world.actor(Role.PROPERTY_MANAGER), form="pdf")
    assert refused.value.field == "form"
    for role in (Role.RESIDENT, Role.SYSTEM_ADMIN):
        with pytest.raises(NotAllowed):
            ask(world.actor(role))


def test_it_is_deleted_when_its_time_is_up(
    world: World, clerk: Actor, rows: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = written(ask(clerk), clerk)
    assert exports.clear() == 0
    later = clock.now() + timedelta(hours=25)
    monkeypatch.setattr("tenancy.clock.now", lambda: later)
    assert exports.clear() == 1
    with pytest.raises(FileNotFoundError):
        storage.reading(row.file)
    with scope.limited_to(clerk.scope):
        assert exports.get(clerk, row.pk).state == ExportState.GONE
        with pytest.raises(NotThere):
            exports.fetch(row.pk, by=clerk)


def test_a_failure_is_tried_again_and_then_said(world: World, clerk: Actor, rows: list[Ticket], monkeypatch: Any) -> None:
    def broken(*_: object) -> None:
        raise OSError("the disk is full")

    row = ask(clerk)
    monkeypatch.setattr(exporting, "lines", broken)
    for _try in range(exports.MOST_TRIES):
        tasks.export(row.pk, row.area)
    with scope.limited_to(clerk.scope):
        failed = exports.get(clerk, row.pk)
    assert (failed.state, failed.problem) == (ExportState.FAILED, "OSError")
    assert tasks.export(row.pk, row.area) == "nothing to do"
    assert not list(storage.names_older_than(-1, suffix="csv"))


def test_who_lost_the_desk_meanwhile_gets_nothing(world: World, rows: list[Ticket], monkeypatch: pytest.MonkeyPatch) -> None:
    manager = world.actor(Role.PROPERTY_MANAGER)
    row = ask(manager)
    monkeypatch.setattr("people.actors.of_user", lambda user: Actor(user, ()))
    assert exports.work(*exports.claim(row.pk)) == ExportState.FAILED


def test_rows_are_read_in_chunks(world: World, clerk: Actor, rows: list[Ticket], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 2)
    row = ask(clerk)
    claimed = exports.claim(row.pk)
    with CaptureQueriesContext(connection) as queries:
        exports.work(*claimed)
    assert sum("concerns_reader" in query["sql"] for query in queries) == 2
    with scope.limited_to(clerk.scope):
        assert exports.get(clerk, row.pk).done == 4


def page_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    page: str = answer.content.decode()
    return page


def test_the_pages_lead_from_the_list_to_the_file(
    world: World, clerk: Actor, rows: list[Ticket], sign_in: Any, settings: Any
) -> None:
    client = sign_in(Role.STREET_CLERK)
    assert 'value="xlsx"' in page_of(client, "/desk/?queue=open&q=电梯")
    asked = {"queue": "open", "address": "queue=open&q=电梯", "form": "xlsx"}
    answer = client.post("/desk/exports/ask/", asked)
    assert answer.status_code == 302
    one = answer["Location"]
    assert 'hx-trigger="every 2s"' in page_of(client, one)
    assert client.post(f"{one}file/").status_code == 404
    assert tasks.sweep_exports() == "done"
    page = page_of(client, one)
    assert f"{one}file/" in page
    assert "every 2s" not in page
    assert one in page_of(client, "/desk/exports/")
    answer = client.post(f"{one}file/")
    assert "attachment" in answer["Content-Disposition"]
    lines = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True))
    assert "电梯" in lines[0][0]
    assert {line[0] for line in lines[2:]} == {row.number for row in rows if row.state != State.RESOLVED}
    other = sign_in(Role.STREET_LEADER)
    assert page_of(other, one, 404)
    assert other.post(f"{one}file/").status_code == 404
    assert one not in page_of(other, "/desk/exports/")
    assert client.post("/desk/exports/ask/", {**asked, "queue": "x"}).status_code == 404
    settings.EXPORT_MOST_ROWS = 1
    refused = client.post("/desk/exports/ask/", asked)
    assert refused.status_code == 400
    assert "/desk/?queue=open&amp;q=" in refused.content.decode()
