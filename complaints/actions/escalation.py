"""Reminders before a deadline and escalation after it: the row says when, the sweep says it, each step once."""

import logging
from datetime import timedelta

from django.db import models, transaction

from complaints import deadlines
from complaints.actions import talks, telling
from complaints.actions.timing import DUE_FIELDS, Ledger
from complaints.clocks import Clock, Step
from complaints.models import Alarm, Assist, Ticket
from complaints.states import FINAL, AssistState, EventKind
from people import actors
from people.models import Organisation, User
from people.queries import holders
from people.roles import OF_AN_ORGANISATION, STREET, Role
from tenancy import clock as database_clock
from tenancy import scope

logger = logging.getLogger(__name__)

KINDS = {
    Step.WARNING: (EventKind.REMINDED, "ticket_warned"),
    Step.LATE: (EventKind.OVERDUE, "ticket_late"),
    Step.STREET: (EventKind.ESCALATED, "ticket_escalated"),
    Step.COUNTY: (EventKind.ESCALATED, "ticket_escalated"),
}
PUT_OFF = timedelta(minutes=10)
IN_CHARGE = (Role.DEPARTMENT_LEAD, Role.PROPERTY_MANAGER)
COUNTY = (Role.SUPERVISOR, Role.COUNTY_CLERK)


def raise_due(most: int) -> int:
    """Raise the alarms that are due, the longest overdue first, whoever has the ticket or nobody; returns for how many rows.

    Doing it twice, or in two workers at once, says nothing twice.
    """
    with scope.everything(reason="find what runs late"):
        now = database_clock.now()
        found: list[tuple[type[Ticket] | type[Assist], int, int]] = []
        for model in (Ticket, Assist):
            rows = model.objects.filter(alarm_at__lte=now).order_by("alarm_at").values_list("pk", "area")[:most]
            found += [(model, pk, area) for pk, area in rows]
    return sum(_raise_or_put_off(model, pk, area) for model, pk, area in found[:most])


def _raise_or_put_off(model: type[Ticket] | type[Assist], pk: int, area: int) -> bool:
    """One that fails is put off and logged, so that it does not hold up those behind it."""
    try:
        return _raise(model, pk, area)
    except Exception:
        logger.exception("alarm of %s %s failed", model.__name__, pk)
        with scope.limited_to(scope.Scope(((area, area + 1),))):
            model.objects.filter(pk=pk).update(alarm_at=database_clock.now() + PUT_OFF)
        return False


def _raise(model: type[Ticket] | type[Assist], pk: int, area: int) -> bool:
    with scope.limited_to(scope.Scope(((area, area + 1),))), transaction.atomic():
        due_now = model.objects.filter(pk=pk, alarm_at__lte=database_clock.now())
        row = due_now.select_for_update(of=("self",), skip_locked=True).first()
        if row is None:
            return False
        assist = row if isinstance(row, Assist) else None
        ticket = Ticket.objects.select_related("compound", "lead", "accepted_by").get(pk=row.ticket_id if assist else row.pk)
        ledger = Ledger(ticket, by=actors.system(), assist=assist)
        if assist is None and _waited_long_enough(ledger):
            talks.resume(ticket.number, by=actors.system(), version=ticket.version)
            return True
        if assist is not None and (ticket.state in FINAL or assist.state != AssistState.OPEN):
            Assist.objects.filter(pk=pk).update(alarm_at=None)  # nobody waits for it any more
            return True
        due = [alarm for alarm in ledger.to_say(ledger.replay()) if alarm[3] <= ledger.at]
        Alarm.objects.bulk_create(
            Alarm(area=area, ticket=ticket, assist=assist, clock=clock, step=step, due_at=by, raised_at=ledger.at)
            for clock, step, by, _at in due
        )
        highest = {clock: step for clock, step, _by, _at in sorted(due, key=lambda alarm: alarm[1])}
        for clock, step in highest.items():
            _say(ticket, assist, clock, step)
        ledger.write()
        if assist:
            assist.save(update_fields=["resolve_due_at", "alarm_at"])
        else:
            ticket.save(update_fields=DUE_FIELDS)
        return bool(due)


def _waited_long_enough(ledger: Ledger) -> bool:
    """Has the reporter been asked for as long as may be? Other clocks of the ticket may be due before that."""
    resolve = ledger.replay().clocks.get(Clock.RESOLVE)
    if resolve is None or resolve.paused_at is None:
        return False
    return deadlines.LONGEST_WAIT.after(resolve.paused_at, resolve.calendar) <= ledger.at


def _say(ticket: Ticket, assist: Assist | None, clock: Clock, step: Step) -> None:
    kind, notice = KINDS[step]
    facts = {"clock": clock.value, "step": int(step), **({"assist": assist.organisation_id} if assist else {})}
    telling.note(ticket, kind, by=actors.system(), old=ticket.state, told=False, facts=facts, text=f"{clock.value}:{int(step)}")
    once = f":{clock}:{int(step)}:{assist.pk if assist else ''}"
    telling.tell(_hearers(ticket, assist, clock, step), notice, ticket, once=once, clock=clock.value)


def _hearers(ticket: Ticket, assist: Assist | None, clock: Clock, step: Step) -> "models.QuerySet[User]":
    """The one who has it, then whoever leads there, then the street's leader, then the county's supervision."""
    organisation: Organisation | None = assist.organisation if assist else ticket.lead
    if step == Step.COUNTY:
        return holders(COUNTY, ticket.area)
    if step == Step.STREET:
        return holders([Role.STREET_LEADER], ticket.area)
    if clock == Clock.SORT or organisation is None:
        return holders(STREET, ticket.area)
    if step == Step.LATE:
        return holders(IN_CHARGE, ticket.area, organisation=organisation)
    return holders(OF_AN_ORGANISATION, ticket.area, organisation=organisation)
