"""Routes of lists that are taken out of the desk."""

from django.urls import URLPattern, path

from complaints.views import exports

urlpatterns: list[URLPattern] = [
    path("desk/exports/", exports.mine, name="exports"),
    path("desk/exports/ask/", exports.ask, name="export_ask"),
    path("desk/exports/<int:export_id>/", exports.one, name="export"),
    path("desk/exports/<int:export_id>/file/", exports.fetch, name="export_file"),
]
