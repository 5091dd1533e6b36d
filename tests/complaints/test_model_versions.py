"""The model learns from what people confirmed: which tickets those are, when a version goes into use, and who goes back."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from complaints import explain, learned, learning_queries
from complaints.actions import learning, returns, tickets, urging
from complaints.catalogue import Catalogue
from complaints.learning import apart
from complaints.learning.apart import Figures, Judged, Learnt
from complaints.learning.fitting import train
from complaints.learning.texts import written
from complaints.learning_states import ModelState
from complaints.models import ModelVersion, Ticket, TicketEvent
from complaints.states import Confirmed, State
from complaints.tasks import learn as task
from people.roles import Role
from tenancy import scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tests.factories.tickets import LIFT_STOPPED, UNCLEAR, ticket
from tests.factories.world import World

SignIn = Callable[..., Client]
CATALOGUE = Catalogue.load()


def fresh(row: Ticket) -> Ticket:
    with scope.everything(reason="tests"):
        return Ticket.objects.select_related("leaf", "lead").get(pk=row.pk)


def taught(*, most: int = 100) -> dict[str, learning_queries.ConfirmedText]:
    with scope.everything(reason="tests"):
        return {each.number: each for each in learning_queries.confirmed(most=most)}


def dispatch(world: World, row: Ticket, leaf: str, *, role: Role = Role.STREET_CLERK) -> Ticket:
    with scope.place(row.area):
        clerk = world.actor(role)
        lead = world.bureaus["UM", "own"]
        return tickets.dispatch(row.number, by=clerk, version=row.version, leaf=leaf, organisation=lead)


def test_what_a_clerk_dispatches_is_confirmed(world: World) -> None:
    row = dispatch(world, ticket(world, State.TRIAGE, text=UNCLEAR), "0404")
    said = row.why_here["confirmed"]
    assert (said["how"], said["leaf"], said["by"]) == ("dispatched", "0404", world.actor(Role.STREET_CLERK).label)
    assert taught()[row.number].leaf == "0404"


def test_a_change_of_kind_is_a_correction_of_what_was_said_first(world: World) -> None:
    row = ticket(world, State.ACCEPTED, text=LIFT_STOPPED)
    first = row.leaf_id
    with scope.place(row.area):
        clerk = world.actor(Role.STREET_CLERK)
        row = urging.recategorise(row.number, by=clerk, version=row.version, leaf="0404")
        row = urging.recategorise(row.number, by=clerk, version=row.version, leaf="0501")
    said = row.why_here["confirmed"]
    assert (said["how"], said["before"], said["leaf"], said["corrected"]) == ("recategorised", first, "0501", True)
    assert {"model", "words", "alternatives", "confidence"} <= set(row.why_here)
    found = taught()[row.number]
    assert (found.before, found.leaf, found.corrected) == (first, "0501", True)


def test_what_the_county_arbitrates_is_confirmed(world: World) -> None:
    row = ticket(world, State.ARBITRATION, text=LIFT_STOPPED)
    with scope.place(row.area):
        county = world.actor(Role.COUNTY_CLERK)
        row = returns.arbitrate(row.number, by=county, version=row.version, organisation=world.firms["own"], text="由物业负责")
    assert row.why_here["confirmed"]["how"] == Confirmed.ARBITRATED
    assert row.why_here["confirmed"]["by"] == county.label
    assert row.number in taught()


def test_an_answer_confirms_what_nobody_returned(world: World) -> None:
    row = fresh(ticket(world, State.RESOLVED, text=LIFT_STOPPED))
    said = row.why_here["confirmed"]
    assert (said["how"], said["leaf"], said["corrected"]) == ("answered", row.leaf_id, False)
    assert said["at"] == row.resolved_at.isoformat()
    assert said["by"] == world.actor(Role.PROPERTY_MANAGER).label


def test_an_answer_does_not_take_the_place_of_a_judgement(world: World) -> None:
    row = ticket(world, State.ACCEPTED, text=LIFT_STOPPED)
    with scope.place(row.area):
        clerk, manager = world.actor(Role.STREET_CLERK), world.actor(Role.PROPERTY_MANAGER)
        row = urging.recategorise(row.number, by=clerk, version=row.version, leaf="0404")
        row = tickets.resolve(row.number, by=manager, version=row.version, text="已处理")
    assert row.why_here["confirmed"]["how"] == "recategorised"


@pytest.mark.parametrize("state", [State.DISPATCHED, State.ACCEPTED, State.TRIAGE])
def test_what_only_the_machine_said_is_not_confirmed(world: World, state: State) -> None:
    row = ticket(world, state, text=LIFT_STOPPED)
    assert row.number not in taught()


def test_what_was_returned_is_not_learnt_from_until_it_is_judged_again(world: World) -> None:
    row = ticket(world, State.ARBITRATION, text=LIFT_STOPPED)
    assert row.why_here["confirmed"]["how"] == "dispatched"
    assert row.number not in taught()


@pytest.mark.parametrize("mark", ["restricted", "confidential"])
def test_restricted_and_confidential_tickets_are_never_learnt_from(world: World, mark: str) -> None:
    row = ticket(world, State.RESOLVED, text=LIFT_STOPPED)
    assert row.number in taught()
    with scope.place(row.area):
        Ticket.objects.filter(pk=row.pk).update(**{mark: True})
    assert row.number not in taught()


def test_personal_data_is_masked_before_it_is_learnt(world: World) -> None:
    row = ticket(world, State.RESOLVED, text=LIFT_STOPPED + "，联系电话13812345678")
    assert "13812345678" not in taught()[row.number].text
    assert "电梯" in taught()[row.number].text


def test_the_case_says_who_confirmed_and_who_corrected(world: World) -> None:
    answered, corrected = fresh(ticket(world, State.RESOLVED)), ticket(world, State.ACCEPTED)
    with scope.place(corrected.area):
        clerk = world.actor(Role.STREET_CLERK)
        corrected = urging.recategorise(corrected.number, by=clerk, version=corrected.version, leaf="0404")
        for row, who in ((answered, world.actor(Role.PROPERTY_MANAGER)), (corrected, clerk)):
            events = list(TicketEvent.objects.filter(ticket=row).order_by("pk"))
            said = [each for each in explain.why_here(row, row.why_here, events).sentences if who.label in each]
            assert len(said) == 1
            assert explain.leaf_name(row.leaf_id) in said[0]


# -- versions


@pytest.fixture(scope="module")
def content() -> bytes:
    return train(written()[::40], CATALOGUE).to_bytes()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    learned._remembered.clear()
    yield
    learned._remembered.clear()


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch, content: bytes) -> list[Any]:
    """What the child is asked and answers, without the child: [asked…]. Figures are set through `answers`."""
    asked: list[Any] = []

    def answer(texts: Any, held: Any, current: bytes, *, seconds: float) -> Learnt:
        asked.append((list(texts), list(held), current))
        return replace(GOOD, content=content)

    monkeypatch.setattr(apart, "learn", answer)
    return asked


GOOD = Learnt(b"", "d" * 64, 100, new=Figures(60, 50, 55), current=Figures(60, 50, 54))


def live() -> ModelVersion:
    return ModelVersion.objects.get(state=ModelState.LIVE)


@pytest.mark.parametrize(
    ("new", "current", "why"),
    [
        (Figures(60, 50, 55), Figures(60, 50, 54), ""),
        (Figures(50, 40, 42), Figures(50, 40, 41), ""),
        (Figures(49, 49, 49), Figures(49, 0, 0), "too_few"),
        (Figures(60, 55, 54), Figures(60, 50, 54), "department"),
        (Figures(60, 49, 60), Figures(60, 50, 54), "leaf"),
    ],
)
def test_only_what_is_better_in_department_and_not_worse_in_leaf_goes_into_use(new: Figures, current: Figures, why: str) -> None:
    assert learning.is_better(new, current) == why


def test_the_shipped_version_is_in_use_until_another_is_better(world: World, child: list[Any]) -> None:
    assert live().version == 0
    assert learning.learn() is None, "nothing is confirmed yet"
    row = ticket(world, State.RESOLVED, text=LIFT_STOPPED)
    assert learning.learn() == ModelState.LIVE
    assert (live().version, live().shipped_texts, live().figures["new"]["department"]) == (1, 100, 55)
    assert ModelVersion.objects.get(version=0).state == ModelState.RETIRED
    texts, held, current = child[0]
    assert Judged(row.text, row.leaf_id, row.emergency) in [*texts, *held]
    assert current == b""
    with scope.everything(reason="tests"):
        assert Entry.objects.filter(action="model.taken_into_use").count() == 1


def test_with_nothing_newly_confirmed_there_is_nothing_to_do(world: World, child: list[Any], settings: Any) -> None:
    settings.LEARN_EVERY_DAYS = 0
    ticket(world, State.RESOLVED)
    assert task() == "live"
    assert [task(), task()] == ["nothing to do"] * 2
    ticket(world, State.RESOLVED)
    assert task() == "live"
    assert live().version == 2
    assert child[1][2] == bytes(ModelVersion.objects.get(version=1).content), "compared with the one in use"


def test_a_week_lies_between_two_versions(world: World, child: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from tenancy import clock

    ticket(world, State.RESOLVED)
    assert learning.learn() == ModelState.LIVE
    ticket(world, State.RESOLVED)
    assert learning.learn() is None
    now = clock.now()
    monkeypatch.setattr("tenancy.clock.now", lambda: now + timedelta(days=8))
    assert learning.learn() == ModelState.LIVE


def test_a_worse_version_is_kept_with_its_figures_and_not_used(
    world: World, child: list[Any], monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    worse = replace(GOOD, content=content, current=Figures(60, 51, 55))
    monkeypatch.setattr(apart, "learn", lambda *_, **__: worse)
    ticket(world, State.RESOLVED)
    assert learning.learn() == ModelState.REFUSED
    kept = ModelVersion.objects.get(version=1)
    assert (kept.why, kept.figures["current"]["leaf"], bytes(kept.content)) == ("department", 51, b"")
    assert live().version == 0


def test_a_child_that_fails_is_a_refused_version(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Learnt:
        raise apart.LearningFailed("not done within 200 seconds")

    monkeypatch.setattr(apart, "learn", fail)
    ticket(world, State.RESOLVED)
    assert learning.learn() == ModelState.REFUSED
    assert ModelVersion.objects.get(version=1).problem == "not done within 200 seconds"


def test_a_candidate_whose_worker_died_is_taken_up_after_its_lease(
    world: World, child: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tenancy import clock

    ticket(world, State.RESOLVED)
    assert learning._claim() is not None  # and the worker dies
    assert learning.learn() is None, "somebody may have it in hand"
    now = clock.now()
    monkeypatch.setattr("tenancy.clock.now", lambda: now + timedelta(hours=1))
    assert learning.learn() == ModelState.LIVE
    assert live().tries == 2


def test_a_candidate_that_never_ends_is_given_up(world: World, child: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from tenancy import clock

    ticket(world, State.RESOLVED)
    claimed = learning._claim()
    ModelVersion.objects.filter(pk=claimed).update(tries=learning.MOST_TRIES)
    now = clock.now()
    monkeypatch.setattr("tenancy.clock.now", lambda: now + timedelta(hours=1))
    assert learning.learn() is None
    assert ModelVersion.objects.get(version=1).state == ModelState.REFUSED
    assert child == []


def test_a_fifth_is_held_back_and_always_the_same(world: World) -> None:
    numbers = [f"350582001-2611-{n:08d}" for n in range(2000)]
    held = [number for number in numbers if learning.is_held_back(number)]
    assert 0.17 < len(held) / len(numbers) < 0.23
    assert held == [number for number in numbers if learning.is_held_back(number)]


@pytest.mark.parametrize(("old", "new"), [("refused", "live"), ("live", "candidate"), ("retired", "candidate")])
def test_the_database_keeps_the_life_of_a_version(db: None, old: str, new: str) -> None:
    version = ModelVersion.objects.create(version=900, state=ModelState.CANDIDATE, content=b"x")
    if old != "refused":
        ModelVersion.objects.filter(state=ModelState.LIVE).update(state=ModelState.RETIRED)
        ModelVersion.objects.filter(pk=version.pk).update(state=ModelState.LIVE)
    if old != "live":
        ModelVersion.objects.filter(pk=version.pk).update(state=old)
    with pytest.raises(DatabaseError), transaction.atomic():
        ModelVersion.objects.filter(pk=version.pk).update(state=new)


def test_only_one_version_is_in_use(db: None) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        ModelVersion.objects.create(version=900, state=ModelState.LIVE, content=b"x")


# -- workers


def put_into_use(content: bytes, version: int = 7) -> ModelVersion:
    ModelVersion.objects.filter(state=ModelState.LIVE).update(state=ModelState.RETIRED)
    made: ModelVersion = ModelVersion.objects.create(version=version, state=ModelState.LIVE, content=content)
    return made


def test_a_worker_uses_a_new_version_with_the_next_ticket(world: World, content: bytes) -> None:
    before = ticket(world, State.TRIAGE, text=UNCLEAR).why_here["model"]
    other = train(written()[1::40], CATALOGUE)
    put_into_use(content)
    small = ticket(world, State.TRIAGE, text=UNCLEAR).why_here["model"]
    put_into_use(other.to_bytes(), 8)
    assert ticket(world, State.TRIAGE, text=UNCLEAR).why_here["model"] == other.version
    assert len({before, small, other.version}) == 3


def test_a_version_is_read_once(db: None, content: bytes) -> None:
    from django.db import connection

    put_into_use(content)
    first = learned.in_use(CATALOGUE, [])
    with CaptureQueriesContext(connection) as asked:
        assert learned.in_use(CATALOGUE, []) is first
    assert len(asked) == 1
    assert "content" not in asked[0]["sql"]


@pytest.mark.parametrize("raw", [b"nonsense", b"PK\x03\x04"])
def test_a_version_that_cannot_be_read_stops_no_ticket_and_is_said(world: World, sign_in: SignIn, raw: bytes) -> None:
    shipped = ticket(world, State.DISPATCHED, text=LIFT_STOPPED).why_here["model"]
    broken = put_into_use(raw)
    for _ in range(2):
        row = ticket(world, State.DISPATCHED, text=LIFT_STOPPED)
        assert row.why_here["model"] == shipped
    broken.refresh_from_db()
    assert broken.problem
    with scope.everything(reason="tests"):
        assert Entry.objects.filter(action="model.unreadable").count() == 1
    assert "第 7 版模型读不出来" in sign_in(Role.SYSTEM_ADMIN).get("/system/").content.decode()


# -- going back


def test_going_back_is_one_persons_with_a_reason_and_recorded(world: World, content: bytes) -> None:
    put_into_use(content)
    chosen = learning.go_back(0, by=world.actor(Role.COUNTY_CLERK), reason="新版把电梯都派错了")
    assert (live().version, chosen.reason, chosen.chosen_by_id) == (0, "新版把电梯都派错了", world.user(Role.COUNTY_CLERK).pk)
    assert ModelVersion.objects.get(version=7).state == ModelState.RETIRED
    with scope.everything(reason="tests"):
        entry = Entry.objects.get(action="model.gone_back")
    assert (entry.before, entry.after) == ({"version": 7}, {"version": 0, "reason": "新版把电梯都派错了"})


def test_going_back_is_refused(world: World, content: bytes) -> None:
    put_into_use(content)
    admin = world.actor(Role.SYSTEM_ADMIN)
    with pytest.raises(NotAllowed):
        learning.go_back(0, by=world.actor(Role.STREET_CLERK), reason="理由")
    with pytest.raises(NotThere):
        learning.go_back(99, by=admin, reason="理由")
    with pytest.raises(WrongState):
        learning.go_back(7, by=admin, reason="理由")
    with pytest.raises(Refusal) as refused:
        learning.go_back(0, by=admin, reason=" ")
    assert refused.value.field == "reason"
    assert live().version == 7


# -- pages


def corrected(world: World, place: str = "own", leaf: str = "0404") -> Ticket:
    row = ticket(world, State.ACCEPTED, place=place, text=LIFT_STOPPED)
    with scope.place(row.area):
        clerk = world.actor(Role.STREET_CLERK, place)
        return urging.recategorise(row.number, by=clerk, version=row.version, leaf=leaf)


def test_the_page_shows_versions_and_the_corrections_of_ones_places(world: World, sign_in: SignIn, child: list[Any]) -> None:
    mine, other = corrected(world), corrected(world, place="county", leaf="0501")
    ticket(world, State.RESOLVED)
    learning.learn()
    client = sign_in(Role.COUNTY_CLERK)
    page = client.get("/desk/models/").content.decode()
    assert "60 件中 55 件，原版本 54 件" in page
    before = mine.why_here["confirmed"]["before"]
    address = f"/desk/?queue=all&amp;corrected={before}-0404"
    assert address in page
    assert "-0501" not in page
    opened = client.get(address.replace("&amp;", "&")).content.decode()
    assert mine.number in opened
    assert opened.count('class="ticket-row') <= 1
    assert other.number not in opened
    admin = sign_in(Role.SYSTEM_ADMIN).get("/desk/models/").content.decode()
    assert "corrected=" not in admin, "an administrator has no tickets"


@pytest.mark.parametrize("role", [None, Role.RESIDENT, Role.STREET_CLERK, Role.SUPERVISOR, Role.SECURITY_ADMIN])
def test_to_everybody_else_the_page_is_not_there(world: World, sign_in: SignIn, role: Role | None) -> None:
    client, there = sign_in(role), 302 if role is None else 404
    assert client.get("/desk/models/").status_code == there
    assert client.post("/desk/models/go-back/", {"version": 0, "reason": "理由"}).status_code == there
    assert client.get("/api/v1/models/").status_code == (401 if role is None else 404)


def test_going_back_by_the_page_keeps_what_was_typed(world: World, sign_in: SignIn, content: bytes) -> None:
    put_into_use(content)
    client = sign_in(Role.SYSTEM_ADMIN)
    without = client.post("/desk/models/go-back/", {"version": "0", "reason": ""})
    assert without.status_code == 400
    assert 'value="0" selected' in without.content.decode()
    unknown = client.post("/desk/models/go-back/", {"version": "99", "reason": "派错了"})
    assert unknown.status_code == 400
    assert "派错了" in unknown.content.decode()
    assert live().version == 7
    assert client.post("/desk/models/go-back/", {"version": "0", "reason": "派错了"}).status_code == 302
    assert live().version == 0
    assert "派错了" in client.get("/desk/models/").content.decode()


def test_the_api_gives_versions_with_their_figures(world: World, sign_in: SignIn, child: list[Any]) -> None:
    ticket(world, State.RESOLVED)
    learning.learn()
    results = sign_in(Role.COUNTY_CLERK).get("/api/v1/models/").json()["results"]
    assert [(each["version"], each["state"]) for each in results] == [(1, "live"), (0, "retired")]
    assert results[0]["new"] == {"n": 60, "leaf": 50, "department": 55}
    assert "content" not in results[0]


def test_a_filter_nobody_offered_is_ignored(world: World, sign_in: SignIn) -> None:
    row = ticket(world, State.ACCEPTED)
    found = sign_in(Role.STREET_CLERK).get("/desk/?queue=all&corrected=%27;drop-x").content.decode()
    assert row.number in found


# -- the child


def test_the_child_learns_and_judges(content: bytes) -> None:
    """In this process with few shipped texts; that the program starts is asked below."""
    shipped = written()[::40]
    held = [{"text": each.text, "leaf": each.leaf, "emergency": False} for each in written()[5:300:10]]
    texts = [{"text": each.text, "leaf": each.leaf, "emergency": False} for each in written()[6:300:10]]
    import base64

    asked = {"texts": texts, "held": held, "current": base64.b64encode(content).decode()}
    answer = apart.made_of(shipped, asked, CATALOGUE)
    assert answer["shipped"] == len(shipped)
    assert answer["new"]["n"] == answer["current"]["n"] == len(held)
    assert answer["new"]["leaf"] > answer["current"]["leaf"], "it has learnt more about these leaves"
    assert json.dumps(answer)


def test_a_child_that_takes_too_long_is_ended() -> None:
    with pytest.raises(apart.LearningFailed, match="not done within"):
        apart.learn([], [], b"", seconds=0.2)


def test_a_child_that_fails_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(apart.LearningFailed, match="ended with 1"):
        apart.learn([], [], b"", seconds=20)


def test_the_child_needs_no_settings() -> None:
    """Neither Django's settings nor scikit-learn are brought in by asking."""
    program = "import sys, complaints.learning.apart; print('sklearn' in sys.modules, 'config.settings' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, cwd=apart.ROOT, env={}, check=True)
    assert ran.stdout.split() == [b"False", b"False"]
