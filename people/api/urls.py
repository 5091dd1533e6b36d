"""Sign-in, the caller, and working calendars."""

from django.urls import URLPattern, path

from people.api import described
from people.api.calendars import CalendarsView, CalendarView, VersionsView
from people.api.me import MeView
from people.api.tokens import TokenView

__all__ = ["described", "urlpatterns"]  # described: loading it registers how tokens are described

urlpatterns: list[URLPattern] = [
    path("auth/token/", TokenView.as_view(), name="api_token"),
    path("me/", MeView.as_view(), name="api_me"),
    path("calendars/", CalendarsView.as_view(), name="api_calendars"),
    path("calendars/<place:county>/", CalendarView.as_view(), name="api_calendar"),
    path("calendars/<place:county>/versions/", VersionsView.as_view(), name="api_calendar_versions"),
]
