"""Routing: what a worker does with a ticket in state `submitted`. The row is the job; doing it twice changes nothing."""

import logging
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from complaints import deadlines, learned, rulebook, ruling
from complaints.actions import learning, rule_assists, rule_sets, telling, timing
from complaints.catalogue import Catalogue
from complaints.learned import Unreadable
from complaints.models import Leaf, Ticket
from complaints.queries import for_work
from complaints.rulebook import Failure
from complaints.states import EventKind, State
from people import actors
from people.actors import Actor
from people.models import Organisation
from tenancy import clock, scope

logger = logging.getLogger(__name__)

MOST_TRIES = 8
FIRST_LEASE = timedelta(seconds=20)
LONGEST_LEASE = timedelta(minutes=10)

# One statement claims the rows and says for how long: the tries are counted before the work, so that a text that kills
# its worker is set aside after MOST_TRIES like any other failure. Emergencies first, then the oldest. The rows are chosen
# in a MATERIALIZED query: a plain subquery may be run once for each row it is compared with, and then claims more than asked.
CLAIM = """
WITH chosen AS MATERIALIZED (
  SELECT id FROM complaints_ticket
   WHERE state = 'submitted' AND route_after <= statement_timestamp() {only}
   ORDER BY emergency DESC, id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
UPDATE complaints_ticket ticket SET route_tries = route_tries + 1,
       route_after = statement_timestamp() + LEAST(%(first)s * power(2, LEAST(route_tries, 10)), %(longest)s)
  FROM chosen WHERE ticket.id = chosen.id
RETURNING ticket.id, area, route_tries, emergency
"""
ONLY_ONE = "AND id = %(id)s"
NEVER_TRIED = "AND route_tries = 0"
TRIED = "AND route_tries > 0"


def _claim(only: str, **values: int) -> list[tuple[int, int, int]]:
    with connection.cursor() as cursor:
        leases: dict[str, Any] = {"first": FIRST_LEASE, "longest": LONGEST_LEASE}
        cursor.execute(CLAIM.format(only=only), {**leases, **values})
        rows = cursor.fetchall()
    rows.sort(key=lambda row: (not row[3], row[0]))
    return [(ticket_id, area, tries) for ticket_id, area, tries, _ in rows]


def claim_fresh(most: int) -> list[tuple[int, int, int]]:
    """Claim tickets whose bell was lost and that nobody has tried yet: (id, area, tries), emergencies first."""
    with scope.everything(reason="find tickets that wait for routing"):
        return _claim(NEVER_TRIED, most=most)


def claim_tried() -> list[tuple[int, int, int]]:
    """Claim one ticket that was tried before, or none. Alone: if its text kills its worker, no other ticket pays for it."""
    with scope.everything(reason="find a ticket whose routing did not finish"):
        return _claim(TRIED, most=1)


def claim(ticket_id: int, area: int) -> tuple[int, int, int] | None:
    """Claim one ticket; None when it needs no routing or another worker has it. Commits at once."""
    with scope.limited_to(scope.Scope(((area, area + 1),))):
        rows = _claim(ONLY_ONE, id=ticket_id, most=1)
    return rows[0] if rows else None


def route_claimed(ticket_id: int, area: int, tries: int) -> State | None:
    """Decide where a claimed ticket goes and send it there; any failure sends it to triage with the reason.

    Returns the new state, or None when there was nothing left to do.
    """
    failures: list[Failure] = []
    unreadable: list[Unreadable] = []
    try:
        return _route_claimed(ticket_id, area, tries, failures, unreadable)
    finally:
        for failure in failures:
            _set_aside(failure)
        for found in unreadable:
            _note_unreadable(found)


def _set_aside(failure: Failure) -> None:
    """In a transaction of its own, once the ticket is through: the rule must not fail the next one, whatever became of this."""
    try:
        rule_sets.set_aside(failure.rule, problem=failure.problem)
    except Exception:
        logger.exception("rule %s failed and could not be set aside", failure.rule)


def _note_unreadable(found: Unreadable) -> None:
    try:
        learning.note_unreadable(found)
    except Exception:
        logger.exception("model version %s cannot be read, and that could not be noted", found.id)


def _route_claimed(ticket_id: int, area: int, tries: int, failures: list[Failure], unreadable: list[Unreadable]) -> State | None:
    with scope.limited_to(scope.Scope(((area, area + 1),))):
        if tries > MOST_TRIES:
            return _to_triage(ticket_id, "gave_up", {"source": "none", "reason": "gave_up"})
        try:
            with transaction.atomic():
                return _route(ticket_id, failures, unreadable)
        except Exception as problem:
            logger.exception("routing of ticket %s failed", ticket_id)
            return _to_triage(ticket_id, "error", {"source": "none", "reason": "error", "error": type(problem).__name__})


def _route(ticket_id: int, failures: list[Failure], unreadable: list[Unreadable]) -> State | None:
    ticket = for_work(ticket_id)
    if ticket is None or ticket.state != State.SUBMITTED:
        return None
    book = rulebook.in_force(ticket.area, failures=failures)
    model = learned.in_use(Catalogue.load(), unreadable)
    decision = ruling.decide(ticket, book, on=timezone.localdate(), model=model)
    ticket.leaf = Leaf.objects.get(pk=decision.leaf) if decision.leaf else None
    ticket.emergency = ticket.emergency or decision.emergency
    ticket.restricted = decision.confidential
    if decision.organisation is None:
        return _triage(ticket, decision.reason, decision.why)
    ticket.why_here = decision.why
    send_to(ticket, decision.organisation, by=actors.system(), urgency=decision.urgency)
    ticket.state, old = State.DISPATCHED, ticket.state
    ticket.version += 1
    ticket.save(update_fields=[*SENT_FIELDS, "leaf", "emergency", "why_here", "state", "version"])
    telling.note(ticket, EventKind.ROUTED, by=actors.system(), old=old, facts={"lead": ticket.lead_id, "leaf": decision.leaf})
    telling.tell_lead(ticket, "ticket_dispatched")
    telling.tell_reporter(ticket, "ticket_told_dispatched")
    rule_assists.ask(ticket, decision)
    return State.DISPATCHED


SENT_FIELDS = ["lead", "urgency", "restricted", "confidential", "public", "dispatched_at", *timing.DUE_FIELDS]


def send_to(ticket: Ticket, organisation: Organisation, *, by: Actor, urgency: str = "") -> None:
    """Set lead and urgency on the row and start the lead's clocks (not saved). Also used when a person dispatches.

    `urgency` is the level that a rule gives; an emergency stays one.
    """
    ticket.lead = organisation
    ticket.urgency_id = urgency_of(ticket) if ticket.emergency or not urgency else urgency
    ticket.restricted = bool(ticket.leaf and ticket.leaf.confidential)
    ticket.confidential = ticket.confidential or ticket.restricted
    ticket.public = ticket.public and not ticket.confidential
    ticket.dispatched_at = clock.now()
    timing.sent(ticket, by=by)


def urgency_of(ticket: Ticket) -> str:
    """The level of a ticket that a person has sorted, from its kind, its emergency and the rule that once sent it."""
    kind = ticket.leaf.urgency_id if ticket.leaf else "U4"
    return deadlines.level_of(kind, emergency=ticket.emergency, raised=ticket.why_here.get("urgency", ""))


def _to_triage(ticket_id: int, reason: str, why: dict[str, object]) -> State | None:
    with transaction.atomic():
        ticket = for_work(ticket_id)
        if ticket is None or ticket.state != State.SUBMITTED:
            return None
        return _triage(ticket, reason, why)


def _triage(ticket: Ticket, reason: str, why: dict[str, object]) -> State:
    ticket.state, old = State.TRIAGE, ticket.state
    ticket.version += 1
    ticket.why_here = {**why, "reason": reason}
    timing.to_sort(ticket, by=actors.system())
    ticket.save(update_fields=["state", "version", "leaf", "emergency", "restricted", "why_here", *timing.DUE_FIELDS])
    telling.note(ticket, EventKind.TRIAGED, by=actors.system(), old=old, facts={"reason": reason})
    telling.tell_street(ticket, "ticket_triage")
    return State.TRIAGE
