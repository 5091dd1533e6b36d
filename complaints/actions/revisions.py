"""After a county published a calendar: what still runs is judged by it. The row says by which calendar it goes."""

import logging

from django.db import transaction
from django.db.models import Max

from complaints.actions import telling, timing
from complaints.models import Ticket
from complaints.states import OPEN, EventKind
from people import actors
from people.models import OfficeCalendar
from tenancy import areas, scope

logger = logging.getLogger(__name__)


def revise_due(most: int) -> int:
    """Judge open tickets by their county's newest calendar; returns how many. Doing it twice changes nothing."""
    done = 0
    for county, key in OfficeCalendar.objects.values_list("area").annotate(key=Max("pk")):
        low, high = areas.subtree(county)
        with scope.everything(reason="find what goes by an older calendar"):
            older = Ticket.objects.filter(state__in=sorted(OPEN), area__gte=low, area__lt=high).exclude(calendar=key)
            found = list(older.order_by("pk").values_list("pk", "area")[: most - done])
        done += sum(_revise(pk, area) for pk, area in found)
    return done


def _revise(pk: int, area: int) -> bool:
    with scope.limited_to(scope.Scope(((area, area + 1),))), transaction.atomic():
        open_still = Ticket.objects.filter(pk=pk, state__in=sorted(OPEN)).select_related("compound", "lead", "reporter")
        ticket = open_still.select_for_update(of=("self",), skip_locked=True).first()
        if ticket is None:
            return False
        before = ticket.resolve_due_at
        timing.calendar_revised(ticket, by=actors.system())
        ticket.save(update_fields=timing.DUE_FIELDS)
        if ticket.resolve_due_at != before:
            telling.note(ticket, EventKind.CALENDAR_REVISED, by=actors.system(), old=ticket.state, told=False)
            once = f":{ticket.calendar}"
            telling.tell_lead(ticket, "ticket_deadlines_moved", once=once)
            telling.tell_reporter(ticket, "ticket_deadlines_moved", once=once)
        return True
