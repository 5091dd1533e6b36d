"""Papers of joint visits, and what they need: findings under order, re-checks. Rows of findings are written directly."""

import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db.models import F
from docx import Document

from enforcement import numbers
from enforcement.actions import papers, visits
from enforcement.finding_states import FindingState, Party
from enforcement.models import Finding, FindingEvent, Line, Member, Officer, Paper, Visit
from enforcement.paper_kinds import PaperKind
from enforcement.visit_states import MemberState, Result, VisitKind, VisitState
from people.actors import Actor
from people.models import Organisation
from tenancy import clock
from tests.factories import visits as factory
from tests.factories.world import World, mark


def ordered(
    row: Visit, world: World, *, place: str = "own", kind: str = "UM", state: str = FindingState.ORDERED, **other: Any
) -> Finding:
    """A finding of a bureau in a visit that is under order: of the property firm, where nobody else is named."""
    line, now = factory.lines(row, world, kind, place)[0], clock.now()
    officer = factory.officer(world, kind, place=place)
    said: dict[str, Any] = {"party": Party.FIRM, "party_organisation_id": world.firms[place], **other}
    finding = Finding.objects.create(
        area=row.area,
        key=uuid4(),
        number=numbers.new_number(numbers.FINDING, row.area, now),
        visit=row,
        member=line.member,
        line=line,
        item=line.item,
        organisation_id=line.member.organisation_id,
        spot=f"3号楼门厅{mark(place)}",
        text=f"电动车停放{mark(place)}",
        found_at=now,
        found_by_id=officer.id,
        **said,
    )
    Finding.objects.filter(pk=finding.pk).update(
        state=FindingState.ORDERED,
        demand=f"移出门厅{mark(place)}",
        days=7,
        due_on=clock.today() + timedelta(days=7),
        ordered_at=now,
        ordered_by=officer.id,
    )
    if state in (FindingState.ANSWERED, FindingState.RECHECK):
        Finding.objects.filter(pk=finding.pk).update(
            state=FindingState.ANSWERED, answer=f"已整改{mark(place)}", answered_at=now, answered_by=officer.id
        )
    if state == FindingState.RECHECK:
        Finding.objects.filter(pk=finding.pk).update(state=FindingState.RECHECK)
    FindingEvent.objects.create(area=row.area, finding=finding, by_id=officer.id, kind="order", state=state, version=2)
    return Finding.objects.get(pk=finding.pk)


def record(world: World, *, place: str = "own", kind: str = "UM", **other: Any) -> Paper:
    """A record of a visit that is over."""
    row = factory.concluded(world, place=place, **other)
    return issue(row, world, PaperKind.RECORD, place=place, kind=kind)


def order(world: World, *, place: str = "own") -> Paper:
    """An order to the firm, of a visit under way."""
    row = factory.started(world, place=place)
    return issue(row, world, PaperKind.ORDER, place=place, finding=ordered(row, world, place=place).number)


def issue(row: Visit, world: World, sort: PaperKind, *, place: str = "own", kind: str = "UM", **other: Any) -> Paper:
    by: Actor = factory.officer(world, kind, place=place)
    return papers.issue(row.number, world.bureaus[kind, place], kind=sort, by=by, **other)


def recheck(world: World, *, place: str = "own", kind: str = "UM") -> tuple[Visit, list[Finding]]:
    """A re-check, signed, that looked at two findings of a visit before: nobody has said yet what they came to."""
    before = factory.concluded(world, place=place)
    found = [ordered(before, world, place=place, kind=kind, state=FindingState.RECHECK) for _number in range(2)]
    now, officer = clock.now(), factory.officer(world, kind, place=place)
    again = Visit.objects.create(
        area=before.area,
        number=numbers.new_number(numbers.VISIT, before.area, now),
        kind=VisitKind.RECHECK,
        recheck_of=before,
        compound=before.compound,
        check_list=before.check_list,
        lead=before.lead,
        planned_on=clock.today(),
        reason=f"复查{mark(place)}",
        planned_by=before.planned_by,
    )
    for state in (VisitState.ASKED, VisitState.APPROVED, VisitState.UNDER_WAY):
        told: dict[str, Any] = {"approved_at": now, "approved_by": before.approved_by} if state == VisitState.APPROVED else {}
        told |= {"started_at": now, "started_by": officer.id} if state == VisitState.UNDER_WAY else {}
        Visit.objects.filter(pk=again.pk).update(state=state, version=F("version") + 1, **told)
    member = Member.objects.create(
        area=before.area,
        visit=again,
        organisation_id=world.bureaus[kind, place],
        kind_id=kind,
        state=MemberState.JOINED,
        answered_at=now,
        answered_by_id=officer.id,
    )
    for held in factory.certified(world, kind, place=place):
        Officer.objects.create(area=before.area, visit=again, member=member, user_id=held.user_id, certificate=held)
    item = found[0].item
    made = {"version": 1, "result": Result.PASS, "made_at": now, "made_by_id": officer.id}
    Line.objects.create(area=before.area, visit=again, member=member, item=item, position=0, **made)
    Finding.objects.filter(pk__in=[each.pk for each in found]).update(recheck=again)
    row = Visit.objects.get(pk=again.pk)
    return visits.sign(row.number, world.bureaus[kind, place], by=officer, version=row.version), found


def decided(finding: Finding, state: str, by: Actor) -> None:
    """Say what a re-check came to."""
    ended = {"ended_at": clock.now(), "ended_by": by.id, "end_words": "现场看过"} if state != FindingState.ORDERED else {}
    Finding.objects.filter(pk=finding.pk).update(state=state, **ended)


def text_of(body: bytes) -> str:
    """All that a paper says, tables included."""
    word = Document(io.BytesIO(body))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in word.paragraphs), *cells])


def template(*texts: str, header: str = "") -> bytes:
    """A Word document with a paragraph for each text."""
    word, kept = Document(), io.BytesIO()
    for text in texts:
        word.add_paragraph(text)
    if header:
        word.sections[0].header.paragraphs[0].text = header
    word.save(kept)
    return kept.getvalue()


def bureau(world: World, kind: str = "UM", place: str = "own") -> Organisation:
    return world.bureau(kind, place)
