"""What a compound's page says of joint visits: the last ones, and what they found there."""

from typing import Any

from communities.models import Compound
from enforcement import finding_queries, visit_queries
from enforcement.finding_listing import stands
from people.actors import Actor
from tenancy import clock

MOST_SHOWN = 3


def part(actor: Actor, compound: Compound) -> dict[str, Any] | None:
    """The newest visits that the reader may know of, and how many findings are open and put right; None without any."""
    found = list(visit_queries.listed(actor).filter(area=compound.area)[:MOST_SHOWN])
    if not found:
        return None
    held, today = finding_queries.visible_to(actor).filter(area=compound.area), clock.today()
    return {
        "compound": compound,
        "visits": found,
        "open": held.filter(stands("open", today)).count(),
        "right": held.filter(stands("right", today)).count(),
    }
