"""Doing something as somebody of the world."""

from collections.abc import Iterator
from contextlib import contextmanager

from complaints.actions import extensions, talks
from complaints.models import ClockLine, Ticket, TicketEvent
from notices.models import Notice
from people.actors import Actor
from people.roles import Role
from tenancy import scope
from tests.factories.world import World


@contextmanager
def acting(world: World, role: Role, place: str = "own") -> Iterator[Actor]:
    """Inside the scope of this person."""
    actor = world.actor(role, place)
    with scope.limited_to(actor.scope):
        yield actor


def now_is(row: Ticket) -> Ticket:
    """The ticket as it stands, with its lead."""
    with scope.everything(reason="tests: look at the row"):
        found: Ticket = Ticket.objects.select_related("lead").get(pk=row.pk)
        return found


def told(row: Ticket, kind: str) -> set[str]:
    """The roles that were told this about the ticket."""
    with scope.everything(reason="tests: look at notices"):
        names = Notice.objects.filter(kind=kind, channel="bell", key__startswith=row.number).values_list(
            "user__username", flat=True
        )
        return {name.rsplit("_", 1)[0] for name in names}


def lines(row: Ticket) -> list[tuple[str, str]]:
    """The ledger as (clock, mark)."""
    with scope.everything(reason="tests: look at the ledger"):
        return list(ClockLine.objects.filter(ticket=row, assist=None).order_by("pk").values_list("clock", "mark"))


def last_event(row: Ticket) -> TicketEvent:
    with scope.everything(reason="tests: look at the timeline"):
        found: TicketEvent = TicketEvent.objects.filter(ticket=row).order_by("-pk")[0]
        return found


def question(world: World, row: Ticket, text: str = "哪一部电梯？") -> Ticket:
    """The firm asks the reporter."""
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        return talks.ask(row.number, by=manager, version=row.version, text=text)


def more_time(world: World, row: Ticket, days: int = 3, text: str = "备件在途") -> Ticket:
    """The firm asks for more time."""
    with acting(world, Role.PROPERTY_MANAGER) as manager:
        return extensions.ask(row.number, by=manager, version=row.version, days=days, text=text)
