"""Telling whole counties something: a row somewhere says that they must still be told."""

from django.db import transaction

from notices.actions import tell
from people import queries
from people.actions import calendars
from people.models import OfficeCalendar
from people.roles import STREET, Role
from tenancy import scope
from tenancy.models import Area

TOLD_OF_CALENDARS = STREET | {Role.DEPARTMENT_LEAD}
"""Who plans other people's time: the street offices, and the leads of departments."""


def tell_of_calendar(calendar_id: int) -> int:
    """Tell offices of a new version, each at the place of its post; telling twice changes nothing. How many were told."""
    with transaction.atomic():
        row = calendars.to_tell(calendar_id)
        if row is None:
            return 0
        people = queries.posts_within(TOLD_OF_CALENDARS, row.area)
        facts = {
            "county": Area.objects.values_list("name", flat=True).get(code=row.area),
            "old": row.version - 1,
            "new": row.version,
            "source": row.source,
        }
        key, url = f"calendar:{row.area}:{row.version}", f"/calendars/{row.area}/versions/"
        with scope.place(row.area):
            for person, area in people:
                tell([person], "calendar_changed", area=area, key=key, facts=facts, url=url)
        calendars.set_told(row)
        return len(people)


def calendars_to_tell() -> list[int]:
    """Versions whose bell was lost."""
    return list(OfficeCalendar.objects.filter(told_at=None).order_by("pk").values_list("pk", flat=True)[:50])
