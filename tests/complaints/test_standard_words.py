"""标准回复: which words are offered where, how blanks are filled in, and that a preview says what is then sent."""

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from audit.models import Entry
from complaints import blanks, standard_words
from complaints.actions import merging, previewing
from complaints.actions.previewing import Preview
from complaints.models import KnowledgeNote, Ticket, TicketEvent
from complaints.note_states import Way, Worded
from complaints.permissions import RULES
from complaints.prepared import shipped
from complaints.states import State
from notices.actions import as_mail
from notices.models import Notice
from notices.states import Channel
from people.roles import Role
from tenancy import scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, Stale, WrongState
from tests.contract.callers import caller, fault
from tests.factories.notes import note
from tests.factories.tickets import again, ticket
from tests.factories.world import CANARY, World

SignIn = Callable[..., Any]

ASKED = "请告诉我们具体是哪一层"


def words(world: World, name: str = "问位置", *, by: Role = Role.STREET_CLERK, place: str = "own", **said: Any) -> KnowledgeNote:
    kept: dict[str, Any] = {"way": Way.STANDARD, "words": (), "steps": ("ask",), "text": ASKED, **said}
    return note(world, name, by=by, place=place, **kept)


def fresh(row: Ticket) -> Ticket:
    with scope.place(row.area):
        return again(row)


def offered(row: Ticket, step: str) -> list[str]:
    with scope.place(row.area):
        row = Ticket.objects.select_related("compound", "lead").get(pk=row.pk)
        return [each.text for each in standard_words.offered(row, [step])[step]]


def preview(world: World, row: Ticket, step: str, text: str = ASKED, role: Role = Role.PROPERTY_MANAGER) -> Preview:
    by = world.actor(role)
    with scope.limited_to(by.scope):
        return previewing.preview(row.number, step, by=by, version=row.version, text=text)


def test_the_steps_are_actions_whose_words_the_reporter_reads() -> None:
    assert set(previewing.STEPS) == set(Worded.values) <= set(RULES)


def test_shipped_words_are_known_steps_and_kinds_fit_the_form_and_every_step_has_some() -> None:
    ready = [each for each in shipped() if each.way == Way.STANDARD]
    assert {step for each in ready for step in each.steps} == set(Worded.values)
    for each in ready:
        assert not blanks.unknown_blanks(each.text)
        assert len(each.text) + blanks.LONGEST_FILLED <= 500


def test_words_for_this_kind_stand_before_the_rest_the_streets_before_the_countys(world: World) -> None:
    row = ticket(world, State.ACCEPTED)
    assert row.leaf_id is not None
    words(world, "甲", text="县里的", by=Role.COUNTY_CLERK)
    words(world, "乙", text="街道的")
    words(world, "丙", text="电梯的", leaves=(row.leaf_id,), by=Role.COUNTY_CLERK)
    words(world, "丁", text="别的事", leaves=("0704",))
    words(world, "戊", text="别的步骤", steps=("resolve",))
    words(world, "己", text="别的街道", place="street")
    words(world, "庚", text="别的县", place="county")
    assert offered(row, "ask") == ["电梯的", "街道的", "县里的"]
    assert offered(row, "resolve") == ["别的步骤"]


def test_what_comes_with_mulin_is_offered_until_the_county_has_notes(world: World) -> None:
    row = ticket(world, State.ACCEPTED)
    assert any("具体位置" in each for each in offered(row, "ask"))
    note(world, by=Role.COUNTY_CLERK)
    assert offered(row, "ask") == []


def test_in_triage_the_likely_kinds_count(world: World) -> None:
    row = ticket(world, State.TRIAGE)
    with scope.place(row.area):
        Ticket.objects.filter(pk=row.pk).update(why_here={"leaf": "0202"}, lead=None, leaf=None)
    words(world, text="电梯的", leaves=("0202",), steps=("refuse",))
    words(world, "乙", text="绿地的", leaves=("0704",), steps=("refuse",))
    assert offered(row, "refuse") == ["电梯的"]


def test_blanks_are_filled_in_as_far_as_the_ticket_knows(world: World) -> None:
    row = ticket(world, State.ACCEPTED)
    words(world, text="{编号} {小区} {单位} {答复期限}")
    said = offered(row, "ask")[0]
    assert row.number in said
    assert "{" not in said
    waits = ticket(world, State.TRIAGE, text="不清楚")
    with scope.place(waits.area):
        Ticket.objects.filter(pk=waits.pk).update(lead=None)
    words(world, "乙", text="由{单位}办理", steps=("refuse",))
    assert offered(waits, "refuse") == ["由{单位}办理"]


@given(st.text(alphabet="{}｛｝编号小区 甲\n", max_size=40))
def test_filling_in_touches_nothing_but_known_blanks(text: str) -> None:
    values = {blanks.NUMBER: "N", blanks.COMPOUND: "C"}
    said = blanks.filled(text, values)
    assert not any(blank in said for blank in values)
    if not blanks.left_blank(text):
        assert said == text


def test_a_blank_that_nobody_filled_in_is_not_sent(world: World, sign_in: SignIn) -> None:
    row = ticket(world, State.ACCEPTED)
    manager = sign_in(Role.PROPERTY_MANAGER)
    answer = manager.post(f"/tickets/{row.number}/ask/", {"version": row.version, "text": "请等{ 单位 }联系"})
    assert answer.status_code == 400
    assert "{ 单位 }" in answer.content.decode()
    assert fresh(row).paused_at is None


@pytest.mark.parametrize("step", [Worded.ASK, Worded.CONTACT, Worded.RESOLVE, Worded.ARRIVE])
def test_a_preview_is_word_for_word_what_is_then_sent_and_changes_nothing(world: World, step: Worded) -> None:
    row = ticket(world, State.ACCEPTED)
    before = counted(row)
    found = preview(world, row, step)
    assert counted(row) == before
    assert fresh(row).version == row.version
    by = world.actor(Role.PROPERTY_MANAGER)
    with scope.limited_to(by.scope):
        previewing.STEPS[step](row.number, by=by, version=row.version, text=ASKED)
        added = TicketEvent.objects.filter(ticket=row, told=True).order_by("-pk")[: len(found.events)]
        assert [(each.kind, each.text) for each in found.events] == [(each.kind, each.text) for each in added]
    with scope.everything(reason="tests: what the reporter was told"):
        told = Notice.objects.filter(user=row.reporter, channel=Channel.BELL, key__startswith=f"{row.number}:{row.version + 1}:")
        assert (found.message is not None) == told.exists()
        if found.message:
            mail = as_mail(told.select_related("user").get())
            assert (found.message.subject, found.message.body) == (mail.subject, str(mail.body).strip())


def counted(row: Ticket) -> tuple[int, ...]:
    with scope.everything(reason="tests: what there is"):
        return TicketEvent.objects.filter(ticket=row).count(), Notice.objects.count(), Entry.objects.count()


def test_a_message_is_in_the_reporters_language(world: World) -> None:
    row = ticket(world, State.ACCEPTED)
    assert row.reporter is not None
    with scope.everything(reason="tests: a reader of English"):
        type(row.reporter).objects.filter(pk=row.reporter_id).update(language="en")
    found = preview(world, row, "ask")
    assert found.message is not None
    assert "A question about" in found.message.subject


def test_a_preview_is_refused_where_the_step_is(world: World) -> None:
    row = ticket(world, State.ACCEPTED)
    with pytest.raises(Refusal) as refused:
        preview(world, row, "ask", " ")
    assert refused.value.field == "text"
    with pytest.raises(NotAllowed):
        preview(world, row, "ask", role=Role.RESIDENT)
    row.version += 1
    with pytest.raises(Stale):
        preview(world, row, "ask")
    with pytest.raises(WrongState):
        preview(world, ticket(world, State.CLOSED), "ask")
    foreign = ticket(world, State.ACCEPTED, place="street")
    with pytest.raises(NotThere):
        preview(world, foreign, "ask")


def test_reporters_of_merged_tickets_are_counted(world: World) -> None:
    main, other = ticket(world, State.ACCEPTED), ticket(world, State.DISPATCHED)
    clerk = world.actor(Role.STREET_CLERK)
    with scope.limited_to(clerk.scope):
        merging.merge(other.number, by=clerk, version=other.version, into=main.number)
    assert preview(world, fresh(main), "resolve", "修好了").others == 1
    assert preview(world, fresh(main), "ask").others == 0


# The page


def draft(client: Any, row: Ticket, step: str = "ask", *, htmx: bool = True, **sent: Any) -> Any:
    headers = {"HTTP_HX_REQUEST": "true"} if htmx else {}
    return client.post(f"/tickets/{row.number}/draft/{step}/", {"version": row.version, **sent}, **headers)


def test_words_are_put_in_after_what_was_typed(world: World, sign_in: SignIn) -> None:
    row, ready = ticket(world, State.ACCEPTED), words(world, text="{编号}，请告诉我们具体是哪一层")
    manager = sign_in(Role.PROPERTY_MANAGER)
    page = BeautifulSoup(manager.get(f"/tickets/{row.number}/").content, "html.parser")
    assert [each["value"] for each in page.select("#ask_standard option")] == [str(ready.pk)]
    answer = BeautifulSoup(draft(manager, row, put="1", standard=ready.pk, text="您好").content, "html.parser")
    assert answer.select_one("textarea").text.strip() == f"您好\n{row.number}，请告诉我们具体是哪一层"
    unknown = BeautifulSoup(draft(manager, row, put="1", standard="0", text="您好").content, "html.parser")
    assert unknown.select_one("textarea").text.strip() == "您好"


def test_a_preview_stands_below_the_words_and_a_refusal_beside_them(world: World, sign_in: SignIn) -> None:
    row = ticket(world, State.ACCEPTED)
    manager = sign_in(Role.PROPERTY_MANAGER)
    manager.cookies["django_language"] = "en"
    body = draft(manager, row, text=ASKED).content.decode()
    assert "A question to you" in body
    assert "Nothing has been sent yet" in body
    assert fresh(row).paused_at is None
    empty = draft(manager, row, text="")
    assert empty.status_code == 400
    assert "This field is required" in empty.content.decode() or "Please fill" in empty.content.decode()
    row.version -= 1
    stale = draft(manager, row, text=ASKED)
    assert stale.status_code == 409
    assert ASKED in stale.content.decode()


def test_without_script_the_step_stands_on_a_page_of_its_own(world: World, sign_in: SignIn) -> None:
    row, ready = ticket(world, State.ACCEPTED), words(world, steps=("resolve",), text="已修好")
    manager = sign_in(Role.PROPERTY_MANAGER)
    answer = draft(manager, row, "resolve", htmx=False, put="1", standard=ready.pk)
    page = BeautifulSoup(answer.content, "html.parser")
    form = page.select_one(f'form[action="/tickets/{row.number}/resolve/"]')
    assert form is not None
    assert form.select_one("textarea").text.strip() == "已修好"
    assert form.select_one("input[name=photos]") is not None
    assert form.select_one("input[name=version]")["value"] == str(row.version)


def test_who_may_not_take_the_step_drafts_nothing(world: World, sign_in: SignIn) -> None:
    row = ticket(world, State.RESOLVED)
    assert draft(sign_in(Role.RESIDENT), row, "redo", text="还没好").status_code == 403
    assert draft(sign_in(Role.SUPERVISOR), row, "redo", text="还没好").status_code == 403
    assert draft(sign_in(Role.STREET_CLERK), row, "accept", text="文字").status_code == 404
    foreign = ticket(world, State.ACCEPTED, place="street")
    assert draft(sign_in(Role.STREET_CLERK), foreign, text="文字").status_code == 404


# The API


def test_the_api_lists_words_and_previews(world: World) -> None:
    row = ticket(world, State.ACCEPTED)
    words(world, text="{编号}在哪一层")
    words(world, place="street", text=CANARY)
    manager, reporter = caller(world, Role.PROPERTY_MANAGER), caller(world, Role.RESIDENT)
    listed = manager.get(f"tickets/{row.number}/standard-words/").json()["results"]
    assert listed == [{"step": "ask", "name": "问位置", "text": f"{row.number}在哪一层"}]
    sent = {"step": "ask", "version": row.version, "text": ASKED}
    said = manager.post(f"tickets/{row.number}/preview/", sent).json()
    assert said["lines"] == [{"kind": "asked", "organisation": row.lead.name if row.lead else None, "text": ASKED}]
    assert row.number in said["message"]["subject"]
    assert said["others"] == 0
    assert fresh(row).version == row.version
    assert fault(manager.post(f"tickets/{row.number}/preview/", {**sent, "version": 99}))[0] == 409
    assert fault(reporter.get(f"tickets/{row.number}/standard-words/"))[0] == 403
    assert fault(reporter.post(f"tickets/{row.number}/preview/", {**sent, "step": "redo"}))[0] == 403
