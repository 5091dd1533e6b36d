"""Calendar months and weeks as plans use them: a month is its first day, a week its Monday."""

from datetime import date, timedelta


def month_of(day: date) -> date:
    return day.replace(day=1)


def after(month: date, steps: int = 1) -> date:
    """The month so many months later, or earlier for a negative number."""
    index = month.year * 12 + month.month - 1 + steps
    return date(index // 12, index % 12 + 1, 1)


def last_day(month: date) -> date:
    return after(month) - timedelta(days=1)


def week_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
