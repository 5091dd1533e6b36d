"""Callers of the demo who report what is being worked on already: their reports are merged with it."""

from collections.abc import Callable, Iterator

from django.db import transaction

from complaints.actions import filing, merging
from complaints.models import FilingKey, Merger, Ticket
from complaints.states import FROM, Channel, State
from config.demo_data.world import Say
from people import actors
from people.actors import Actor
from people.queries import holders
from people.roles import Role
from tenancy import scope

KEY = "demo-again:"
COMPOUNDS, EACH = 6, 2


def merge_all(say: Say, wait: Callable[[Say], None]) -> None:
    """Two more reports of a public matter in each of six compounds. Twice is once."""
    with scope.everything(reason="the demo's merged reports"):
        if Merger.objects.exists():
            return
        mains = list(_mains())
        with transaction.atomic():
            for main in mains:
                for turn in range(EACH):
                    _report(main, turn)
    wait(say)
    merged = 0
    for main in mains:
        with transaction.atomic(), scope.place(main.area):
            for used in FilingKey.objects.filter(key__startswith=f"{KEY}{main.number}:").select_related("ticket").order_by("pk"):
                row = used.ticket
                assert row is not None
                if row.state in FROM["merge"]:
                    merging.merge(row.number, by=_clerk(main.area), version=row.version, into=main.number)
                    merged += 1
    say(f"reports merged: {merged}")


def _mains() -> Iterator[Ticket]:
    seen: set[int] = set()
    for row in Ticket.objects.filter(public=True, state=State.ACCEPTED).select_related("leaf", "building").order_by("pk"):
        if row.area not in seen and len(seen) < COMPOUNDS:
            seen.add(row.area)
            yield row


def _report(main: Ticket, turn: int) -> None:
    assert main.leaf is not None
    where = main.building.name if main.building else "小区内"
    said = ("我也要反映", "邻居让我再打一次电话")[turn]
    wanted = filing.Filing(
        compound=main.area,
        text=f"{where}{main.leaf.name}，{said}，什么时候能好",
        channel=Channel.PHONE,
        building=main.building_id,
        reporter_name=f"来电居民{'甲乙'[turn]}",
        reporter_phone="10000009999",
    )
    filing.file(wanted, by=_clerk(main.area), key=f"{KEY}{main.number}:{turn}")


def _clerk(area: int) -> Actor:
    return actors.of_user(holders([Role.STREET_CLERK], area)[0])
