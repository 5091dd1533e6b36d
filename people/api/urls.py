"""Sign-in and the caller."""

from django.urls import URLPattern, path

from people.api import described
from people.api.me import MeView
from people.api.tokens import TokenView

__all__ = ["described", "urlpatterns"]  # described: loading it registers how tokens are described

urlpatterns: list[URLPattern] = [
    path("auth/token/", TokenView.as_view(), name="api_token"),
    path("me/", MeView.as_view(), name="api_me"),
]
