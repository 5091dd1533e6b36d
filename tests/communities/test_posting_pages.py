"""The pages of postings: who reads what, what is said when it cannot be, and that nothing typed is lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from communities.models import Objection, Posting
from communities.posting_states import PostingState
from config.demo_data.pictures import picture
from people.roles import Role
from tenancy import clock, scope
from tests.factories.postings import posting
from tests.factories.world import CANARY, World

SignIn = Callable[..., Client]


def shown(answer: Any, status: int = 200) -> str:
    text = str(answer.content.decode())
    assert answer.status_code == status, (answer.status_code, text[:300])
    assert CANARY not in text
    return text[text.index("<main") : text.index("</main>")] if "<main" in text else text


@pytest.fixture
def foreign(world: World) -> dict[str, Posting]:
    return {place: posting(world, PostingState.UP, place=place) for place in ("sibling", "county")}


def now(row: Posting) -> Posting:
    with scope.everything(reason="tests: look at the row"):
        return Posting.objects.get(pk=row.pk)


def board() -> SimpleUploadedFile:
    return SimpleUploadedFile("board.jpg", picture("done").body, "image/jpeg")


def test_from_asking_to_the_photo_of_the_board(world: World, sign_in: SignIn, foreign: dict[str, Posting]) -> None:
    clerk, staff, resident = sign_in(Role.STREET_CLERK), sign_in(Role.PROPERTY_STAFF), sign_in(Role.RESIDENT)
    here = f"/compounds/{world.area()}/postings/"
    assert f"{here}ask/" in shown(clerk.get(here))
    said = {
        "kind": "result",
        "subject": "检查结果",
        "text": "六十八项",
        "due_on": f"{clock.today() + timedelta(days=3)}",
        "days": "30",
    }
    page = shown(clerk.post(f"{here}ask/", {**said, "days": "0"}), 400)
    assert 'id="id_days_error"' in page
    assert 'value="check_list"' not in page, "asked for where it is kept"
    assert clerk.post(f"{here}ask/", said | {"kind": "check_list"}).status_code == 400
    assert "六十八项" in page
    answer = clerk.post(f"{here}ask/", said)
    row = now(Posting(pk=int(answer["Location"].split("/")[-2])))
    one = f"/postings/{row.pk}/"
    assert resident.get(one).status_code == 404
    assert "检查结果" not in shown(resident.get(here))

    page = shown(staff.post(f"{one}put-up/", {"version": row.version, "spot": "南门公告栏"}), 400)
    assert 'id="id_photos_error"' in page
    assert 'href="#id_photos"' in page
    assert "南门公告栏" in page
    sent = {"version": row.version, "spot": "南门公告栏", "photos": board()}
    assert staff.post(f"{one}put-up/", sent).status_code == 302
    page = shown(resident.get(one))
    assert "南门公告栏" in page
    assert "六十八项" in page
    photo = page.split('href="')
    url = next(each.split('"')[0] for each in photo if "/photos/" in each)
    assert resident.get(url)["Content-Type"] == "image/jpeg"
    assert sign_in(Role.RESIDENT, "sibling").get(url).status_code == 404


def test_a_foreign_posting_is_answered_like_an_absent_one(world: World, sign_in: SignIn, foreign: dict[str, Posting]) -> None:
    for role in (Role.RESIDENT, Role.PROPERTY_MANAGER):
        client = sign_in(role)
        for row in foreign.values():
            assert client.get(f"/postings/{row.pk}/").status_code == 404
            for step in ("put-up", "take-down", "cancel", "object", "objections/1/answer"):
                assert client.post(f"/postings/{row.pk}/{step}/", {"version": 1, "text": "x"}).status_code == 404
            assert client.get(f"/compounds/{row.area}/postings/").status_code == 404


def test_a_resident_objects_and_the_street_answers(world: World, sign_in: SignIn, foreign: dict[str, Posting]) -> None:
    row = posting(world, PostingState.UP, subject="收费公示", text="每月一元八角", contact="")
    with scope.everything(reason="tests: without its mark"):
        Posting.objects.filter(pk=row.pk).update(spot="南门")
    one, resident, clerk = f"/postings/{row.pk}/", sign_in(Role.RESIDENT), sign_in(Role.STREET_CLERK)
    assert 'id="object_text_error"' in shown(resident.post(f"{one}object/", {"text": ""}), 400)
    assert resident.post(f"{one}object/", {"text": "金额与合同不符"}).status_code == 302
    assert f"{one}object/" not in shown(resident.get(one)), "one at a time"
    page = shown(resident.post(f"{one}object/", {"text": "再说一次"}), 400)
    assert "再说一次" in page
    objection = Objection.objects
    with scope.everything(reason="tests: look"):
        pk = objection.get().pk
    assert clerk.post(f"{one}objections/{pk + 9}/answer/", {"text": "x"}).status_code == 404
    assert resident.post(f"{one}objections/{pk}/answer/", {"text": "x"}).status_code == 403
    assert f'id="answer_{pk}_text_error"' in shown(clerk.post(f"{one}objections/{pk}/answer/", {"text": ""}), 400)
    assert clerk.post(f"{one}objections/{pk}/answer/", {"text": "已更正"}).status_code == 302
    assert "已更正" in shown(resident.get(one))


def test_who_may_not_is_refused(world: World, sign_in: SignIn) -> None:
    asked, up = posting(world), posting(world, PostingState.UP)
    staff, resident = sign_in(Role.PROPERTY_STAFF), sign_in(Role.RESIDENT)
    assert staff.get(f"/compounds/{world.area()}/postings/ask/").status_code == 403
    assert staff.post(f"/postings/{asked.pk}/cancel/", {"version": 1, "reason": "x"}).status_code == 403
    assert resident.post(f"/postings/{up.pk}/take-down/", {"version": up.version, "reason": "x"}).status_code == 403
    answer = staff.post(f"/postings/{up.pk}/take-down/", {"version": up.version - 1, "reason": "内容有误"})
    assert answer.status_code == 409
    assert "内容有误" in answer.content.decode()


def test_what_is_overdue_is_marked(world: World, sign_in: SignIn) -> None:
    posting(world)
    with clock.standing_at(clock.now() + timedelta(days=4)):
        page = sign_in(Role.STREET_CLERK).get(f"/compounds/{world.area()}/postings/").content.decode()
    assert 'class="tag late"' in page
