"""What a visit found, on the board and for everybody: without names and homes, asked for once, as it stands today."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client

from communities.actions import postings
from enforcement import summaries
from enforcement.actions import findings
from enforcement.models import Finding, Visit
from people.roles import Role
from tenancy import clock
from tests.enforcement.test_visit_pages import everywhere, shown
from tests.factories import findings as factory
from tests.factories import visits
from tests.factories.world import World

SignIn = Callable[..., Client]
SECRET = ("示例业主", "1203")


def over(world: World, place: str = "own") -> tuple[Visit, Finding, Finding]:
    """A concluded visit with a finding of the firm's and one at an owner's home."""
    with everywhere():
        row = visits.found(world, place=place)
        line = visits.lines(row.visit, world, "UM", place)[1]
        said = {"party": "owner", "party_name": "示例业主", "spot": "5号楼1203室"}
        sent = visits.noted(line, place=place, **said)
        visits.field.take(row.visit.number, [sent], by=visits.officer(world, "UM", place=place))
        home = Finding.objects.get(key=sent.key)
        return factory.concluded_with(world, row, place=place), row, home


def test_it_names_neither_people_nor_homes(world: World) -> None:
    visit, row, home = over(world)
    with everywhere():
        told = summaries.of(visit)
    assert {(each.item, each.spot) for each in told.findings} == {(row.item.name, row.spot), (home.item.name, "")}
    assert told.bureaus == ["城市管理局", "消防救援大队"]


def test_everybody_reads_it_at_the_code_on_the_board_as_it_stands_today(world: World, client: Client) -> None:
    visit, row, home = over(world)
    page = f"/c/{world.area()}/checks/"
    body = shown(client.get(page))
    assert row.spot in body
    assert home.item.name in body
    assert not any(word in body for word in SECRET)
    with everywhere():
        findings.drop(row.number, by=visits.head(world, "UM"), version=row.version, text="误记")
    assert row.spot not in shown(client.get(page))
    assert visit.number not in body


def test_a_visit_that_is_not_over_tells_nobody_anything(world: World, client: Client, sign_in: SignIn) -> None:
    with everywhere():
        row = visits.found(world)
    assert row.spot not in shown(client.get(f"/c/{world.area()}/checks/"))
    assert sign_in(Role.STREET_CLERK).get(f"/checks/visits/{row.visit.number}/summary/").status_code == 404


def test_the_street_has_it_put_up_once(world: World, sign_in: SignIn) -> None:
    visit, row, _home = over(world)
    clerk, page = sign_in(Role.STREET_CLERK), f"/checks/visits/{visit.number}/summary/"
    assert row.spot in shown(clerk.get(page))
    body = shown(clerk.post(page, {"due_on": ""}), 400)
    assert "field-has-errors" in body
    assert "field-has-errors" in shown(clerk.post(page, {"due_on": f"{clock.today() - timedelta(days=1)}"}), 400)
    answer = clerk.post(page, {"due_on": f"{clock.today() + timedelta(days=3)}"})
    assert answer.status_code == 302
    hung = shown(clerk.get(answer["Location"]))
    assert row.item.name in hung
    assert not any(word in hung for word in SECRET)
    assert clerk.post(page, {"due_on": f"{clock.today() + timedelta(days=3)}"}).status_code == 409
    with everywhere():
        posting: Any = Visit.objects.get(pk=visit.pk).posting
        postings.cancel(posting.pk, by=world.actor(Role.STREET_CLERK), version=posting.version, reason="改期")
    assert clerk.post(page, {"due_on": f"{clock.today() + timedelta(days=3)}"}).status_code == 302


def test_others_print_it_and_do_not_have_it_put_up(world: World, sign_in: SignIn) -> None:
    visit, _row, _home = over(world)
    page = f"/checks/visits/{visit.number}/summary/"
    for role in (Role.RESIDENT, Role.PROPERTY_MANAGER, Role.SUPERVISOR):
        client = sign_in(role)
        body = shown(client.get(page))
        assert 'name="due_on"' not in body
        assert not any(word in body for word in SECRET)
        assert client.post(page, {"due_on": f"{clock.today()}"}).status_code == 403
