"""常用列表: kept under a name, alone or for the street office; and the strip of buildings and the board beside the lists."""

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup

from audit.models import Entry
from communities.models import Building
from complaints.actions import saved_lists
from complaints.models import SavedList, Ticket
from complaints.states import State
from people.roles import Role
from tenancy import areas, scope
from tenancy.refusals import NotAllowed, NotThere, Refusal
from tests.contract.callers import caller, fault
from tests.factories.tickets import ticket
from tests.factories.world import CANARY, World

SignIn = Callable[..., Any]


def save(world: World, role: Role = Role.STREET_CLERK, place: str = "own", **said: Any) -> SavedList:
    by = world.actor(role, place)
    kept: dict[str, Any] = {"name": "晚了的", "queue": "open", "filters": {"late": "on"}, "share": False, **said}
    with scope.limited_to(by.scope):
        return saved_lists.save(kept["name"], kept["queue"], kept["filters"], share=kept["share"], by=by)


def names(world: World, role: Role, place: str = "own") -> list[str]:
    by = world.actor(role, place)
    with scope.limited_to(by.scope):
        return [row.name for row in saved_lists.readable(by)]


def test_a_list_is_its_makers_alone_until_it_is_shared_in_the_street(world: World) -> None:
    save(world)
    assert names(world, Role.STREET_CLERK) == ["晚了的"]
    assert names(world, Role.STREET_LEADER) == []
    save(world, share=True)
    assert names(world, Role.STREET_CLERK) == ["晚了的"], "one of the same name is replaced"
    assert names(world, Role.STREET_LEADER) == ["晚了的"]
    for role, place in (
        (Role.STREET_CLERK, "street"),
        (Role.STREET_CLERK, "county"),
        (Role.PROPERTY_MANAGER, "own"),
        (Role.COUNTY_CLERK, "own"),
    ):
        assert names(world, role, place) == [], role


def test_only_a_street_office_shares_and_only_a_desk_saves(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        save(world, Role.PROPERTY_MANAGER, share=True)
    assert refused.value.field == "share"
    with pytest.raises(NotAllowed):
        save(world, Role.RESIDENT)
    with pytest.raises(NotThere):
        save(world, Role.PROPERTY_MANAGER, queue="triage")
    with pytest.raises(Refusal) as refused:
        save(world, name=" ")
    assert refused.value.field == "name"


def test_somebody_has_so_many_lists_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_lists, "MOST", 2)
    save(world, name="一")
    save(world, name="二")
    with pytest.raises(Refusal):
        save(world, name="三")
    save(world, name="二", queue="all")


def test_a_list_is_removed_by_its_maker_or_by_the_office_that_shares_it(world: World) -> None:
    row = save(world, share=True)
    leader, manager = world.actor(Role.STREET_LEADER), world.actor(Role.PROPERTY_MANAGER)
    with scope.limited_to(manager.scope), pytest.raises(NotThere):
        saved_lists.remove(row.pk, by=manager)
    with scope.limited_to(leader.scope):
        saved_lists.remove(row.pk, by=leader)
    alone = save(world)
    with scope.limited_to(leader.scope), pytest.raises(NotThere):
        saved_lists.remove(alone.pk, by=leader)
    with scope.everything(reason="tests: the record"):
        said = [each.action for each in Entry.objects.filter(action__startswith="desk.").order_by("pk")]
        area = areas.ancestor(world.area(), areas.Level.STREET)
        assert Entry.objects.filter(action="desk.list_removed", area=area).count() == 1
    assert said == ["desk.list_saved", "desk.list_removed", "desk.list_saved"]


def test_the_page_saves_what_the_desk_shows_and_leads_back_to_it(world: World, sign_in: SignIn) -> None:
    row = ticket(world, State.DISPATCHED)
    clerk = sign_in(Role.STREET_CLERK)
    compound = world.area()
    desk = BeautifulSoup(clerk.get(f"/desk/?queue=open&compound={compound}&after=x").content, "html.parser")
    url = next(a["href"] for a in desk.select(".pane-head a") if "/desk/lists/" in a["href"])
    assert url == f"/desk/lists/?queue=open&compound={compound}"
    page = BeautifulSoup(clerk.get(url).content, "html.parser")
    with scope.place(compound):
        assert row.compound.name in page.select_one("form.sheet strong").text
    faulty = clerk.post(url, {"name": "长" * 41, "share": "on"})
    assert faulty.status_code == 400
    assert "长" * 41 in faulty.content.decode()
    answer = clerk.post(url, {"name": "本小区", "share": "on"})
    assert answer.status_code == 302
    assert answer["Location"] == f"/desk/?queue=open&compound={compound}"
    side = BeautifulSoup(clerk.get("/desk/").content, "html.parser")
    assert "本小区" in side.text
    (saved,) = kept()
    assert clerk.post(f"/desk/lists/{saved}/remove/").status_code == 302
    assert kept() == []


def kept() -> list[int]:
    with scope.everything(reason="tests: saved lists"):
        return list(SavedList.objects.values_list("pk", flat=True))


def test_a_filter_that_names_nothing_is_not_saved(world: World) -> None:
    clerk = caller(world, Role.STREET_CLERK)
    elsewhere = world.area("street")
    sent = {"name": "甲", "queue": "open", "filters": {"compound": str(elsewhere), "late": "on", "nonsense": "1"}}
    made = clerk.post("saved-lists/", sent)
    assert made.status_code == 201
    assert made.json()["filters"] == {"late": "on"}


def test_the_api_keeps_lists_shares_and_removes_them(world: World) -> None:
    clerk, leader, manager = (caller(world, role) for role in (Role.STREET_CLERK, Role.STREET_LEADER, Role.PROPERTY_MANAGER))
    save(world, place="street", name=CANARY[:40], share=True)
    made = clerk.post("saved-lists/", {"name": "甲", "queue": "open", "filters": {"late": "on"}, "share": True}).json()
    assert leader.get("saved-lists/").json()["results"] == [made]
    assert manager.get("saved-lists/").json()["results"] == []
    assert fault(manager.post("saved-lists/", {"name": "乙", "queue": "open", "share": True}))[0] == 400
    assert fault(manager.post(f"saved-lists/{made['id']}/remove/", {}))[0] == 404
    assert fault(caller(world, Role.RESIDENT).get("saved-lists/"))[0] == 403
    assert leader.post(f"saved-lists/{made['id']}/remove/", {}).json()["name"] == "甲"
    assert clerk.get("saved-lists/").json()["results"] == []


# Strip and board


def test_the_strip_counts_what_is_open_in_each_building_as_its_list_does(world: World, sign_in: SignIn) -> None:
    compound = world.area()
    rows = [ticket(world, State.DISPATCHED) for _each in range(3)]
    ticket(world, State.CLOSED)
    with scope.place(compound):
        one, two = _two(compound)
        Ticket.objects.filter(pk__in=[row.pk for row in rows[:2]]).update(building=one)
        Ticket.objects.filter(pk=rows[2].pk).update(building=None)
    clerk = sign_in(Role.STREET_CLERK)
    page = BeautifulSoup(clerk.get(f"/desk/?queue=open&compound={compound}").content, "html.parser")
    cells = {cell.select_one("span").text: cell for cell in page.select(".strip-cell")}
    assert cells[one.name].select_one("strong").text == "2"
    assert "shade-4" in cells[one.name]["class"]
    assert cells[two.name].select_one("strong").text == "0"
    assert "shade-0" in cells[two.name]["class"]
    assert any(cell.select_one("strong").text == "1" for name, cell in cells.items() if name not in (one.name, two.name))
    narrowed = BeautifulSoup(clerk.get(cells[one.name]["href"]).content, "html.parser")
    assert len(narrowed.select(".pane-list .row-item")) == 2
    assert narrowed.select_one('.strip-cell[aria-current="true"] span').text == one.name
    assert not BeautifulSoup(clerk.get("/desk/?queue=open").content, "html.parser").select(".strip-cell")


def _two(compound: int) -> list[Building]:
    first = Building.objects.filter(area=compound)[0]
    return [first, Building.objects.create(area=compound, compound=first.compound, name="九十九号楼")]


def test_a_building_of_another_compound_is_no_filter(world: World, sign_in: SignIn) -> None:
    row = ticket(world, State.DISPATCHED)
    with scope.everything(reason="tests: a foreign building"):
        foreign = Building.objects.filter(area=world.area("county"))[0].pk
    body = sign_in(Role.STREET_CLERK).get(f"/desk/?queue=open&compound={world.area()}&building={foreign}").content.decode()
    assert row.number in body


def test_the_board_shows_the_queues_side_by_side_and_leads_to_the_rest(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("complaints.views.board.IN_COLUMN", 1)
    waits, sent, done = (ticket(world, state) for state in (State.TRIAGE, State.DISPATCHED, State.RESOLVED))
    more = ticket(world, State.DISPATCHED)
    page = BeautifulSoup(sign_in(Role.STREET_CLERK).get("/desk/board/").content, "html.parser")
    columns = {each["aria-labelledby"].removeprefix("column-"): each for each in page.select(".board-column")}
    assert list(columns) == ["triage", "arbitration", "new", "doing", "answered"]
    assert waits.number in str(columns["triage"])
    assert done.number in str(columns["answered"])
    assert (sent.number in str(columns["new"])) != (more.number in str(columns["new"]))
    assert columns["new"].select_one("p a")["href"] == "/desk/?queue=new"
    manager = BeautifulSoup(sign_in(Role.PROPERTY_MANAGER).get("/desk/board/").content, "html.parser")
    assert len(manager.select(".board-column")) == 3
    assert sign_in(Role.RESIDENT).get("/desk/board/").status_code == 302
