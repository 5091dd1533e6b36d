"""Pages of legal consultations: asking, answering, refusals that keep what was typed, the sheet and the paper."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from docx import Document
from openpyxl import load_workbook

from enforcement.advice_states import ConsultationState
from enforcement.models import Consultation
from people.actors import Actor
from people.roles import Role
from tenancy import scope
from tests.factories.advice import ANSWER, QUESTION, adviser, consultation
from tests.factories.world import CANARY, World

SignIn = Callable[..., Client]
S = ConsultationState
SAID = {"topic": "fees", "subject": "物业费", "text": "空置房要交吗"}


def shown(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()
    page: str = answer.content.decode()
    assert CANARY not in page
    return page[page.index("<main") : page.index("</main>")]


def of(sign_in: SignIn, actor: Actor) -> Client:
    client = sign_in(None)
    client.force_login(actor.user, backend="people.backends.NameOrPhoneBackend")
    return client


def now(row: Consultation) -> Consultation:
    with scope.everything(reason="tests: a consultation"):
        found: Consultation = Consultation.objects.get(pk=row.pk)
    return found


def test_a_resident_asks_at_once_of_their_only_compound(world: World, sign_in: SignIn) -> None:
    adviser(world)
    client = sign_in(Role.RESIDENT)
    assert "behalf" not in shown(client.get("/checks/advice/ask/"))
    page = shown(client.post("/checks/advice/ask/", SAID | {"text": "", "subject": "费用<b>"}), 400)
    assert "费用&lt;b&gt;" in page
    assert "id_text_error" in page
    answer = client.post("/checks/advice/ask/", SAID | {"behalf": "别人"})
    with scope.everything(reason="tests: a consultation"):
        row = Consultation.objects.get()
    assert answer.headers["Location"] == f"/checks/advice/{row.pk}/"
    assert (row.behalf, row.shared) == ("", False)
    assert "空置房要交吗" in shown(client.get(f"/checks/advice/{row.pk}/"))


def test_staff_choose_a_compound_first(world: World, sign_in: SignIn) -> None:
    adviser(world)
    client = sign_in(Role.STREET_CLERK)
    where = client.get("/checks/advice/ask/").content.decode()
    assert [f'value="{world.area(place)}"' in where for place in ("own", "sibling", "street")] == [True, True, False]
    page = shown(client.get(f"/checks/advice/ask/?place={world.area()}"))
    assert "id_behalf" in page
    assert "id_shared" not in page
    for place in ("street", "county"):
        assert client.get(f"/checks/advice/ask/?place={world.area(place)}").status_code == 404
    assert sign_in(Role.SUPERVISOR).get("/checks/advice/ask/").status_code == 403


def test_where_nobody_answers_it_says_so_and_keeps_the_words(world: World, sign_in: SignIn) -> None:
    page = shown(sign_in(Role.RESIDENT).post("/checks/advice/ask/", SAID), 400)
    assert "空置房要交吗" in page


def test_it_is_answered_read_and_printed(world: World, sign_in: SignIn) -> None:
    row = consultation(world)
    bench, client, one = of(sign_in, adviser(world)), sign_in(Role.RESIDENT), f"/checks/advice/{row.pk}/"
    assert client.get(f"{one}answer.docx").status_code == 404
    assert "id_answer" not in shown(client.get(one))
    assert client.post(f"{one}answer/", {"version": 1, "text": ANSWER}).status_code == 403
    page = shown(bench.post(f"{one}answer/", {"version": 1, "text": "", "rules": "民法典 944"}), 400)
    assert "民法典 944" in page
    assert bench.post(f"{one}answer/", {"version": 1, "text": ANSWER, "rules": "民法典 944"}).status_code == 302
    stale = shown(bench.post(f"{one}answer/", {"version": 1, "text": "又一答"}), 409)
    assert "又一答" in stale
    page = shown(client.get(one))
    assert ANSWER in page
    assert "民法典 944" in page
    word = Document(io.BytesIO(client.get(f"{one}answer.docx").content))
    text = "\n".join(each.text for each in word.paragraphs)
    assert QUESTION in text
    assert ANSWER in text
    assert world.user(Role.RESIDENT).name not in text
    assert client.post(f"{one}rate/", {"version": 2, "helpful": "perhaps"}).status_code == 400
    assert client.post(f"{one}rate/", {"version": 2, "helpful": "yes"}).status_code == 302
    assert now(row).helpful is True
    assert client.post(f"{one}ask-further/", {"version": 3, "text": "多少？"}).status_code == 302
    assert now(row).state == S.WAITING


def test_the_list_is_filtered_and_taken_along(world: World, sign_in: SignIn) -> None:
    consultation(world)
    consultation(world, S.ANSWERED)
    for place in ("street", "county"):
        consultation(world, place=place, shared=True)
    bench = of(sign_in, adviser(world))
    resident = sign_in(Role.RESIDENT)
    resident.post("/checks/advice/ask/", SAID | {"subject": "=1+1"})
    page = bench.get("/checks/advice/").content.decode()
    assert page.count("row-item") == 4  # the county's advisers answer for both streets
    assert shown(resident.get("/checks/advice/?state=answered")).count("row-item") == 1
    assert "row-item" not in shown(resident.get("/checks/advice/?topic=parking"))
    assert shown(resident.get("/checks/advice/?state=nonsense&before=x")).count("row-item") == 3
    book = load_workbook(io.BytesIO(resident.get("/checks/advice/legal-consultations.xlsx").content))
    rows = list(book.active.iter_rows(values_only=True))
    assert len(rows) == 4
    assert QUESTION not in str(rows)
    cells = [cell for line in book.active.iter_rows() for cell in line if cell.value and "1+1" in str(cell.value)]
    assert [cell.data_type for cell in cells] == ["s"]


def test_the_street_sees_numbers_and_only_what_is_shared(world: World, sign_in: SignIn) -> None:
    hidden, shared = consultation(world), consultation(world, S.ANSWERED, shared=True)
    clerk = sign_in(Role.STREET_CLERK)
    page = shown(clerk.get("/checks/advice/"))
    assert page.count("row-item") == 1
    assert "<dd>2</dd>" in page
    assert clerk.get(f"/checks/advice/{hidden.pk}/").status_code == 404
    page = shown(clerk.get(f"/checks/advice/{shared.pk}/"))
    assert "<form" not in page
    empty = shown(sign_in(Role.SUPERVISOR).get("/checks/advice/"))
    assert "<dd>2</dd>" in empty
    assert 'class="empty"' in empty


def test_elsewhere_it_is_not_there(world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.STREET_CLERK)
    for place in ("street", "county"):
        row = consultation(world, S.ANSWERED, place=place, shared=True)
        for end in ("", "answer.docx"):
            assert client.get(f"/checks/advice/{row.pk}/{end}").status_code == 404
        assert client.post(f"/checks/advice/{row.pk}/withdraw/", {}).status_code == 404


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.PROPERTY_MANAGER, Role.STREET_CLERK])
def test_the_compound_s_page_leads_to_asking(world: World, sign_in: SignIn, role: Role) -> None:
    page = sign_in(role).get(f"/compounds/{world.area()}/").content.decode()
    assert f"/checks/advice/ask/?place={world.area()}" in page
