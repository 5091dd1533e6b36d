"""Papers of joint visits, and what they need: re-checks, and findings under order, whose rows are written directly."""

import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

from docx import Document

from enforcement import numbers
from enforcement.actions import papers, visits
from enforcement.finding_states import FindingState, Party
from enforcement.models import Finding, FindingEvent, Paper, Visit
from enforcement.paper_kinds import PaperKind
from enforcement.visit_states import Result
from people.actors import Actor
from people.models import Organisation
from tenancy import clock
from tests.factories import findings
from tests.factories import visits as factory
from tests.factories.world import World, mark


def ordered(
    row: Visit,
    world: World,
    *,
    place: str = "own",
    kind: str = "UM",
    line: int = 0,
    state: str = FindingState.ORDERED,
    **other: Any,
) -> Finding:
    """A finding of a bureau in a visit that is under order: of the property firm, where nobody else is named."""
    looked, now = factory.lines(row, world, kind, place)[line], clock.now()
    officer = factory.officer(world, kind, place=place)
    said: dict[str, Any] = {"party": Party.FIRM, "party_organisation_id": world.firms[place], **other}
    finding = Finding.objects.create(
        area=row.area,
        key=uuid4(),
        number=numbers.new_number(numbers.FINDING, row.area, now),
        visit=row,
        member=looked.member,
        line=looked,
        item=looked.item,
        organisation_id=looked.member.organisation_id,
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


def recheck(world: World, *, place: str = "own") -> tuple[Visit, list[Finding]]:
    """A re-check under way: of two findings of urban management one is in order, and the fire brigade has not looked yet."""
    before = factory.concluded(world, place=place)
    held = [("UM", 0), ("UM", 1), ("FR", 0)]
    found = [ordered(before, world, place=place, kind=kind, line=n, state=FindingState.RECHECK) for kind, n in held]
    row = findings.recheck(world, *found, place=place, kinds=("UM", "FR"))
    one, two = factory.lines(row, world, "UM", place)
    sent = [factory.said(one, Result.PASS), factory.said(two, Result.VIOLATION)]
    factory.field.take(row.number, sent, by=factory.officer(world, "UM", place=place))
    return row, found


def signed(row: Visit, world: World, kind: str, *, place: str = "own") -> Visit:
    """Signed for by one more bureau."""
    fresh = Visit.objects.get(pk=row.pk)
    by = factory.officer(world, kind, place=place)
    return visits.sign(row.number, world.bureaus[kind, place], by=by, version=fresh.version)


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
