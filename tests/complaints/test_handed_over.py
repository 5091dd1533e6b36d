"""Whoever no longer has a ticket no longer sees it, anywhere; whoever sees it in several ways sees it once."""

from io import BytesIO

from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from PIL import Image

from complaints import queries, worklist
from complaints.actions import assists, returns, routing, tickets
from complaints.models import Ticket, TicketPhoto
from complaints.states import State
from people import actors
from people.actions import appointments
from people.roles import Role
from tenancy import clock, scope
from tests.contract.callers import caller
from tests.factories.acting import acting, now_is
from tests.factories.tickets import LIFT_BROKEN, ticket
from tests.factories.world import World

HANDLER = Role.DEPARTMENT_HANDLER


def filed_with_photo(world: World) -> Ticket:
    body = BytesIO()
    Image.new("RGB", (40, 30), "green").save(body, "JPEG")
    photo = SimpleUploadedFile("门口.jpg", body.getvalue(), "image/jpeg")
    sent = {"compound": world.area(), "text": LIFT_BROKEN, "photos": [photo]}
    number = caller(world, Role.RESIDENT).form("tickets/", sent).json()["number"]
    with scope.place(world.area()):
        row = Ticket.objects.get(number=number)
        routing.route_claimed(row.pk, row.area, 1)
        return now_is(row)


def given_to_the_bureau(world: World) -> Ticket:
    """The firm gave it back, and the street sent it to the bureau of the world's department people."""
    row = filed_with_photo(world)
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        row = returns.give_back(row.number, by=manager, version=row.version, text="质保期内，不归我们")
    with acting(world, Role.STREET_CLERK) as clerk:
        bureau = world.bureaus["UM", "own"]
        return tickets.dispatch(row.number, by=clerk, version=row.version, leaf=row.leaf_id, organisation=bureau)


def test_an_organisation_that_lost_a_ticket_loses_every_way_to_it(world: World, sign_in) -> None:
    row = given_to_the_bureau(world)
    with scope.place(world.area()):
        photo = TicketPhoto.objects.get(ticket=row).photo_id
    asking, client = caller(world, HANDLER), sign_in(HANDLER)
    ways = [
        f"/api/v1/tickets/{row.number}/",
        f"/api/v1/tickets/{row.number}/clocks/",
        f"/api/v1/tickets/{row.number}/photos/{photo}/",
    ]
    pages = [reverse("complaints:ticket", args=[row.number]), f"/desk/?queue=all&ticket={row.number}"]

    def told() -> tuple[list[int], bool, bool]:
        statuses = [asking.client.get(way).status_code for way in ways] + [client.get(page).status_code for page in pages]
        listed = row.number in {found["number"] for found in asking.get("tickets/").json()["results"]}
        desk = BeautifulSoup(client.get("/desk/", {"queue": "all", "words": row.number}).content, "html.parser")
        return statuses, listed, bool(desk.select(f".row-number[title='{row.number}']"))

    assert told() == ([200] * 5, True, True)
    with acting(world, HANDLER) as handler:
        row = returns.give_back(row.number, by=handler, version=row.version, text="应由物业负责")
        assert queries.visible_to(handler).filter(pk=row.pk).exists()  # until somebody else has it
    with transaction.atomic(), acting(world, Role.COUNTY_CLERK) as county:
        returns.arbitrate(row.number, by=county, version=row.version, organisation=world.firms["own"], text="合同约定由物业负责")
        assert not queries.visible_to(handler).filter(pk=row.pk).exists()  # within the very transaction
    assert told() == ([404] * 5, False, False)


def test_a_ticket_with_three_organisations_is_one_ticket_for_somebody_of_two(world: World) -> None:
    rows = [ticket(world, State.ACCEPTED), ticket(world, State.ACCEPTED)]
    for row in rows:
        with acting(world, Role.STREET_CLERK) as clerk:
            for kind in ("UM", "MR"):
                row = assists.ask(
                    row.number, by=clerk, version=row.version, organisation=world.bureaus[kind, "own"], text="请核查"
                )
    with scope.everything(reason="tests: a second post"):
        system = actors.system()
        bureau = world.bureau("MR")
        appointments.appoint(world.user(HANDLER), HANDLER, area=bureau.area, by=system, organisation=bureau)
    with acting(world, HANDLER) as handler:
        assert len({post.organisation_id for post in handler.posts}) == 2
        seen = queries.visible_to(handler)
        assert seen.count() == len(rows) == len(set(seen.values_list("pk", flat=True)))
        assert worklist.count(handler, "all", worklist.Filters(), now=clock.now()).total == len(rows)
        page = worklist.page(handler, "all", worklist.Filters(), now=clock.now())
        assert sorted(found.pk for found in page.rows) == sorted(row.pk for row in rows)
