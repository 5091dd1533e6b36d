"""The last day by which an order must be followed.

Days are counted from the day after the order (民法典 201); a last day on which offices are closed moves to the next working
day (民法典 203).
"""

from datetime import date, timedelta

from tenancy.calendar import WorkingCalendar


def last_day(ordered_on: date, days: int, calendar: WorkingCalendar) -> date:
    """`days` calendar days (at least 1) after the day of the order, included; by the county's calendar."""
    day = ordered_on + timedelta(days=days)
    while not calendar.is_workday(day):
        day += timedelta(days=1)
    return day
