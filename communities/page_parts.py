"""What higher floors show on the page of a compound: they add themselves here, so that this floor need not know them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from communities.models import Compound
from people.actors import Actor

Context = Callable[[Actor, Compound], dict[str, Any] | None]


@dataclass(frozen=True)
class Part:
    """A piece of the page: included with `part` in its context."""

    template: str
    part: dict[str, Any]


_parts: dict[str, Context] = {}


def add(template: str, context: Context) -> None:
    """Show `template` on every compound's page; `context` reads what it needs, or returns None to show nothing."""
    _parts[template] = context


def of(actor: Actor, compound: Compound) -> list[Part]:
    found = ((template, context(actor, compound)) for template, context in _parts.items())
    return [Part(template, part) for template, part in found if part is not None]
