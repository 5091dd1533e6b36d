"""Working calendars through the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from people import queries
from people.actions import calendars
from people.api.requests import View, actor_of
from people.models import OfficeCalendar
from people.office_calendars import LONGEST_NOTE, LONGEST_SOURCE, MOST_DAYS, MOST_SPANS, OwnDay, content_of
from people.permissions import may_read_calendar
from tenancy import areas
from tenancy.api import keyset
from tenancy.api.schema import operation
from tenancy.api.serializers import LARGEST_VERSION, Strict, Text
from tenancy.models import Area
from tenancy.refusals import NotThere


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "example": "08:30"})
class Hour(serializers.TimeField):
    """Local time to the minute."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **options)


class Span(Strict):
    """Open from, open until: local time, whole minutes."""

    opens = Hour()
    closes = Hour()


class Day(Strict):
    """A day that the county decided itself."""

    date = serializers.DateField()
    worked = serializers.BooleanField()
    note = Text(longest=LONGEST_NOTE, required=False, default="")


class CalendarPublished(Strict):
    """A new version, whole: what it does not name is not in it."""

    based_on = serializers.IntegerField(
        min_value=0, max_value=LARGEST_VERSION, help_text="The version in force that was looked at."
    )
    hours = serializers.ListField(child=Span(), max_length=MOST_SPANS)
    days = serializers.ListField(child=Day(), max_length=MOST_DAYS)
    source = Text(longest=LONGEST_SOURCE)  # type: ignore[assignment]  # a field of ours, whatever the serializer's own property


class CalendarShown(serializers.Serializer[Any]):
    """A version of a county's working calendar. Version 0 is the default: the State Council's notices and the usual hours."""

    county = serializers.IntegerField()
    name = serializers.CharField()
    version = serializers.IntegerField()
    hours = Span(many=True)
    days = Day(many=True)
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # the same
    published_at = serializers.DateTimeField(allow_null=True)
    published_by = serializers.CharField(allow_null=True)


class CalendarList(serializers.Serializer[Any]):
    results = CalendarShown(many=True)


class CalendarPage(CalendarList):
    next = serializers.CharField(allow_null=True, help_text="Path and query of the next page.")
    previous = serializers.CharField(allow_null=True)


def shown(county: Area, row: OfficeCalendar | None) -> dict[str, Any]:
    content = content_of(row)
    return {
        "county": county.code,
        "name": county.name,
        "version": row.version if row else 0,
        "hours": [{"opens": opens, "closes": closes} for opens, closes in content.hours],
        "days": [{"date": own.day, "worked": own.worked, "note": own.note} for own in content.days],
        "source": content.source,
        "published_at": row.published_at if row else None,
        "published_by": row.published_by.label if row else None,
    }


def readable(request: Request, code: int) -> Area:
    """The county. Raises NotThere for what is none, or whose calendar the caller may not read."""
    county = Area.objects.filter(code=code, level=areas.Level.COUNTY).first()
    if county is None or not may_read_calendar(actor_of(request), code):
        raise NotThere
    return county


class CalendarsView(View):
    """The caller's counties."""

    @operation(CalendarList, summary="Working calendars in force", operation_id="calendars_list")
    def get(self, request: Request) -> Response:
        """Of the counties in which the caller is on the staff; for residents none."""
        counties = queries.counties_of(actor_of(request))
        in_force = queries.calendars_in_force(county.code for county in counties)
        return Response(CalendarList({"results": [shown(county, in_force.get(county.code)) for county in counties]}).data)


class CalendarView(View):
    """One county's."""

    @operation(CalendarShown, summary="A county's working calendar", operation_id="calendar", refuses={404})
    def get(self, request: Request, county: int) -> Response:
        """The version in force."""
        return Response(CalendarShown(shown(readable(request, county), queries.calendar_in_force(county))).data)

    @operation(
        CalendarShown,
        summary="Publish a working calendar",
        operation_id="calendar_publish",
        asks=CalendarPublished,
        status=201,
        refuses={404, 409, 429},
    )
    def post(self, request: Request, county: int) -> Response:
        """By the county's desk. The new version is in force at once; offices are told."""
        place = readable(request, county)
        asked = CalendarPublished(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        row = calendars.publish(
            county=county,
            based_on=said["based_on"],
            hours=[(span["opens"], span["closes"]) for span in said["hours"]],
            days=[OwnDay(day["date"], day["worked"], day["note"]) for day in said["days"]],
            source=said["source"],
            by=actor_of(request),
        )
        return Response(CalendarShown(shown(place, row)).data, status=201)


class VersionsView(View):
    """The history."""

    @operation(
        CalendarPage,
        summary="Versions of a working calendar",
        operation_id="calendar_versions",
        query=keyset.PageQuery,
        refuses={404},
    )
    def get(self, request: Request, county: int) -> Response:
        """Newest first. A deadline names the version it was counted by."""
        place = readable(request, county)
        query = keyset.query_of(request, keyset.PageQuery)
        found = keyset.page(request, queries.calendar_versions(county).order_by(), order=("-version",), **query)
        results = [shown(place, row) for row in found.rows]
        return Response(CalendarPage({"results": results, "next": found.next, "previous": found.previous}).data)
