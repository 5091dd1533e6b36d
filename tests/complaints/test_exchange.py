"""Signed messages with other systems: what comes in, what goes out, what gets lost on the way, and who looks after it."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from hypothesis import given
from hypothesis import strategies as st

from audit.models import Entry
from complaints import tasks
from complaints.actions import exchange, tickets
from complaints.exchange import signing
from complaints.exchange_states import DeliveryState
from complaints.models import Delivery, Partner, PartnerCase, SeenNonce, Ticket
from complaints.states import Channel, State
from people.roles import Role
from tenancy import scope
from tenancy.refusals import NotAllowed, Refusal
from tests.factories.partners import OtherSide, connected, other_side, sealed
from tests.factories.tickets import LIFT_BROKEN, again
from tests.factories.world import PLACES, World

SignIn = Callable[..., Client]
Json = dict[str, Any]
FILE: Json = {
    "kind": "file",
    "case": "12345-0001",
    "compound": str(PLACES["own"]),
    "text": LIFT_BROKEN,
    "reporter_name": "来电居民",
    "reporter_phone": "10000009999",
}


@pytest.fixture
def side() -> Iterator[OtherSide]:
    with other_side() as found:
        host = found.url.split("/")[2]
        with override_settings(MULIN_EXCHANGE_HOSTS=[host]):
            yield found


def path_of(partner: Partner) -> str:
    return f"/exchange/{partner.area // 10**9}/{partner.pk}/"


def post(partner: Partner, secret: str, message: Json, **how: Any) -> HttpResponse:
    body, headers = sealed(secret, path_of(partner), message, **how)
    return send(partner, body, headers)


def send(partner: Partner, body: bytes, headers: dict[str, str]) -> HttpResponse:
    return Client().post(path_of(partner), body, content_type="application/json", headers=headers)


def everything() -> Any:
    return scope.everything(reason="tests: look at the exchange")


def hand_over(world: World, side: OtherSide | None = None) -> tuple[Partner, str, Ticket]:
    partner, secret = connected(world, url=side.url if side else "")
    if side:
        side.secret = secret
    answer = post(partner, secret, FILE)
    assert answer.status_code == 200, answer.content
    with everything():
        return partner, secret, Ticket.objects.get(number=answer.json()["number"])


@given(st.binary(max_size=200), st.integers(0, 400), st.text("abc-_09", min_size=16, max_size=20))
def test_what_is_signed_counts_and_any_other_byte_does_not(body: bytes, off: int, nonce: str) -> None:
    now = 1_800_000_000
    sent = signing.headers("secret", now=now - off, method="POST", path="/x/", body=body, nonce=nonce)
    known: dict[str, Any] = {"now": now, "method": "POST", "path": "/x/", "body": body}
    if off > signing.WINDOW:
        with pytest.raises(signing.BadSignature, match="window"):
            signing.check(["secret"], sent, **known)
        return
    assert signing.check(["older", "secret"], sent, **known).nonce == nonce
    for changed in (
        {**known, "body": body + b" "},
        {**known, "path": "/y/"},
        {**known, "method": "PUT"},
    ):
        with pytest.raises(signing.BadSignature, match="fit"):
            signing.check(["secret"], sent, **changed)
    for headers in ({**sent, signing.NONCE: nonce + "0"}, {**sent, signing.SIGNATURE: "v1=" + "0" * 64}, {}):
        with pytest.raises(signing.BadSignature):
            signing.check(["secret"], headers, **known)
    with pytest.raises(signing.BadSignature):
        signing.check(["other"], sent, **known)


def test_a_case_handed_over_is_a_ticket_like_any_other(world: World) -> None:
    partner, secret, row = hand_over(world)
    assert (row.channel, row.state, row.reporter_id, row.reporter_name) == (Channel.PARTNER, State.SUBMITTED, None, "来电居民")
    again_sent = post(partner, secret, FILE)
    assert again_sent.json() == {**again_sent.json(), "earlier": True, "number": row.number}
    other = post(partner, secret, {**FILE, "text": "别的事情"})
    assert other.status_code == 422
    with everything():
        assert PartnerCase.objects.get().case == FILE["case"]
        assert Entry.objects.filter(action="exchange.case_taken").count() == 1
        assert Partner.objects.get().heard_at is not None


def test_what_is_not_signed_does_not_count_and_nothing_is_told(world: World) -> None:
    partner, secret = connected(world)
    foreign, foreign_secret = connected(world, place="county")
    body, headers = sealed(secret, path_of(partner), FILE)
    ended, ended_secret = connected(world, name="旧平台")
    with scope.place(ended.area):
        exchange.end_partner(ended.pk, by=world.actor(Role.SYSTEM_ADMIN))
    absent = Partner(pk=10**6, area=partner.area)
    answers = [
        send(partner, body, {}),
        send(partner, body + b" ", headers),
        post(partner, "wrong", FILE),
        post(partner, secret, FILE, now=int(time.time()) - signing.WINDOW - 5),
        post(partner, secret, FILE, now=int(time.time()) + signing.WINDOW + 5),
        post(partner, foreign_secret, FILE),
        post(ended, ended_secret, FILE),
        post(absent, secret, FILE),
        send(foreign, body, headers),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    with everything():
        assert not Ticket.objects.exists()
        assert not SeenNonce.objects.exists()


def test_a_message_is_taken_once_whatever_became_of_it(world: World) -> None:
    partner, secret = connected(world)
    for message, status in ((FILE, 200), ({"kind": "nonsense"}, 400)):
        body, headers = sealed(secret, path_of(partner), message)
        assert send(partner, body, headers).status_code == status
        assert send(partner, body, headers).status_code == 401
    with everything():
        assert Ticket.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"compound": str(PLACES["county"])}, "compound"),
        ({"compound": "350582001001999"}, "compound"),
        ({"compound": 350582001001001}, "compound"),
        ({"compound": "350582001001"}, "compound"),
        ({"text": ""}, "text"),
        ({"text": 5}, "text"),
        ({"text": "\x00"}, "text"),
        ({"case": ""}, "case"),
        ({"case": "x" * 61}, "case"),
        ({"anonymous": "yes"}, "anonymous"),
        ({"reporter_phone": "abc"}, "reporter_phone"),
        ({"kind": "delete"}, "kind"),
    ],
)
def test_what_cannot_be_taken_is_said_by_its_field(world: World, changed: Json, field: str) -> None:
    partner, secret = connected(world)
    answer = post(partner, secret, {**FILE, **changed})
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, field)
    with everything():
        assert not Ticket.objects.exists()


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b"\xff\xfe", b"[" * 70_000])
def test_what_is_no_message_is_refused(world: World, body: bytes) -> None:
    partner, secret = connected(world)
    headers = signing.headers(secret, now=int(time.time()), method="POST", path=path_of(partner), body=body)
    assert send(partner, body, headers).status_code == 400


def test_each_learns_only_of_its_own_cases(world: World) -> None:
    partner, secret, row = hand_over(world)
    stranger, strangers_secret = connected(world, name="网格平台")
    asked = {"kind": "states", "cases": [FILE["case"], "12345-9999", "\x00"]}
    (known,) = post(partner, secret, asked).json()["cases"]
    assert (known["case"], known["number"], known["state"]) == (FILE["case"], row.number, "submitted")
    assert post(stranger, strangers_secret, asked).json() == {"cases": []}
    gone = {"kind": "withdraw", "case": FILE["case"], "text": "来电人撤回"}
    assert post(stranger, strangers_secret, gone).status_code == 404
    assert post(partner, secret, gone).json()["state"] == "cancelled"
    assert post(partner, secret, gone).json()["state"] == "cancelled"


def walked(world: World, row: Ticket) -> None:
    """Routed, accepted and answered."""
    tasks.sweep()
    with scope.place(row.area):
        manager = world.actor(Role.PROPERTY_MANAGER)
        accepted = tickets.accept(row.number, by=manager, version=again(row).version)
        tickets.resolve(row.number, by=manager, version=accepted.version, text="主板已更换")


def test_every_change_of_state_is_told_with_the_answer(world: World, side: OtherSide) -> None:
    _partner, _secret, row = hand_over(world, side)
    walked(world, row)
    assert tasks.deliver() == 3
    assert [message["state"] for message in side.heard] == ["dispatched", "accepted", "resolved"]
    assert side.heard[-1]["answer"] == "主板已更换"
    assert side.heard[-1]["case"] == FILE["case"]
    assert side.refused == []
    assert tasks.deliver() == 0
    with everything():
        assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}
        assert Partner.objects.get().told_at is not None


def due_now() -> None:
    with everything():
        Delivery.objects.filter(state=DeliveryState.QUEUED).update(try_after="2020-01-01T00:00:00Z")


def test_what_is_not_taken_is_tried_again_and_then_waits_for_a_person(world: World, side: OtherSide, sign_in: SignIn) -> None:
    partner, _secret, _row = hand_over(world, side)
    side.failing = [500, 503, 302]
    tasks.sweep()
    for _try in range(3):
        assert tasks.deliver() == 0
        due_now()
    assert tasks.deliver() == 1
    assert [message["state"] for message in side.heard] == ["dispatched"]
    side.failing = [500] * exchange.MOST_TRIES
    with everything():
        Delivery.objects.update(state=DeliveryState.SENT)
        case = PartnerCase.objects.select_related("ticket__lead").get()
        exchange.queue(case, case.ticket)
    for _try in range(exchange.MOST_TRIES):
        tasks.deliver()
        due_now()
    with everything():
        (left,) = Delivery.objects.exclude(state=DeliveryState.SENT)
        assert (left.state, left.problem, left.tries) == (DeliveryState.GIVEN_UP, "HTTP 500", exchange.MOST_TRIES)
    client = sign_in(Role.SYSTEM_ADMIN)
    page = client.get(f"/system/partners/{partner.pk}/").content.decode()
    assert "HTTP 500" in page
    assert LIFT_BROKEN not in page
    assert client.post(f"/system/partners/{partner.pk}/again/").status_code == 302
    assert tasks.deliver() == 1


def test_nobody_listening_is_a_try_and_no_more(world: World, side: OtherSide) -> None:
    partner, _secret, _row = hand_over(world, side)
    with everything(), override_settings(MULIN_EXCHANGE_HOSTS=["127.0.0.1:9"]):
        exchange.change_url(partner.pk, url="http://127.0.0.1:9/", by=world.actor(Role.SYSTEM_ADMIN))
    tasks.sweep()
    assert tasks.deliver() == 0
    with everything():
        assert Delivery.objects.get().problem == "ConnectionRefusedError"


def test_the_comparison_mends_what_was_lost_and_names_what_it_cannot(world: World, side: OtherSide) -> None:
    _partner, _secret, row = hand_over(world, side)
    side.forgets = True
    walked(world, row)
    tasks.deliver()
    side.forgets = False
    side.cases = {FILE["case"]: 1, "12345-0002": 1}
    assert tasks.compare_cases() == 1
    assert tasks.deliver() == 1
    assert side.cases[FILE["case"]] == again_version(row)
    assert side.heard[-1]["state"] == "resolved"
    assert tasks.compare_cases() == 1
    assert tasks.deliver() == 0
    with everything():
        assert Partner.objects.get().differences == [{"case": "12345-0002", "problem": "not_here"}]
    del side.cases[FILE["case"]]
    tasks.compare_cases()
    with everything():
        assert {"case": FILE["case"], "problem": "not_there"} in Partner.objects.get().differences


def again_version(row: Ticket) -> int:
    with scope.place(row.area):
        return again(row).version


def test_nonces_are_forgotten_when_they_cannot_matter(world: World) -> None:
    hand_over(world)
    assert exchange.forget_nonces() == 0
    with everything():
        SeenNonce.objects.update(at="2020-01-01T00:00:00Z")
    assert exchange.forget_nonces() == 1


def test_the_administrator_connects_a_system_and_sees_its_secret_once(world: World, sign_in: SignIn, side: OtherSide) -> None:
    client = sign_in(Role.SYSTEM_ADMIN)
    form = {"name": "12345 平台", "kind": "hotline", "organisation": world.bureaus["UM", "own"], "url": side.url}
    elsewhere = client.post("/system/partners/add/", {**form, "url": "https://169.254.169.254/latest/"})
    assert elsewhere.status_code == 400
    assert "MULIN_EXCHANGE_HOSTS" in elsewhere.content.decode()
    assert "169.254.169.254" in elsewhere.content.decode()
    made = client.post("/system/partners/add/", form).content.decode()
    found = re.search(r'class="mono any-break">([0-9a-f]{64})<', made)
    assert found
    with everything():
        partner = Partner.objects.get()
    assert post(partner, found[1], FILE).status_code == 200
    page = client.get(f"/system/partners/{partner.pk}/").content.decode()
    assert found[1] not in page
    changed = client.post(f"/system/partners/{partner.pk}/secret/").content.decode()
    newer = re.search(r'class="mono any-break">([0-9a-f]{64})<', changed)
    assert newer
    assert newer[1] != found[1]
    assert post(partner, found[1], {**FILE, "case": "2"}).status_code == 401
    assert post(partner, newer[1], {**FILE, "case": "2"}).status_code == 200
    client.post(f"/system/partners/{partner.pk}/end/")
    assert post(partner, newer[1], {**FILE, "case": "3"}).status_code == 401
    assert "12345 平台" in client.get("/system/partners/").content.decode()


def test_earlier_keys_of_the_installation_still_open_what_comes_in(world: World) -> None:
    partner, secret = connected(world)
    with override_settings(SECRET_KEY="x" * 50, SECRET_KEY_FALLBACKS=[exchange.settings.SECRET_KEY]):
        assert post(partner, secret, FILE).status_code == 200


def test_nobody_else_connects_systems(world: World, sign_in: SignIn) -> None:
    partner, _secret = connected(world)
    for role in (Role.STREET_CLERK, Role.COUNTY_CLERK, Role.SECURITY_ADMIN, Role.RESIDENT):
        assert sign_in(role).get("/system/partners/").status_code == 404
        with scope.place(partner.area), pytest.raises(NotAllowed):
            exchange.add_partner(
                county=partner.area,
                name="x",
                kind="grid",
                organisation=world.bureaus["UM", "own"],
                by=world.actor(role),
            )
    foreign = sign_in(Role.SYSTEM_ADMIN, "county")
    assert foreign.get(f"/system/partners/{partner.pk}/").status_code == 404
    assert foreign.post(f"/system/partners/{partner.pk}/secret/").status_code == 404


@pytest.mark.parametrize("url", ["ftp://x/", "https://user@host/", "https://", "javascript:alert(1)", "https://[x/"])
def test_what_is_no_address_is_refused(world: World, url: str) -> None:
    with pytest.raises(Refusal) as refused:
        exchange.allowed(url)
    assert refused.value.field == "url"
