"""The pages of referrals: who reads what, what is said when it cannot be, and that nothing typed is lost."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from complaints.states import State
from config.demo_data.pictures import picture
from enforcement.counsel_states import ReferralState
from enforcement.models import Referral
from people.roles import Role
from tenancy import clock, scope
from tests.factories.referrals import court, judge, referral
from tests.factories.tickets import ticket
from tests.factories.world import CANARY, World

SignIn = Callable[..., Client]
S = ReferralState


def shown(answer: Any, status: int = 200) -> str:
    text = str(answer.content.decode())
    assert answer.status_code == status, (answer.status_code, text[:300])
    assert CANARY not in text
    return text[text.index("<main") : text.index("</main>")] if "<main" in text else text


def now(pk: int) -> Referral:
    with scope.everything(reason="tests: look at the row"):
        return Referral.objects.get(pk=pk)


@pytest.fixture
def bench(world: World) -> Client:
    """The court's browser."""
    client = Client()
    client.force_login(judge(world).user, backend="people.backends.NameOrPhoneBackend")
    return client


def test_from_the_draft_to_the_day_of_confirmation(world: World, sign_in: SignIn, bench: Client) -> None:
    referral(world, S.SENT, place="county")
    clerk, resident = sign_in(Role.STREET_CLERK), sign_in(Role.RESIDENT)
    number = ticket(world, State.ACCEPTED).number
    here = f"/checks/referrals/draft/?place={world.area()}"
    assert number in shown(clerk.get(f"{here}&ticket={number}"))
    said = {"court": court(world).pk, "subject": "物业费", "text": "停水期间收费有争议", "ticket": "123"}
    page = shown(clerk.post(here, said), 400)
    assert 'id="id_ticket_error"' in page
    assert "停水期间收费有争议" in page
    one = clerk.post(here, {**said, "ticket": number})["Location"]
    pk = int(one.split("/")[-2])
    assert "ask/" not in shown(clerk.get(one))
    assert resident.get(one).status_code == 404
    page = shown(clerk.post(f"{one}add-party/", {"version": 1, "name": "张先生", "side": ""}), 400)
    assert 'id="add_party_side_error"' in page
    assert "张先生" in page
    assert clerk.post(f"{one}add-party/", {"version": 1, "name": "张先生", "side": "业主", "reporter": "on"}).status_code == 302
    assert clerk.post(f"{one}add-party/", {"version": 2, "name": "李女士", "side": "租户"}).status_code == 302
    assert clerk.post(f"{one}ask/", {"version": 3}).status_code == 302

    page = shown(resident.get(one))
    assert "停水期间收费有争议" in page
    assert "张先生" in page
    assert "李女士" not in page
    assert resident.post(f"{one}send/", {"version": 4}).status_code == 403
    assert bench.get(one).status_code == 404
    assert resident.post(f"{one}agree/").status_code == 302
    assert resident.post(f"{one}agree/").status_code == 409
    assert bench.get(one).status_code == 404
    _sign_on_paper(clerk, one)
    assert clerk.post(f"{one}send/", {"version": now(pk).version}).status_code == 302

    page = shown(bench.get(one))
    assert "李女士" in page
    photo = next(iter(re.findall(r'href="([^"]+/papers/[^"]+)"', page)))
    assert bench.get(photo)["Content-Type"] == "image/jpeg"
    assert resident.get(photo).status_code == 404
    assert bench.post(f"{one}take-up/", {"version": now(pk).version}).status_code == 302
    assert resident.post(f"{one}take-back/").status_code == 409
    settled = {"version": now(pk).version, "text": "减收一个月", "agreed_on": "2020-01-01"}
    assert 'id="settle_agreed_on_error"' in shown(bench.post(f"{one}settle/", settled), 400)
    assert bench.post(f"{one}settle/", {**settled, "agreed_on": f"{clock.today()}"}).status_code == 302
    assert "减收一个月" in shown(resident.get(one))


def _sign_on_paper(clerk: Client, one: str) -> None:
    """Refused without a photo, then kept."""
    action = next(iter(re.findall(r'action="([^"]+/on-paper/)"', clerk.get(one).content.decode().partition("李女士")[2])))
    said = {"said": "given", "said_on": f"{clock.today()}"}
    assert re.search(r'id="on_paper_\d+_photo_error"', shown(clerk.post(action, said), 400))
    broken = SimpleUploadedFile("paper.jpg", b"no picture", "image/jpeg")
    assert re.search(r'id="on_paper_\d+_photo_error"', shown(clerk.post(action, {**said, "photo": broken}), 400))
    photo = SimpleUploadedFile("paper.jpg", picture("done").body, "image/jpeg")
    assert clerk.post(action, {**said, "photo": photo}).status_code == 302


def test_who_takes_it_back_takes_it_from_the_court(world: World, sign_in: SignIn, bench: Client) -> None:
    row = referral(world, S.SENT)
    one, resident = f"/checks/referrals/{row.pk}/", sign_in(Role.RESIDENT)
    assert row.subject in shown(bench.get("/checks/referrals/"))
    assert resident.post(f"{one}take-back/").status_code == 302
    assert bench.get(one).status_code == 404
    assert row.subject not in shown(bench.get("/checks/referrals/"))
    assert bench.post(f"{one}take-up/", {"version": row.version}).status_code == 404


def test_a_foreign_referral_is_answered_like_an_absent_one(world: World, sign_in: SignIn, bench: Client) -> None:
    rows = [referral(world, S.SENT, place=place) for place in ("street", "county")]
    for client in (sign_in(Role.STREET_CLERK), sign_in(Role.RESIDENT), sign_in(Role.SUPERVISOR)):
        for row in rows:
            one = f"/checks/referrals/{row.pk}/"
            assert client.get(one).status_code == 404
            for step in ("agree", "take-back", "send", "withdraw", "parties/1/on-paper", "add-party"):
                assert client.post(f"{one}{step}/", {"version": 1, "text": "x"}).status_code == 404
        assert CANARY not in client.get("/checks/referrals/").content.decode()
    assert bench.get(f"/checks/referrals/{rows[1].pk}/").status_code == 404
    assert sign_in(Role.STREET_CLERK).get(f"/checks/referrals/draft/?place={world.area('street')}").status_code == 404
    assert sign_in(Role.RESIDENT).get("/checks/referrals/draft/").status_code == 403
