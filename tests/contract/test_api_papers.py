"""Papers of joint visits through the API."""

import hashlib

from people.roles import Role
from tenancy import scope
from tests.contract.callers import caller, caller_of, fault
from tests.factories import papers as factory
from tests.factories import visits
from tests.factories.world import CANARY, World


def test_issue_download_void(world: World) -> None:
    with scope.everything(reason="tests: a visit that is over"):
        row = visits.concluded(world)
        officer, lead = caller_of(visits.officer(world, "UM")), caller_of(visits.head(world, "UM"))
    papers, body = f"visits/{row.number}/papers/", world.bureaus["UM", "own"]
    assert officer.get(papers).json() == {"results": []}
    assert fault(officer.post(papers, {"organisation": body, "kind": "letter"}))[::2] == (400, "kind")
    assert fault(officer.post(papers, {"organisation": body, "kind": "order"}))[::2] == (400, "finding")
    assert fault(officer.post(papers, {"organisation": body, "kind": "record", "sort": 1}))[1] == "unknown_field"
    assert lead.post(papers, {"organisation": body, "kind": "record"}).status_code == 403
    made = officer.post(papers, {"organisation": body, "kind": "record"})
    assert made.status_code == 201
    paper = made.json()
    assert (paper["visit"], paper["organisation"], paper["findings"]) == (row.number, body, [])
    assert officer.post(papers, {"organisation": body, "kind": "record"}).status_code == 409
    file = caller(world, Role.STREET_CLERK).get(f"{papers}{paper['code']}/file/")
    assert file["Content-Type"].endswith("wordprocessingml.document")
    assert hashlib.sha256(file.content).hexdigest() == paper["sha256"]
    assert caller(world, Role.RESIDENT).get(f"{papers}{paper['code']}/file/").status_code == 404
    assert caller(world, Role.PROPERTY_MANAGER).get(papers).json() == {"results": []}
    assert fault(lead.post(f"{papers}{paper['code']}/void/", {"reason": " "}))[::2] == (400, "reason")
    assert lead.post(f"{papers}{paper['code']}/void/", {"reason": "重开"}).json()["voided_why"] == "重开"
    assert lead.post(f"{papers}{paper['code']}/void/", {"reason": "重开"}).status_code == 409
    assert caller(world, Role.STREET_CLERK).post(f"{papers}{paper['code']}/void/", {"reason": "x"}).status_code == 403


def test_what_is_elsewhere_is_not_there(world: World) -> None:
    with scope.everything(reason="tests: papers in every place"):
        own = factory.record(world)
        foreign = [factory.order(world, place=place) for place in ("street", "county")]
    who = caller(world, Role.STREET_CLERK)
    absent = who.get(f"visits/{own.visit.number}/papers/22222222222222/file/").json()
    for paper in foreign:
        for visit in (paper.visit.number, own.visit.number):
            answer = who.get(f"visits/{visit}/papers/{paper.code}/file/")
            assert (answer.status_code, answer.json()) == (404, absent)
            assert who.post(f"visits/{visit}/papers/{paper.code}/void/", {"reason": "x"}).status_code == 404
        assert who.get(f"visits/{paper.visit.number}/papers/").status_code == 404
    assert CANARY not in who.get(f"visits/{own.visit.number}/papers/").content.decode()
