"""Routes of the API, version 1."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from config import api_docs, api_errors

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("people.api.urls")),
    path("", include("complaints.api.urls")),
    path("", include("projects.api.urls")),
    path("", include("enforcement.api.urls")),
    path("", include("communities.api.urls")),
    path("", include("notices.api")),
    path("schema/", api_docs.schema, name="api_schema"),
    path("docs/", api_docs.docs, name="api_docs"),
    re_path(r"^(?:[\s\S]*/)?$", api_errors.no_such_address, name="api_none"),  # also for addresses with a line break
]
