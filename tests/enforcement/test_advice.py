"""Legal consultations: who asks, who answers, who reads, and what is told late."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction

from audit.models import Entry
from enforcement import advice_queries as queries
from enforcement.actions import advice
from enforcement.advice_states import CONSULTATION_FIRST, CONSULTATION_TRANSITIONS, ConsultationState, Topic
from enforcement.models import Consultation, ConsultationLine
from notices.models import Notice
from people.actors import Actor
from people.roles import Role
from tenancy import clock, scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tests.factories.advice import ANSWER, QUESTION, adviser, consultation
from tests.factories.referrals import judge
from tests.factories.world import World

pytestmark = pytest.mark.usefixtures("everywhere")
S = ConsultationState
DOCS = Path(__file__).resolve().parents[2] / "docs"


def told(kind: str) -> set[int]:
    return set(Notice.objects.filter(kind=kind, channel="bell").values_list("user_id", flat=True))


def reads(actor: Actor, row: Consultation) -> bool:
    return queries.visible_to(actor).filter(pk=row.pk).exists()


def ask(world: World, role: Role = Role.RESIDENT, place: str = "own", **other: Any) -> Consultation:
    said = {"area": world.area(place), "topic": Topic.OTHER, "subject": "问题", "text": "文字", "by": world.actor(role, place)}
    return advice.ask(**(said | other))


def test_every_state_is_reached_by_an_action_and_drawn() -> None:
    edges = {(old.value, new.value, action) for old, to in CONSULTATION_TRANSITIONS.items() for new, action in to.items()}
    assert {new for _old, new, _action in edges} | {CONSULTATION_FIRST.value} == set(S)
    assert all(hasattr(advice, action) for _old, _new, action in edges)
    drawn = re.findall(r"^  (\w+) --> (\w+): (\w+)$", (DOCS / "advice.md").read_text(encoding="utf-8"), re.M)
    assert set(drawn) == edges


def test_asked_answered_asked_further_and_found_helpful(world: World) -> None:
    resident, bench = world.actor(Role.RESIDENT), adviser(world)
    row = consultation(world)
    assert told("consultation_asked") == {bench.id}
    row = advice.answer(row.pk, by=bench, version=row.version, text=ANSWER, rules="民法典 944")
    assert told("consultation_answered") == {resident.id}
    row = advice.rate(row.pk, by=resident, version=row.version, helpful=False)
    assert row.helpful is False
    row = advice.ask_further(row.pk, by=resident, version=row.version, text="哪一条？")
    assert (row.state, row.helpful) == (S.WAITING, None)
    row = advice.answer(row.pk, by=bench, version=row.version, text="第九百四十四条第三款。")
    assert [line.kind for line in queries.lines(row)] == ["question", "answer", "question", "answer"]
    written = str(list(Entry.objects.filter(action__startswith="consultation.").values_list("before", "after")))
    assert "asked_further" in str(list(Entry.objects.values_list("action", flat=True)))
    assert QUESTION not in written
    assert ANSWER not in written


def test_a_question_is_read_by_whoever_asked_and_the_advisers(world: World) -> None:
    row, shared = consultation(world), consultation(world, shared=True)
    for role in Role:
        if (role, "own") in world.users:
            actor = world.actor(role)
            assert reads(actor, row) == (role == Role.RESIDENT), role
            street = role in {Role.RESIDENT, Role.STREET_CLERK, Role.STREET_LEADER}
            assert reads(actor, shared) == street, role
    assert reads(adviser(world), row)
    assert not reads(judge(world), shared)
    assert not reads(adviser(world, "county"), shared)
    assert not reads(world.actor(Role.STREET_CLERK, "street"), shared)


def test_a_firm_asks_and_its_people_read(world: World) -> None:
    row = consultation(world, role=Role.PROPERTY_MANAGER)
    assert row.organisation_id == world.firms["own"]
    assert reads(world.actor(Role.PROPERTY_STAFF), row)
    for other in (Role.RESIDENT, Role.STREET_CLERK):
        assert not reads(world.actor(other), row)
    assert not reads(world.actor(Role.PROPERTY_MANAGER, "street"), row)
    advice.answer(row.pk, by=adviser(world), version=1, text=ANSWER)
    assert told("consultation_answered") == {world.users[Role.PROPERTY_MANAGER, "own"], world.users[Role.PROPERTY_STAFF, "own"]}


def test_withdrawn_it_is_gone_for_the_advisers(world: World) -> None:
    row, bench = consultation(world, shared=True), adviser(world)
    advice.withdraw(row.pk, by=world.actor(Role.RESIDENT), version=1)
    assert reads(world.actor(Role.RESIDENT), row)
    assert not reads(bench, row)
    assert not reads(world.actor(Role.STREET_CLERK), row)
    with pytest.raises(NotThere):
        advice.answer(row.pk, by=bench, version=2, text=ANSWER)


def test_what_was_answered_is_not_withdrawn(world: World) -> None:
    row, resident = consultation(world, S.ANSWERED), world.actor(Role.RESIDENT)
    row = advice.ask_further(row.pk, by=resident, version=row.version, text="还有一问")
    with pytest.raises(WrongState) as refused:
        advice.withdraw(row.pk, by=resident, version=row.version)
    assert not isinstance(refused.value, advice.StaleConsultation)


def test_only_the_right_people_take_steps(world: World) -> None:
    row, resident = consultation(world, shared=True), world.actor(Role.RESIDENT)
    for actor in (resident, world.actor(Role.STREET_CLERK)):
        with pytest.raises(NotAllowed):
            advice.answer(row.pk, by=actor, version=1, text=ANSWER)
    for actor in (adviser(world), world.actor(Role.STREET_CLERK)):
        with pytest.raises(NotAllowed):
            advice.withdraw(row.pk, by=actor, version=1)
    with pytest.raises(NotThere):
        advice.answer(row.pk, by=adviser(world, "county"), version=1, text=ANSWER)
    with pytest.raises(WrongState):
        advice.answer(row.pk, by=adviser(world), version=7, text=ANSWER)
    for role in (Role.COUNTY_CLERK, Role.SUPERVISOR, Role.DEPARTMENT_HANDLER):
        with pytest.raises(NotAllowed):
            ask(world, role)
    for place in ("sibling", "street", "county"):
        with pytest.raises(NotThere):
            ask(world, area=world.area(place))


def test_nobody_answers_there(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        ask(world)
    assert (refused.value.field, refused.value.code) == ("adviser", "not_found")


@pytest.mark.parametrize(
    ("said", "field"),
    [({"topic": "none"}, "topic"), ({"subject": ""}, "subject"), ({"text": "长" * 4_001}, "text"), ({"adviser": 1}, "adviser")],
)
def test_bad_input_names_its_field(world: World, said: dict[str, Any], field: str) -> None:
    adviser(world)
    with pytest.raises(Refusal) as refused:
        ask(world, **said)
    assert refused.value.field == field
    assert not Consultation.objects.exists()


def test_five_questions_wait_at_a_time(world: World) -> None:
    for _each in range(advice.MOST_WAITING):
        consultation(world)
    with pytest.raises(Refusal, match=str(advice.MOST_WAITING)):
        ask(world)


def test_an_office_says_for_whom_and_a_resident_does_not(world: World) -> None:
    adviser(world)
    assert ask(world, Role.STREET_CLERK, behalf="业委会").behalf == "业委会"
    assert ask(world, behalf="业委会").behalf == ""


def test_what_is_late_is_told_once_to_who_heads_the_advisers(world: World) -> None:
    adviser(world)
    head = adviser(world, role=Role.DEPARTMENT_LEAD)
    row = consultation(world)
    with clock.standing_at(clock.now() + timedelta(days=(row.due_on - clock.today()).days)):
        assert advice.tell_late() == 0
    with clock.standing_at(clock.now() + timedelta(days=(row.due_on - clock.today()).days + 1)):
        assert advice.tell_late() == 1
        assert told("consultation_late") == {head.id}
        assert advice.tell_late() == 0
        row = advice.answer(row.pk, by=adviser(world), version=row.version, text=ANSWER)
        row = advice.ask_further(row.pk, by=world.actor(Role.RESIDENT), version=row.version, text="还有一问")
        assert row.due_on >= clock.today() + timedelta(days=settings.CONSULTATION_DAYS)
        assert advice.tell_late() == 0


def test_the_numbers_are_of_the_places_one_watches(world: World) -> None:
    late = consultation(world)
    consultation(world, S.ANSWERED)
    consultation(world, S.WITHDRAWN)
    consultation(world, S.ANSWERED, place="street")
    on = late.due_on + timedelta(days=1)
    assert queries.counts(world.actor(Role.STREET_CLERK), on) == {"asked": 2, "waiting": 1, "late": 1, "answers": 1, "in_time": 1}
    assert queries.counts(world.actor(Role.COUNTY_CLERK), on) == {"asked": 3, "waiting": 1, "late": 1, "answers": 2, "in_time": 2}
    for role in (Role.RESIDENT, Role.PROPERTY_MANAGER, Role.DEPARTMENT_HANDLER):
        assert queries.counts(world.actor(role), on) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda row: Consultation.objects.filter(pk=row.pk).update(subject="另一个"),
        lambda row: Consultation.objects.filter(pk=row.pk).update(state=S.WITHDRAWN),
        lambda row: Consultation.objects.filter(pk=row.pk).delete(),
        lambda row: ConsultationLine.objects.filter(consultation=row).update(text="另一个"),
        lambda row: ConsultationLine.objects.filter(consultation=row).delete(),
    ],
)
def test_the_database_keeps_what_was_said(world: World, change: Callable[[Consultation], object]) -> None:
    row = consultation(world, S.ANSWERED)
    with pytest.raises(DatabaseError), transaction.atomic():
        change(row)


def test_elsewhere_it_is_not_there(world: World) -> None:
    rows = [consultation(world, S.ANSWERED, place=place, shared=True) for place in ("sibling", "street", "county")]
    clerk = world.actor(Role.STREET_CLERK)
    with scope.limited_to(clerk.scope):
        found = [reads(clerk, row) for row in rows]
    assert found == [True, False, False]  # a sibling compound is the same street's
