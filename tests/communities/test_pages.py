"""The pages of compounds: who sees which, homes claimed and confirmed, the poster for the gate."""

import re

import pytest
from django.urls import reverse

from communities import actions as communities
from communities.models import Home, Residency
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


def claimed_by_a_newcomer(world, place="own"):
    with scope.everything(reason="tests: a newcomer"):
        user = world.user(Role.DEPARTMENT_LEAD, place)
        return communities.claim_residency(world.compound(place), user=user, kind="tenant", by=actors.system()).pk


def residency(pk):
    with scope.everything(reason="tests: look"):
        return Residency.objects.get(pk=pk)


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
    monkeypatch.setattr("communities.views.PAGE", 1)
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


def test_a_resident_adds_a_home_and_waits_to_be_confirmed(world, sign_in):
    with scope.everything(reason="tests: another home"):
        building = world.home().building
        (home,) = communities.add_homes(building, names=["503"], by=actors.system())
    client = sign_in(Role.RESIDENT)
    typed = {"kind": "tenant", "building": building.pk, "home_name": " 503 "}
    assert client.post(to("claim", world), typed).status_code == 302
    page = shown(client.get(to("compound", world)))
    assert "503" in page
    with scope.everything(reason="tests: look"):
        row = Residency.objects.get(home=home)
    assert (row.user_id, row.kind, row.verified_at) == (world.users[Role.RESIDENT, "own"], "tenant", None)
    twice = client.post(to("claim", world), typed)
    assert twice.status_code == 400
    assert 'id="id_home_name_error"' in shown(twice)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"home_name": "9999"}, "home_name"),
        ({"home_name": "5\x002"}, "home_name"),
        ({"home_name": "5" * 41}, "home_name"),
        ({"building": "0"}, "building"),
        ({"kind": "king"}, "kind"),
    ],
)
def test_a_claim_that_cannot_be_right_is_answered_at_its_field(world, sign_in, typed, field):
    with scope.place(world.area()):
        building = world.home().building_id
    answer = sign_in(Role.RESIDENT).post(to("claim", world), {"kind": "owner", "building": building, "home_name": "502", **typed})
    assert answer.status_code == 400
    assert f'id="id_{field}_error"' in shown(answer)


def test_a_home_of_another_compound_cannot_be_claimed(world, sign_in):
    with scope.everything(reason="tests: a foreign building"):
        building = Home.objects.get(pk=world.homes["sibling"]).building_id
    client = sign_in(Role.RESIDENT)
    answer = client.post(to("claim", world), {"kind": "owner", "building": building, "home_name": "502"})
    assert answer.status_code == 400
    foreign = client.post(to("claim", world, "sibling"), {"kind": "owner", "building": building, "home_name": "502"})
    assert foreign.status_code == 404


@pytest.mark.parametrize("role", [Role.STREET_CLERK, Role.STREET_LEADER, Role.PROPERTY_MANAGER])
def test_street_and_manager_confirm_a_home(world, sign_in, role):
    pk = claimed_by_a_newcomer(world)
    client = sign_in(role)
    url = to("verify", world, "own", pk)
    assert f'action="{url}"' in shown(client.get(to("compound", world)))
    assert client.post(url).status_code == 302
    assert residency(pk).verified_by_id == world.users[role, "own"]
    assert client.post(url).status_code == 404  # nothing waits any more


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.PROPERTY_STAFF, Role.DEPARTMENT_HANDLER, Role.SUPERVISOR])
def test_others_neither_see_nor_confirm_who_waits(world, sign_in, role):
    pk = claimed_by_a_newcomer(world)
    client = sign_in(role)
    assert "/verify/" not in shown(client.get(to("compound", world)))
    assert client.post(to("verify", world, "own", pk)).status_code == 403
    assert residency(pk).verified_at is None


def test_a_residency_elsewhere_is_answered_like_an_absent_one(world, sign_in):
    own, foreign = claimed_by_a_newcomer(world), claimed_by_a_newcomer(world, "county")
    client = sign_in(Role.STREET_CLERK)
    assert client.post(to("verify", world, "own", foreign)).status_code == 404
    assert client.post(to("verify", world, "own", 10**9)).status_code == 404
    assert client.post(to("verify", world, "sibling", own)).status_code == 404  # of the same street, but under another address
    assert client.post(to("verify", world, "county", foreign)).status_code == 404
    assert residency(foreign).verified_at is None
    assert residency(own).verified_at is None


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
