"""Filing, as an action: who may, where, what is kept, and one ticket for one key."""

import pytest

from complaints import numbers, reporting
from complaints.actions import filing
from complaints.models import Ticket, TicketEvent
from complaints.states import Channel
from files import images
from people import actors
from people.roles import Role
from tenancy import scope
from tenancy.refusals import KeyReused, NotAllowed, NotThere, Refusal
from tests.factories.tickets import LIFT_TRAPPED
from tests.files import samples

TEXT = "北门路灯不亮"


def file(world, by, place="own", *, inside=None, key="", **details):
    """File within the scope of the actor (or of `inside`)."""
    with scope.limited_to(inside or by.scope):
        return filing.file(filing.Filing(compound=world.area(place), text=details.pop("text", TEXT), **details), by=by, key=key)


def rows(world, place="own"):
    with scope.place(world.area(place)):
        return list(Ticket.objects.order_by("pk"))


@pytest.mark.parametrize(
    ("role", "channel", "kept", "reporting_"),
    [
        (Role.RESIDENT, Channel.WEB, "web", True),
        (Role.RESIDENT, Channel.API, "api", True),
        (Role.PROPERTY_STAFF, Channel.PATROL, "patrol", False),
        (Role.PROPERTY_MANAGER, Channel.WEB, "patrol", False),
        (Role.STREET_CLERK, Channel.PHONE, "phone", False),
        (Role.STREET_LEADER, Channel.WEB, "phone", False),
    ],
)
def test_the_channel_follows_from_who_files(world, role, channel, kept, reporting_):
    by = world.actor(role)
    ticket = file(world, by, channel=channel).ticket
    assert (ticket.channel, ticket.reporter_id, ticket.filed_by_id) == (kept, by.id if reporting_ else None, by.id)


@pytest.mark.parametrize(
    ("role", "channel"),
    [
        (Role.RESIDENT, Channel.PHONE),
        (Role.RESIDENT, Channel.PATROL),
        (Role.PROPERTY_STAFF, Channel.PHONE),
        (Role.DEPARTMENT_HANDLER, Channel.WEB),
        (Role.SUPERVISOR, Channel.WEB),
    ],
)
def test_a_channel_of_others_is_not_allowed(world, role, channel):
    with pytest.raises(NotAllowed):
        file(world, world.actor(role), channel=channel)
    assert rows(world) == []


@pytest.mark.parametrize("place", ["sibling", "street", "county"])
@pytest.mark.parametrize("role", [Role.RESIDENT, Role.PROPERTY_MANAGER])
def test_a_compound_elsewhere_is_not_there(world, role, place):
    with pytest.raises(NotThere):
        file(world, world.actor(role), place)
    assert rows(world, place) == []


def test_a_wider_scope_alone_opens_no_compound(world):
    """The permission asks for a post there, whatever the scope in force shows."""
    with pytest.raises(NotAllowed):
        file(world, world.actor(Role.RESIDENT), "sibling", inside=scope.Scope(everything=True))


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"text": " \u200b\n"}, "text"),
        ({"text": "灯\x00"}, "text"),
        ({"text": "灯\ud800"}, "text"),
        ({"text": "灯" * 2001}, "text"),
        ({"spot": "门" * 121}, "spot"),
        ({"reporter_phone": "=1+1;"}, "reporter_phone"),
        ({"reporter_name": "林" * 61}, "reporter_name"),
        ({"home": 10**9}, "home"),
        ({"building": 10**9}, "building"),
    ],
)
def test_a_refusal_names_the_field_and_nothing_is_written(world, details, field):
    with pytest.raises(Refusal) as refused:
        file(world, world.actor(Role.RESIDENT), **details)
    assert refused.value.field == field
    assert rows(world) == []


def test_ten_photos_are_too_many(world):
    photo = images.clean(samples.encoded(samples.picture()))
    with pytest.raises(Refusal) as refused:
        file(world, world.actor(Role.RESIDENT), photos=[photo] * 10)
    assert (refused.value.field, refused.value.code) == ("photos", "too_many")


@pytest.mark.parametrize("kind", ["building", "home"])
def test_a_building_or_home_of_another_compound_is_refused(world, kind):
    with scope.everything(reason="tests: foreign ids"):
        home = world.home("sibling")
    wanted = {"home": home.pk, "building": home.building_id}[kind]
    with pytest.raises(Refusal) as refused:
        file(world, world.actor(Role.RESIDENT), **{kind: wanted})
    assert refused.value.field == kind


@pytest.mark.parametrize("hidden", ["anonymous", "confidential"])
def test_a_door_number_does_not_betray_who_keeps_the_name_back(world, hidden):
    ticket = file(world, world.actor(Role.RESIDENT), home=world.homes["own"], **{hidden: True}).ticket
    assert ticket.home is None
    assert ticket.building.name == "3号楼"
    assert file(world, world.actor(Role.RESIDENT), home=world.homes["own"]).ticket.home_id == world.homes["own"]


def test_the_same_key_and_content_is_the_same_ticket(world):
    by = world.actor(Role.RESIDENT)
    first, second = file(world, by, key="k"), file(world, by, key="k")
    assert (second.ticket.pk, second.code, second.earlier) == (first.ticket.pk, first.code, True)
    assert len(rows(world)) == 1


def test_the_same_key_with_other_content_is_refused(world):
    by = world.actor(Role.RESIDENT)
    file(world, by, key="k")
    with pytest.raises(KeyReused):
        file(world, by, key="k", text=TEXT + "！")
    assert len(rows(world)) == 1


def test_keys_of_two_people_have_nothing_to_do_with_each_other(world):
    first = file(world, world.actor(Role.RESIDENT), key="k")
    second = file(world, world.actor(Role.PROPERTY_STAFF), key="k")
    assert first.ticket.pk != second.ticket.pk


def test_a_refused_filing_leaves_its_key_free(world):
    by = world.actor(Role.RESIDENT)
    with pytest.raises(Refusal):
        file(world, by, key="k", text="")
    assert not file(world, by, key="k").earlier


def test_a_visitor_needs_a_session_and_gets_a_code_that_proves_the_number(world):
    inside = scope.Scope.of_places([world.area()])
    with pytest.raises(NotAllowed):
        file(world, actors.visitor(""), inside=inside)
    filed = file(world, actors.visitor("s"), inside=inside)
    assert (filed.ticket.channel, filed.ticket.reporter_id) == ("qr", None)
    assert numbers.proves(filed.code, filed.ticket.number)
    assert numbers.proves(filed.code.upper() + " ", filed.ticket.number)
    assert not numbers.proves(filed.code[:-1] + ("a" if filed.code[-1] != "a" else "b"), filed.ticket.number)
    assert numbers.street_in(filed.ticket.number) == 350582_001_000_000
    with scope.place(world.area()):
        assert TicketEvent.objects.get(ticket=filed.ticket).by_reporter


@pytest.mark.parametrize(
    ("text", "called"),
    [
        (LIFT_TRAPPED, ["119", "96333", "0595-0000000"]),
        ("三楼着火了，浓烟很大", ["119"]),
        ("有人晕倒了，叫不醒", ["120", "110"]),
        ("楼下有人持刀打架", ["110"]),
        ("电线断了掉在地上，现在还在冒火花", ["119"]),
        ("楼道里电线掉下来了，现在漏电", ["95598", "0595-0000000"]),
        (TEXT, []),
    ],
)
def test_danger_names_whom_to_call_lifesavers_first(world, text, called):
    ticket = file(world, world.actor(Role.RESIDENT), text=text).ticket
    with scope.place(world.area()):
        assert [line.number for line in reporting.lines_for(ticket)] == called


def test_a_gas_leak_names_the_gas_company_of_the_place(world):
    from people.models import Organisation

    Organisation.objects.filter(pk=world.bureaus["GS", "own"]).update(phone="0595-96777")
    ticket = file(world, world.actor(Role.RESIDENT), text="楼道里很大的煤气味").ticket
    with scope.place(world.area()):
        lines = reporting.lines_for(ticket)
    assert [line.number for line in lines] == ["119", "0595-96777"]


def test_an_emergency_without_a_known_line_names_all_three(world):
    ticket = file(world, world.actor(Role.RESIDENT)).ticket
    ticket.emergency = True
    with scope.place(world.area()):
        assert [line.number for line in reporting.lines_for(ticket)] == ["119", "120", "110"]
