"""Joint visits in any state, made through the actions by those who may."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from enforcement import queries, visit_queries
from enforcement.actions import certificates, field, visits
from enforcement.actions.field import Sent
from enforcement.models import Certificate, Line, Visit
from enforcement.visit_states import ChangeKind, Result, VisitState
from people import actors
from people.actions import appointments
from people.actors import Actor
from people.models import Organisation, User
from people.roles import Role
from tenancy import clock, scope
from tests.factories import checks
from tests.factories.world import PASSWORD, SINCE, World, mark

BUREAUS = ("UM", "FR", "MR", "PS")


def person(world: World, kind: str, name: str, role: Role = Role.DEPARTMENT_HANDLER, place: str = "own") -> Actor:
    """Somebody of a bureau, hired when first asked for."""
    county, system = checks.county_of(world, place), actors.system()
    username = f"{kind.lower()}_{name}_{county // 10**9}"
    with scope.everything(reason="tests: hire people of a bureau"):
        user = User.objects.filter(username=username).first()
        if user is None:
            words = f"{name}{mark(place) if place == 'county' else ''}"  # the bureaus of a county are the same in its streets
            user = appointments.open_account(username=username, name=words, phone="", email="", password=PASSWORD, by=system)
            body = Organisation.objects.get(pk=world.bureaus[kind, place])
            appointments.appoint(user, role, area=county, organisation=body, starts_on=SINCE, by=system)
    return actors.of_user(user)


def head(world: World, kind: str, place: str = "own") -> Actor:
    return person(world, kind, "head", Role.DEPARTMENT_LEAD, place)


def officer(world: World, kind: str, number: int = 1, place: str = "own") -> Actor:
    return person(world, kind, f"officer{number}", place=place)


def certified(world: World, kind: str, *, place: str = "own", until: date | None = None, many: int = 2) -> list[Certificate]:
    """So many certified officers of a bureau."""
    today, by, body = clock.today(), head(world, kind, place), world.bureaus[kind, place]
    held = []
    for number in range(1, many + 1):
        who = officer(world, kind, number, place)
        found = Certificate.objects.filter(organisation=body, user=who.id).first()
        held.append(
            found
            or certificates.enter(
                body,
                who.id,
                by=by,
                number=f"{kind}{number}-{checks.county_of(world, place) // 10**9}",
                valid_from=SINCE,
                valid_until=until or today + timedelta(days=400),
            )
        )
    return held


def listed(world: World, place: str = "own") -> None:
    """A list in force in the county that hangs in the place's compound, where it does not yet."""
    checks.in_force(world, "county" if place == "county" else "own")
    with scope.place(world.area(place)):
        hangs = queries.usable_list(world.area(place), clock.today()) is not None
    if not hangs:
        checks.shown(world, place=place)


def planned(
    world: World, *, place: str = "own", bureaus: Sequence[str] = ("UM", "FR"), day: date | None = None, **other: Any
) -> Visit:
    """A draft by the street's clerk for the street."""
    listed(world, place)
    said: dict[str, Any] = {
        "lead": world.streets[place],
        "planned_on": day or clock.today(),
        "reason": f"投诉多{mark(place)}",
        "bureaus": [world.bureaus[kind, place] for kind in bureaus],
        **other,
    }
    return visits.plan(world.area(place), visits.Plan(**said), by=world.actor(Role.STREET_CLERK, place))


def asked(world: World, *, place: str = "own", **other: Any) -> Visit:
    row = planned(world, place=place, **other)
    return visits.ask(row.number, by=world.actor(Role.STREET_CLERK, place), version=row.version)


def joined(world: World, *, place: str = "own", bureaus: Sequence[str] = ("UM", "FR"), **other: Any) -> Visit:
    row = asked(world, place=place, bureaus=bureaus, **other)
    for kind in bureaus:
        held = certified(world, kind, place=place)
        fresh = Visit.objects.get(pk=row.pk)
        visits.join(
            row.number,
            world.bureaus[kind, place],
            by=head(world, kind, place),
            version=fresh.version,
            certificates=[each.pk for each in held],
        )
    return Visit.objects.get(pk=row.pk)


def approved(world: World, *, place: str = "own", **other: Any) -> Visit:
    row = joined(world, place=place, **other)
    return visits.approve(row.number, by=world.actor(Role.STREET_LEADER, place), version=row.version)


def started(world: World, *, place: str = "own", **other: Any) -> Visit:
    row = approved(world, place=place, **other)
    return visits.start(row.number, by=officer(world, "UM", place=place), version=row.version)


def concluded(world: World, *, place: str = "own", bureaus: Sequence[str] = ("UM", "FR"), **other: Any) -> Visit:
    row = started(world, place=place, bureaus=bureaus, **other)
    for kind in bureaus:
        fresh = Visit.objects.get(pk=row.pk)
        row = visits.sign(row.number, world.bureaus[kind, place], by=officer(world, kind, place=place), version=fresh.version)
    return row


def visit(world: World, state: VisitState, *, place: str = "own") -> Visit:
    """A visit in this state."""
    by = world.actor(Role.STREET_CLERK, place)
    match state:
        case VisitState.DRAFT:
            return planned(world, place=place)
        case VisitState.ASKED:
            return asked(world, place=place)
        case VisitState.APPROVED:
            return approved(world, place=place)
        case VisitState.UNDER_WAY:
            return started(world, place=place)
        case VisitState.CONCLUDED:
            return concluded(world, place=place)
        case _:
            row = planned(world, place=place)
            return visits.call_off(row.number, by=by, version=row.version, reason=f"下雨{mark(place)}")


def lines(row: Visit, world: World, kind: str, place: str = "own") -> list[Line]:
    """The items of one bureau, in their order."""
    return [line for line in visit_queries.lines(row) if line.member.organisation_id == world.bureaus[kind, place]]


def said(line: Line, result: Result = Result.PASS, *, based_on: int = 0, at: datetime | None = None, text: str = "") -> Sent:
    """A result, as a phone sends it."""
    return Sent(uuid4(), ChangeKind.RESULT, 1, at or clock.now(), line.pk, based_on, {"result": result.value, "text": text})


def noted(line: Line, *, place: str = "own", **other: Any) -> Sent:
    """A finding, as a phone sends it."""
    words = {"spot": f"3号楼门厅{mark(place)}", "text": f"电动车停放{mark(place)}", "party": "firm", **other}
    return Sent(uuid4(), ChangeKind.FINDING, 2, clock.now(), line.pk, 0, words)


def found(world: World, *, place: str = "own", kind: str = "UM", **other: Any) -> Any:
    """A finding of one bureau in a visit under way."""
    row = started(world, place=place)
    line = lines(row, world, kind, place)[0]
    by, sent = officer(world, kind, place=place), noted(line, place=place, **other)
    field.take(row.number, [said(line, Result.VIOLATION), sent], by=by)
    return row.findings.get(key=sent.key)
