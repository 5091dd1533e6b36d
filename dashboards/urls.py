"""Pages for administrators that look over several floors: the record, and the health of the system."""

from django.urls import URLPattern, path

from dashboards import record, system

app_name = "dashboards"
urlpatterns: list[URLPattern] = [
    path("record/", record.entries, name="record"),
    path("record/export.csv", record.export, name="record_export"),
    path("record/<int:entry_id>/", record.entry, name="record_entry"),
    path("system/", system.health, name="system"),
    path("system/notices/try-again/", system.try_again, name="notices_again"),
]
