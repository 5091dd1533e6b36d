"""What higher floors show staff on the page of a ticket: they add themselves here, so that this floor need not know them."""

from collections.abc import Callable
from typing import Any

from communities.page_parts import Part
from complaints.models import Ticket
from people.actors import Actor

Context = Callable[[Actor, Ticket], dict[str, Any] | None]
_parts: dict[str, Context] = {}


def add(template: str, context: Context) -> None:
    """Show `template` on every ticket's page of the desk; `context` reads what it needs, or returns None to show nothing."""
    _parts[template] = context


def of(actor: Actor, ticket: Ticket) -> list[Part]:
    found = ((template, context(actor, ticket)) for template, context in _parts.items())
    return [Part(template, part) for template, part in found if part is not None]
