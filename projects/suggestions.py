"""Hot spots (热点): what a compound complained of in the last 90 days, by matter, with the numbers behind each."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import QuerySet

from complaints.models import Ticket
from complaints.queries import visible_to as tickets_visible_to
from complaints.states import UNANSWERED, State
from people.actors import Actor
from projects.models import Matter, Origin
from projects.queries import FEWEST_TICKETS, HOT_DAYS, matter_of_leaf
from projects.states import OriginKind

LEFT_OUT = frozenset({State.CANCELLED, State.REFUSED})
MOST_SHOWN = 8


@dataclass
class HotSpot:
    """One matter in one compound: how many complaints, how many are open, how many badly rated, and which."""

    matter: Matter
    tickets: list[Ticket] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.tickets)

    @property
    def open(self) -> int:
        return sum(ticket.state in UNANSWERED for ticket in self.tickets)

    @property
    def unsatisfied(self) -> int:
        return sum(ticket.satisfied is False for ticket in self.tickets)

    @property
    def weight(self) -> tuple[int, int, int]:
        """Most complaints first, then the open ones, then the badly rated (own)."""
        return self.count, self.open, self.unsatisfied


def recent(actor: Actor, area: int, today: date) -> QuerySet[Ticket]:
    """The compound's complaints of the last 90 days that this actor may see, and that grew into no project yet."""
    taken = Origin.objects.filter(area=area, kind=OriginKind.TICKET).values("ticket")
    return (
        tickets_visible_to(actor)
        .filter(area=area, filed_at__date__gt=today - timedelta(days=HOT_DAYS), restricted=False)
        .exclude(state__in=sorted(LEFT_OUT))
        .exclude(pk__in=taken)
        .select_related("leaf")
        .order_by("-pk")
    )


def hot_spots(actor: Actor, area: int, today: date) -> list[HotSpot]:
    """Matters with at least two such complaints, the hottest first."""
    matters, found = matter_of_leaf(), dict[str, HotSpot]()
    for ticket in recent(actor, area, today):
        matter = matters.get(ticket.leaf_id or "")
        if matter is not None:
            found.setdefault(matter.code, HotSpot(matter)).tickets.append(ticket)
    spots = [spot for spot in found.values() if spot.count >= FEWEST_TICKETS]
    return sorted(spots, key=lambda spot: spot.weight, reverse=True)[:MOST_SHOWN]
