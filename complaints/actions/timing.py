"""Writes the ledger of a ticket's clocks, and copies what it comes to onto the ticket's row.

Every step that changes whose turn it is, or how long something may take, calls one of these in its own transaction, before
the ticket is saved with `DUE_FIELDS`. The lines are the truth, `complaints.clocks` says what they come to.
"""

from collections.abc import Iterable
from datetime import datetime

from complaints import catalogue, clocks, deadlines
from complaints.clocks import Allowance, Clock, Mark, Party, Replay, Step, Unit
from complaints.models import Alarm, Assist, ClockLine, Ticket
from people import queries as people
from people.actors import Actor
from tenancy import clock as database_clock

DUE_FIELDS = [
    "calendar",
    "sort_due_at",
    "accept_due_at",
    "contact_due_at",
    "onsite_due_at",
    "resolve_due_at",
    "paused_at",
    "alarm_at",
]
ASSIST_DUE_FIELDS = ["resolve_due_at", "alarm_at"]
LEADS = (Clock.ACCEPT, Clock.CONTACT, Clock.ONSITE, Clock.RESOLVE)
"""The clocks of whoever leads."""


class Ledger:
    """The ledger of one ticket (or of one assist), open for writing. `write` ends it."""

    def __init__(self, ticket: Ticket, *, by: Actor, assist: Assist | None = None, fresh: bool = False) -> None:
        self.ticket, self.by, self.assist = ticket, by, assist
        self.lines: list[ClockLine] = [] if fresh else list(lines_of(ticket, assist))
        self.calendar, _usual = people.calendar_of(ticket.area)
        self.at = max([database_clock.now(), *(line.at for line in self.lines[-1:])])
        """Never before the last line: who waited for the ticket's lock began before whoever held it."""
        self._added: list[ClockLine] = []

    def add(
        self,
        clock: Clock,
        mark: Mark,
        *,
        allowed: Allowance | None = None,
        party: Party | None = None,
        organisation: int | None = None,
        reason: str = "",
    ) -> None:
        """Append a line, at the moment of this transaction."""
        line = ClockLine(
            area=self.ticket.area,
            ticket=self.ticket,
            assist=self.assist,
            clock=clock,
            mark=mark,
            at=self.at,
            by_id=self.by.id,
            party=party or "",
            organisation_id=organisation,
            amount=allowed.amount if allowed else None,
            unit=allowed.unit if allowed else "",
            calendar=self.calendar if mark in {Mark.START, Mark.CALENDAR, Mark.HAND_OVER} else 0,
            reason=reason,
        )
        self.lines.append(line)
        self._added.append(line)

    def turn(self, party: Party, organisation: int | None = None) -> None:
        """From now on the time is charged to this party."""
        self.add(Clock.TURN, Mark.HAND_OVER, party=party, organisation=organisation)

    def start(self, allowed: dict[Clock, Allowance]) -> None:
        """Start these clocks anew."""
        for clock, allowance in allowed.items():
            self.add(clock, Mark.START, allowed=allowance)

    def stop(self, *which: Clock) -> None:
        """Stop those of these clocks that have not stopped."""
        known = self.replay().clocks
        for clock in which:
            if clock in known and known[clock].stopped_at is None:
                self.add(clock, Mark.STOP)

    def replay(self) -> Replay:
        calendars = people.calendars({line.calendar for line in self.lines})
        return clocks.replay([line.line() for line in self.lines], calendars, until=self.at)

    def write(self) -> None:
        """Store the new lines and copy what they come to onto the row (not saved)."""
        ClockLine.objects.bulk_create(self._added)
        self._added = []
        found = self.replay()
        row: Ticket | Assist = self.assist or self.ticket
        row.resolve_due_at = found.due(Clock.RESOLVE)
        resolve = found.clocks.get(Clock.RESOLVE)
        if self.assist is None:
            ticket = self.ticket
            ticket.calendar = min(self.calendars_in_use(found), default=self.calendar)
            ticket.sort_due_at, ticket.accept_due_at = found.due(Clock.SORT), found.due(Clock.ACCEPT)
            ticket.contact_due_at, ticket.onsite_due_at = found.due(Clock.CONTACT), found.due(Clock.ONSITE)
            ticket.paused_at = resolve.paused_at if resolve else None
        moments = [at for _clock, _step, _due, at in self.to_say(found)]
        if resolve and resolve.paused_at:
            moments.append(deadlines.LONGEST_WAIT.after(resolve.paused_at, resolve.calendar))
        row.alarm_at = min(moments, default=None)

    def calendars_in_use(self, found: Replay) -> set[int]:
        """The calendars that clocks which have not stopped go by."""
        latest = {line.clock: line.calendar for line in self.lines if line.mark in {Mark.START, Mark.CALENDAR}}
        return {latest[clock] for clock, standing in found.clocks.items() if standing.stopped_at is None}

    def to_say(self, found: Replay) -> list[tuple[Clock, Step, datetime, datetime]]:
        """Alarms of clocks that run and were not raised yet: (clock, step, deadline, when)."""
        coming = [
            (clock, step, standing.measured_by, at)
            for clock, standing in found.clocks.items()
            for step, at in deadlines.alarms(standing)
        ]
        if all(at > self.at for *_alarm, at in coming):
            return coming
        raised = set(Alarm.objects.filter(ticket=self.ticket, assist=self.assist).values_list("clock", "step", "due_at"))
        return [alarm for alarm in coming if alarm[:3] not in raised]


def lines_of(ticket: Ticket, assist: Assist | None = None) -> Iterable[ClockLine]:
    return ClockLine.objects.filter(ticket=ticket, assist=assist).order_by("pk")


def _urgency(ticket: Ticket) -> catalogue.Urgency:
    return catalogue.Catalogue.load().urgency(ticket.urgency_id or "U4")


def filed(ticket: Ticket, *, by: Actor) -> None:
    """It waits to be sorted: by the system first, within seconds, else by the street."""
    ledger = Ledger(ticket, by=by, fresh=True)
    ledger.turn(Party.SYSTEM)
    ledger.start({Clock.SORT: deadlines.sorting(emergency=ticket.emergency)})
    ledger.write()


def to_sort(ticket: Ticket, *, by: Actor, party: Party = Party.STREET) -> None:
    """A person must say where it goes: the street, or the county desk after a second return. Nobody else's clock runs."""
    ledger = Ledger(ticket, by=by)
    ledger.stop(*LEADS)
    ledger.turn(party)
    sort = ledger.replay().clocks.get(Clock.SORT)
    if sort is None or sort.stopped_at is not None:
        ledger.start({Clock.SORT: deadlines.sorting(emergency=ticket.emergency)})
    ledger.write()


def sent(ticket: Ticket, *, by: Actor) -> None:
    """The lead's clocks start, all anew: what went before was others' time."""
    ledger = Ledger(ticket, by=by)
    ledger.stop(Clock.SORT, *LEADS)
    ledger.turn(Party.LEAD, ticket.lead_id)
    ledger.start(deadlines.allowances(_urgency(ticket)))
    ledger.write()


def reached(ticket: Ticket, *which: Clock, by: Actor) -> None:
    """Something was done in time or late: its clock stops."""
    ledger = Ledger(ticket, by=by)
    ledger.stop(*which)
    ledger.write()


def recategorised(ticket: Ticket, *, by: Actor) -> None:
    """Another kind allows another time: it counts from the same start, and no pause is lost."""
    ledger = Ledger(ticket, by=by)
    allowed = deadlines.allowances(_urgency(ticket))
    for clock, standing in ledger.replay().clocks.items():
        if standing.stopped_at is None and clock in allowed and standing.allowed != allowed[clock]:
            ledger.add(clock, Mark.BUDGET, allowed=allowed[clock])
    ledger.write()


def paused(ticket: Ticket, *, by: Actor, reason: str) -> None:
    """Waiting for the reporter: the answer's clock stands still; asking is also the first contact."""
    ledger = Ledger(ticket, by=by)
    ledger.stop(Clock.CONTACT)
    ledger.add(Clock.RESOLVE, Mark.PAUSE, reason=reason)
    ledger.turn(Party.REPORTER)
    ledger.write()


def resumed(ticket: Ticket, *, by: Actor) -> None:
    ledger = Ledger(ticket, by=by)
    ledger.add(Clock.RESOLVE, Mark.RESUME)
    ledger.turn(Party.LEAD, ticket.lead_id)
    ledger.write()


def extended(ticket: Ticket, days: int, *, by: Actor, reason: str) -> None:
    """An approved extension, in working days from the present deadline."""
    ledger = Ledger(ticket, by=by)
    ledger.add(Clock.RESOLVE, Mark.EXTEND, allowed=Allowance(days, Unit.DAYS), reason=reason)
    ledger.write()


def answered(ticket: Ticket, *, by: Actor) -> None:
    """The lead is done; from now on it is the reporter's turn to judge."""
    ledger = Ledger(ticket, by=by)
    ledger.stop(*LEADS)
    ledger.turn(Party.REPORTER)
    ledger.write()


def rated(ticket: Ticket, *, by: Actor) -> None:
    """The reporter has judged; what is left is nobody's duty."""
    ledger = Ledger(ticket, by=by)
    ledger.turn(Party.SYSTEM)
    ledger.write()


def redone(ticket: Ticket, *, by: Actor) -> None:
    """Taken up again: a new time to answer and to call, by the same lead."""
    ledger = Ledger(ticket, by=by)
    allowed = deadlines.allowances(_urgency(ticket))
    ledger.turn(Party.LEAD, ticket.lead_id)
    ledger.start({clock: allowed[clock] for clock in (Clock.CONTACT, Clock.RESOLVE)})
    ledger.write()


def taken_again(ticket: Ticket, *, by: Actor) -> None:
    """Sent once more to somebody who had accepted it: nothing is left to accept."""
    ledger = Ledger(ticket, by=by)
    ledger.stop(Clock.ACCEPT)
    ledger.write()


def ended(ticket: Ticket, *, by: Actor) -> None:
    """Nothing runs any more."""
    ledger = Ledger(ticket, by=by)
    ledger.stop(Clock.SORT, *LEADS)
    if ledger.replay().party:
        ledger.add(Clock.TURN, Mark.STOP)
    ledger.write()


def assist_asked(row: Assist, days: int, *, by: Actor) -> None:
    """Store a new assist with a clock of its own, beside the lead's; whose turn it is stays with the lead."""
    row.save(force_insert=True)
    ledger = Ledger(row.ticket, by=by, assist=row, fresh=True)
    ledger.start({Clock.RESOLVE: Allowance(days, Unit.DAYS)})
    ledger.write()
    row.save(update_fields=ASSIST_DUE_FIELDS)


def assist_over(row: Assist, *, by: Actor) -> None:
    """It gave its part, or need not any more."""
    ledger = Ledger(row.ticket, by=by, assist=row)
    ledger.stop(Clock.RESOLVE)
    ledger.write()


def calendar_revised(ticket: Ticket, *, by: Actor) -> None:
    """Judge what still runs by the county's newest calendar; nothing is added where it does so already."""
    ledger = Ledger(ticket, by=by)
    found = ledger.replay()
    if ledger.calendars_in_use(found) <= {ledger.calendar}:
        ticket.calendar = ledger.calendar
        return
    for clock, running in found.clocks.items():
        if running.stopped_at is None:
            ledger.add(clock, Mark.CALENDAR)
    ledger.write()


def standing(ticket: Ticket, *, until: datetime, assist: Assist | None = None) -> Replay:
    """How a ticket's clocks stand, for reading."""
    lines = list(lines_of(ticket, assist))
    return clocks.replay([line.line() for line in lines], people.calendars({line.calendar for line in lines}), until=until)
