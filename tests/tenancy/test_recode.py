"""Merging streets: rows go along, old codes go on working."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from complaints.models import Ticket, TicketEvent
from complaints.states import State
from enforcement.counsel_states import ReferralState
from enforcement.meeting_states import MeetingState
from people import actors
from people.actions import places
from people.models import Appointment
from people.roles import Role
from tenancy import scope
from tenancy.actions import tables_with_a_place
from tenancy.models import Area, AreaAlias
from tenancy.refusals import Refusal
from tests.factories.meetings import decision, meeting
from tests.factories.referrals import referral
from tests.factories.tickets import ticket
from tests.factories.world import World

OLD, NEW = 350582_001_000_000, 350582_009_000_000


def test_a_recoded_street_carries_everything_under_it_along(world: World) -> None:
    row = ticket(world, State.RATED)
    elsewhere = ticket(world, place="street")
    held = meeting(world, MeetingState.HELD, street=True, topics=[row.number])
    decision(world, held)
    meeting(world, MeetingState.CLOSED)
    referral(world, ReferralState.SETTLED)
    moved = places.recode(OLD, NEW, by=actors.system())
    new_area = row.area - OLD + NEW
    with scope.everything(reason="tests"), connection.cursor() as cursor:
        for table in tables_with_a_place():
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE area >= %s AND area < %s', [OLD, OLD + 10**6])
            assert cursor.fetchone()[0] == 0, table
        assert Ticket.objects.get(pk=row.pk).area == new_area
        assert set(TicketEvent.objects.filter(ticket=row.pk).values_list("area", flat=True)) == {new_area}
        assert Ticket.objects.get(pk=elsewhere.pk).area == elsewhere.area
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert moved > 20
    assert AreaAlias.objects.get(pk=row.area).new_code == new_area
    assert not Area.objects.filter(code=OLD).exists()
    assert Area.objects.get(code=NEW).name == "青阳街道"


def test_people_keep_their_posts_after_recoding(world: World) -> None:
    manager = world.user(Role.PROPERTY_MANAGER)
    places.recode(OLD, NEW, by=actors.system())
    assert Appointment.objects.get(user=manager).area == world.area() - OLD + NEW
    assert actors.of_user(manager).scope.covers(world.area() - OLD + NEW)


def test_a_code_in_use_is_refused_and_nothing_moves(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        places.recode(OLD, 350582_002_000_000, by=actors.system())
    assert refused.value.field == "new"
    assert Area.objects.filter(code=OLD).exists()


def test_the_command_says_what_is_wrong(world: World) -> None:
    with pytest.raises(CommandError, match="15-digit"):
        call_command("recode", "12", str(NEW))
