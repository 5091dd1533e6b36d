"""Findings in any state, made through the actions by those who may."""

from collections.abc import Sequence
from typing import Any

from config.demo_data.pictures import picture
from enforcement.actions import findings, rechecks
from enforcement.finding_states import FindingState
from enforcement.models import Finding, Visit
from people.actors import Actor
from people.roles import Role
from tenancy import clock
from tests.factories import visits
from tests.factories.world import World, mark


def again(row: Finding) -> Finding:
    fresh: Finding = Finding.objects.select_related("item", "visit").get(pk=row.pk)
    return fresh


def found_at(world: World, *, place: str = "own", on_spot: bool = True, **other: Any) -> Finding:
    """A finding of urban management on an item that may, or may not, be settled on the spot."""
    visit = visits.started(world, place=place)
    line = next(each for each in visits.lines(visit, world, "UM", place) if each.item.on_spot is on_spot)
    sent = visits.noted(line, place=place, **other)
    by = visits.officer(world, "UM", place=place)
    visits.field.take(visit.number, [sent], by=by)
    row: Finding = Finding.objects.get(visit=visit, key=sent.key)
    return row


def officer(world: World, place: str = "own") -> Actor:
    return visits.officer(world, "UM", place=place)


def firm(world: World, place: str = "own") -> Actor:
    return world.actor(Role.PROPERTY_MANAGER, place)


def ordered(world: World, *, place: str = "own", days: int = 7, row: Finding | None = None, **other: Any) -> Finding:
    row = row or visits.found(world, place=place, **other)
    said = {"demand": f"清理楼道，恢复畅通{mark(place)}", "days": days}
    return findings.order(row.number, by=officer(world, place), version=row.version, **said)


def answered(world: World, *, place: str = "own", ordered_already: Finding | None = None, **other: Any) -> Finding:
    row = ordered_already or ordered(world, place=place, **other)
    said = f"已清理{mark(place)}"
    return findings.answer(row.number, by=firm(world, place), version=row.version, text=said, photos=[picture("done")])


def to_look_at(world: World, *, place: str = "own", **other: Any) -> Finding:
    row = answered(world, place=place, **other)
    return findings.ask_recheck(row.number, by=officer(world, place), version=row.version, text=f"现场再看{mark(place)}")


def finding(world: World, state: FindingState, *, place: str = "own") -> Finding:
    """A finding in this state."""
    by, words = officer(world, place), f"示例{mark(place)}"
    match state:
        case FindingState.FOUND:
            row: Finding = visits.found(world, place=place)
            return row
        case FindingState.FIXED:
            row = found_at(world, place=place)
            return findings.fix(row.number, by=by, version=row.version, text=words, photos=[picture("done")])
        case FindingState.ORDERED:
            return ordered(world, place=place)
        case FindingState.ANSWERED:
            return answered(world, place=place)
        case FindingState.RECHECK:
            return to_look_at(world, place=place)
        case FindingState.ACCEPTED:
            row = answered(world, place=place)
            return findings.accept(row.number, by=by, version=row.version, text=words)
        case FindingState.TRANSFERRED:
            row = ordered(world, place=place)
            return findings.transfer(row.number, by=by, version=row.version, text=words)
        case _:
            row = visits.found(world, place=place)
            return findings.drop(row.number, by=visits.head(world, "UM", place), version=row.version, text=words)


def concluded_with(world: World, row: Finding, *, place: str = "own") -> Visit:
    """Its visit, signed by all."""
    for kind in ("UM", "FR"):
        fresh = Visit.objects.get(pk=row.visit_id)
        visits.visits.sign(
            fresh.number, world.bureaus[kind, place], by=visits.officer(world, kind, place=place), version=fresh.version
        )
    return Visit.objects.get(pk=row.visit_id)


def recheck(world: World, *rows: Finding, place: str = "own", kinds: Sequence[str] = ("UM",)) -> Visit:
    """A re-check that carries these findings of one visit, approved and begun; `kinds` are the bureaus that found them."""
    clerk, leader = world.actor(Role.STREET_CLERK, place), world.actor(Role.STREET_LEADER, place)
    visit = rechecks.plan(
        Visit.objects.get(pk=rows[0].visit_id).number,
        by=clerk,
        findings=[row.number for row in rows],
        lead=world.streets[place],
        planned_on=clock.today(),
        reason=f"复查{mark(place)}",
        announced=True,
    )
    visits.visits.ask(visit.number, by=clerk, version=visit.version)
    for kind in kinds:
        held = [each.pk for each in visits.certified(world, kind, place=place)]
        fresh, head = Visit.objects.get(pk=visit.pk), visits.head(world, kind, place)
        visits.visits.join(visit.number, world.bureaus[kind, place], by=head, version=fresh.version, certificates=held)
    fresh = Visit.objects.get(pk=visit.pk)
    visits.visits.approve(visit.number, by=leader, version=fresh.version)
    fresh = Visit.objects.get(pk=visit.pk)
    return visits.visits.start(visit.number, by=officer(world, place), version=fresh.version)
