"""Reads for whoever reported something: the own tickets, the public ones nearby, and whom to call in danger."""

import re
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints import classify
from complaints.catalogue import Catalogue
from complaints.models import Follow, Ticket
from complaints.queries import visible_to
from complaints.states import FINAL
from people.actors import Actor
from people.queries import narrowest
from people.roles import Role
from tenancy import areas

ENDED = Q(state__in=sorted(FINAL))


def _listed(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    shown = tickets.select_related("compound", "building", "lead").annotate(photo_count=Count("photos"))
    return shown.order_by("-pk")


def own(actor: Actor) -> QuerySet[Ticket]:
    """What this person reported, newest first."""
    return _listed(visible_to(actor).filter(reporter_id=actor.id))


def public(actor: Actor) -> QuerySet[Ticket]:
    """Public tickets of the compounds where this person lives, newest first."""
    here = Q(pk__in=[])
    for post in actor.posts:
        if post.role == Role.RESIDENT:
            low, high = areas.subtree(post.area)
            here |= Q(area__gte=low, area__lt=high)
    return _listed(visible_to(actor).filter(here, public=True))


def followed(actor: Actor) -> QuerySet[Ticket]:
    """What this person follows and can still read, newest first."""
    mine = Follow.objects.filter(user=actor.id).values("ticket")
    return public(actor).filter(pk__in=mine)


def public_in(actor: Actor, area: int) -> QuerySet[Ticket]:
    """Open public tickets of one compound, as far as this actor may see them."""
    return _listed(visible_to(actor).filter(~ENDED, area=area, public=True))


@dataclass(frozen=True)
class Line:
    """A number to call and whose it is."""

    number: str
    whose: str | Promise


NATIONAL = {
    "119": _("Fire brigade and rescue"),
    "120": _("Ambulance"),
    "110": _("Police"),
    "95598": _("Power company"),
    "96333": _("Lift rescue, where available"),
}
"""In the order in which they are shown: whoever saves lives first."""
DUTY, GAS, WATER = "物业值班", "燃气抢修", "供水抢修"


def lines_for(ticket: Ticket) -> list[Line]:
    """Whom to call for an emergency ticket, lifesavers first; empty for any other ticket.

    The lines come from the catalogue and from the danger that the words name (docs/routing.md); duty desks are looked up
    for the ticket's place. When no line is known, the three national ones (own rule: better one too many).
    """
    if not ticket.emergency:
        return []
    named = classify.emergency_line(ticket.text, Catalogue.load())
    if not named and ticket.leaf is not None:
        named = ticket.leaf.emergency_line
    digits = set(re.findall(r"\d{3,5}", named)) or {"119", "120", "110"}
    lines = [Line(number, whose) for number, whose in NATIONAL.items() if number in digits]
    if DUTY in named:
        lines.append(Line(ticket.compound.duty_phone, _("Property duty desk")))
    for words, kind in ((GAS, "GS"), (WATER, "WS")):
        company = narrowest(kind, ticket.area) if words in named else None
        if company is not None:
            lines.append(Line(company.phone, company.name))
    return [line for line in lines if line.number]
