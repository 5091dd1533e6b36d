"""Lists and the board: numbers open the projects behind them, counts agree, nothing from elsewhere stands there."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from communities import actions as communities
from people import actors
from people.actions import appointments
from people.roles import Role
from projects import figures
from projects.actions import drafting
from projects.models import MonthFigures, Project
from projects.states import PlanState, ProjectState
from tenancy import clock, scope
from tests.factories.projects import drafted, plan, project, this_month, whole
from tests.factories.world import CANARY, SINCE, World
from tests.projects.conftest import SignIn, shown


def numbers(page: str) -> list[str]:
    return re.findall(r'class="row-item[^"]*" href="/projects/(P[0-9-]+)/"', page)


def rolled(world: World, place: str = "own") -> None:
    with scope.place(world.area(place)):
        figures.roll_up(world.area(place), this_month(), today=timezone.localdate())


def test_residents_see_what_was_promised_to_their_compound(world: World, sign_in: SignIn, foreign: dict[str, str]) -> None:
    draft, row = drafted(world, title="草稿"), project(world, ProjectState.WORKING)
    client = sign_in(Role.RESIDENT)
    assert numbers(shown(client.get("/projects/"))) == [row.number]
    assert numbers(shown(client.get("/projects/?only=landed"))) == []
    assert numbers(shown(client.get(f"/projects/?place={world.area('sibling')}&only="))) == [row.number]
    assert "Landed" not in shown(client.get("/projects/"))
    assert draft.number in numbers(shown(sign_in(Role.PROPERTY_MANAGER).get("/projects/")))


def second(world: World, role: Role, place: str) -> None:
    """The resident or the manager of our compound has another one too."""
    user, system = world.user(role), actors.system()
    with scope.everything(reason="tests: a second compound"):
        if role == Role.RESIDENT:
            home = world.home(place)
            claim = communities.claim_residency(world.compound(place), user=user, kind="tenant", home=home, by=system)
            communities.verify_residency(claim.pk, by=system)
        else:
            since = {"starts_on": SINCE, "by": system}
            appointments.appoint(user, role, area=world.area(place), organisation=world.firm(place), **since)


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.PROPERTY_MANAGER])
def test_whoever_has_several_compounds_chooses_among_them_only(world: World, sign_in: SignIn, role: Role) -> None:
    rows = {place: project(world, ProjectState.WORKING, place=place).number for place in ("own", "street", "county")}
    client = sign_in(role)
    assert f"place={world.area()}" not in shown(client.get("/projects/?only=open")), "with one compound there is no choice"
    second(world, role, "street")
    mine = {rows["own"], rows["street"]}

    def found(query: str) -> set[str]:
        page = client.get(f"/projects/?{query}").content.decode()
        assert f"{CANARY}county" not in page
        return set(numbers(page[page.index("<main") :]))

    assert found("only=open") == mine
    for place in ("own", "street"):
        page = client.get(f"/projects/?only=open&place={world.area(place)}").content.decode()
        assert set(numbers(page)) == {rows[place]}
        assert str(world.area("own")) in page
        assert str(world.area("street")) in page
    absent = {"x", "999999999999999", str(world.area("county")), str(world.area() // 10**6 * 10**6)}
    assert {frozenset(found(f"only=open&place={wrong}")) for wrong in absent} == {frozenset(mine)}
    assert found(f"only=landed&place={world.area()}") == set()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("state=working", True),
        ("state=closed", False),
        ("matter=P06", True),
        ("matter=P01", False),
        ("only=open", True),
        ("only=landed", False),
        ("only=silent", True),
        ("only=late", False),
        ("month=2001-01&state=nonsense&place=x&before=%00", True),
    ],
)
def test_staff_filter_in_the_address(world: World, sign_in: SignIn, foreign: dict[str, str], query: str, found: bool) -> None:
    row = project(world, ProjectState.WORKING)
    page = shown(sign_in(Role.PROPERTY_MANAGER).get(f"/projects/?{query}"))
    assert numbers(page) == ([row.number] if found else [])


def test_a_late_project_is_found_as_late_and_marked(world: World, sign_in: SignIn) -> None:
    row = project(world, ProjectState.WORKING)
    with clock.standing_at(timezone.now() + timedelta(days=25)):
        page = shown(sign_in(Role.STREET_CLERK).get("/projects/?only=late"))
    assert numbers(page) == [row.number]
    assert "is-late" in page


def test_the_list_pages_by_number(world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projects.views.lists.PAGE", 2)
    rows = [drafted(world, title=f"草稿{n}").number for n in range(3)]
    client = sign_in(Role.PROPERTY_MANAGER)
    first = shown(client.get("/projects/?state=drafted"))
    assert numbers(first) == [rows[2], rows[1]]
    assert f"state=drafted&amp;before={rows[1]}" in first
    assert numbers(shown(client.get(f"/projects/?state=drafted&before={rows[1]}"))) == [rows[0]]


def test_what_the_board_counts_its_lists_show(world: World, sign_in: SignIn) -> None:
    done = project(world, ProjectState.ACCEPTED)
    whole(world, "sibling")
    for place in ("street", "county"):
        whole(world, place)
    rolled(world)
    client = sign_in(Role.STREET_CLERK)
    answer = client.get("/projects/board/")
    assert answer.status_code == 200
    board = answer.content.decode()
    assert f"{CANARY}street" not in board
    assert f"{CANARY}county" not in board
    links = [each.replace("&amp;", "&") for each in re.findall(r'class="figure[^"]*" href="([^"]+)"', board)]
    values = [int(each) for each in re.findall(r'<a class="figure[^"]*" href="[^"]+"><span class="figure-value">(\d+)', board)]
    assert len(links) == len(values) >= 3
    for link, value in zip(links, values, strict=True):
        assert len(numbers(client.get(link).content.decode())) == value, link
    assert "50.0%" in board
    assert done.number in client.get(links[1]).content.decode()


def test_the_county_sees_its_streets_and_each_opens_its_compounds(world: World, sign_in: SignIn) -> None:
    for place in ("own", "street", "county"):
        whole(world, place)
    client = sign_in(Role.COUNTY_CLERK)
    page = client.get("/projects/board/").content.decode()
    assert "青阳街道" in page
    assert "street街道" in page
    assert f"{CANARY}county" not in page
    assert "county街道" not in page
    street = f"place={world.area('street') // 10**6 * 10**6}"
    assert street in page
    below = client.get(f"/projects/board/?{street}").content.decode()
    assert f"/compounds/{world.area('street')}/plans/{this_month():%Y-%m}/" in below
    assert f"/compounds/{world.area()}/plans/" not in below


def test_who_watches_nothing_has_no_board_and_nobody_a_foreign_one(world: World, sign_in: SignIn) -> None:
    for role in (Role.RESIDENT, Role.PROPERTY_MANAGER, Role.DEPARTMENT_LEAD, Role.SYSTEM_ADMIN):
        assert sign_in(role).get("/projects/board/").status_code == 404, role
    client = sign_in(Role.STREET_CLERK)
    for wrong in ("x", "350582002000000", "350505000000000", "999999999999999", "000000000000000"):
        assert client.get(f"/projects/board/?place={wrong}").status_code == 404, wrong
    assert client.get("/projects/board/?month=nonsense").status_code == 200


def test_627_of_702_reads_as_89_3_percent(world: World, sign_in: SignIn) -> None:
    assert figures.Sums(702, 627, 0, 0, 0).share == "89.3%"
    assert figures.Sums(0, 0, 0, 0, 0).share == "—"
    with scope.place(world.area()):
        MonthFigures.objects.create(
            area=world.area(), month=this_month(), planned=702, landed=627, late=3, silent=1, counted_at=timezone.now()
        )
    page = shown(sign_in(Role.SUPERVISOR).get("/projects/board/"))
    assert "89.3%" in page
    assert re.search(r'href="[^"]*only=open"[^>]*><span class="figure-value">75<', page)


def test_what_was_dropped_is_not_late(world: World) -> None:
    plan(world, PlanState.PUBLISHED)
    with scope.place(world.area()):
        for row in Project.objects.all():
            drafting.drop(row.number, by=world.actor(Role.STREET_CLERK), version=row.version, text="资金没有着落")
        figures.roll_up(world.area(), this_month(), today=timezone.localdate() + timedelta(days=60))
        counted = MonthFigures.objects.get()
    assert (counted.planned, counted.landed, counted.late) == (3, 0, 0)
