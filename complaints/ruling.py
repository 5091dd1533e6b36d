"""What a rule's outcome comes to for one ticket: rules first, and without one that matches the catalogue as before."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from complaints import catalogue, classify, routing
from complaints.learning.texts import CONFIDENTIAL
from complaints.models import Ticket
from complaints.routing import Decision, Responsible
from complaints.rulebook import Book, Hit, RuleFailed
from people.models import Organisation
from tenancy import areas

if TYPE_CHECKING:
    from complaints.learning.model import Model


def decide(ticket: Ticket, book: Book, *, on: date, model: "Model | None" = None) -> Decision:
    """Where a ticket goes. The first rule that matches and can be carried out decides; one that fails is passed over."""
    return routing.decide(ticket.text, ticket.area, on=on, first=lambda found: by_rules(ticket, found, book, on=on), model=model)


def without_rules(ticket: Ticket, *, on: date, model: "Model | None" = None) -> Decision:
    """What is decided when no rule is asked."""
    return routing.decide(ticket.text, ticket.area, on=on, model=model)


def by_rules(ticket: Ticket, found: classify.Decision, book: Book, *, on: date) -> Decision | None:
    """What the rules say; None when none does. Failures go to the book."""
    if not book.sets or beyond_rules(found):
        return None
    deciding = first(ticket, found, book, on=on)
    return deciding[1] if deciding else None


def first(ticket: Ticket, found: classify.Decision, book: Book, *, on: date) -> tuple[Hit, Decision] | None:
    """The rule that decides and what it comes to, passing over rules that fail; each in a savepoint of its own."""
    for hit in book.hits(ticket, leaf=found.leaf, emergency=ticket.emergency or found.emergency):
        try:
            with transaction.atomic():
                return hit, carried_out(hit, found, ticket.area, on=on)
        except Exception as problem:  # whatever one rule suffers from, the ticket goes on
            book.failed(hit, problem)
    return None


def beyond_rules(found: classify.Decision) -> bool:
    """A complaint about an official goes where the catalogue says (own rule): no street's rule may send it to those concerned.

    Also one that only might be one, and that the text does not make clear.
    """
    if found.action == CONFIDENTIAL:
        return True
    known = {leaf.code for leaf in catalogue.Catalogue.load().leaves if leaf.confidential}
    thought_of = [found.leaf] if found.automatic else [found.leaf, *(code for code, _score in found.alternatives)]
    return not known.isdisjoint(thought_of)


def carried_out(hit: Hit, found: classify.Decision, area: int, *, on: date) -> Decision:
    """The decision that a rule comes to. Raises RuleFailed when it cannot be carried out (any more)."""
    known, said = catalogue.Catalogue.load(), hit.rule.outcome
    leaf, sure = said.leaf or found.leaf, bool(said.leaf) or found.automatic
    if said.organisation is not None:
        who = _named(said.organisation, area)
    elif said.kind:
        who = routing.responsible(said.kind, area, on=on)
    elif leaf and sure:
        who = routing.responsible(known.leaf(leaf).lead, area, on=on)
    else:
        who = Responsible(None, reason="unsure")
    why = {
        **hit.why(),
        "leaf": leaf,
        "action": found.action,
        "also": [code for code in found.also if code != leaf],
        "alternatives": [[code, round(score, 3)] for code, score in found.alternatives[:3]],
        "record": who.record,
        "reason": who.reason,
        **({"urgency": said.urgency} if said.urgency else {}),
    }
    emergency = found.emergency or bool(leaf and sure and known.leaf(leaf).emergency)
    assists: Sequence[str] = said.assists
    return Decision(leaf, who.organisation, emergency, who.reason, why, urgency=said.urgency, assists=tuple(assists))


def _named(organisation: int, area: int) -> Responsible:
    found = Organisation.objects.filter(pk=organisation).first()
    if found is None or not found.active:
        raise RuleFailed("the organisation is no longer there")
    if found.area not in areas.lineage(area):
        raise RuleFailed("the organisation does not answer for this place")
    return Responsible(found, {"kind": "organisation", "id": found.pk, "place": found.area, "name": found.name})
