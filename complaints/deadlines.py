"""When a ticket must be accepted, its filer contacted, somebody on site, and the matter resolved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from complaints.catalogue import Leaf, Urgency
from tenancy.calendar import WorkingCalendar, add_working_days, add_working_minutes


@dataclass(frozen=True, slots=True)
class Due:
    """Aware moments, in Asia/Shanghai for working time. `onsite_at` is None where nobody need come at once."""

    accept_at: datetime
    first_contact_at: datetime
    onsite_at: datetime | None
    resolve_at: datetime


def due_times(leaf_or_urgency: Leaf | Urgency, filed_at: datetime, calendar: WorkingCalendar) -> Due:
    """The due times of a ticket filed at `filed_at` (aware, else ValueError).

    An emergency (U1) runs on the wall clock, day and night; everything else on working minutes. `resolve_at` counts
    working days in both cases: close of business, the day of filing not counted (民法典 201, 203; see `docs/law.md`).
    Pass the urgency rather than the leaf when a ticket is more urgent than its kind: a burst main that floods a switch
    room is an emergency, a burst pipe as such is not.
    """
    row = leaf_or_urgency

    def after(minutes: int) -> datetime:
        if row.clock == "wall":
            return filed_at + timedelta(minutes=minutes)
        return add_working_minutes(filed_at, minutes, calendar)

    return Due(
        resolve_at=add_working_days(filed_at, row.resolve_workdays, calendar),  # first: it refuses a naive time
        accept_at=after(row.accept_minutes),
        first_contact_at=after(row.first_contact_minutes),
        onsite_at=None if row.onsite_minutes is None else after(row.onsite_minutes),
    )
