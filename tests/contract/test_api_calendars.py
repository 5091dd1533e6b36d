"""Working calendars through the API."""

from typing import Any

import pytest

from people import queries
from people.models import OfficeCalendar
from people.roles import STAFF, Role
from tests.contract.callers import caller, fault
from tests.factories.world import World

COUNTY, ELSEWHERE = 350582 * 10**9, 350505 * 10**9
PATH = f"calendars/{COUNTY}/"
HOURS = [{"opens": "08:30", "closes": "12:00"}, {"opens": "14:30", "closes": "17:30"}]


@pytest.fixture(autouse=True)
def _forget() -> None:
    queries._remembered.clear()


def body(**changed: Any) -> dict[str, Any]:
    day = {"date": "2026-07-28", "worked": False, "note": "台风"}
    return {"based_on": 0, "hours": HOURS, "days": [day], "source": "防指令 7 号", **changed}


def test_it_is_published_read_and_its_versions_are_listed(world: World) -> None:
    desk, street = caller(world, Role.COUNTY_CLERK), caller(world, Role.STREET_CLERK)
    default = street.get(PATH).json()
    assert (default["version"], default["hours"], default["days"], default["published_by"]) == (0, HOURS, [], None)
    answer = desk.post(PATH, body())
    assert answer.status_code == 201
    assert answer.json()["version"] == 1
    assert answer.json()["days"] == body()["days"]
    assert street.get(PATH).json() == answer.json()
    assert street.get("calendars/").json() == {"results": [answer.json()]}
    desk.post(PATH, body(based_on=1, days=[]))
    first = street.get(f"{PATH}versions/", limit=1).json()
    assert [row["version"] for row in first["results"]] == [2]
    rest = street.client.get(first["next"]).json()
    assert [row["version"] for row in rest["results"]] == [1]


@pytest.mark.parametrize("role", list(Role))
def test_who_may_ask_and_who_may_publish(world: World, role: Role) -> None:
    asking = caller(world, role)
    reads = 200 if role in STAFF else 404
    assert asking.get(PATH).status_code == reads
    assert asking.get(f"{PATH}versions/").status_code == reads
    assert len(asking.get("calendars/").json()["results"]) == (role in STAFF)
    assert asking.post(PATH, body()).status_code == (201 if role == Role.COUNTY_CLERK else 403 if role in STAFF else 404)
    for county in (ELSEWHERE, 350583 * 10**9, 350582_001_000_000):
        assert asking.get(f"calendars/{county}/").status_code == 404
        assert asking.post(f"calendars/{county}/", body()).status_code == 404
    assert not OfficeCalendar.objects.filter(area=ELSEWHERE).exists()


@pytest.mark.parametrize(
    ("changed", "attr"),
    [
        ({"hours": []}, "hours"),
        ({"hours": [{"opens": "12:00", "closes": "09:00"}]}, "hours.0"),
        ({"hours": [{"opens": "9", "closes": "12:00"}]}, "hours.0.opens"),
        ({"days": [{"date": "2026-02-30", "worked": False}]}, "days.0.date"),
        ({"days": [{"date": "2026-07-28", "worked": False}] * 2}, "days.1.date"),
        ({"days": [{"date": "2099-07-28", "worked": False}]}, "days.0.date"),
        ({"days": [{"date": "2026-07-28"}]}, "days.0.worked"),
        ({"source": " "}, "source"),
        ({"extra": 1}, "extra"),
    ],
)
def test_what_is_wrong_is_named(world: World, changed: dict[str, Any], attr: str) -> None:
    answer = caller(world, Role.COUNTY_CLERK).post(PATH, body(**changed))
    assert (answer.status_code, fault(answer)[2]) == (400, attr)


def test_a_stale_version_says_who_and_when(world: World) -> None:
    desk = caller(world, Role.COUNTY_CLERK)
    desk.post(PATH, body())
    answer = desk.post(PATH, body(days=[]))
    assert fault(answer)[:2] == (409, "stale_version")
    changed = answer.json()["changed"]
    assert (changed["by"], changed["version"]) == (world.user(Role.COUNTY_CLERK).name, 1)
    assert changed["at"]
