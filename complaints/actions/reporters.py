"""Looking for tickets by who filed them. It says who somebody is, so it counts as looking up the reporter of each one found."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from complaints import indexing, queries
from complaints.actions import telling
from complaints.models import Ticket
from complaints.permissions import may_reveal
from complaints.search_permissions import may_look_up_reporters
from complaints.states import EventKind
from people.actors import Actor
from people.roles import OF_AN_ORGANISATION
from tenancy.refusals import NotAllowed, Refusal
from tenancy.text import clean

MOST = 20
"""Tickets that one look gives (own); each is recorded."""
MOST_CANDIDATES = 200
FEWEST_DIGITS, SHORTEST_NAME = 7, 2


@transaction.atomic
def find(typed: str, *, by: Actor) -> list[Ticket]:
    """The newest tickets of this very name or phone number whose reporter `by` may look up; their words are shown in full.

    Recorded with what was looked for, masked, and on each ticket as a look at its reporter. Raises Refusal (field `who`),
    NotAllowed.
    """
    if not may_look_up_reporters(by):
        raise NotAllowed(_("Only an organisation that handles complaints looks for who filed them."))
    who = clean(typed, field="who", longest=60)
    digits, name = indexing.digits_of(who), "".join(indexing.runs(who))
    by_phone = len(digits) >= FEWEST_DIGITS and digits == name
    if not by_phone and (len(name) < SHORTEST_NAME or name == digits):
        raise Refusal(_("Give the whole name or the whole phone number."), field="who")
    wanted = indexing.phone_key(digits) if by_phone else indexing.name_key(name)
    ids = indexing.lookup([wanted], by, before=2**62, most=MOST_CANDIDATES)
    seen = queries.marked(by, queries.visible_to(by)).filter(pk__in=ids).order_by("-pk")
    found = [
        row
        for row in seen.select_related("compound", "building", "home", "leaf", "lead")
        if may_reveal(by, row) and _is(row, digits if by_phone else "", name)
    ][:MOST]
    for row in found:
        telling.note(row, EventKind.REVEALED, by=by, old=row.state, told=False)
        row.looked_up = True  # type: ignore[attr-defined]  # read by queries.reads_in_full, for this one answer
    area = next(post.area for post in by.posts if post.role in OF_AN_ORGANISATION)
    sought = queries.mask_phone(digits) if by_phone else who[:1] + "*" * (len(who) - 1)
    facts = {"sought": sought, "found": [row.number for row in found]}
    audit.record("tickets", "tickets.sought_by_reporter", by=by, area=area, after=facts)
    return found


def _is(row: Ticket, digits: str, name: str) -> bool:
    if digits:
        return indexing.digits_of(row.reporter_phone) == digits
    return "".join(indexing.runs(row.reporter_name)) == name
