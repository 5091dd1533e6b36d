"""Knowledge notes, made through the action."""

from datetime import date
from typing import Any

from complaints.actions import notes
from complaints.models import KnowledgeNote
from complaints.note_checks import Content
from people.roles import Role
from tenancy import areas
from tests.factories.world import World, mark

STREET, COUNTY = areas.Level.STREET, areas.Level.COUNTY


def content(name: str = "维修资金", *, place: str = "own", **said: Any) -> Content:
    """A note on the maintenance fund."""
    words = ("维修资金", "维修基金")
    kept: dict[str, Any] = {
        "way": "consult_reply",
        "words": words,
        "text": f"请到社区办理{mark(place)}",
        "review_on": date(2030, 1, 1),
    }
    return Content(name + mark(place), **{**kept, **said})


def note(world: World, name: str = "维修资金", *, place: str = "own", by: Role = Role.STREET_CLERK, **said: Any) -> KnowledgeNote:
    """A note of the street's clerk, or of the county's desk."""
    level = COUNTY if by == Role.COUNTY_CLERK else STREET
    area = areas.ancestor(world.area(place), level)
    return notes.write(area=area, content=content(name, place=place, **said), by=world.actor(by, place))
