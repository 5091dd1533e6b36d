"""Working calendars: everybody on the staff of a county looks, its desk publishes."""

from django.urls import URLPattern, path

from people.views import calendars

app_name = "calendars"
urlpatterns: list[URLPattern] = [
    path("", calendars.here, name="here"),
    path("<place:county>/", calendars.year, name="year"),
    path("<place:county>/edit/", calendars.edit, name="edit"),
    path("<place:county>/versions/", calendars.versions, name="versions"),
    path("<place:county>/days.xlsx", calendars.sheet, name="sheet"),
]
