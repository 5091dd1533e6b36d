"""How long each thing may take, and who hears of it when it takes longer.

The times of the levels are reference data (`data/catalogue.json`); how they are counted is in `complaints.clocks`. No
national rule sets them for complaints of this kind: all are our own, and `docs/law.md` says what they were compared with.
"""

from collections.abc import Iterator
from datetime import datetime

from complaints.catalogue import Leaf, Urgency
from complaints.clocks import Allowance, Clock, Standing, Step, Unit, warn_at

SORTING = Allowance(60, Unit.MINUTES)
SORTING_AN_EMERGENCY = Allowance(5, Unit.WALL)
"""How long the street may take to say where a ticket goes."""

LONGEST_WAIT = Allowance(5, Unit.DAYS)
"""How long a question to the reporter may stop the clock; then the lead goes on with what there is."""

ASSIST_DAYS = 3
"""Working days that an assisting organisation has where whoever asks says nothing else."""

LADDER: dict[Unit, dict[Step, Allowance]] = {
    Unit.WALL: {Step.STREET: Allowance(15, Unit.WALL), Step.COUNTY: Allowance(30, Unit.WALL)},
    Unit.MINUTES: {Step.STREET: Allowance(240, Unit.MINUTES), Step.COUNTY: Allowance(1, Unit.DAYS)},
    Unit.DAYS: {Step.STREET: Allowance(1, Unit.DAYS), Step.COUNTY: Allowance(3, Unit.DAYS)},
}
"""How long after the deadline the next higher one hears of it, by the unit that the deadline is counted in."""


def allowances(level: Leaf | Urgency) -> dict[Clock, Allowance]:
    """What the lead is allowed, by clock. `ONSITE` is missing where nobody need come at once.

    An emergency (U1) runs on the wall clock, day and night; everything else on working minutes. The answer counts in
    working days in both cases: close of business, the day it starts not counted (民法典 201, 203; see `docs/law.md`). Pass
    the urgency rather than the leaf when a ticket is more urgent than its kind.
    """
    unit = Unit.WALL if level.clock == "wall" else Unit.MINUTES
    found = {
        Clock.ACCEPT: Allowance(level.accept_minutes, unit),
        Clock.CONTACT: Allowance(level.first_contact_minutes, unit),
        Clock.RESOLVE: Allowance(level.resolve_workdays, Unit.DAYS),
    }
    if level.onsite_minutes is not None:
        found[Clock.ONSITE] = Allowance(level.onsite_minutes, unit)
    return found


def level_of(leaf: str, *, emergency: bool, raised: str = "") -> str:
    """The level of urgency of a ticket whose kind has the level `leaf`: U1 is the most urgent.

    An emergency in the text is one whatever it is about. `raised` is the level a rule gave: a person who says later what
    the ticket is about does not take it back, but a rule that made it less urgent has had its say.
    """
    return "U1" if emergency else min(leaf, raised or leaf)


def sorting(*, emergency: bool) -> Allowance:
    """How long sorting may take."""
    return SORTING_AN_EMERGENCY if emergency else SORTING


def alarms(standing: Standing) -> Iterator[tuple[Step, datetime]]:
    """When to warn of a clock that runs, and when to escalate, in order. Empty when it stands still or has stopped."""
    due, warn = standing.due_at, warn_at(standing)
    if due is None or warn is None or not standing.running:
        return
    yield Step.WARNING, warn
    yield Step.LATE, due
    for step, later in LADDER[standing.allowed.unit].items():
        yield step, later.after(due, standing.calendar)
