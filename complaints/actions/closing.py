"""Closing what nobody rated."""

from datetime import timedelta

from complaints.actions import tickets
from complaints.models import Ticket
from complaints.states import State
from people import actors
from tenancy import clock, scope
from tenancy.refusals import Refusal

SILENCE = timedelta(days=15)
"""How long a reporter may take to rate before the system closes (own rule; reporters are asked when it is answered)."""
MOST = 500


def close_answered() -> int:
    """Close tickets resolved or rated more than SILENCE ago; returns how many. Doing it twice changes nothing."""
    with scope.everything(reason="find answered tickets that nobody rated"):
        before = clock.now() - SILENCE
        waiting = list(
            Ticket.objects.filter(state__in=[State.RESOLVED, State.RATED], resolved_at__lt=before)
            .order_by("resolved_at")
            .values_list("number", "version", "area")[:MOST]
        )
    closed = 0
    for number, version, area in waiting:
        with scope.limited_to(scope.Scope(((area, area + 1),))):
            try:
                tickets.close(number, by=actors.system(), version=version)
                closed += 1
            except Refusal:
                continue  # somebody rated or reopened it in between
    return closed
