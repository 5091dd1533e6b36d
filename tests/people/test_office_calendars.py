"""Office calendars: who publishes, what may stand in one, versions that never change, who is told, and what deadlines read."""

from datetime import date, time
from typing import Any

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from notices.models import Notice
from notices.tasks import sweep
from people import queries
from people.actions import appointments, calendars
from people.actors import system
from people.models import OfficeCalendar
from people.office_calendars import DEFAULT, MOST_DAYS, OwnDay, content_of, difference
from people.roles import Role
from tenancy import areas, scope
from tenancy.calendar import WorkingCalendar
from tenancy.refusals import NotAllowed, NotThere, Refusal
from tests.factories.world import World

COUNTY, ELSEWHERE = 350582 * 10**9, 350505 * 10**9
TYPHOON = OwnDay(date(2026, 7, 28), False, "台风")
MADE_UP = OwnDay(date(2026, 8, 2), True, "补班")
SUMMER = ((time(8), time(12)), (time(15), time(18)))


@pytest.fixture(autouse=True)
def _forget() -> None:
    queries._remembered.clear()


def publish(world: World, *, role: Role = Role.COUNTY_CLERK, place: str = "own", **changed: Any) -> OfficeCalendar:
    asked: dict[str, Any] = {"county": COUNTY, "based_on": 0, "hours": DEFAULT.hours, "days": [TYPHOON], "source": "防指令 7 号"}
    return calendars.publish(**{**asked, **changed}, by=world.actor(role, place))


def test_the_county_desk_publishes_and_every_place_in_the_county_goes_by_it(world: World) -> None:
    row = publish(world, days=[MADE_UP, TYPHOON])
    assert (row.version, row.published_by_id) == (1, world.users[Role.COUNTY_CLERK, "own"])
    for area in (COUNTY, world.area(), world.area("street")):
        key, calendar = queries.calendar_of(area)
        assert key == row.pk
        assert not calendar.is_workday(TYPHOON.day)
        assert calendar.is_workday(MADE_UP.day)
    key, elsewhere = queries.calendar_of(world.area("county"))
    assert key == 0
    assert elsewhere.is_workday(TYPHOON.day)


def test_a_county_that_published_nothing_has_the_default(world: World) -> None:
    assert queries.calendar_of(world.area()) == (0, WorkingCalendar())
    assert queries.calendars([0]) == {0: WorkingCalendar()}


def test_older_versions_stay_and_are_read_once(world: World) -> None:
    first = publish(world)
    second = publish(world, based_on=1, days=[], hours=SUMMER)
    with CaptureQueriesContext(connection) as asked:
        found = queries.calendars([first.pk, second.pk, 0])
        assert queries.calendars([first.pk, second.pk]) == {first.pk: found[first.pk], second.pk: found[second.pk]}
    assert len(asked) == 1
    assert not found[first.pk].is_workday(TYPHOON.day)
    assert found[second.pk].hours.spans == SUMMER
    assert queries.calendar_of(world.area())[0] == second.pk
    with pytest.raises(KeyError):
        queries.calendars([second.pk + 1000])


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.RESIDENT, Role.COUNTY_CLERK)])
def test_other_staff_of_the_county_may_only_look(world: World, role: Role) -> None:
    with pytest.raises(NotAllowed):
        publish(world, role=role)
    assert not OfficeCalendar.objects.exists()


@pytest.mark.parametrize(
    ("role", "place"), [(Role.RESIDENT, "own"), (Role.COUNTY_CLERK, "county"), (Role.STREET_CLERK, "county")]
)
def test_to_everybody_else_the_calendar_is_not_there(world: World, role: Role, place: str) -> None:
    with pytest.raises(NotThere):
        publish(world, role=role, place=place)


@pytest.mark.parametrize("county", [350583 * 10**9, 350582_001_000_000, 350500 * 10**9, 7])
def test_only_a_county_on_record_has_a_calendar(world: World, county: int) -> None:
    with pytest.raises(NotThere):
        publish(world, county=county)


def test_who_was_quicker_is_told_to_the_slower(world: World) -> None:
    publish(world)
    with pytest.raises(calendars.StaleCalendar) as refused:
        publish(world, days=[])
    assert (refused.value.status, refused.value.version) == (409, 1)
    assert refused.value.who == world.user(Role.COUNTY_CLERK).name
    assert refused.value.when is not None
    assert refused.value.who in str(refused.value)


D = date
NINE, TWELVE, TWO, FIVE = time(9), time(12), time(14), time(17)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"hours": []}, "hours"),
        ({"hours": [(NINE, TWELVE)] * 5}, "hours"),
        ({"hours": [(TWELVE, NINE)]}, "hours.0"),
        ({"hours": [(NINE, NINE)]}, "hours.0"),
        ({"hours": [(NINE, time(12, 0, 30))]}, "hours.0"),
        ({"hours": [(NINE, TWO), (TWELVE, FIVE)]}, "hours.1"),
        ({"hours": [(NINE, TWELVE), (TWELVE, FIVE)]}, "hours.1"),
        ({"hours": [(TWO, FIVE), (NINE, TWELVE)]}, "hours.1"),
        ({"days": [TYPHOON, OwnDay(TYPHOON.day, True)]}, "days.1.date"),
        ({"days": [OwnDay(D(2024, 12, 31), False)]}, "days.0.date"),
        ({"days": [TYPHOON, OwnDay(D(2030, 1, 1), False)]}, "days.1.date"),
        ({"days": [OwnDay(TYPHOON.day, False, "长" * 101)]}, "days.0.note"),
        ({"days": [OwnDay(D.fromordinal(D(2026, 1, 1).toordinal() + n), False) for n in range(MOST_DAYS + 1)]}, "days"),
        ({"source": "  "}, "source"),
        ({"source": "文" * 301}, "source"),
        ({"days": [], "source": ""}, "source"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(
    world: World, time_machine_2026: None, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        publish(world, **changed)
    assert refused.value.field == field
    assert not OfficeCalendar.objects.exists()


@pytest.fixture
def time_machine_2026(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("people.actions.calendars.timezone.localdate", lambda: date(2026, 11, 22))


@pytest.mark.parametrize("day", [D(2025, 1, 1), D(2029, 12, 31)])
def test_days_a_year_back_and_three_ahead_are_open(world: World, time_machine_2026: None, day: date) -> None:
    assert publish(world, days=[OwnDay(day, False)]).days == {day.isoformat(): {"worked": False, "note": ""}}


def test_an_old_day_may_stay_when_its_year_has_gone_by(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(world)
    monkeypatch.setattr("people.actions.calendars.timezone.localdate", lambda: date(2029, 1, 1))
    assert len(publish(world, based_on=1, days=[TYPHOON, OwnDay(D(2029, 3, 1), False)]).days) == 2
    with pytest.raises(Refusal):
        publish(world, based_on=2, days=[TYPHOON, MADE_UP])


def test_publishing_what_is_in_force_is_refused(world: World) -> None:
    publish(world)
    with pytest.raises(Refusal, match=r".") as refused:
        publish(world, based_on=1)
    assert refused.value.code == "unchanged"


def test_an_earlier_version_can_be_taken_again(world: World) -> None:
    first = publish(world)
    publish(world, based_on=1, days=[])
    again = publish(world, based_on=2)
    assert (again.version, content_of(again)) == (3, content_of(first))


def test_a_version_is_never_changed_nor_removed(world: World) -> None:
    row = publish(world)
    for change in (
        lambda: OfficeCalendar.objects.filter(pk=row.pk).update(days={}),
        lambda: OfficeCalendar.objects.filter(pk=row.pk).update(version=9),
        lambda: OfficeCalendar.objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises((InternalError, DatabaseError), match="pgtrigger"), transaction.atomic():
            change()


def test_the_record_says_what_changed_and_without_it_nothing_is_published(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = publish(world)
    with scope.place(COUNTY):
        entry = Entry.objects.get(action="calendar.published")
    assert (entry.area, entry.subject_id, entry.before["version"]) == (COUNTY, str(row.pk), 0)
    assert entry.after["days"] == [TYPHOON.day.isoformat()]

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("no record")

    monkeypatch.setattr("audit.actions.record", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        publish(world, based_on=1, days=[])
    assert OfficeCalendar.objects.count() == 1


def test_street_offices_and_department_leads_of_the_county_are_told_once(world: World) -> None:
    row = publish(world)
    sweep()
    sweep()
    row.refresh_from_db()
    assert row.told_at is not None
    with scope.everything(reason="tests: who was told"):
        told = list(Notice.objects.filter(kind="calendar_changed", channel="bell").order_by("user_id"))
    roles = (Role.STREET_CLERK, Role.STREET_LEADER, Role.DEPARTMENT_LEAD)
    assert [notice.user_id for notice in told] == sorted(world.users[r, p] for r in roles for p in ("own", "sibling", "street"))
    for notice in told:
        assert notice.facts == {"county": "晋江市", "old": 0, "new": 1, "source": "防指令 7 号"}
        actor = next(
            world.actor(r, p) for r in roles for p in ("own", "sibling", "street") if world.users[r, p] == notice.user_id
        )
        assert actor.scope.covers(notice.area), "the reader must be able to see it"


def test_a_moved_county_keeps_its_calendar(world: World) -> None:
    from people.actions import places

    row = publish(world)
    with scope.everything(reason="tests: recode"):
        places.recode(COUNTY, 350599 * 10**9, by=system())
    assert queries.calendar_of(350599_001_001_001)[0] == row.pk


def test_the_difference_says_which_days_come_to_something_else() -> None:
    old = content_of(OfficeCalendar(hours=[["08:30", "12:00"]], days={"2026-10-01": {"worked": False, "note": ""}}, source="a"))
    new = content_of(
        OfficeCalendar(
            hours=[["08:30", "12:00"]],
            days={
                "2026-07-28": {"worked": False, "note": "台风"},  # a Tuesday: closed now
                "2026-08-02": {"worked": True, "note": ""},  # a Sunday: worked now
                "2026-08-09": {"worked": False, "note": ""},  # a Sunday anyway
            },
            source="b",
        )
    )
    found = difference(old, new)
    assert [(change.day.isoformat(), change.matters) for change in found.days] == [
        ("2026-07-28", True),
        ("2026-08-02", True),
        ("2026-08-09", False),
        ("2026-10-01", False),  # a holiday by the notice, with or without the county
    ]
    assert (found.closed, found.opened, found.hours_changed, found.source_changed) == (1, 1, False, True)
    assert not difference(new, new).any


def test_a_county_desk_clerk_stands_for_the_centre_of_one_whole_county(world: World) -> None:
    user, desk = world.user(Role.DEPARTMENT_LEAD), world.bureau("HOTLINE")
    cases: list[tuple[int, Any, str]] = [
        (350582_001_000_000, desk, "area"),
        (350500 * 10**9, desk, "area"),
        (COUNTY, world.bureau("UM"), "organisation"),
        (COUNTY, world.bureau("HOTLINE", "county"), "organisation"),
        (COUNTY, None, "organisation"),
    ]
    for area, organisation, field in cases:
        with pytest.raises(Refusal) as refused:
            appointments.appoint(user, Role.COUNTY_CLERK, area=area, organisation=organisation, by=system())
        assert refused.value.field == field
    appointments.appoint(user, Role.COUNTY_CLERK, area=COUNTY, organisation=desk, by=system())


def test_who_may_read_which_counties(world: World) -> None:
    for role in Role:
        expected = [] if role == Role.RESIDENT else [COUNTY]
        assert [place.code for place in queries.counties_of(world.actor(role))] == expected, role
    user = world.user(Role.SUPERVISOR)
    appointments.appoint(user, Role.SUPERVISOR, area=areas.ancestor(COUNTY, areas.Level.PREFECTURE), by=system())
    assert [place.code for place in queries.counties_of(world.actor(Role.SUPERVISOR))] == [ELSEWHERE, COUNTY]
