"""What phones send: once each, nothing lost, two that disagree are both kept, and only the competent bureau concludes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from config.demo_data.pictures import picture
from enforcement.actions import field, visits
from enforcement.actions.field import Sent, Taking
from enforcement.models import Change, FieldPhoto, Finding, FindingEvent, Line, Visit
from enforcement.visit_states import ChangeKind, Outcome, Result, VisitState
from people.roles import Role
from tenancy import clock, scope
from tenancy.refusals import NotAllowed, NotThere, Refusal
from tests.factories.checks import county_of
from tests.factories.visits import approved, concluded, lines, noted, officer, said, started
from tests.factories.world import World


@pytest.fixture(autouse=True)
def _in_the_county(world: World) -> Iterator[None]:
    with scope.place(county_of(world)):
        yield


def outcomes(taken: list[field.Taken]) -> list[tuple[str, str]]:
    return [(each.outcome, each.code) for each in taken]


def test_results_and_findings_are_taken_in(world: World) -> None:
    row = started(world)
    one, two, three = lines(row, world, "UM")[:3]
    sent = [said(one), said(two, Result.VIOLATION, text="占了"), noted(two), said(three, Result.NOT_APPLICABLE)]
    taken = field.take(row.number, sent, by=officer(world, "UM"))
    assert outcomes(taken) == [("applied", "")] * 4
    assert [Line.objects.get(pk=each.pk).result for each in (one, two, three)] == ["pass", "violation", "na"]
    finding = Finding.objects.get()
    assert (finding.line, finding.organisation_id, finding.item) == (two, world.bureaus["UM", "own"], two.item)
    assert finding.party_organisation_id == world.firms["own"]
    assert finding.number.startswith("F350582001-")
    assert FindingEvent.objects.get(finding=finding).kind == "found"


def test_what_a_phone_kept_for_a_day_is_taken_with_its_own_moments(world: World) -> None:
    then = clock.now() - timedelta(hours=24)
    with clock.standing_at(then - timedelta(hours=1)):
        row = started(world)
    one, two = lines(row, world, "UM")[:2]
    sent = [replace(said(one), made_at=then), replace(noted(two), made_at=then + timedelta(minutes=5))]
    assert outcomes(field.take(row.number, sent, by=officer(world, "UM"))) == [("applied", "")] * 2
    assert Line.objects.get(pk=one.pk).made_at == then
    assert set(Change.objects.values_list("made_at", flat=True)) == {each.made_at for each in sent}
    assert Finding.objects.get().found_at == then + timedelta(minutes=5)


def test_sent_again_nothing_changes(world: World) -> None:
    row = started(world)
    line = lines(row, world, "UM")[0]
    sent, by = [said(line, Result.VIOLATION), noted(line)], officer(world, "UM")
    field.take(row.number, sent, by=by)
    version = Line.objects.get(pk=line.pk).version
    taken = field.take(row.number, [*sent, *sent], by=by)
    assert all(each.repeated for each in taken)
    assert outcomes(taken) == [("applied", "")] * 4
    assert Line.objects.get(pk=line.pk).version == version
    assert (Finding.objects.count(), Change.objects.count()) == (1, 2)


def test_two_phones_that_disagree_are_both_kept_until_somebody_chooses(world: World) -> None:
    row = started(world)
    line = lines(row, world, "UM")[0]
    one, two = officer(world, "UM", 1), officer(world, "UM", 2)
    field.take(row.number, [said(line)], by=one)
    (taken,) = field.take(row.number, [said(line, Result.VIOLATION)], by=two)
    assert (taken.outcome, taken.line and taken.line.conflict) == (Outcome.CONFLICT, True)
    kept = Line.objects.get(pk=line.pk)
    assert (kept.result, kept.conflict) == ("pass", True)
    assert [change.said["result"] for change in field.conflicts(row)[line.pk]] == ["pass", "violation"]
    with pytest.raises(Refusal) as refused:
        visits.sign(row.number, world.bureaus["UM", "own"], by=one, version=Visit.objects.get(pk=row.pk).version)
    assert refused.value.code == "conflict"
    field.take(row.number, [said(line, Result.VIOLATION, based_on=kept.version)], by=one)
    kept = Line.objects.get(pk=line.pk)
    assert (kept.result, kept.conflict) == ("violation", False)


def test_two_phones_that_agree_do_not_disturb_each_other(world: World) -> None:
    row = started(world)
    line = lines(row, world, "UM")[0]
    field.take(row.number, [said(line)], by=officer(world, "UM", 1))
    (taken,) = field.take(row.number, [said(line)], by=officer(world, "UM", 2))
    assert taken.outcome == Outcome.APPLIED
    assert not Line.objects.get(pk=line.pk).conflict


def test_corrections_of_one_phone_follow_each_other(world: World) -> None:
    row = started(world)
    line = lines(row, world, "UM")[0]
    sent = [said(line), said(line, Result.VIOLATION, based_on=1), said(line, Result.NOT_APPLICABLE, based_on=2)]
    assert outcomes(field.take(row.number, sent, by=officer(world, "UM"))) == [("applied", "")] * 3
    assert Line.objects.get(pk=line.pk).result == "na"


def test_of_another_bureaus_item_nothing_is_concluded_and_what_was_sent_is_kept(world: World) -> None:
    row = started(world)
    line = lines(row, world, "FR")[0]
    taken = field.take(row.number, [said(line, Result.VIOLATION), noted(line)], by=officer(world, "UM"))
    assert outcomes(taken) == [("refused", "not_yours")] * 2
    assert Line.objects.get(pk=line.pk).result == "unchecked"
    assert not Finding.objects.exists()
    assert Change.objects.filter(outcome="refused").count() == 2


@pytest.mark.parametrize("who", ["clerk", "head", "resident", "stranger"])
def test_whoever_is_no_officer_of_the_visit_records_nothing(world: World, who: str) -> None:
    row = started(world)
    actor = {
        "clerk": world.actor(Role.STREET_CLERK),
        "head": officer(world, "UM", 3),
        "resident": world.actor(Role.RESIDENT),
        "stranger": officer(world, "UM", 1, "county"),
    }[who]
    with pytest.raises((NotAllowed, NotThere)):
        field.take(row.number, [said(lines(row, world, "UM")[0])], by=actor)
    assert not Change.objects.exists()


def test_what_was_said_on_the_spot_begins_an_approved_visit(world: World) -> None:
    row = approved(world)
    at = clock.now() - timedelta(minutes=1)
    (taken,) = field.take(row.number, [said(lines(row, world, "UM")[0], at=at)], by=officer(world, "UM"))
    row = Visit.objects.get(pk=row.pk)
    assert (taken.outcome, row.state, row.started_at) == ("applied", VisitState.UNDER_WAY, at)


def test_before_its_day_nothing_begins(world: World) -> None:
    row = approved(world, day=clock.today() + timedelta(days=2))
    (taken,) = field.take(row.number, [said(lines(row, world, "UM")[0])], by=officer(world, "UM"))
    assert (taken.outcome, taken.code) == ("refused", "too_early")
    assert Visit.objects.get(pk=row.pk).state == VisitState.APPROVED
    assert Change.objects.get().code == "too_early"


def test_after_the_signature_it_is_kept_on_record_only(world: World) -> None:
    row = concluded(world)
    line = lines(row, world, "UM")[0]
    (taken,) = field.take(row.number, [said(line, Result.VIOLATION)], by=officer(world, "UM"))
    assert (taken.outcome, taken.code) == ("refused", "signed")
    assert Line.objects.get(pk=line.pk).result == "unchecked"
    assert Change.objects.get().said["result"] == "violation"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"said": {"result": "maybe"}}, "invalid"),
        ({"line": 0}, "no_such_item"),
        ({"line": None}, "no_such_item"),
        ({"made_at": timedelta(hours=1)}, "clock"),
        ({"said": {"result": "pass", "text": "长" * 301}}, "too_long"),
        ({"kind": "finding", "said": {"party": "nobody", "spot": "楼", "text": "x"}}, "invalid"),
        ({"kind": "finding", "said": {"party": "firm", "spot": "", "text": "x"}}, "required"),
        ({"kind": "finding", "said": {"party": "firm", "spot": "楼", "text": "x", "building": 10**9}}, "invalid"),
        ({"kind": "present", "said": {"role": "king"}}, "invalid"),
    ],
)
def test_what_cannot_be_applied_is_kept_with_the_reason(world: World, changed: dict[str, object], code: str) -> None:
    row = started(world)
    sent: Sent = said(lines(row, world, "UM")[0])
    later = changed.get("made_at")
    if isinstance(later, timedelta):
        changed = {"made_at": clock.now() + later}
    good = said(lines(row, world, "UM")[1])
    taken = field.take(row.number, [replace(sent, **changed), good], by=officer(world, "UM"))
    assert (taken[0].outcome, taken[0].code) == ("refused", code)
    assert taken[0].words
    assert taken[1].outcome == "applied"
    assert Change.objects.filter(key=sent.key, outcome="refused").count() == 1


def test_who_was_present(world: World) -> None:
    row = started(world)
    sent = Sent(uuid4(), ChangeKind.PRESENT, 1, clock.now(), said={"role": "firm", "name": "示例经理"})
    field.take(row.number, [sent], by=officer(world, "UM"))
    row = Visit.objects.get(pk=row.pk)
    assert (row.present_role, row.present_name) == ("firm", "示例经理")


def test_a_photo_is_kept_once_with_time_and_place(world: World) -> None:
    row = started(world)
    line = lines(row, world, "UM")[0]
    by, photo = officer(world, "UM"), picture("done")
    taking = Taking(uuid4(), clock.now(), line.pk, uuid4(), 24_781_680, 118_552_365, 8)
    kept, repeated = field.keep_photo(row.number, taking, photo, by=by)
    assert (kept.line, kept.latitude, kept.longitude, kept.accuracy, repeated) == (line, 24_781_680, 118_552_365, 8, False)
    same, repeated = field.keep_photo(row.number, taking, photo, by=by)
    assert (same, repeated, FieldPhoto.objects.count()) == (kept, True, 1)
    with pytest.raises(NotThere):
        field.keep_photo(row.number, replace(taking, key=uuid4(), line=lines(row, world, "FR")[0].pk), photo, by=by)
    with pytest.raises(Refusal):
        field.keep_photo(row.number, replace(taking, key=uuid4(), longitude=None), photo, by=by)


def test_no_change_is_ever_altered_or_deleted(world: World) -> None:
    row = started(world)
    field.take(row.number, [said(lines(row, world, "UM")[0])], by=officer(world, "UM"))
    for attempt in (lambda: Change.objects.update(said={}), lambda: Change.objects.all().delete()):
        with transaction.atomic(), pytest.raises(DatabaseError):
            attempt()
    assert Change.objects.get().said["result"] == "pass"


def test_numbers_that_collide_are_drawn_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = started(world)
    line = lines(row, world, "UM")[0]
    drawn = iter(["F350582001-2611-000001", "F350582001-2611-000001", "F350582001-2611-000002"])
    monkeypatch.setattr("enforcement.numbers.new_number", lambda *_args: next(drawn))
    field.take(row.number, [noted(line), noted(line)], by=officer(world, "UM"))
    assert sorted(Finding.objects.values_list("number", flat=True)) == ["F350582001-2611-000001", "F350582001-2611-000002"]
