"""Routes of the search."""

from django.urls import URLPattern, path

from complaints.views import searching

urlpatterns: list[URLPattern] = [
    path("desk/search/", searching.page, name="search"),
    path("desk/search/reporter/", searching.by_reporter, name="search_reporter"),
]
