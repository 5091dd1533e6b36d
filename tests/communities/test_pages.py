"""The pages of compounds: who sees which, homes claimed and confirmed, the poster for the gate."""

import re

import pytest
from django.urls import reverse

from communities import actions as communities
from complaints.states import State
from people import actors
from people.roles import Role
from tenancy import scope
from tests.factories.tickets import ticket
from tests.factories.world import CANARY

EVERYBODY = [
    Role.RESIDENT,
    Role.PROPERTY_STAFF,
    Role.PROPERTY_MANAGER,
    Role.STREET_CLERK,
    Role.STREET_LEADER,
    Role.DEPARTMENT_HANDLER,
    Role.SUPERVISOR,
]
ABSENT = 350582_001_001_999


@pytest.fixture(autouse=True)
def _foreign_tickets(world):
    for place in ("sibling", "street", "county"):
        ticket(world, State.ACCEPTED, place=place, public=True)


def shown(answer):
    text = answer.content.decode()
    assert CANARY not in text
    return text


def to(name, world, place="own", *args):
    return reverse(f"communities:{name}", args=[world.area(place), *args])


@pytest.mark.parametrize("role", EVERYBODY)
def test_the_page_names_the_firm_the_officers_and_the_buildings(world, sign_in, role):
    with scope.everything(reason="tests: bind a leader"):
        communities.bind_official(world.compound(), world.user(Role.STREET_LEADER), kind="leader", by=actors.system())
    page = shown(sign_in(role).get(to("compound", world)))
    for words in (world.firm().name, "2026-01-01", 'href="tel:0595-0000000"', world.user(Role.STREET_LEADER).name, "3号楼"):
        assert words in page


@pytest.mark.parametrize("place", ["sibling", "street", "county"])
@pytest.mark.parametrize("role", [Role.RESIDENT, Role.PROPERTY_MANAGER])
@pytest.mark.parametrize("name", ["compound", "poster"])
def test_a_foreign_compound_is_answered_like_an_absent_one(world, sign_in, role, place, name):
    client = sign_in(role)
    foreign, absent = client.get(to(name, world, place)), client.get(reverse(f"communities:{name}", args=[ABSENT]))
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert re.sub(r"[0-9a-f]{32}", "", shown(foreign)) == re.sub(r"[0-9a-f]{32}", "", shown(absent))


def test_the_list_holds_ones_own_places_only(world, sign_in):
    assert re.findall(r'href="/compounds/(\d+)/"', shown(sign_in(Role.RESIDENT).get("/compounds/"))) == [str(world.area())]
    listed = sign_in(Role.STREET_CLERK).get("/compounds/").content.decode()
    assert re.findall(r'href="/compounds/(\d+)/"', listed) == [str(world.area()), str(world.area("sibling"))]
    assert "街道" not in listed[listed.index("<main") : listed.index("</main>")]


def test_the_list_is_searched_by_name_and_pages_by_code(world, sign_in, monkeypatch):
    monkeypatch.setattr("communities.views.compounds.PAGE", 1)
    client = sign_in(Role.STREET_CLERK)
    first = client.get("/compounds/").content.decode()
    assert f"after={world.area()}" in first
    second = client.get(f"/compounds/?after={world.area()}").content.decode()
    assert re.findall(r'href="/compounds/(\d+)/"', second) == [str(world.area("sibling"))]
    found = shown(client.get("/compounds/?q=own"))
    assert re.findall(r'href="/compounds/(\d+)/"', found) == [str(world.area())]
    nothing = shown(client.get("/compounds/", {"q": "<script>\x00", "after": "x"}))
    assert "<script>" not in nothing[nothing.index("<main") :]


def test_open_public_tickets_stand_on_the_page_and_others_do_not(world, sign_in):
    public, hidden = ticket(world, State.ACCEPTED, public=True), ticket(world, State.ACCEPTED)
    ended = ticket(world, State.CLOSED, public=True)
    page = shown(sign_in(Role.RESIDENT).get(to("compound", world)))
    assert public.number in page
    assert ended.number not in page
    with scope.place(world.area()):
        type(hidden).objects.filter(pk=hidden.pk).update(reporter=None)
    assert hidden.number not in shown(sign_in(Role.RESIDENT).get(to("compound", world)))


def test_the_poster_leads_to_the_page_without_an_account(world, sign_in):
    page = shown(sign_in(Role.RESIDENT).get(to("poster", world)))
    assert f"/c/{world.area()}/" in page
    assert "<svg" in page
    assert "style=" not in page


@pytest.mark.parametrize("name", ["compounds", "compound", "poster"])
def test_somebody_signed_out_is_taken_to_the_sign_in(world, sign_in, name):
    url = "/compounds/" if name == "compounds" else to(name, world)
    assert sign_in(None).get(url).headers["Location"].startswith("/accounts/login/")


def test_strangers_find_the_ways_in_on_the_front_page(sign_in):
    page = shown(sign_in(None).get("/"))
    for way in ("/accounts/login/", "/t/"):
        assert f'href="{way}"' in page
