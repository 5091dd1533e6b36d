"""Knowledge notes: who keeps and reads them, which is offered, two who change at once, and the pages."""

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from audit.models import Entry
from complaints import note_queries, prepared, routing
from complaints.actions import notes, step, tickets
from complaints.models import KnowledgeNote
from complaints.note_checks import LONGEST_OF, LONGEST_TEXT, Content
from complaints.note_permissions import may_keep_notes, may_read_notes
from complaints.note_states import NOTE_TRANSITIONS, NoteState, Way
from complaints.states import State
from people.roles import Role
from tenancy import areas, scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, Stale, WrongState
from tests.factories.notes import content, note
from tests.factories.tickets import LIFT_BROKEN, ticket
from tests.factories.world import CANARY, World

SignIn = Callable[..., Client]
QUESTION = "请问维修资金怎么申请使用，需要多少业主同意，咨询一下流程"
STREET, COUNTY, OTHER_STREET = 350582_001_000_000, 350582_000_000_000, 350582_002_000_000
READERS = set(Role) - {Role.RESIDENT, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}
KEEPERS = {Role.STREET_CLERK, Role.STREET_LEADER}


def offered(world: World, text: str = QUESTION, way: str = "consult_reply", place: str = "own") -> prepared.Note | None:
    return prepared.fitting(way, text, "refuse" if way == "redirect_legal" else "reply_directly", area=world.area(place))


def shown(answer: Any) -> str:
    body: str = answer.content.decode()
    assert CANARY not in body
    return body


# Which is offered


def test_the_ways_are_those_that_routing_knows_and_no_text_is_longer_than_its_step_takes() -> None:
    assert set(Way.values) == routing.ANOTHER_WAY | {Way.STANDARD}
    assert {state for to in NOTE_TRANSITIONS.values() for state in to} == set(NoteState)
    assert LONGEST_TEXT == tickets.LONGEST_ANSWER
    assert LONGEST_OF == {Way.COURT: step.LONGEST_REASON}


def test_the_nearest_note_is_offered_and_among_those_of_one_place_the_one_with_most_words_in_the_text(world: World) -> None:
    note(world, place="county")
    note(world, place="street")
    county = note(world, "县", by=Role.COUNTY_CLERK, words=("维修资金", "业主", "流程"))
    assert offered(world).id == county.pk
    one = note(world, "一词", words=("维修资金",))
    assert offered(world).id == one.pk
    two = note(world, "两词", words=("维修资金", "业主同意"))
    note(world, "无关", words=("加装电梯",))
    note(world, "致谢", way="praise_record", words=("维修资金", "业主同意", "流程"))
    assert offered(world).id == two.pk
    assert offered(world, place="sibling").id == two.pk
    notes.withdraw(two.pk, by=world.actor(Role.STREET_CLERK), version=1)
    assert offered(world).id == one.pk
    assert prepared.fitting("consult_reply", QUESTION, "refuse", area=world.area()) is None


def test_what_comes_with_mulin_is_offered_until_the_county_has_written_its_own(world: World) -> None:
    note(world, place="county", by=Role.COUNTY_CLERK)
    note(world, "电梯", words=("加装电梯",))
    found = offered(world)
    assert (found.id, found.example) == (0, True), "a street's note on something else does not send the shipped ones away"
    own = note(world, "县", by=Role.COUNTY_CLERK, words=("别的",))
    assert offered(world) is None
    notes.withdraw(own.pk, by=world.actor(Role.COUNTY_CLERK), version=1)
    assert offered(world) is None, "what a county has withdrawn does not come back by itself"


def test_a_county_takes_the_shipped_notes_over_once_as_examples(world: World) -> None:
    desk = world.actor(Role.COUNTY_CLERK)
    made = notes.take_over(area=COUNTY, by=desk)
    assert [each.name for each in made] == [each.name for each in prepared.shipped()]
    assert all(each.example and each.review_on == note_queries.today() + notes.CHECK_AFTER for each in made)
    assert offered(world).id in {each.pk for each in made}
    with pytest.raises(WrongState):
        notes.take_over(area=COUNTY, by=desk)
    with pytest.raises(NotThere):
        notes.take_over(area=STREET, by=world.actor(Role.STREET_CLERK))
    with pytest.raises(NotAllowed):
        notes.take_over(area=COUNTY, by=world.actor(Role.STREET_CLERK))


# Writing and changing


def test_every_change_raises_the_version_and_stands_in_the_record(world: World) -> None:
    clerk, leader = world.actor(Role.STREET_CLERK), world.actor(Role.STREET_LEADER)
    row = note(world, text="旧")
    row = notes.change(row.pk, content=content(text="新\r\n二", source=""), by=leader, version=1)
    assert (row.version, row.text, row.source, row.changed_by_id, row.written_by_id) == (2, "新\n二", "own", leader.id, clerk.id)
    row = notes.withdraw(row.pk, by=clerk, version=2)
    row = notes.put_back(row.pk, by=clerk, version=3)
    assert (row.state, row.version) == (NoteState.LIVE, 4)
    with scope.place(STREET):
        entries = list(Entry.objects.filter(action__startswith="notes.", subject_id=str(row.pk)).order_by("pk"))
    assert [entry.action for entry in entries] == ["notes.written", "notes.changed", "notes.withdrawn", "notes.put_back"]
    assert (entries[1].before["text"], entries[1].after["text"], entries[1].area) == ("旧", "新\n二", STREET)


def test_nothing_is_written_without_its_entry_in_the_record(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = note(world)

    def broken(*_: object, **__: object) -> None:
        raise OSError("no record")

    monkeypatch.setattr("audit.actions.record", broken)
    clerk = world.actor(Role.STREET_CLERK)
    with pytest.raises(OSError, match="no record"), transaction.atomic():
        notes.change(row.pk, content=content(text="新"), by=clerk, version=1)
    with pytest.raises(OSError, match="no record"), transaction.atomic():
        note(world, "另一条")
    row.refresh_from_db()
    assert row.version == 1
    assert KnowledgeNote.objects.count() == 1


def test_an_example_that_is_changed_becomes_the_offices_own(world: World) -> None:
    desk = world.actor(Role.COUNTY_CLERK)
    row = notes.take_over(area=COUNTY, by=desk)[0]
    assert not notes.change(row.pk, content=content("改过"), by=desk, version=1).example


def test_the_second_of_two_who_change_at_once_is_told_who_was_quicker(world: World) -> None:
    row, clerk = note(world), world.actor(Role.STREET_CLERK)
    notes.change(row.pk, content=content(text="新"), by=world.actor(Role.STREET_LEADER), version=1)
    for act in (notes.withdraw, notes.put_back):
        with pytest.raises(Stale) as refused:
            act(row.pk, by=clerk, version=1)
        assert world.actor(Role.STREET_LEADER).label in str(refused.value.message)
    with pytest.raises(Stale):
        notes.change(row.pk, content=content(text="别的"), by=clerk, version=1)
    row.refresh_from_db()
    assert row.text == "新"


def test_a_withdrawn_note_is_not_changed_and_a_name_stands_once_in_a_place(world: World) -> None:
    row, clerk = note(world), world.actor(Role.STREET_CLERK)
    with pytest.raises(Refusal) as refused:
        note(world)
    assert (refused.value.field, refused.value.code) == ("name", "unique")
    note(world, by=Role.COUNTY_CLERK)
    notes.withdraw(row.pk, by=clerk, version=1)
    for act in (
        lambda: notes.withdraw(row.pk, by=clerk, version=2),
        lambda: notes.change(row.pk, content=content(), by=clerk, version=2),
    ):
        with pytest.raises(WrongState):
            act()
    again = note(world)
    with pytest.raises(Refusal) as refused:
        notes.put_back(row.pk, by=clerk, version=2)
    assert refused.value.code == "unique"
    with pytest.raises(Refusal):
        notes.change(note(world, "别名").pk, content=content(), by=clerk, version=1)
    assert again.state == NoteState.LIVE


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("way", {"way": "dispatch"}),
        ("words", {"words": ("！！",)}),
        ("words", {"words": tuple(f"词{n}" for n in range(31))}),
        ("text", {"text": " "}),
        ("text", {"text": "长" * 2001}),
        ("text", {"text": "长" * 501, "way": "redirect_legal"}),
        ("steps", {"steps": ("ask",)}),
        ("leaves", {"leaves": ("0202",)}),
        ("steps", {"way": "standard_words", "words": ()}),
        ("steps", {"way": "standard_words", "words": (), "steps": ("accept",)}),
        ("leaves", {"way": "standard_words", "words": (), "steps": ("ask",), "leaves": ("9999",)}),
        ("words", {"way": "standard_words", "steps": ("ask",)}),
        ("text", {"way": "standard_words", "words": (), "steps": ("ask",), "text": "请问{姓名}"}),
        ("text", {"way": "standard_words", "words": (), "steps": ("ask", "resolve"), "text": "长" * 381}),
        ("source", {"source": "法" * 121}),
        ("review_on", {"review_on": date(2020, 1, 1)}),
        ("review_on", {"review_on": date(2100, 1, 1)}),
    ],
)
def test_what_cannot_stand_in_a_note_is_refused_at_its_field(world: World, field: str, said: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        note(world, **said)
    assert refused.value.field == field
    assert not KnowledgeNote.objects.exists()


def test_a_name_without_anything_is_refused(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        notes.write(area=STREET, content=Content("​ ", Way.QUESTION, "文字"), by=world.actor(Role.STREET_CLERK))
    assert refused.value.field == "name"


def test_a_place_has_so_many_notes_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("complaints.actions.notes.MOST_NOTES", 2)
    first = note(world, "一")
    notes.withdraw(first.pk, by=world.actor(Role.STREET_CLERK), version=1)
    note(world, "二")
    with pytest.raises(Refusal) as refused:
        note(world, "三")
    assert refused.value.code == "too_many"


def test_the_database_keeps_notes_and_who_wrote_them(world: World) -> None:
    row = note(world)
    other = world.user(Role.STREET_LEADER)
    for wrong in (
        lambda: KnowledgeNote.objects.filter(pk=row.pk).delete(),
        lambda: KnowledgeNote.objects.filter(pk=row.pk).update(written_by=other),
        lambda: KnowledgeNote.objects.filter(pk=row.pk).update(way="dispatch"),
        lambda: KnowledgeNote.objects.filter(pk=row.pk).update(text=""),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            wrong()


# Who


@pytest.mark.parametrize("role", list(Role))
def test_who_keeps_and_who_reads(world: World, role: Role) -> None:
    actor = world.actor(role)
    street, county = note(world), note(world, by=Role.COUNTY_CLERK)
    foreign = note(world, place="county"), note(world, place="county", by=Role.COUNTY_CLERK)
    assert may_keep_notes(actor, STREET) == (role in KEEPERS)
    assert may_keep_notes(actor, COUNTY) == (role == Role.COUNTY_CLERK)
    for row in (street, county):
        assert may_read_notes(actor, row.area) == (role in READERS)
    assert not any(may_read_notes(actor, row.area) for row in foreign)
    assert set(note_queries.readable(actor)) == ({street, county} if role in READERS else set())
    refused = NotThere if role not in READERS else NotAllowed
    if role not in KEEPERS:
        for act in (notes.withdraw, notes.put_back):
            with pytest.raises(refused):
                act(street.pk, by=actor, version=1)
        with pytest.raises(refused):
            notes.write(area=STREET, content=content("新"), by=actor)
    for row in foreign:
        with pytest.raises(NotThere):
            notes.withdraw(row.pk, by=actor, version=1)


def test_another_streets_notes_are_its_own_and_a_compound_has_none(world: World) -> None:
    clerk = world.actor(Role.STREET_CLERK)
    for area in (OTHER_STREET, world.area(), 350582_001_001_000, 350599_000_000_000):
        with pytest.raises(NotThere):
            notes.write(area=area, content=content(), by=clerk)


# Pages


def sent(row: KnowledgeNote | None = None, **fields: object) -> dict[str, object]:
    typed = {
        "name": "维修资金",
        "way": "consult_reply",
        "words": "维修资金，大修",
        "text": "请到社区办理",
        "review_on": "2030-01-01",
    }
    return {**typed, **({"version": row.version} if row else {"area": STREET}), **fields}


@pytest.fixture
def foreign(world: World) -> KnowledgeNote:
    return note(world, place="county")


@pytest.mark.parametrize("role", list(Role))
def test_who_finds_the_pages(world: World, sign_in: SignIn, role: Role, foreign: KnowledgeNote) -> None:
    row, client = note(world), sign_in(role)
    reads = 200 if role in READERS else 404
    for url in ("/desk/notes/", f"/desk/notes/{row.pk}/"):
        assert client.get(url).status_code == reads
    keeps = 200 if role in KEEPERS else 403 if role in READERS else 404
    assert client.get(f"/desk/notes/{row.pk}/change/").status_code == keeps
    assert client.get("/desk/notes/write/").status_code == (200 if role == Role.COUNTY_CLERK else keeps)
    assert client.post(f"/desk/notes/{row.pk}/withdraw/", {"version": 1}).status_code == {200: 302}.get(keeps, keeps)
    for url in (f"/desk/notes/{foreign.pk}/", f"/desk/notes/{foreign.pk}/change/"):
        assert client.get(url).status_code == 404
    assert client.post(f"/desk/notes/{foreign.pk}/withdraw/", {"version": 1}).status_code == 404
    assert ('href="/desk/notes/"' in client.get("/notices/").content.decode()) == (role in READERS)


def test_a_note_is_written_found_changed_withdrawn_and_put_back(world: World, sign_in: SignIn, foreign: KnowledgeNote) -> None:
    clerk = sign_in(Role.STREET_CLERK)
    clerk.cookies["django_language"] = "en"
    answer = clerk.post("/desk/notes/write/", sent())
    row = KnowledgeNote.objects.get(area=STREET)
    assert answer.url == f"/desk/notes/{row.pk}/"
    assert (row.words, row.source, row.review_on) == (["维修资金", "大修"], "own", date(2030, 1, 1))
    assert "请到社区办理" in shown(clerk.get(answer.url))
    for query, there in (
        ({}, True),
        ({"q": "大修"}, True),
        ({"q": "加装"}, False),
        ({"way": "praise_record"}, False),
        ({"shown": "due"}, False),
    ):
        assert ("请到社区办理" in shown(clerk.get("/desk/notes/", query))) == there, query
    changed = clerk.post(f"/desk/notes/{row.pk}/change/", sent(row, text="请到街道办理", source="民法典第二百八十一条"))
    assert changed.status_code == 302
    row.refresh_from_db()
    assert (row.text, row.version) == ("请到街道办理", 2)
    assert clerk.post(f"/desk/notes/{row.pk}/withdraw/", {"version": 2}).status_code == 302
    assert "请到街道办理" not in shown(clerk.get("/desk/notes/"))
    assert "请到街道办理" in shown(clerk.get("/desk/notes/", {"shown": "withdrawn"}))
    assert clerk.get(f"/desk/notes/{row.pk}/change/").status_code == 409
    assert clerk.post(f"/desk/notes/{row.pk}/put-back/", {"version": 3}).status_code == 302
    row.refresh_from_db()
    assert row.state == NoteState.LIVE


def test_the_list_goes_on_over_pages(world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("complaints.views.notes.PAGE", 2)
    for name in ("甲一", "甲二", "甲三"):
        note(world, name)
    clerk = sign_in(Role.STREET_CLERK)
    first = BeautifulSoup(clerk.get("/desk/notes/", {"q": "甲"}).content, "html.parser")
    second = shown(clerk.get(f"/desk/notes/{first.select_one('a[rel=next]')['href']}"))
    assert "甲一" in second
    assert "甲三" not in second
    assert "甲一" not in first.select_one("ul.rows").text


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("name", {"name": ""}),
        ("words", {"words": "！！"}),
        ("text", {"text": ""}),
        ("review_on", {"review_on": "2020-01-01"}),
        ("way", {"way": "x"}),
    ],
)
def test_a_faulty_note_comes_back_with_its_error_and_all_that_was_typed(
    world: World, sign_in: SignIn, field: str, fields: dict[str, object]
) -> None:
    answer = sign_in(Role.STREET_CLERK).post("/desk/notes/write/", sent(source="民法典", **fields))
    assert answer.status_code == 400
    body = shown(answer)
    assert f'id="id_{field}_error"' in body
    assert "民法典" in body
    assert not KnowledgeNote.objects.exists()


def test_two_who_edit_at_once_see_what_stands_there_now(world: World, sign_in: SignIn) -> None:
    row, clerk = note(world), sign_in(Role.STREET_CLERK)
    notes.change(row.pk, content=content(text="先到的话"), by=world.actor(Role.STREET_LEADER), version=1)
    answer = clerk.post(f"/desk/notes/{row.pk}/change/", sent(row, text="后到的话"))
    assert answer.status_code == 409
    body = shown(answer)
    assert "先到的话" in body
    assert "后到的话" in body
    assert 'name="version" value="2"' in body
    assert clerk.post(f"/desk/notes/{row.pk}/withdraw/", {"version": 1}).status_code == 409
    assert clerk.post(f"/desk/notes/{row.pk}/withdraw/", {}).status_code == 400


def test_a_county_without_notes_sees_the_shipped_ones_and_takes_them_over(world: World, sign_in: SignIn) -> None:
    desk, clerk = sign_in(Role.COUNTY_CLERK), sign_in(Role.STREET_CLERK)
    assert "take-over" in shown(desk.get("/desk/notes/"))
    body = shown(clerk.get("/desk/notes/"))
    assert "加装电梯" in body
    assert "take-over" not in body
    assert clerk.post("/desk/notes/take-over/", {"area": COUNTY}).status_code == 400
    assert sign_in(Role.SUPERVISOR).post("/desk/notes/take-over/", {"area": COUNTY}).status_code == 403
    assert not KnowledgeNote.objects.exists()
    assert desk.post("/desk/notes/take-over/", {"area": COUNTY}).status_code == 302
    assert KnowledgeNote.objects.filter(area=COUNTY, example=True).count() == len(prepared.shipped())
    assert "take-over" not in shown(desk.get("/desk/notes/"))
    assert desk.post("/desk/notes/take-over/", {"area": COUNTY}).status_code == 409


def test_the_prefilled_form_names_the_note_says_when_it_is_to_be_checked_and_leads_to_it(
    world: World, sign_in: SignIn, later: Callable[[datetime], None]
) -> None:
    row = note(world, text="街道自己的话", source="民法典第二百八十一条")
    case = ticket(world, State.TRIAGE, text=QUESTION)
    clerk = sign_in(Role.STREET_CLERK)
    clerk.cookies["django_language"] = "en"

    def form() -> Any:
        body = BeautifulSoup(clerk.get(f"/tickets/{case.number}/").content, "html.parser")
        return body.select_one("#reply-directly")

    assert form().select_one("textarea").text.strip() == "街道自己的话"
    said = form().select_one(".field-help")
    assert "“维修资金”, after 民法典第二百八十一条" in said.text
    assert "to be checked" not in said.text
    assert said.select_one("a")["href"] == f"/desk/notes/{row.pk}/change/"
    later(timezone.now() + timedelta(days=365 * 5))
    assert "It was to be checked by 2030-01-01" in form().select_one(".field-help").text


def test_an_answer_may_be_as_long_as_a_note(world: World, sign_in: SignIn) -> None:
    case = ticket(world, State.TRIAGE, text=QUESTION)
    url = f"/tickets/{case.number}/reply-directly/"
    clerk = sign_in(Role.STREET_CLERK)
    assert clerk.post(url, {"version": case.version, "text": "长" * (LONGEST_TEXT + 1)}).status_code == 400
    assert clerk.post(url, {"version": case.version, "text": "长" * LONGEST_TEXT}).status_code == 302


def test_a_notes_page_lists_the_tickets_it_would_fit_and_only_the_readers_own(world: World, sign_in: SignIn) -> None:
    case = ticket(world, State.TRIAGE, text=QUESTION)
    elsewhere = ticket(world, State.TRIAGE, text=QUESTION, place="street")
    other = ticket(world, State.TRIAGE, text=LIFT_BROKEN)
    row, of_county = note(world), note(world, by=Role.COUNTY_CLERK)
    body = shown(sign_in(Role.STREET_CLERK).get(f"/desk/notes/{row.pk}/"))
    assert case.number in body
    assert elsewhere.number not in body
    assert other.number not in body
    assert case.number not in shown(sign_in(Role.PROPERTY_MANAGER).get(f"/desk/notes/{row.pk}/"))
    assert elsewhere.number in sign_in(Role.COUNTY_CLERK).get(f"/desk/notes/{of_county.pk}/").content.decode()


def test_words_that_are_masked_in_a_ticket_do_not_find_it(world: World, sign_in: SignIn) -> None:
    case = ticket(world, State.TRIAGE, text=QUESTION + "，电话13812345678")
    seen, hidden = note(world), note(world, "电话", words=("13812345678",))
    clerk = sign_in(Role.STREET_CLERK)
    assert case.number in shown(clerk.get(f"/desk/notes/{seen.pk}/"))
    assert case.number not in shown(clerk.get(f"/desk/notes/{hidden.pk}/"))
    assert areas.ancestor(case.area, areas.Level.STREET) == hidden.area


# Excel

SHEETS = f"/desk/notes/of/{STREET}/"


def sheet_of(rows: list[list[object]]) -> SimpleUploadedFile:
    book = Workbook()
    for row in [["heading"], *rows]:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return SimpleUploadedFile("notes.xlsx", kept.getvalue())


def test_notes_go_out_as_excel_and_what_was_changed_there_comes_back(
    world: World, sign_in: SignIn, foreign: KnowledgeNote
) -> None:
    same, other = note(world, source="民法典"), note(world, "=cmd", words=("电梯",))
    gone = note(world, "撤下")
    notes.withdraw(gone.pk, by=world.actor(Role.STREET_CLERK), version=1)
    clerk = sign_in(Role.STREET_CLERK)
    book = load_workbook(io.BytesIO(clerk.get(f"{SHEETS}excel/").content))
    rows = list(book.worksheets[0].iter_rows())
    assert [row[0].value for row in rows[1:]] == [same.name, other.name]
    assert not [cell for row in rows for cell in row if cell.data_type == "f"]
    book.worksheets[0]["G3"].value = "改过的话"
    book.worksheets[0].append(["新的", "praise_record", "", "", "", "", "谢谢", "2030-05-01", ""])
    kept = io.BytesIO()
    book.save(kept)
    answer = clerk.post(f"{SHEETS}import/", {"sheet": SimpleUploadedFile("notes.xlsx", kept.getvalue())})
    assert answer.status_code == 302, shown(answer)
    assert KnowledgeNote.objects.get(pk=same.pk).version == 1
    assert (KnowledgeNote.objects.get(pk=other.pk).text, KnowledgeNote.objects.get(pk=other.pk).version) == ("改过的话", 2)
    fresh = KnowledgeNote.objects.get(name="新的")
    assert (fresh.area, fresh.way, fresh.words, fresh.source, fresh.review_on) == (
        STREET,
        "praise_record",
        [],
        "own",
        date(2030, 5, 1),
    )


ANSWER = ["consult_reply", "", "", "", "", "文字"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["", *ANSWER]], "Row 2"),
        ([["甲", *ANSWER], [], ["乙", "?", *ANSWER[1:]]], "Row 4"),
        ([["甲", *ANSWER, "tomorrow"]], "Row 2"),
        ([["甲", *ANSWER], [], ["甲", *ANSWER]], "Row 4"),
        ([["甲", *ANSWER], ["维修资金", *ANSWER, "", 7]], "Row 3"),
        ([["维修资金", *ANSWER]], "already"),
        ([["甲", *ANSWER, "", 3]], "leave the version empty"),
        ([["甲", *ANSWER[:-1], "=1+1"]], "formula"),
        ([["甲", "standard_words", "", "", "", "", "文字"]], "Row 2"),
        ([["甲", "standard_words", "", "ask", "9999", "", "文字"]], "Row 2"),
        ([["甲", "consult_reply", "", "ask", "", "", "文字"]], "Row 2"),
    ],
)
def test_a_sheet_with_a_fault_is_refused_whole_and_the_row_is_named(
    world: World, sign_in: SignIn, rows: list[list[object]], said: str
) -> None:
    row, clerk = note(world), sign_in(Role.STREET_CLERK)
    clerk.cookies["django_language"] = "en"
    answer = clerk.post(f"{SHEETS}import/", {"sheet": sheet_of(rows)})
    assert answer.status_code in (400, 409)
    assert said in shown(answer)
    assert 'id="id_sheet_error"' in shown(answer)
    assert list(KnowledgeNote.objects.values_list("pk", "version")) == [(row.pk, 1)]


@pytest.mark.parametrize("role", list(Role))
def test_who_takes_notes_out_and_in(world: World, sign_in: SignIn, role: Role) -> None:
    client = sign_in(role)
    assert client.get(f"{SHEETS}excel/").status_code == (200 if role in READERS else 404)
    assert client.get(f"{SHEETS}import/").status_code == (200 if role in KEEPERS else 403 if role in READERS else 404)
    for path in ("excel", "import"):
        assert client.get(f"/desk/notes/of/350505001000000/{path}/").status_code == 404
