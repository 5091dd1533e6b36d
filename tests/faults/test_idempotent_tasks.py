"""Every task may run twice or thrice at the same moment: the rows, the files and the mail are as after one run."""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import Task
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.utils.crypto import get_random_string

from communities.actions import postings
from communities.models import Posting
from communities.posting_states import PostingState
from complaints.actions import exchange, exports, tickets
from complaints.actions.exchange_news import queue
from complaints.actions.filing import Filing
from complaints.export_states import ExportState
from complaints.learning import apart
from complaints.learning.apart import Figures, Learnt
from complaints.models import Export, Partner, PartnerCase, ReplayRun, RuleSet, SeenNonce, Ticket
from complaints.rule_states import RunState
from complaints.states import OPEN, Channel, State
from complaints.worklist import Filters
from config.celery import app
from enforcement.actions import decisions, field
from enforcement.meeting_states import DecisionKind, MeetingState
from enforcement.models import Finding, MeetingDecision, Visit
from enforcement.visit_states import VisitState
from files import storage
from people.models import OfficeCalendar
from people.office_calendars import DEFAULT, kept_hours
from people.roles import Role
from projects.actions import work
from projects.models import JobRun, MonthFigures, Project
from projects.states import ProjectState
from tenancy import areas, clock, scope
from tests.factories import findings, visits
from tests.factories.advice import consultation
from tests.factories.meetings import decision, meeting
from tests.factories.partners import connected
from tests.factories.postings import posting
from tests.factories.projects import project
from tests.factories.tickets import LIFT_TRAPPED, UNCLEAR, ticket
from tests.factories.world import World

BUILT_IN = "celery."
LONG_AGO_SECONDS = 3 * 24 * 3600

# What is compared: everything but random numbers, ids and times.
LOOKS = {
    "ticket": "SELECT regexp_replace(text, 'M[0-9]{9}-[0-9]{4}-[0-9]{6}', 'M'), state, version, lead_id, urgency_id, leaf_id,"
    " emergency, route_tries, ended_at IS NULL, (why_here #- '{confirmed,at}')::text FROM complaints_ticket",
    "event": "SELECT kind, old_state, new_state, version, by_id FROM complaints_ticketevent",
    "notice": "SELECT user_id, channel, kind, state, tries, sent_at IS NULL FROM notices_notice",
    "record": "SELECT action, actor_label, area, before::text, after::text FROM audit_entry",
    "seal": "SELECT 'a seal' FROM audit_seal",
    "photo": "SELECT area, size FROM files_photo",
    "session": "SELECT session_data FROM django_session",
    "clock": "SELECT clock, mark, party, amount, unit, reason FROM complaints_clockline",
    "call-back": "SELECT area, reason, state, tries, version FROM complaints_callback",
    "alarm": "SELECT clock, step FROM complaints_alarm",
    "replay": "SELECT area, state FROM complaints_replayrun",
    "export": "SELECT area, form, state, total, done, size > 0 FROM complaints_export",
    "calendar": "SELECT area, told_at IS NULL FROM people_officecalendar",
    "posting": "SELECT area, state, told_at IS NULL FROM communities_posting",
    "decision": "SELECT area, state, told_at IS NULL, note FROM enforcement_meetingdecision",
    "finding": "SELECT area, state, told_late FROM enforcement_finding",
    "consultation": "SELECT area, state, told_late FROM enforcement_consultation",
    "finding event": "SELECT kind, state, text FROM enforcement_findingevent",
    "job": "SELECT job, period, area, done_at IS NULL, problem FROM projects_jobrun",
    "project": "SELECT project_id, kind, text FROM projects_projectevent",
    "figures": "SELECT area, month, planned, landed, late, silent FROM projects_monthfigures",
    "delivery": "SELECT state, tries FROM complaints_delivery",
    "nonce": "SELECT area FROM complaints_seennonce",
    "model": "SELECT state, why, tries, digest FROM complaints_modelversion",
}


def ours() -> list[str]:
    """Every task that a worker knows, but for Celery's own."""
    app.loader.import_default_modules()
    return sorted(name for name in app.tasks if not name.startswith(BUILT_IN))


def waiting_tickets() -> list[tuple[Any, ...]]:
    with scope.everything(reason="tests"):
        return list(Ticket.objects.filter(state=State.SUBMITTED).order_by("pk").values_list("pk", "area"))


LATER = {
    "complaints.call_back": timedelta(days=12),
    "complaints.escalate": timedelta(days=3),
    "communities.tell_overdue": timedelta(days=9),
    "enforcement.look_after_decisions": timedelta(days=2),
    "enforcement.tell_late_advice": timedelta(days=12),
    "enforcement.tell_late_findings": timedelta(days=12),
}
"""Tasks that have something to do only after a while: by how much their clock goes ahead."""


def waiting_replays() -> list[tuple[Any, ...]]:
    with scope.everything(reason="tests"):
        return list(ReplayRun.objects.filter(state=RunState.WAITING).order_by("pk").values_list("pk", "area"))


def waiting_exports() -> list[tuple[Any, ...]]:
    with scope.everything(reason="tests"):
        return list(Export.objects.filter(state=ExportState.WAITING).order_by("pk").values_list("pk", "area"))


ARGUMENTS: dict[str, Callable[[], list[tuple[Any, ...]]]] = {
    "complaints.route": waiting_tickets,
    "complaints.replay": waiting_replays,
    "complaints.export": waiting_exports,
}
"""For tasks about one row: which rows to run them for. The others run once, without arguments."""


def test_the_tasks_of_the_main_path_are_tried() -> None:
    assert {"complaints.route", "complaints.sweep", "complaints.close_answered", "notices.sweep", "audit.seal"} <= set(ours())


@pytest.mark.faults
@pytest.mark.race
@pytest.mark.timeout(900)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ours())
def test_a_task_run_thrice_at_once_does_what_one_run_does(
    name: str, world: World, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MULIN_MEDIA_ROOT = tmp_path
    settings.LEARN_EVERY_DAYS = 0
    monkeypatch.setattr(apart, "learn", _learnt_at_once)
    _something_waits_for_every_task(world)
    _run(name, 1)  # what building the world left to do is no part of the comparison
    did = []
    for times in (1, 2, 3):
        _something_waits_for_every_task(world)
        before = _looks()
        _run(name, times)
        after = _looks()
        did.append({"made": after - before, "gone": before - after})
    assert did[0]["made"] + did[0]["gone"], "the task had nothing to do, so this shows nothing"
    assert did[1] == did[0], "twice at once"
    assert did[2] == did[0], "thrice at once"


def _learnt_at_once(*_: object, **__: object) -> Learnt:
    """Stands for the child that learns; long enough for the others to come upon the candidate."""
    time.sleep(0.3)
    return Learnt(b"", "d" * 64, 1, new=Figures(1, 1, 1), current=Figures(1, 1, 1))


def _something_waits_for_every_task(world: World) -> None:
    """Tickets to route, mail to send, answers long ago, an orphaned photo, a session that ended; all new to the record."""
    _end_what_is_open(world)
    for place in ("own", "street"):
        posting(world, place=place)
        held = meeting(world, MeetingState.HELD, place=place)
        decision(world, held, place=place, due_on=clock.today())
        decision(world, held, DecisionKind.TICKET, place=place)
        ticket(world, place=place)
        ticket(world, place=place, text=UNCLEAR)
        ticket(world, place=place, text=LIFT_TRAPPED)
        answered = ticket(world, State.RESOLVED, place=place)
        with scope.everything(reason="tests: as if long ago"), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE complaints_ticket SET resolved_at = resolved_at - interval '40 days' WHERE id = %s", [answered.pk]
            )
    with scope.everything(reason="tests: another version of a calendar"):
        county = areas.ancestor(world.area(), areas.Level.COUNTY)
        OfficeCalendar.objects.create(
            area=county,
            version=OfficeCalendar.objects.filter(area=county).count() + 1,
            hours=kept_hours(DEFAULT.hours),
            days={},
            source="tests",
            published_by=world.user(Role.COUNTY_CLERK),
        )
        clerk = world.user(Role.COUNTY_CLERK)
        version = RuleSet.objects.filter(area=county).count() + 1
        draft = RuleSet.objects.create(area=county, version=version, created_by=clerk)
        ReplayRun.objects.filter(state=RunState.WAITING).update(state=RunState.FAILED, ended_at=clock.now())
        ReplayRun.objects.create(area=county, ruleset=draft, revision=1, n=50, made_by=clerk)
        Export.objects.filter(state=ExportState.WAITING).update(state=ExportState.FAILED, ended_at=clock.now())
    desk = world.actor(Role.STREET_CLERK)
    with scope.limited_to(desk.scope):
        exports.ask("all", Filters(words="没有这样的词"), form="csv", described="空", address="", by=desk)
    _a_project_is_silent(world)
    _something_is_ordered(world)
    consultation(world)
    _a_case_is_handed_over(world)
    orphan = storage._path(storage.write(b"no row names this picture"))
    then = time.time() - LONG_AGO_SECONDS
    os.utime(orphan, (then, then))
    key = get_random_string(32)
    Session.objects.create(session_key=key, session_data="ended", expire_date=clock.now() - timedelta(days=1))


def _a_project_is_silent(world: World) -> None:
    """Work that began three weeks ago without a word since, and every job of the projects yet to be done."""
    with scope.everything(reason="tests: as if nothing had been done"):
        JobRun.objects.all().delete()
        MonthFigures.objects.all().delete()
        begun = Project.objects.exists()
    if not begun:
        row = project(world, ProjectState.PLANNED)
        with scope.place(world.area()), clock.standing_at(clock.now() - timedelta(weeks=3)):
            work.start(row.number, by=world.actor(Role.PROPERTY_MANAGER), version=row.version)


def _a_case_is_handed_over(world: World) -> None:
    """By a system that takes no messages, with one to it that waits; and a nonce from long ago."""
    with scope.everything(reason="tests: another system"):
        partner = Partner.objects.first() or connected(world)[0]
        handed = Filing(compound=world.area(), text=LIFT_TRAPPED, channel=Channel.PARTNER)
        row = exchange.take_case(partner, get_random_string(12), handed).ticket
        queue(PartnerCase.objects.get(ticket=row), row)
        long_ago = clock.now() - timedelta(days=1)
        SeenNonce.objects.create(area=partner.area, partner=partner.pk, nonce=get_random_string(20))
        SeenNonce.objects.update(at=long_ago)


def _something_is_ordered(world: World) -> None:
    """One more finding of a visit under way, to be put right within days."""
    with scope.everything(reason="tests: an order"):
        row = Visit.objects.filter(state=VisitState.UNDER_WAY).first() or visits.started(world)
        sent = visits.noted(visits.lines(row, world, "UM")[0])
        field.take(row.number, [sent], by=visits.officer(world, "UM"))
        findings.ordered(world, days=3, row=Finding.objects.get(key=sent.key))


def _end_what_is_open(world: World) -> None:
    """What an earlier round left open would be done again by every later one."""
    for place in ("own", "street"):
        clerk = world.actor(Role.STREET_CLERK, place)
        with scope.place(world.area(place)):
            left = Ticket.objects.filter(state__in=sorted(OPEN)).values_list("number", "version")
            for number, version in list(left):
                tickets.cancel(number, by=clerk, version=version, text="重复")
            asked = Posting.objects.filter(state=PostingState.ASKED).values_list("pk", "version")
            for pk, version in list(asked):
                postings.cancel(pk, by=clerk, version=version, reason="重复")
            for pk, number in list(MeetingDecision.objects.filter(state="open").values_list("pk", "meeting__number")):
                decisions.drop(number, pk, by=clerk, text="重复")


def _looks() -> "Counter[tuple[Any, ...]]":
    """How everything stands, as a bag of lines."""
    found: Counter[tuple[Any, ...]] = Counter()
    with scope.everything(reason="tests: look at the rows"), connection.cursor() as cursor:
        for table, look in LOOKS.items():
            cursor.execute(look)
            found.update((table, *row) for row in cursor.fetchall())
    found.update(("file", path.suffix) for path in storage._root().rglob("*.*"))
    found.update(("mail", message.to[0]) for message in getattr(mail, "outbox", []))
    return found


def _run(name: str, times: int) -> None:
    now, ahead = clock.now, LATER.get(name, timedelta())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tenancy.clock.now", lambda: now() + ahead)
        for arguments in ARGUMENTS.get(name, lambda: [()])():
            _run_at_once(app.tasks[name], arguments, times)


def _run_at_once(task: Task, arguments: tuple[Any, ...], times: int) -> None:
    """Run the task in as many threads as asked, each with its own connection, all let go at the same moment."""
    gate = threading.Barrier(times)
    problems: list[BaseException] = []

    def run() -> None:
        try:
            gate.wait(10)
            task(*arguments)
        except BaseException as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, name=f"{task.name}-{n}") for n in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems, problems
