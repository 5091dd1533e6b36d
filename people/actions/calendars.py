"""Publishing a county's working calendar (工作日历), and telling its offices."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import actions as audit
from people import queries
from people.actors import Actor
from people.models import OfficeCalendar
from people.office_calendars import OwnDay, Span, checked, content_of, difference, kept_days, kept_hours
from people.permissions import may_publish_calendar, may_read_calendar
from tenancy import areas, bell, clock
from tenancy.models import Area
from tenancy.refusals import NotAllowed, NotThere, Refusal, Stale


class StaleCalendar(Stale):
    """A newer version was published in between."""

    words = _("%(who)s published a newer version at %(when)s. Look at it before you go on.")


@transaction.atomic
def publish(
    *, county: int, based_on: int, hours: Sequence[Span], days: Sequence[OwnDay], source: str, by: Actor
) -> OfficeCalendar:
    """Put a new version in force at once, made from version `based_on` (0: the default).

    Raises NotThere for a county that is none or whose calendar `by` may not read, NotAllowed for anybody but its desk,
    StaleCalendar when a newer version is in force, Refusal as `office_calendars.checked` does and when nothing differs.
    """
    place = Area.objects.select_for_update().filter(code=county, level=areas.Level.COUNTY).first()  # one publisher at a time
    if place is None or not may_read_calendar(by, county):
        raise NotThere
    if not may_publish_calendar(by, county):
        raise NotAllowed(_("Only the county desk publishes the working calendar."))
    newest = queries.calendar_in_force(county)
    version = newest.version if newest else 0
    if based_on != version:
        who, when = (newest.published_by.label, newest.published_at) if newest else ("", None)
        raise StaleCalendar(who=who, when=when, version=version)
    old = content_of(newest)
    new = checked(hours=hours, days=days, source=source, based_on=old, today=timezone.localdate())
    if new == old:
        raise Refusal(_("Nothing differs from the version in force."), code="unchanged")
    row = OfficeCalendar.objects.create(
        area=county,
        version=version + 1,
        hours=kept_hours(new.hours),
        days=kept_days(new.days),
        source=new.source,
        published_at=clock.now(),
        published_by_id=by.id,
    )
    changed = [change.day.isoformat() for change in difference(old, new).days]
    audit.record(
        row,
        "calendar.published",
        by=by,
        area=county,
        before={"version": version, "hours": kept_hours(old.hours)},
        after={"version": row.version, "hours": row.hours, "days": changed, "source": new.source},
    )
    bell.ring("notices.sweep", to=bell.LATER)
    return row


def to_tell(calendar_id: int) -> OfficeCalendar | None:
    """A version that offices must still be told of, locked; None when they were, or when another worker has it."""
    return OfficeCalendar.objects.select_for_update(skip_locked=True).filter(pk=calendar_id, told_at=None).first()


def set_told(row: OfficeCalendar) -> None:
    """The offices have their notices; in the transaction that made them."""
    row.told_at = clock.now()
    row.save(update_fields=["told_at"])
