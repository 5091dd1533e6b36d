"""Filing through the API: what is taken, what is refused and how, and that a retry files nothing more."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import close_old_connections, connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints.models import Ticket, TicketPhoto
from files.models import Photo
from people.roles import Role
from tenancy import scope
from tests.contract.callers import Caller, caller, fault
from tests.contract.test_api_tickets import statements
from tests.factories.tickets import LIFT_STOPPED, LIFT_TRAPPED
from tests.factories.world import World
from tests.files import samples

FOREIGN = ["sibling", "street", "county"]


def body(world: World, **more: Any) -> dict[str, Any]:
    return {"compound": world.area(), "text": LIFT_STOPPED, **more}


def how_many(world: World) -> int:
    with scope.everything(reason="tests: count tickets"):
        return Ticket.objects.count()


def upload(content: bytes, name: str = "x.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def test_a_resident_files_and_gets_the_ticket_with_its_tracking_code(world: World) -> None:
    asking = caller(world, Role.RESIDENT)
    answer = asking.post("tickets/", body(world, home=world.homes["own"], spot="2号梯"))
    assert answer.status_code == 201
    filed = answer.json()
    assert answer["Location"] == filed["url"]
    assert (filed["state"], filed["version"], filed["channel"]) == ("submitted", 1, "api")
    assert len(filed["tracking_code"]) == 13
    assert (filed["home"]["id"], filed["spot"], filed["building"]["name"]) == (world.homes["own"], "2号梯", "3号楼")
    assert "tracking_code" not in asking.client.get(filed["url"]).json()


def test_the_place_code_may_be_a_string_of_digits(world: World) -> None:
    assert caller(world, Role.RESIDENT).post("tickets/", body(world, compound=str(world.area()))).status_code == 201


def test_an_emergency_is_said_at_once_with_whom_to_call(world: World) -> None:
    filed = caller(world, Role.RESIDENT).post("tickets/", body(world, text=LIFT_TRAPPED)).json()
    assert filed["emergency"]
    assert filed["emergency_lines"]


def test_a_firm_logs_what_it_found_and_gets_no_code_that_would_rate_it(world: World) -> None:
    filed = caller(world, Role.PROPERTY_STAFF).post("tickets/", body(world, channel="patrol")).json()
    assert (filed["channel"], filed["tracking_code"]) == ("patrol", None)


def test_a_clerk_files_for_a_caller(world: World) -> None:
    spoken = body(world, channel="phone", reporter_name="林女士", reporter_phone="13800001234")
    filed = caller(world, Role.STREET_CLERK).post("tickets/", spoken).json()
    assert filed["channel"] == "phone"
    assert filed["reporter"]["phone"] == "138****1234"
    assert fault(caller(world, Role.RESIDENT).post("tickets/", spoken)) == (403, "permission_denied", None)


@pytest.mark.parametrize("place", FOREIGN)
def test_a_compound_elsewhere_is_404_like_one_that_never_was(world: World, place: str) -> None:
    asking = caller(world, Role.RESIDENT)
    foreign = asking.post("tickets/", body(world, compound=world.area(place)))
    absent = asking.post("tickets/", body(world, compound=350582001001999))
    assert fault(foreign) == (404, "not_found", "compound")
    assert foreign.content == absent.content


@pytest.mark.parametrize("place", FOREIGN)
def test_a_home_or_building_elsewhere_is_refused_like_one_that_never_was(world: World, place: str) -> None:
    asking = caller(world, Role.RESIDENT)
    foreign, absent = (asking.post("tickets/", body(world, home=home)) for home in (world.homes[place], 2**62))
    assert fault(foreign) == (400, "not_found", "home")
    assert foreign.content == absent.content


@pytest.mark.parametrize(
    ("more", "attr"),
    [
        ({"text": ""}, "text"),
        ({"text": "  \n "}, "text"),
        ({"text": "长" * 2001}, "text"),
        ({"text": "长" * 100_000}, "text"),
        ({"text": None}, "text"),
        ({"text": 7}, "text"),
        ({"text": ["电梯"]}, "text"),
        ({"text": {"a": 1}}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"text": "a\ud800b"}, "text"),
        ({"spot": "x" * 121}, "spot"),
        ({"spot": None}, "spot"),
        ({"compound": 12}, "compound"),
        ({"compound": 350582003012017.5}, "compound"),
        ({"compound": True}, "compound"),
        ({"compound": None}, "compound"),
        ({"compound": "３５０５８２００１００１００１"}, "compound"),
        ({"compound": 10**400}, "compound"),
        ({"compound": -350582001001001}, "compound"),
        ({"building": 10**30}, "building"),
        ({"building": "three"}, "building"),
        ({"home": -1}, "home"),
        ({"home": [1]}, "home"),
        ({"anonymous": "perhaps"}, "anonymous"),
        ({"anonymous": None}, "anonymous"),
        ({"channel": "web"}, "channel"),
        ({"channel": "pigeon\ud800"}, "channel"),
        ({"reporter_phone": "call me"}, "reporter_phone"),
        ({"photos": "x"}, "photos"),
        ({"photos": [{}]}, "photos.0"),
        ({"colour": "red"}, "colour"),
        ({"col\ud800our": "red"}, "col\\ud800our"),
        ({"x" * 10_000: "red"}, "x" * 60),
    ],
)
def test_what_cannot_be_filed_is_refused_by_the_name_of_the_field(world: World, more: dict[str, Any], attr: str) -> None:
    sent = json.dumps(body(world, **more)).encode()
    answer = caller(world, Role.RESIDENT).raw("tickets/", sent)
    assert fault(answer)[::2] == (400, attr)
    assert answer.json()["type"] == "validation_error"
    assert answer.json()["errors"][0]["detail"]
    assert how_many(world) == 0


@pytest.mark.parametrize(
    ("sent", "content_type", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b"7", "application/json", 400),
        (b'"text"', "application/json", 400),
        (b"\xff\xfe{\x00}\x00", "application/json", 400),
        (b'{"text": NaN}', "application/json", 400),
        (b'{"compound": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b'{"text": 1e9999}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"a":' * 500 + b"1" + b"}" * 500, "application/json", 400),
        (b'{"text": "' + b"x" * 3_000_000 + b'"}', "application/json", 413),
        (b"{}", "application/json; charset=base64", 400),
        (b"{}", "application/json; charset=no-such", 400),
        (b"{}", "text/plain", 415),
        (b"<x/>", "application/xml", 415),
        (b"text=1", "application/x-www-form-urlencoded", 415),
        (b"{}", "nonsense", 415),
        (b"broken", "multipart/form-data", 400),
        (b"broken", "multipart/form-data; boundary=x", 400),
        (
            b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\xfe\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
            400,
        ),
        (b"--x--\r\n", "multipart/form-data; boundary=x; charset=base64", 400),
        (b"--x--\r\n", "multipart/form-data; boundary=x; charset=bz2_codec", 400),
    ],
)
@pytest.mark.parametrize("by_session", [False, True])
def test_a_body_that_cannot_be_read_is_a_clear_4xx(
    world: World, sign_in: Callable[..., Client], sent: bytes, content_type: str, status: int, by_session: bool
) -> None:
    browser = sign_in(Role.RESIDENT, "own") if by_session else caller(world, Role.RESIDENT).client
    answer = browser.generic("POST", "/api/v1/tickets/", sent, content_type=content_type)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["detail"]
    assert how_many(world) == 0


def test_a_form_sent_to_a_step_that_takes_json_is_415(world: World, sign_in: Callable[..., Client]) -> None:
    url = "/api/v1/tickets/350582001-2601-00000000/accept/"
    assert sign_in(Role.RESIDENT, "own").post(url, {"version": 1}).status_code == 415
    assert sign_in(Role.RESIDENT, "own", enforce_csrf_checks=True).post(url, {"version": 1}).status_code == 403


def test_more_than_nine_photos_or_a_huge_request_are_refused_before_decoding(world: World) -> None:
    asking = caller(world, Role.RESIDENT)
    ten = [upload(b"not looked at") for _ in range(10)]
    assert fault(asking.form("tickets/", body(world, photos=ten))) == (400, "max_length", "photos")
    thirteen = [upload(b"x") for _ in range(13)]
    assert asking.form("tickets/", body(world, photos=thirteen)).status_code in (400, 413)
    declared = asking.client.generic(
        "POST", "/api/v1/tickets/", b"x", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(10**9)
    )
    assert declared.status_code == 413


def test_photos_come_along_as_parts(world: World) -> None:
    pictures = [upload(samples.telling_jpeg(), "三号楼.jpg"), upload(samples.telling_png(), "x.svg")]
    filed = caller(world, Role.RESIDENT).form("tickets/", body(world, photos=pictures, anonymous="true"))
    assert filed.status_code == 201
    assert filed.json()["anonymous"]
    assert [photo["kind"] for photo in filed.json()["photos"]] == ["filed", "filed"]


@pytest.mark.parametrize("content", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", b"\xff\xd8\xff broken"])
def test_a_file_that_is_no_photo_is_named_by_its_place(world: World, content: bytes, everywhere: None) -> None:
    pictures = [upload(samples.telling_jpeg()), upload(content, "evil.jpg")]
    answer = caller(world, Role.RESIDENT).form("tickets/", body(world, photos=pictures))
    status, _, attr = fault(answer)
    assert (status, attr) == (400, "photos.1")
    assert (Ticket.objects.count(), TicketPhoto.objects.count(), Photo.objects.count()) == (0, 0, 0)


def test_the_same_key_gives_the_same_answer_and_one_ticket(world: World) -> None:
    asking = caller(world, Role.RESIDENT)
    first = asking.post("tickets/", body(world), Idempotency_Key="k1")
    with scope.everything(reason="tests: the ticket moves on"):
        Ticket.objects.filter(number=first.json()["number"]).update(spot="changed since")
    again = asking.post("tickets/", body(world), Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first["Location"] == again["Location"]
    assert how_many(world) == 1


def test_the_same_key_with_another_body_is_422(world: World) -> None:
    asking = caller(world, Role.RESIDENT)
    asking.post("tickets/", body(world), Idempotency_Key="k1")
    for other in (body(world, text="水管爆了"), body(world, spot="2号梯"), body(world, anonymous=True)):
        assert fault(asking.post("tickets/", other, Idempotency_Key="k1")) == (422, "idempotency_key_reused", None)
    assert how_many(world) == 1


def test_a_key_belongs_to_its_person_and_a_refused_request_does_not_use_it_up(world: World) -> None:
    resident, staff = caller(world, Role.RESIDENT), caller(world, Role.PROPERTY_STAFF)
    assert resident.post("tickets/", body(world, text=""), Idempotency_Key="k1").status_code == 400
    mine = resident.post("tickets/", body(world), Idempotency_Key="k1").json()
    theirs = staff.post("tickets/", body(world, channel="patrol"), Idempotency_Key="k1").json()
    assert mine["number"] != theirs["number"]


@pytest.mark.parametrize("key", ["x" * 256, "a\tb"])
def test_a_key_that_is_none_is_refused(world: World, key: str) -> None:
    answer = caller(world, Role.RESIDENT).post("tickets/", body(world), Idempotency_Key=key)
    assert fault(answer) == (400, "invalid", "Idempotency-Key")


def test_filing_too_often_is_held_back_per_person(world: World, settings: Any) -> None:
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": {**settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "filing": "2/min"},
    }
    asking, other = caller(world, Role.RESIDENT), caller(world, Role.PROPERTY_STAFF)
    answers = [asking.post("tickets/", body(world)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert other.post("tickets/", body(world)).status_code == 201
    assert asking.get("tickets/").status_code == 200


def test_filing_takes_few_questions_to_the_database(world: World) -> None:
    asking = caller(world, Role.RESIDENT)
    with CaptureQueriesContext(connection) as captured:
        assert asking.post("tickets/", body(world), Idempotency_Key="k1").status_code == 201
    assert len(statements(captured)) <= 22, statements(captured)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_fifty_retries_at_once_file_one_ticket_and_get_one_answer(world: World, settings: Any) -> None:
    """With other bodies among them: those are 422, whoever came first."""
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": {**settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "filing": ""},
    }
    token = caller(world, Role.RESIDENT).client.defaults["HTTP_AUTHORIZATION"].split()[1]
    at_once = Barrier(10)

    def send(_: int) -> tuple[int, bytes]:
        close_old_connections()
        try:
            at_once.wait(timeout=30)
            answer = Caller(token).post("tickets/", body(world), Idempotency_Key="same")
            return answer.status_code, answer.content
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, range(50)))
    assert {status for status, _ in answers} == {201}
    assert len({content for _, content in answers}) == 1
    assert how_many(world) == 1
    assert fault(Caller(token).post("tickets/", body(world, text="别的事"), Idempotency_Key="same"))[0] == 422
