"""Legal consultations through the API."""

from typing import Any

from enforcement.advice_states import ConsultationState
from people.roles import Role
from tests.contract.callers import caller, caller_of, fault
from tests.factories.advice import adviser, consultation
from tests.factories.world import CANARY, World


def test_from_the_question_to_the_answer(world: World) -> None:
    bench, resident = caller_of(adviser(world)), caller(world, Role.RESIDENT)
    said: dict[str, Any] = {"area": world.area(), "topic": "fees", "subject": "物业费", "text": "空置房要交吗"}
    assert fault(resident.post("consultations/", {**said, "topic": "none"}))[::2] == (400, "topic")
    assert caller(world, Role.SUPERVISOR).post("consultations/", said).status_code == 403
    assert resident.post("consultations/", {**said, "area": world.area("street")}).status_code == 404
    row = resident.post("consultations/", said).json()
    one = f"consultations/{row['id']}/"
    assert (row["state"], [line["kind"] for line in row["lines"]]) == ("waiting", ["question"])
    assert caller(world, Role.STREET_CLERK).get(one).status_code == 404
    assert fault(bench.post(f"{one}answer/", {"version": 1}))[::2] == (400, "text")
    assert resident.post(f"{one}answer/", {"version": 1, "text": "答"}).status_code == 403
    row = bench.post(f"{one}answer/", {"version": 1, "text": "答", "rules": "民法典 944"}).json()
    assert row["lines"][1]["rules"] == "民法典 944"
    assert bench.post(f"{one}answer/", {"version": 1, "text": "答"}).status_code == 409
    assert resident.post(f"{one}withdraw/", {"version": 2}).status_code == 409
    row = resident.post(f"{one}rate/", {"version": 2, "helpful": False}).json()
    assert row["helpful"] is False
    assert resident.post(f"{one}ask-further/", {"version": 2, "text": "又问"}).status_code == 409
    row = resident.post(f"{one}ask-further/", {"version": 3, "text": "又问"}).json()
    assert (row["state"], row["helpful"], len(row["lines"])) == ("waiting", None, 3)
    assert [each["id"] for each in resident.get("consultations/").json()["results"]] == [row["id"]]


def test_withdrawn_it_is_not_there_for_the_advisers(world: World) -> None:
    row, bench = consultation(world), caller_of(adviser(world))
    assert caller(world, Role.RESIDENT).post(f"consultations/{row.pk}/withdraw/", {"version": 1}).json()["state"] == "withdrawn"
    assert bench.get(f"consultations/{row.pk}/").status_code == 404


def test_what_is_elsewhere_is_not_there(world: World) -> None:
    who = caller(world, Role.STREET_CLERK)
    absent = who.get(f"consultations/{10**9}/").json()
    for place in ("street", "county"):
        row = consultation(world, ConsultationState.ANSWERED, place=place, shared=True)
        answer = who.get(f"consultations/{row.pk}/")
        assert (answer.status_code, answer.json()) == (404, absent)
        assert who.post(f"consultations/{row.pk}/rate/", {}).status_code == 404
    assert CANARY not in who.get("consultations/").content.decode()
