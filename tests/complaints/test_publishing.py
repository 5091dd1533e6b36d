"""公开: what neighbours get to read, who decides it, and what stays hidden."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.models import Entry
from communities import actions as communities
from complaints import personal, queries
from complaints.actions import publishing, returns, tickets
from complaints.models import Ticket, TicketEvent, TicketPhoto
from complaints.states import State
from files import images
from notices.models import Notice
from people import actors
from people.actions import appointments
from people.roles import Role
from tenancy import scope
from tenancy.refusals import NotAllowed, NotThere, Refusal, Stale, WrongState
from tests.contract.callers import caller, fault
from tests.factories.tickets import ticket
from tests.factories.world import CANARY, World
from tests.files import samples

WORDING = "3号楼电梯停运，已报修"
PRIVATE = "电梯又坏了，电梯故障没人修，我住502，请打13800001111找王小明"


def now(row: Ticket) -> Ticket:
    with scope.everything(reason="tests: look at the row"):
        found: Ticket = Ticket.objects.get(pk=row.pk)
        return found


def publish(world: World, row: Ticket, role: Role = Role.STREET_CLERK, place: str = "own", text: str = WORDING) -> Ticket:
    by = world.actor(role, place)
    with scope.limited_to(by.scope):
        return publishing.publish(row.number, by=by, version=row.version, text=text)


@pytest.fixture
def neighbour(world: World) -> actors.Actor:
    with scope.everything(reason="tests: a neighbour"):
        user = appointments.open_account(username="neighbour", name="邻居", by=actors.system())
        residency = communities.claim_residency(world.compound(), user=user, kind="tenant", by=actors.system())
        communities.verify_residency(residency.pk, by=actors.system())
    return actors.of_user(user)


def telling(world: World, **details) -> Ticket:
    """A ticket whose every word tells who filed it."""
    row = ticket(world, State.ACCEPTED, text=PRIVATE, photos=[images.clean(samples.telling_jpeg())], **details)
    manager = world.actor(Role.PROPERTY_MANAGER)
    with scope.place(world.area()):
        Ticket.objects.filter(pk=row.pk).update(spot="502门口")
        return tickets.resolve(row.number, by=manager, version=row.version, text="已联系502王小明")


def test_the_street_publishes_in_its_own_words_and_all_is_on_record(world: World) -> None:
    row = publish(world, ticket(world, State.ACCEPTED, text=PRIVATE))
    assert (row.public, row.public_text, row.text) == (True, WORDING, PRIVATE)
    with scope.place(world.area()):
        event = TicketEvent.objects.get(ticket=row, kind="published")
        assert (event.text, event.told, event.old_state, event.new_state) == (WORDING, True, "accepted", "accepted")
        assert Entry.objects.filter(subject_id=str(row.pk), action="ticket.published").count() == 1
        told = Notice.objects.filter(kind="ticket_told_published").values_list("user_id", flat=True)
        assert set(told) == {world.users[Role.RESIDENT, "own"]}


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.PROPERTY_MANAGER, Role.SUPERVISOR])
def test_only_the_street_decides_what_is_public(world: World, role: Role) -> None:
    row = ticket(world, State.ACCEPTED)
    with pytest.raises(NotAllowed):
        publish(world, row, role)
    assert not now(row).public


@pytest.mark.parametrize("place", ["street", "county"])
def test_the_street_office_of_elsewhere_cannot_tell_that_it_exists(world: World, place: str) -> None:
    row = ticket(world, State.ACCEPTED)
    with pytest.raises(NotThere):
        publish(world, row, Role.STREET_CLERK, place)


def test_what_was_filed_in_confidence_is_never_public(world: World) -> None:
    row = ticket(world, State.ACCEPTED, confidential=True)
    with pytest.raises(NotAllowed):
        publish(world, row)
    with scope.place(world.area()), pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(pk=row.pk).update(public=True, public_text=WORDING)


def test_nothing_is_public_without_a_wording(world: World) -> None:
    row = ticket(world, State.ACCEPTED)
    with pytest.raises(Refusal) as refused:
        publish(world, row, text="  ")
    assert refused.value.field == "text"
    with scope.place(world.area()), pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(pk=row.pk).update(public=True)


def test_a_stale_version_and_an_ended_ticket_are_refused(world: World) -> None:
    row = publish(world, ticket(world, State.ACCEPTED))
    row.version -= 1
    with pytest.raises(Stale):
        publish(world, row)
    with pytest.raises(WrongState):
        publish(world, ticket(world, State.REFUSED))


def test_taking_it_back_needs_a_reason_and_hides_it_from_neighbours(world: World, neighbour: actors.Actor) -> None:
    row, clerk = publish(world, ticket(world, State.ACCEPTED)), world.actor(Role.STREET_LEADER)
    with scope.limited_to(neighbour.scope):
        assert queries.get(neighbour, row.number).public
    with scope.limited_to(clerk.scope):
        with pytest.raises(Refusal):
            publishing.unpublish(row.number, by=clerk, version=row.version, text=" ")
        row = publishing.unpublish(row.number, by=clerk, version=row.version, text="涉及个人")
        assert TicketEvent.objects.filter(ticket=row, kind="unpublished", told=True, text="涉及个人").exists()
        assert Notice.objects.filter(kind="ticket_told_unpublished").exists()
        with pytest.raises(NotAllowed):  # there is nothing left to take back
            publishing.unpublish(row.number, by=clerk, version=row.version, text="再撤一次")
    with scope.limited_to(neighbour.scope), pytest.raises(NotThere):
        queries.get(neighbour, row.number)


def test_what_becomes_confidential_is_public_no_longer(world: World) -> None:
    row = publish(world, ticket(world, State.DISPATCHED))
    manager, clerk = world.actor(Role.PROPERTY_MANAGER), world.actor(Role.STREET_CLERK)
    with scope.place(world.area()):
        row = returns.give_back(row.number, by=manager, version=row.version, text="反映的是公职人员")
        official = next(leaf for leaf in queries.Ticket._meta.get_field("leaf").related_model.objects.filter(confidential=True))
        lead = world.bureau("DI").pk
        row = tickets.dispatch(row.number, by=clerk, version=row.version, leaf=official.pk, organisation=lead)
        assert (now(row).public, now(row).restricted) == (False, True)
        assert TicketEvent.objects.filter(ticket=row, kind="unpublished").exists()


def secrets_in(text: str) -> list[str]:
    """The home's number stands for itself: a ticket's number or a moment may hold the same digits."""
    home = [] if re.search(r"(?<!\d)502(?!\d)", text) is None else ["502"]
    return home + [secret for secret in ("王小明", "13800001111", "resident") if secret in text]


def main_of(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page[page.index("<main") : page.index("</main>")])


def test_a_neighbour_reads_the_public_wording_and_nothing_else(world: World, sign_in, neighbour: actors.Actor) -> None:
    row = publish(world, telling(world, home=world.homes["own"]))
    ticket(world, State.RESOLVED, place="sibling", public=True)
    client = sign_in(None)
    client.force_login(neighbour.user, backend="people.backends.NameOrPhoneBackend")
    for address in ("/my/?tab=public", f"/compounds/{world.area()}/", f"/tickets/{row.number}/"):
        page = main_of(client.get(address).content.decode())
        assert WORDING in page, address
        if address.startswith("/compounds/"):  # where one may also say which home one's own is
            page = page[page.index('<ul class="rows">') :]
            page = page[: page.index("</ul>")]
        assert secrets_in(page) == [], address
        assert CANARY not in page
    with scope.place(world.area()):
        photo = TicketPhoto.objects.get(ticket=row).photo_id
    for name in ("photo", "small_photo"):
        assert client.get(reverse(f"complaints:{name}", args=[row.number, photo])).status_code == 404
    answer = client.get("/api/v1/tickets/").json()["results"]
    assert [(each["number"], each["text"], each["spot"]) for each in answer] == [(row.number, WORDING, "")]
    answer = client.get(f"/api/v1/tickets/{row.number}/").json()
    assert (answer["text"], answer["answer"], answer["photos"], answer["home"]) == (WORDING, "", [], None)
    assert {event["text"] for event in answer["timeline"]} == {""}
    assert secrets_in(str(answer)) == []
    assert client.get(f"/api/v1/tickets/{row.number}/photos/{photo}/").status_code == 404


def test_a_member_of_staff_is_a_neighbour_at_home(world: World) -> None:
    """An inspector of another bureau who lives here reads what other residents read."""
    row = publish(world, telling(world, home=world.homes["own"]))
    at_home = world.user(Role.DEPARTMENT_HANDLER)
    appointments.appoint(at_home, Role.RESIDENT, area=world.area(), by=actors.system())
    asking = caller(world, Role.DEPARTMENT_HANDLER)
    seen = asking.get(f"tickets/{row.number}/").json()
    assert (seen["text"], seen["reporter"]["hidden"], seen["home"], seen["why_here"]) == (WORDING, True, None, None)
    assert secrets_in(str(seen)) == []
    page = asking.client.get(f"/tickets/{row.number}/")
    assert page.status_code in (200, 302)


def test_those_who_deal_with_it_go_on_reading_the_original(world: World) -> None:
    row = publish(world, telling(world))
    masked = personal.masked(PRIVATE)
    texts = {Role.RESIDENT: PRIVATE, Role.PROPERTY_MANAGER: PRIVATE, Role.STREET_CLERK: masked, Role.SUPERVISOR: masked}
    for role, text in texts.items():
        seen = caller(world, role).get(f"tickets/{row.number}/").json()
        assert (seen["text"], seen["public_text"], len(seen["photos"])) == (text, WORDING, 1), role


def test_the_clerk_sees_what_neighbours_will_see_before_it_is_public(world: World, sign_in) -> None:
    row = telling(world, home=world.homes["own"])
    client, address = sign_in(Role.STREET_CLERK), reverse("complaints:publish", args=[row.number])
    assert personal.masked(PRIVATE) in client.get(address).content.decode()
    sent = {"version": row.version, "text": WORDING}
    empty = client.post(address, {**sent, "text": " "})
    assert (empty.status_code, b"id_text_error" in empty.content) == (400, True)
    preview = client.post(address, sent)
    assert preview.status_code == 200
    assert secrets_in(main_of(preview.content.decode())) == []
    assert not now(row).public
    back = client.post(address, {**sent, "change": "1"}).content.decode()
    assert f">\n{WORDING}</textarea>" in back
    done = client.post(address, {**sent, "confirmed": "1"})
    assert done.status_code == 302
    assert (now(row).public, now(row).public_text) == (True, WORDING)
    stale = client.post(address, {**sent, "text": "改过的公开内容", "confirmed": "1"})
    assert stale.status_code == 409
    assert "改过的公开内容" in stale.content.decode()
    case = client.get(f"/tickets/{row.number}/").content.decode()
    assert reverse("complaints:unpublish", args=[row.number]) in case
    taken = client.post(reverse("complaints:unpublish", args=[row.number]), {"version": now(row).version, "text": "有误"})
    assert (taken.status_code, now(row).public) == (302, False)


@pytest.mark.parametrize(("role", "place", "status"), [
    (Role.PROPERTY_MANAGER, "own", 403),
    (Role.RESIDENT, "own", 403),
    (Role.STREET_CLERK, "street", 404),
    (Role.STREET_CLERK, "county", 404),
])  # fmt: skip
def test_nobody_else_gets_to_that_page(world: World, sign_in, role: Role, place: str, status: int) -> None:
    row = ticket(world, State.ACCEPTED)
    address = reverse("complaints:publish", args=[row.number])
    client = sign_in(role, place)
    assert client.get(address).status_code == status
    assert client.post(address, {"version": row.version, "text": WORDING, "confirmed": "1"}).status_code == status
    assert not now(row).public


def test_the_api_publishes_and_takes_back(world: World) -> None:
    row = ticket(world, State.ACCEPTED)
    clerk, path = caller(world, Role.STREET_CLERK), f"tickets/{row.number}/"
    assert "publish" in clerk.get(path).json()["possible_actions"]
    shown = clerk.post(f"{path}publish/", {"version": row.version, "text": WORDING}).json()
    assert (shown["public"], shown["public_text"], shown["text"]) == (True, WORDING, row.text)
    assert fault(clerk.post(f"{path}publish/", {"version": row.version, "text": "x"})) == (409, "stale_version", None)
    assert fault(clerk.post(f"{path}unpublish/", {"version": shown["version"]})) == (400, "required", "text")
    shown = clerk.post(f"{path}unpublish/", {"version": shown["version"], "text": "涉及个人"}).json()
    assert (shown["public"], shown["public_text"]) == (False, "")
    manager = caller(world, Role.PROPERTY_MANAGER)
    assert manager.post(f"{path}publish/", {"version": shown["version"], "text": "x"}).status_code == 403
