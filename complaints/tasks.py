"""What workers do with tickets. Messages carry ids only; the row decides whether there is anything to do."""

import time
from collections.abc import Callable

from celery import shared_task

from complaints.actions import calls, closing, escalation, exchange, exports, learning, replays, revisions, routing

BATCH = 20
LONGEST_SWEEP = 20.0
"""Seconds: well before the time limit, which would strike whichever ticket is in hand; the next beat goes on."""


@shared_task(name="complaints.route")
def route(ticket_id: int, area: int) -> str:
    """Route one ticket just filed."""
    claimed = routing.claim(ticket_id, area)
    if claimed is None:
        return "nothing to do"
    return str(routing.route_claimed(*claimed))


@shared_task(name="complaints.sweep")
def sweep() -> int:
    """Route every ticket whose bell was lost, emergencies first. Several workers share the backlog."""
    routed, end = 0, time.monotonic() + LONGEST_SWEEP
    while time.monotonic() < end and (some := _route(routing.claim_fresh(BATCH)) + _route(routing.claim_tried())):
        routed += some
    return routed


def _route(claimed: list[tuple[int, int, int]]) -> int:
    for row in claimed:
        routing.route_claimed(*row)
    return len(claimed)


@shared_task(name="complaints.close_answered")
def close_answered() -> int:
    """Close tickets that were answered long ago and never rated."""
    return closing.close_answered()


@shared_task(name="complaints.call_back")
def call_back() -> int:
    """Have those called who have not rated an answer."""
    return calls.make_due()


@shared_task(name="complaints.replay")
def replay(run_id: int, area: int) -> str:
    """Go on with one replay of routing rules."""
    claimed = replays.claim(run_id)
    return str(replays.work(*claimed)) if claimed else "nothing to do"


@shared_task(name="complaints.sweep_replays")
def sweep_replays() -> str:
    """Go on with a replay whose bell was lost or whose worker died; one at a time, the next beat takes the next."""
    claimed = replays.claim()
    return str(replays.work(*claimed)) if claimed else "nothing to do"


@shared_task(name="complaints.export", soft_time_limit=240, time_limit=280)
def export(export_id: int, area: int) -> str:
    """Write one list that somebody asked for. Takes minutes at most; the broker gives a task to another worker after five."""
    claimed = exports.claim(export_id)
    return str(exports.work(*claimed)) if claimed else "nothing to do"


@shared_task(name="complaints.sweep_exports", soft_time_limit=240, time_limit=280)
def sweep_exports() -> str:
    """Delete files whose time is up; then write a list whose bell was lost or whose worker died, one at a time."""
    exports.clear()
    claimed = exports.claim()
    return str(exports.work(*claimed)) if claimed else "nothing to do"


@shared_task(name="complaints.learn", soft_time_limit=240, time_limit=280)
def learn() -> str:
    """Learn from tickets confirmed since the last time. Takes minutes; the broker gives a task to another worker after five."""
    return str(learning.learn() or "nothing to do")


@shared_task(name="complaints.escalate")
def escalate() -> int:
    """Remind before deadlines and escalate after them, the longest overdue first."""
    return _until_done(escalation.raise_due)


@shared_task(name="complaints.revise_calendars")
def revise_calendars() -> int:
    """Judge open tickets by a calendar that their county has published since."""
    return _until_done(revisions.revise_due)


def _until_done(some: Callable[[int], int]) -> int:
    """Portion after portion until nothing is left or the time is up; the next beat goes on."""
    done, end = 0, time.monotonic() + LONGEST_SWEEP
    while time.monotonic() < end and (now := some(BATCH)):
        done += now
    return done


@shared_task(name="complaints.deliver")
def deliver() -> int:
    """Tell other systems what became of the cases that they handed over; returns how many messages were taken."""
    taken, end = 0, time.monotonic() + LONGEST_SWEEP
    while time.monotonic() < end and (claimed := exchange.claim()):
        taken += exchange.deliver(*claimed)
    return taken


@shared_task(name="complaints.compare_cases")
def compare_cases() -> int:
    """Compare cases with every system that takes messages, and forget nonces that are too old to matter."""
    exchange.forget_nonces()
    return exchange.compare_all()
