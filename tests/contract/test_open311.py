"""Open311 GeoReport v2: both formats, its arguments, its errors; nothing shows that is not public."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from complaints.actions import open311, publishing, routing
from complaints.models import Leaf, Open311Key, Ticket
from complaints.states import State
from people.actors import system
from people.roles import Role
from tenancy import areas, scope
from tenancy.refusals import NotAllowed
from tests.contract.test_api_tickets import statements
from tests.factories.tickets import LIFT_BROKEN, ticket
from tests.factories.world import CANARY, HOME, PLACES, World

HERE, ELSEWHERE = "350582", "350505"
SHOWN = "三号楼电梯停运 <b>&</b> 🛗 正在维修"
FIELDS = {
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
}
FORMATS = ["xml", "json"]
Rows = list[dict[str, Any]]


def get(at: str, form: str = "json", **asked: str) -> HttpResponse:
    return Client().get(f"/open311/v2/{at}.{form}", {"jurisdiction_id": HERE, **asked})


def rows(answer: HttpResponse) -> Rows:
    """The entries of a list, whichever the format; every XML answer is held to what it must begin with."""
    assert "charset=utf-8" in answer["Content-Type"]
    if answer["Content-Type"].startswith("application/json"):
        found = json.loads(answer.content)
        assert isinstance(found, list)
        return found
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    return [{field.tag: field.text or "" for field in each} for each in ElementTree.fromstring(answer.content)]


def said(answer: HttpResponse) -> tuple[int, str]:
    """Status and words of a refusal, in the one form that they have."""
    (error,) = rows(answer)
    assert set(error) == {"code", "description"}
    assert error["code"] == str(answer.status_code)
    return answer.status_code, error["description"]


def numbers(answer: HttpResponse) -> set[str]:
    assert answer.status_code == 200, answer.content
    return {row["service_request_id"] for row in rows(answer)}


def shown(world: World, state: State = State.ACCEPTED, *, place: str = "own", text: str = SHOWN, **details: Any) -> Ticket:
    """A ticket that its street made public, in words of its own."""
    row = ticket(world, state, place=place, **details)
    with scope.place(world.area(place)):
        return publishing.publish(row.number, by=world.actor(Role.STREET_CLERK, place), version=row.version, text=text)


def key_for(world: World, place: str = "own") -> str:
    county = areas.ancestor(world.area(place), areas.Level.COUNTY)
    with scope.place(county):
        _key, secret = open311.give_key(county=county, organisation=world.bureau("HOTLINE", place).pk, by=system())
    return secret


@pytest.fixture
def key(world: World) -> str:
    return key_for(world)


def body(key: str, **more: str) -> dict[str, str]:
    filed = {"api_key": key, "jurisdiction_id": HERE, "service_code": "0202", "address_id": str(PLACES["own"])}
    return {**filed, "description": "三号楼电梯停运两天", "first_name": "女士", "last_name": "林", "phone": "13800001234", **more}


def post(sent: dict[str, str], form: str = "json", **headers: str) -> HttpResponse:
    content_type = "application/x-www-form-urlencoded; charset=utf-8"
    client = Client(enforce_csrf_checks=True)
    return client.post(f"/open311/v2/requests.{form}", urlencode(sent), content_type=content_type, headers=headers)


def tickets() -> list[Ticket]:
    with scope.everything(reason="tests: look at what was filed"):
        return list(Ticket.objects.select_related("home", "building").order_by("pk"))


# Discovery and services


@pytest.mark.parametrize("form", FORMATS)
def test_discovery_says_where_and_in_which_formats(world: World, form: str) -> None:
    answer = Client().get(f"/open311/discovery.{form}")
    assert answer.status_code == 200
    if form == "json":
        found = answer.json()
        assert set(found) == {"changeset", "contact", "key_service", "endpoints"}
        (endpoint,) = found["endpoints"]
        formats = endpoint["formats"]
    else:
        root = ElementTree.fromstring(answer.content)
        assert (root.tag, {each.tag for each in root}) == ("discovery", {"changeset", "contact", "key_service", "endpoints"})
        endpoint = {each.tag: each.text for each in root.find("endpoints/endpoint") or []}
        formats = [each.text for each in root.findall("endpoints/endpoint/formats/format")]
    assert set(endpoint) == {"specification", "url", "changeset", "type", "formats"}
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert (endpoint["url"].endswith("/open311/v2"), endpoint["type"]) == (True, "test")
    assert formats == ["text/xml", "application/json"]
    assert datetime.fromisoformat(endpoint["changeset"]).tzinfo


@pytest.mark.parametrize("form", FORMATS)
def test_services_are_the_leaves_of_the_catalogue(world: World, form: str) -> None:
    found = rows(get("services", form))
    assert [row["service_code"] for row in found] == list(Leaf.objects.order_by("code").values_list("code", flat=True))
    assert all(row["service_name"] and row["group"] and row["keywords"] for row in found)
    assert {str(row["metadata"]).lower() for row in found} == {"true"}
    assert {row["service_code"] for row in found if row["type"] == "batch"} == {"1206"}
    assert {row["type"] for row in found} == {"realtime", "batch"}


def test_names_come_in_english_for_who_asks_so(world: World) -> None:
    answer = Client().get("/open311/v2/services.json", {"jurisdiction_id": HERE}, headers={"Accept-Language": "en"})
    assert "Person trapped in a lift" in {row["service_name"] for row in rows(answer)}


@pytest.mark.parametrize("form", FORMATS)
def test_a_definition_says_what_is_asked(world: World, form: str) -> None:
    answer = get("services/0201", form)
    if form == "json":
        found = answer.json()
        assert found["service_code"] == "0201"
        asked = found["attributes"]
        assert [value["key"] for value in asked[1]["values"]] == ["yes", "no"]
    else:
        root = ElementTree.fromstring(answer.content)
        assert root.tag == "service_definition"
        asked = [{each.tag: each.text for each in one} for one in root.findall("attributes/attribute")]
        assert [each.text for each in root.findall("attributes/attribute[2]/values/value/key")] == ["yes", "no"]
    assert [each["code"] for each in asked] == ["spot", "anonymous", "confidential"]
    assert [int(each["order"]) for each in asked] == [1, 2, 3]
    assert [str(each["required"]).lower() for each in asked] == ["true", "false", "false"]
    assert {each["datatype"] for each in asked} == {"string", "singlevaluelist"}


# Jurisdictions, addresses, formats


ADDRESSES = ["services", "services/0201", "requests", "requests/350582001-2611-99999999", "tokens/1-abc"]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("at", ADDRESSES)
def test_a_jurisdiction_is_needed_where_there_are_several(world: World, at: str, form: str) -> None:
    missing = Client().get(f"/open311/v2/{at}.{form}")
    empty = get(at, form, jurisdiction_id="")
    unknown = get(at, form, jurisdiction_id="350583")
    assert (missing.status_code, empty.content) == (400, missing.content)
    for answer, status in ((missing, 400), (unknown, 404)):
        found, words = said(answer)
        assert found == status
        assert "jurisdiction_id" in words
        assert HERE in words
    assert rows(get(at, form, jurisdiction_id="\x00"))[0]["code"] == "404"


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "at", ["services/9999", "services/%00", "requests/350582001-2611-99999999", "requests/x", "tokens/1-abc"]
)
def test_what_is_absent_is_404(world: World, at: str, form: str) -> None:
    assert said(get(at, form))[0] == 404


@pytest.mark.parametrize("at", ["v2/services.html", "v2/services", "v2/requests.csv", "v1/services.xml", "", "v2/a\nb.xml"])
def test_another_format_or_address_is_404_in_the_form_of_the_specification(world: World, at: str) -> None:
    assert said(Client().get(f"/open311/{at}"))[0] == 404


def test_a_method_that_an_address_does_not_take_is_405(world: World) -> None:
    answer = Client().post("/open311/v2/services.xml")
    assert (said(answer)[0], answer["Allow"]) == (405, "GET")
    assert Client().head(f"/open311/v2/services.xml?jurisdiction_id={HERE}").status_code == 200


@pytest.mark.parametrize("form", FORMATS)
def test_a_failure_of_ours_is_told_in_the_same_form(world: World, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("complaints.open311.words.service", lambda leaf: 1 / 0)
    answer = Client(raise_request_exception=False).get(f"/open311/v2/services.{form}", {"jurisdiction_id": HERE})
    assert said(answer)[0] == 500


# Reading requests


@pytest.mark.parametrize("form", FORMATS)
def test_a_public_request_is_shown_with_its_fields(world: World, form: str) -> None:
    row = shown(world, home=world.homes["own"], photos=[])
    (found,) = rows(get("requests", form))
    assert set(found) == FIELDS
    assert found == rows(get(f"requests/{row.number}", form))[0]
    assert found["service_request_id"] == row.number
    assert (found["status"], found["description"], found["address_id"]) == ("open", SHOWN, str(PLACES["own"]))
    assert (found["address"], found["service_code"]) == ("晋江市青阳街道社区小区own", row.leaf_id)
    for name in ("requested_datetime", "updated_datetime", "expected_datetime"):
        assert datetime.fromisoformat(found[name]).utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize("form", FORMATS)
def test_never_the_text_as_filed_the_home_the_spot_or_who_filed_it(world: World, form: str) -> None:
    row = shown(world, State.RESOLVED, text="电梯已修好", home=world.homes["own"])
    with scope.place(row.area):
        Ticket.objects.filter(pk=row.pk).update(spot="2号梯轿厢")
    for at in ("requests", f"requests/{row.number}"):
        seen = get(at, form).content.decode()
        resident = world.user(Role.RESIDENT)
        filed = {LIFT_BROKEN, "三号楼", "2号梯轿厢", "3号楼", resident.name, resident.phone or "?", "已修好"}
        assert "电梯已修好" in seen
        assert not [words for words in filed if words in seen.replace("电梯已修好", "").replace(row.number, "")]
        assert not HOME.search(seen.replace(row.number, ""))


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_not_public_never_appears(world: World, form: str) -> None:
    private = ticket(world, State.ACCEPTED)
    withdrawn = shown(world)
    with scope.place(world.area()):
        publishing.unpublish(withdrawn.number, by=world.actor(Role.STREET_CLERK), version=withdrawn.version, text="有误")
    for row in (private, withdrawn):
        absent = get("requests/350582001-2611-99999999", form)
        hidden = get(f"requests/{row.number}", form)
        assert (hidden.status_code, hidden.content) == (404, absent.content)
    assert numbers(get("requests", form)) == set()
    assert numbers(get("requests", form, service_request_id=f"{private.number},{withdrawn.number}")) == set()


@pytest.mark.parametrize("form", FORMATS)
def test_another_jurisdiction_never_appears_and_its_number_is_absent(world: World, form: str) -> None:
    mine = {shown(world, place=place).number for place in ("own", "sibling", "street")}
    foreign = shown(world, place="county", text=f"{CANARY}county")
    assert numbers(get("requests", form)) == mine
    assert numbers(get("requests", form, service_request_id=foreign.number)) == set()
    assert get(f"requests/{foreign.number}", form).content == get("requests/350582001-2611-99999999", form).content
    assert numbers(get("requests", form, jurisdiction_id=ELSEWHERE)) == {foreign.number}


@pytest.mark.parametrize("role", [Role.COUNTY_CLERK, Role.RESIDENT, Role.SYSTEM_ADMIN])
def test_being_signed_in_shows_neither_more_nor_less(world: World, sign_in: Callable[..., Client], role: Role) -> None:
    shown(world)
    ticket(world, State.ACCEPTED)
    seen = sign_in(role).get("/open311/v2/requests.xml", {"jurisdiction_id": HERE})
    assert seen.content == get("requests", "xml").content


def test_xml_is_escaped_and_json_is_not(world: World) -> None:
    row = shown(world)
    assert "&lt;b&gt;&amp;&lt;/b&gt; 🛗" in get(f"requests/{row.number}", "xml").content.decode()
    assert SHOWN in get(f"requests/{row.number}").content.decode()
    with scope.place(world.area()):
        Ticket.objects.filter(pk=row.pk).update(public_text="a\x0b\x1b\uffffb")
    assert rows(get(f"requests/{row.number}", "xml"))[0]["description"] == "ab"


STATUSES = [(State.ACCEPTED, "open"), (State.RESOLVED, "closed"), (State.RATED, "closed"), (State.CLOSED, "closed")]


@pytest.mark.parametrize(("state", "status"), STATUSES)
def test_what_was_answered_is_closed_at_that_moment(world: World, state: State, status: str) -> None:
    row = shown(world, state)
    (found,) = rows(get(f"requests/{row.number}"))
    assert found["status"] == status
    assert ("expected_datetime" in found) == (status == "open")
    at = row.accepted_at if status == "open" else row.resolved_at
    assert at is not None
    assert datetime.fromisoformat(found["updated_datetime"]) == at.replace(microsecond=0)


def test_filters_narrow_and_empty_ones_are_none(world: World) -> None:
    opened, closed = shown(world), shown(world, State.CLOSED)
    both = {opened.number, closed.number}
    assert numbers(get("requests", status="open")) == {opened.number}
    assert numbers(get("requests", status="closed")) == {closed.number}
    assert numbers(get("requests", status="open,closed")) == both
    assert numbers(get("requests", service_code=f"9999,{opened.leaf_id}")) == both
    assert numbers(get("requests", service_code="9999")) == set()
    empty = dict.fromkeys(["service_request_id", "service_code", "start_date", "end_date", "status"], "")
    assert numbers(get("requests", **empty)) == both


def test_numbers_override_all_other_arguments_and_give_those_there_are(world: World) -> None:
    one, other = shown(world), shown(world, State.CLOSED)
    asked = f"{one.number}, {other.number},350582001-2611-99999999,x,"
    assert numbers(get("requests", service_request_id=asked, status="nonsense", start_date="nonsense")) == {
        one.number,
        other.number,
    }
    assert numbers(get("requests", service_request_id=one.number, status="closed")) == {one.number}
    assert said(get("requests", service_request_id="1," * 1001))[0] == 400


def moved(row: Ticket, days: int) -> datetime:
    """Let it be filed so many days ago."""
    at = row.filed_at - timedelta(days=days)
    with scope.place(row.area):
        Ticket.objects.filter(pk=row.pk).update(filed_at=at)
    return at


def test_without_dates_the_last_ninety_days_are_shown(world: World) -> None:
    young, old = shown(world), shown(world)
    moved(young, 89)
    at = moved(old, 91)
    assert numbers(get("requests")) == {young.number}
    around = {"start_date": (at - timedelta(days=1)).isoformat(), "end_date": (at + timedelta(days=1)).isoformat()}
    assert numbers(get("requests", **around)) == {old.number}
    assert numbers(get("requests", start_date=around["start_date"])) == {young.number, old.number}
    assert numbers(get("requests", end_date=around["end_date"])) == {old.number}


def test_a_zone_with_a_bare_plus_is_read(world: World) -> None:
    row = shown(world)
    start = (row.filed_at - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S")
    bare = Client().get(f"/open311/v2/requests.json?jurisdiction_id={HERE}&start_date={start}+00:00")
    assert numbers(bare) == {row.number}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-02T00:00:00Z"}, "90"),
        ({"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"}, "end_date"),
        ({"start_date": "yesterday"}, "start_date"),
        ({"start_date": "2026-01-01T00:00:00"}, "start_date"),
        ({"end_date": "2026-01-01"}, "end_date"),
        ({"end_date": "2026-02-30T00:00:00Z"}, "end_date"),
        ({"end_date": "0001-01-01T00:00:00+14:00"}, "end_date"),
        ({"start_date": "9999-12-31T00:00:00Z"}, "start_date"),
        ({"status": "resolved"}, "status"),
        ({"status": "open,resolved"}, "status"),
    ],
)
def test_a_filter_that_means_nothing_is_refused_by_name(world: World, form: str, asked: dict[str, str], named: str) -> None:
    status, words = said(get("requests", form, **asked))
    assert status == 400
    assert named in words


def test_ninety_days_are_not_too_many(world: World) -> None:
    assert get("requests", start_date="2026-01-01T00:00:00Z", end_date="2026-04-01T00:00:00Z").status_code == 200


def test_at_most_a_thousand_come(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("complaints.open311.asked.MOST", 2)
    made = [shown(world).number for _each in range(3)]
    assert [row["service_request_id"] for row in rows(get("requests"))] == made[:0:-1]


def test_a_list_asks_the_database_as_often_for_many_rows_as_for_few(world: World) -> None:
    counts = []
    for place in ("own", "street"):
        shown(world, place=place)
        with CaptureQueriesContext(connection) as captured:
            get("requests")
        counts.append(len(statements(captured)))
    assert counts[0] == counts[1]


# Filing


@pytest.mark.parametrize("form", FORMATS)
def test_with_a_key_a_request_is_filed_and_numbered_at_once(world: World, key: str, form: str) -> None:
    answer = post(body(key, **{"attribute[spot]": "2号梯", "attribute[anonymous]": "no", "email": ""}), form)
    assert answer.status_code == 200, answer.content
    (told,) = rows(answer)
    assert set(told) == {"service_request_id", "service_notice"}
    (row,) = tickets()
    assert (row.number, row.area, row.channel, row.state) == (told["service_request_id"], PLACES["own"], "open311", "submitted")
    assert row.text.endswith("三号楼电梯停运两天")
    assert "电梯" in row.text.splitlines()[0]
    assert (row.spot, row.reporter, row.reporter_name, row.reporter_phone) == ("2号梯", None, "林女士", "13800001234")
    assert not row.public
    assert said(get(f"requests/{row.number}", form))[0] == 404


def test_what_was_filed_is_routed_like_anything_else_and_shows_once_it_is_public(world: World, key: str) -> None:
    (told,) = rows(post(body(key)))
    (row,) = tickets()
    with scope.place(row.area):
        routing.route_claimed(row.pk, row.area, 1)
        row = Ticket.objects.get(pk=row.pk)
        assert row.state == State.DISPATCHED
        publishing.publish(row.number, by=world.actor(Role.STREET_CLERK), version=row.version, text=SHOWN)
    assert numbers(get("requests")) == {told["service_request_id"]}


def test_the_record_says_which_office_filed(world: World, key: str) -> None:
    post(body(key))
    (row,) = tickets()
    with scope.everything(reason="tests: read the record"):
        entry = Entry.objects.get(action="open311.request_filed")
        given = Open311Key.objects.get()
        assert (entry.subject_id, entry.after["organisation"]) == (str(row.pk), given.organisation_id)
        assert key not in json.dumps(list(Entry.objects.values_list("after", flat=True)), ensure_ascii=False)
        assert given.digest != key


WITHOUT = ["", "wrong", "o311_\x00", "钥匙"]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("wrong", WITHOUT)
def test_without_a_key_nothing_else_is_looked_at(world: World, key: str, wrong: str, form: str) -> None:
    nonsense = {"jurisdiction_id": HERE, "api_key": wrong, "service_code": "9999", "lat": "x"}
    status, words = said(post(nonsense, form))
    assert status == 403
    assert "api_key" in words
    assert said(post(body(wrong), form))[0] == 403
    assert tickets() == []


def test_no_key_at_all_is_403_even_without_a_jurisdiction(world: World) -> None:
    assert said(post({}))[0] == 403
    in_the_address = Client().post(f"/open311/v2/requests.json?jurisdiction_id={HERE}&api_key=x", {})
    assert said(in_the_address)[0] == 403
    as_json = Client().post("/open311/v2/requests.json", json.dumps({"api_key": "x"}), content_type="application/json")
    assert said(as_json)[0] == 403


def test_a_key_counts_in_its_own_county_only_and_until_it_is_revoked(world: World, key: str) -> None:
    foreign = body(key, jurisdiction_id=ELSEWHERE, address_id=str(PLACES["county"]))
    assert said(post(foreign))[0] == 403
    with scope.place(350582 * 10**9):
        open311.revoke_key(Open311Key.objects.get().pk, by=system())
    assert said(post(body(key))) == said(post(body("wrong")))
    assert tickets() == []


def test_being_signed_in_is_no_key(world: World, sign_in: Callable[..., Client]) -> None:
    answer = sign_in(Role.STREET_CLERK).post("/open311/v2/requests.json", body(""))
    assert said(answer)[0] == 403


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("more", "status", "named"),
    [
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "9999"}, 404, "service_code"),
        ({"service_code": "\x00"}, 404, "service_code"),
        ({"jurisdiction_id": ""}, 400, "jurisdiction_id"),
        ({"jurisdiction_id": "350583"}, 404, "jurisdiction_id"),
        ({"address_id": ""}, 400, "address_id"),
        ({"address_id": "", "lat": "24.8", "long": "118.5"}, 400, "address_id"),
        ({"address_id": "", "address_string": "小区own"}, 400, "address_id"),
        ({"address_id": "", "lat": "24.8"}, 400, "long"),
        ({"lat": "24.8"}, 400, "long"),
        ({"long": "118.5"}, 400, "lat"),
        ({"address_id": "x"}, 400, "address_id"),
        ({"address_id": "３５０５８２００１００１００１"}, 400, "address_id"),
        ({"address_id": "350582001001000"}, 400, "address_id"),
        ({"address_id": "350582001001999"}, 400, "address_id"),
        ({"attribute[colour]": "red"}, 400, "attribute[colour]"),
        ({"attribute[anonymous]": "perhaps"}, 400, "attribute[anonymous]"),
        ({"attribute[spot][]": "2号梯"}, 400, "attribute[spot]"),
        ({"attribute[spot]": "x" * 121}, 400, "attribute[spot]"),
        ({"service_code": "0201"}, 400, "attribute[spot]"),
        ({"service_code": "0201", "attribute[spot]": " "}, 400, "attribute[spot]"),
        ({"description": "长" * 2001}, 400, "description"),
        ({"description": "a\x00b"}, 400, "description"),
        ({"phone": "call me"}, 400, "phone"),
        ({"last_name": "林" * 61}, 400, "last_name"),
    ],
)
def test_what_cannot_be_filed_is_refused_by_the_name_of_the_argument(
    world: World, key: str, form: str, more: dict[str, str], status: int, named: str
) -> None:
    found, words = said(post(body(key, **more), form))
    assert found == status
    assert named in words
    assert tickets() == []


@pytest.mark.parametrize("place", ["county", "absent"])
def test_a_compound_of_another_county_is_refused_like_one_that_never_was(world: World, key: str, place: str) -> None:
    here = post(body(key, address_id=str(PLACES.get(place, 350583001001001))))
    assert here.content == post(body(key, address_id="350583001001002")).content
    assert (said(here)[0], tickets()) == (400, [])


def test_two_answers_to_one_attribute_are_refused(world: World, key: str) -> None:
    sent = urlencode([*body(key).items(), ("attribute[spot]", "a"), ("attribute[spot]", "b")])
    answer = Client().post("/open311/v2/requests.json", sent, content_type="application/x-www-form-urlencoded")
    assert said(answer)[0] == 400


def test_an_emergency_says_whom_to_call(world: World, key: str) -> None:
    (told,) = rows(post(body(key, service_code="0201", description="", **{"attribute[spot]": "2号梯"})))
    assert "119" in told["service_notice"]
    assert tickets()[0].emergency


def test_a_place_and_its_position_together_are_taken_and_media_is_not(world: World, key: str) -> None:
    (told,) = rows(post(body(key, lat="24.8", long="118.5", media_url="https://example.test/a.jpg")))
    assert "media_url" in told["service_notice"]


def test_anonymous_and_confidential_are_as_asked(world: World, key: str) -> None:
    post(body(key, **{"attribute[anonymous]": "yes", "attribute[confidential]": "yes"}))
    (row,) = tickets()
    assert (row.anonymous, row.confidential) == (True, True)


def test_a_retry_with_the_same_key_files_nothing_more(world: World, key: str) -> None:
    once, again = (rows(post(body(key), **{"Idempotency-Key": "a1"})) for _each in range(2))
    assert once == again
    assert len(tickets()) == 1
    assert said(post(body(key, description="另一件事"), **{"Idempotency-Key": "a1"}))[0] == 400


def test_each_key_is_held_to_a_rate(world: World, key: str) -> None:
    rates = {"filing": "2/min", "token": "", "acting": "", "tracking": "", "field": ""}
    from django.conf import settings

    with override_settings(REST_FRAMEWORK={**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": rates}):
        answers = [post(body(key)) for _each in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_reading_is_held_to_a_rate_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("complaints.open311.answers.ASKED_A_MINUTE", 1)
    assert [get("services").status_code for _each in range(2)] == [200, 429]


# Tokens


@pytest.mark.parametrize("form", FORMATS)
def test_a_batch_service_gives_a_token_first_and_the_number_once_it_is_taken_in(world: World, key: str, form: str) -> None:
    (told,) = rows(post(body(key, service_code="1206", description="有人吃拿卡要"), form))
    assert set(told) == {"token", "service_notice"}
    (row,) = tickets()
    assert row.confidential
    assert row.number not in told["token"]
    assert said(get(f"tokens/{told['token']}", form))[0] == 404
    with scope.place(row.area):
        routing.route_claimed(row.pk, row.area, 1)
    assert rows(get(f"tokens/{told['token']}", form)) == [{"service_request_id": row.number, "token": told["token"]}]
    assert said(get(f"tokens/{told['token']}", form, jurisdiction_id=ELSEWHERE))[0] == 404
    assert said(get(f"requests/{row.number}", form))[0] == 404


def test_a_retry_gets_the_same_token(world: World, key: str) -> None:
    sent = body(key, service_code="1206")
    once, again = (rows(post(sent, **{"Idempotency-Key": "a1"})) for _each in range(2))
    assert once == again
    assert len(tickets()) == 1


@pytest.mark.parametrize("token", ["1-", "-", "x-1", "1" * 100, "9" * 59 + "-", "%E4%B8%80-1", "1-%00", "²-1"])
def test_a_token_that_nobody_got_is_404(world: World, token: str) -> None:
    assert said(get(f"tokens/{token}"))[0] == 404


# Keys


@pytest.fixture
def county(world: World) -> Iterator[int]:
    with scope.place(350582 * 10**9):
        yield 350582 * 10**9


def test_only_whoever_runs_the_server_gives_and_revokes_keys(world: World, county: int) -> None:
    clerk = world.actor(Role.COUNTY_CLERK)
    with pytest.raises(NotAllowed):
        open311.give_key(county=county, organisation=world.bureau("HOTLINE").pk, by=clerk)
    with pytest.raises(NotAllowed):
        open311.revoke_key(1, by=clerk)


def test_the_command_gives_lists_and_revokes(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("open311_key", "350582", give=world.bureau("HOTLINE").pk)
    secret = capsys.readouterr().out.rsplit(" ", 1)[-1].strip()
    assert post(body(secret)).status_code == 200
    call_command("open311_key", "350582", list=True)
    listed = capsys.readouterr().out
    assert "in use" in listed
    assert secret not in listed
    call_command("open311_key", "350582", revoke=int(listed.split("\t")[0]))
    assert post(body(secret)).status_code == 403
    for wrong in ({"give": world.bureau("HOTLINE", "county").pk}, {"give": 10**9}, {"revoke": 10**9}):
        with pytest.raises(CommandError):
            call_command("open311_key", "350582", **wrong)
    with pytest.raises(CommandError):
        call_command("open311_key", "12", list=True)
