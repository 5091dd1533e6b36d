"""From a finding to what became of it: who decides, who answers, by when, who is told, who reads."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Entry
from complaints.models import Ticket
from config.demo_data.pictures import picture
from enforcement import due, finding_queries
from enforcement.actions import finding_links, findings, late_findings
from enforcement.finding_listing import Only
from enforcement.finding_permissions import possible_steps
from enforcement.finding_states import FindingState
from enforcement.models import Finding, FindingEvent, MoreTime
from enforcement.tasks import tell_late_findings
from notices.models import Notice
from people.roles import Role
from tenancy import clock, scope
from tenancy.calendar import WorkingCalendar
from tenancy.refusals import NotAllowed, NotThere, Refusal, WrongState
from tests.factories import findings as factory
from tests.factories import visits
from tests.factories.checks import county_of
from tests.factories.findings import again, answered, firm, officer, ordered, to_look_at
from tests.factories.projects import project
from tests.factories.tickets import ticket
from tests.factories.world import World

F = FindingState


@pytest.fixture(autouse=True)
def _in_the_county(request: pytest.FixtureRequest) -> Iterator[None]:
    if "world" not in request.fixturenames:
        yield
        return
    with scope.place(county_of(request.getfixturevalue("world"))):
        yield


def told(kind: str) -> set[int]:
    return set(Notice.objects.filter(kind=kind).values_list("user", flat=True))


def at_noon(day: date) -> Any:
    return clock.standing_at(timezone.make_aware(datetime.combine(day, time(12))))


def test_the_last_day_is_counted_from_tomorrow_and_moves_to_a_working_day() -> None:
    calendar = WorkingCalendar()
    assert due.last_day(date(2026, 11, 23), 3, calendar) == date(2026, 11, 26)
    assert due.last_day(date(2026, 11, 23), 5, calendar) == date(2026, 11, 30)  # a Saturday
    assert due.last_day(date(2026, 9, 29), 2, calendar) == date(2026, 10, 8)  # the National Day holiday


def test_from_order_over_answer_to_acceptance(world: World) -> None:
    row = answered(world)
    assert row.state == F.ANSWERED
    assert row.due_on is not None
    assert row.due_on >= clock.today() + timedelta(days=7)
    row = findings.accept(row.number, by=officer(world), version=row.version, text="已看照片，合格")
    assert (row.state, row.end_words) == (F.ACCEPTED, "已看照片，合格")
    kinds = FindingEvent.objects.filter(finding=row).values_list("kind", flat=True)
    assert [*kinds] == ["found", "order", "answer", "accept"]
    recorded = Entry.objects.filter(subject_type="enforcement.finding", subject_id=f"{row.pk}").order_by("pk")
    assert [*recorded.values_list("action", flat=True)] == [
        "finding.found",
        "finding.order",
        "finding.answer",
        "finding.accept",
    ]
    assert firm(world).id in told("finding_ordered")
    assert visits.officer(world, "UM", 2).id in told("finding_answered")
    assert {firm(world).id, world.actor(Role.STREET_CLERK).id} <= told("finding_accepted")
    assert officer(world).id not in told("finding_ordered")


def test_on_the_spot_only_what_may_be_settled_so_and_with_a_photo(world: World) -> None:
    row = factory.found_at(world)
    with pytest.raises(Refusal) as refused:
        findings.fix(row.number, by=officer(world), version=row.version, text="已移走", photos=[])
    assert refused.value.field == "photos"
    row = findings.fix(row.number, by=officer(world), version=row.version, text="已移走", photos=[picture("done")])
    assert row.state == F.FIXED
    assert len(finding_queries.photos_after(row)) == 1


def test_what_may_not_be_settled_on_the_spot_is_refused(world: World) -> None:
    row = factory.found_at(world, on_spot=False)
    with pytest.raises(Refusal) as refused:
        findings.fix(row.number, by=officer(world), version=row.version, text="已移走", photos=[picture("done")])
    assert refused.value.code == "not_on_spot"
    assert again(row).state == F.FOUND
    assert "fix" not in possible_steps(officer(world), again(row), time_asked=False)


@pytest.mark.parametrize("name", ["order", "transfer", "fix"])
def test_another_bureau_decides_nothing(world: World, name: str) -> None:
    row = visits.found(world)
    words: dict[str, dict[str, Any]] = {
        "order": {"demand": "x", "days": 3},
        "transfer": {"text": "x"},
        "fix": {"text": "x", "photos": [picture("done")]},
    }
    for other in (visits.officer(world, "FR"), world.actor(Role.STREET_CLERK), world.actor(Role.SUPERVISOR)):
        with pytest.raises(NotAllowed):
            getattr(findings, name)(row.number, by=other, version=row.version, **words[name])
    assert again(row).state == F.FOUND


@pytest.mark.parametrize("days", [0, 181])
def test_an_order_gives_from_one_to_a_hundred_and_eighty_days(world: World, days: int) -> None:
    row = visits.found(world)
    with pytest.raises(Refusal) as refused:
        findings.order(row.number, by=officer(world), version=row.version, demand="x", days=days)
    assert refused.value.field == "days"


def test_an_order_to_an_owner_needs_a_name_and_the_bureau_notes_the_answer(world: World) -> None:
    row = visits.found(world, party="owner")
    said: dict[str, Any] = {"by": officer(world), "demand": "拆除", "days": 5}
    with pytest.raises(Refusal) as refused:
        findings.order(row.number, version=row.version, **said)
    assert refused.value.field == "party_name"
    row = findings.order(row.number, version=row.version, party_name="示例业主", **said)
    with pytest.raises(NotAllowed):
        findings.answer(row.number, by=world.actor(Role.STREET_CLERK), version=row.version, text="x", photos=[picture("done")])
    row = findings.answer(row.number, by=officer(world), version=row.version, text="已拆", photos=[picture("done")])
    assert row.state == F.ANSWERED


def test_the_firm_answers_only_for_itself(world: World) -> None:
    row = ordered(world)
    with pytest.raises(NotThere):
        findings.answer(row.number, by=firm(world, "sibling"), version=row.version, text="x", photos=[picture("done")])
    with pytest.raises(Refusal):
        findings.answer(row.number, by=firm(world), version=row.version, text="x", photos=[])
    assert again(row).state == F.ORDERED


def test_sent_back_gives_new_days_and_is_late_anew(world: World) -> None:
    row = answered(world)
    Finding.objects.filter(pk=row.pk).update(told_late=2)
    row = findings.send_back(again(row).number, by=officer(world), version=row.version, text="仍有杂物", days=3)
    assert (row.state, row.rounds, row.told_late) == (F.ORDERED, 1, 0)
    assert row.due_on is not None
    assert row.due_on >= clock.today() + timedelta(days=3)
    assert firm(world).id in told("finding_sent_back")


def test_more_time_is_decided_by_the_head_and_counts_from_the_last_day(world: World) -> None:
    row = ordered(world)
    before = row.due_on
    findings.ask_time(row.number, by=firm(world), version=row.version, days=10, reason="缺料")
    row = again(row)
    with pytest.raises(WrongState):
        findings.ask_time(row.number, by=firm(world), version=row.version, days=10, reason="缺料")
    with pytest.raises(NotAllowed):
        findings.decide_time(row.number, by=officer(world), version=row.version, granted=True, text="")
    row = findings.decide_time(row.number, by=visits.head(world, "UM"), version=row.version, granted=True, text="")
    assert before is not None
    assert row.due_on is not None
    assert row.due_on >= before + timedelta(days=10)
    assert MoreTime.objects.get(finding=row).granted is True
    assert firm(world).id in told("finding_extended")


def test_a_head_who_asked_for_more_time_does_not_decide_on_it(world: World) -> None:
    """For an owner the bureau itself notes what is asked for."""
    row, head = visits.found(world, party="owner"), visits.head(world, "UM")
    row = findings.order(row.number, by=head, version=row.version, demand="拆除", days=5, party_name="示例业主")
    findings.ask_time(row.number, by=head, version=row.version, days=5, reason="业主外出")
    with pytest.raises(NotAllowed):
        findings.decide_time(row.number, by=head, version=again(row).version, granted=True, text="")
    assert again(row).due_on == row.due_on


def test_more_time_refused_needs_a_reason_and_leaves_the_day(world: World) -> None:
    row = ordered(world)
    before = row.due_on
    findings.ask_time(row.number, by=firm(world), version=row.version, days=10, reason="缺料")
    row = again(row)
    with pytest.raises(Refusal):
        findings.decide_time(row.number, by=visits.head(world, "UM"), version=row.version, granted=False, text="")
    row = findings.decide_time(row.number, by=visits.head(world, "UM"), version=row.version, granted=False, text="隐患大")
    assert row.due_on == before


def test_taking_back_and_lifting_are_the_heads(world: World) -> None:
    row = visits.found(world)
    with pytest.raises(NotAllowed):
        findings.drop(row.number, by=officer(world), version=row.version, text="误记")
    row = findings.drop(row.number, by=visits.head(world, "UM"), version=row.version, text="误记")
    assert row.state == F.DROPPED
    with pytest.raises(NotAllowed):
        findings.lift(row.number, by=officer(world), version=row.version, text="x")


def test_residents_read_what_a_concluded_visit_found_until_it_is_lifted(world: World) -> None:
    row, resident = answered(world), world.actor(Role.RESIDENT)
    assert not finding_queries.visible_to(resident).filter(pk=row.pk).exists()
    factory.concluded_with(world, row)
    assert finding_queries.visible_to(resident).filter(pk=row.pk).exists()
    row = findings.accept(row.number, by=officer(world), version=again(row).version, text="合格")
    findings.lift(row.number, by=visits.head(world, "UM"), version=row.version, text="期满")
    assert not finding_queries.visible_to(resident).filter(pk=row.pk).exists()


def test_neighbours_read_neither_names_nor_where_somebody_lives(world: World) -> None:
    row = visits.found(world, party="owner", party_name="示例业主")
    resident, clerk = world.actor(Role.RESIDENT), world.actor(Role.STREET_CLERK)
    assert not finding_queries.reads_spot(resident, row)
    assert not finding_queries.reads_names(resident, row)
    assert finding_queries.reads_spot(firm(world), row)
    assert not finding_queries.reads_names(firm(world), row)
    assert finding_queries.reads_names(clerk, row)
    assert finding_queries.reads_names(visits.officer(world, "FR"), row)


def test_a_stale_version_changes_nothing(world: World) -> None:
    row = ordered(world)
    with pytest.raises(findings.StaleFinding):
        findings.accept(row.number, by=officer(world), version=row.version - 1, text="x")
    assert again(row).state == F.ORDERED


def test_without_the_record_nothing_is_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = visits.found(world)

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("no record")

    monkeypatch.setattr("audit.actions.record", broken)
    with pytest.raises(RuntimeError):
        findings.order(row.number, by=officer(world), version=row.version, demand="x", days=3)
    assert again(row).state == F.FOUND
    assert FindingEvent.objects.filter(finding=row).count() == 1


def test_lateness_is_told_in_steps_and_each_once(world: World) -> None:
    row = ordered(world, days=3)
    assert row.due_on is not None
    assert tell_late_findings() == 0
    with at_noon(row.due_on):
        assert tell_late_findings() == 0
    with at_noon(row.due_on + timedelta(days=1)):
        assert tell_late_findings() == 1
        assert tell_late_findings() == 0
    assert firm(world).id in told("finding_late")
    assert world.actor(Role.STREET_CLERK).id not in told("finding_late")
    with at_noon(row.due_on + timedelta(days=8)):
        assert late_findings.tell_late() == 1
    assert world.actor(Role.STREET_CLERK).id in told("finding_late")
    assert world.actor(Role.COUNTY_CLERK).id not in told("finding_late")
    with at_noon(row.due_on + timedelta(days=40)):
        assert late_findings.tell_late() == 1
        assert late_findings.tell_late() == 0
    assert world.actor(Role.COUNTY_CLERK).id in told("finding_late")
    assert FindingEvent.objects.filter(finding=row, kind="late").count() == 3


def test_a_sweep_after_a_long_silence_tells_all_steps_at_once(world: World) -> None:
    row = ordered(world, days=3)
    assert row.due_on is not None
    with at_noon(row.due_on + timedelta(days=30)):
        assert late_findings.tell_late() == 1
    assert again(row).told_late == 3
    assert world.actor(Role.COUNTY_CLERK).id in told("finding_late")


def test_the_street_files_a_ticket_and_links_stay_in_the_compound(world: World) -> None:
    row, clerk = ordered(world), world.actor(Role.STREET_CLERK)
    with pytest.raises(NotAllowed):
        finding_links.open_ticket(row.number, by=officer(world), version=row.version)
    elsewhere, near = ticket(world, place="sibling"), ticket(world)
    with pytest.raises(Refusal) as refused:
        finding_links.link_ticket(row.number, by=clerk, version=row.version, ticket=elsewhere.number)
    assert refused.value.field == "ticket"
    row = finding_links.open_ticket(row.number, by=clerk, version=row.version)
    assert Ticket.objects.get(pk=row.ticket_id).area == row.area
    assert row.number in Ticket.objects.get(pk=row.ticket_id).text
    with pytest.raises(WrongState):
        finding_links.link_ticket(row.number, by=clerk, version=row.version, ticket=near.number)
    with pytest.raises(Refusal) as refused:
        finding_links.link_project(row.number, by=clerk, version=row.version, project=project(world, place="sibling").number)
    assert refused.value.field == "project"
    own = project(world)
    assert finding_links.link_project(row.number, by=clerk, version=row.version, project=own.number).project_id == own.pk


def test_filters_count_what_they_show(world: World) -> None:
    late, right = ordered(world, days=3), factory.finding(world, F.ACCEPTED, place="sibling")
    clerk = world.actor(Role.STREET_CLERK)
    assert late.due_on is not None
    after = late.due_on + timedelta(days=1)

    def shown(**asked: Any) -> set[str]:
        found = Only(**asked).rows(finding_queries.listed(clerk), after)
        return {row.number for row in found}

    assert shown() == {late.number, right.number}
    assert shown(how="late") == {late.number}
    assert shown(how="right") == {right.number}
    assert shown(how="fell_due") == {late.number, right.number}
    assert shown(how="in_time") == {right.number}
    assert shown(area=late.area) == {late.number}
    assert shown(bureau=right.organisation_id, party="firm", state="accepted") == {right.number}
    assert shown(item=late.item.code) == {late.number, right.number}
    assert shown(q=late.number) == {late.number}
    assert shown(since=clock.today() + timedelta(days=1)) == set()
    assert shown(until=clock.today() - timedelta(days=1)) == set()


def test_the_same_item_in_the_same_compound_counts_as_found_before(world: World) -> None:
    first = visits.found(world)
    line = visits.lines(first.visit, world, "UM")[0]
    sent = visits.noted(line)
    visits.field.take(first.visit.number, [sent], by=officer(world))
    second = Finding.objects.get(key=sent.key)
    assert finding_queries.before_in([first, second]) == {first.pk: 0, second.pk: 1}


def test_what_waits_for_a_recheck_is_not_decided_beside_it(world: World) -> None:
    row = to_look_at(world)
    factory.concluded_with(world, row)
    factory.recheck(world, row)
    row = again(row)
    for name, more in (("accept", {}), ("send_back", {"days": 3}), ("transfer", {})):
        with pytest.raises(WrongState):
            getattr(findings, name)(row.number, by=officer(world), version=row.version, text="x", **more)
