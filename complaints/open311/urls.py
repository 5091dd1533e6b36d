"""Routes of GeoReport v2, each in both formats."""

from django.urls import URLPattern, path, re_path

from complaints.open311 import views
from complaints.open311.answers import TYPES

app_name = "open311"
ROUTES = (
    ("discovery", "discovery", views.discovery),
    ("v2/services", "services", views.services),
    ("v2/services/<str:service_code>", "service", views.service),
    ("v2/requests", "requests", views.requests),
    ("v2/requests/<str:request_id>", "request", views.one),
    ("v2/tokens/<str:token>", "token", views.token),
)
urlpatterns: list[URLPattern] = [
    *(path(f"{at}.{form}", view, {"form": form}, name=f"{name}_{form}") for at, name, view in ROUTES for form in TYPES),
    re_path(r"^(?:[\s\S]*)$", views.none, name="none"),
]
