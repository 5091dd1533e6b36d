"""Routes of the whole house."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.views.i18n import set_language

from complaints.exchange import views as exchange
from config import display, gallery, health, home
from config.converters import (
    FindingConverter,
    MeetingConverter,
    MonthConverter,
    NumberConverter,
    PaperConverter,
    PlaceConverter,
    ProjectConverter,
    VisitConverter,
)

register_converter(PlaceConverter, "place")
register_converter(NumberConverter, "number")
register_converter(ProjectConverter, "project")
register_converter(VisitConverter, "visit")
register_converter(FindingConverter, "finding")
register_converter(MeetingConverter, "meeting")
register_converter(PaperConverter, "paper")
register_converter(MonthConverter, "month")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("language/", set_language, name="set_language"),
    path("display/", display.display, name="display"),
    path("accounts/", include("people.account_urls")),
    path("people/", include("people.urls")),
    path("calendars/", include("people.calendar_urls")),
    path("notices/", include("notices.urls")),
    path("", include("dashboards.urls")),
    path("", include("communities.urls")),
    path("exchange/<int:county>/<int:partner>/", exchange.take, name="exchange"),
    path("", include("complaints.urls")),
    path("", include("projects.urls")),
    path("", include("enforcement.urls")),
    path("api/v1/", include("config.api_urls")),
]
if settings.MULIN_OPEN311:
    urlpatterns.append(path("open311/", include("complaints.open311.urls")))
if not settings.IS_PRODUCTION:
    urlpatterns += [
        path("gallery/", gallery.gallery, name="gallery"),
        path("gallery/desk/", gallery.workbench, name="gallery_desk"),
    ]
handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.page_not_found"
handler500 = "config.errors.server_error"
