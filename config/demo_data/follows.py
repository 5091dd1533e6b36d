"""Open matters of everybody that the demo's streets made public, and the neighbours who follow them."""

from django.db import transaction
from django.db.models import QuerySet

from complaints.actions import following, publishing
from complaints.models import Follow, Ticket
from complaints.states import State
from config.demo_data.places import compounds
from config.demo_data.world import Say
from people import actors
from people.queries import holders
from people.roles import Role
from tenancy import scope

MOST_HERE = 2
SHARED = ("02", "03", "04", "06", "07", "09")
"""Categories of the catalogue that concern everybody in a compound: lifts, mains, shared parts, parking, safety (own)."""


def follow_all(say: Say) -> None:
    """Up to two in every compound; whoever else lives there follows them. Twice is once."""
    made = followed = 0
    with transaction.atomic(), scope.everything(reason="the demo's followers"):
        if Follow.objects.exists():
            return
        for *_places, compound in compounds():
            for row in _shared(compound.code):
                made += 1
                followed += _public(row)
    if made:
        say(f"public tickets: {made}, followed {followed} times")


def _shared(area: int) -> QuerySet[Ticket]:
    rows = Ticket.objects.filter(area=area, state__in=[State.DISPATCHED, State.ACCEPTED], emergency=False, parent=None)
    kept_back = {"anonymous": False, "confidential": False, "restricted": False, "public": False}
    found: QuerySet[Ticket] = rows.filter(**kept_back, leaf__category__in=SHARED).select_related("leaf", "building", "lead")
    return found.order_by("pk")[:MOST_HERE]


def _public(row: Ticket) -> int:
    clerk = actors.of_user(holders([Role.STREET_CLERK], row.area)[0])
    assert row.leaf is not None
    assert row.lead is not None
    words = f"{row.building.name if row.building else '小区内'}：{row.leaf.name}，{row.lead.name}正在办理（示例）"
    publishing.publish(row.number, by=clerk, version=row.version, text=words)
    neighbours = [user for user in holders([Role.RESIDENT], row.area) if user.pk != row.reporter_id]
    for user in neighbours:
        following.follow(row.number, by=actors.of_user(user))
    return len(neighbours)
