"""Routes of the learned model's versions."""

from django.urls import URLPattern, path

from complaints.views import models

urlpatterns: list[URLPattern] = [
    path("desk/models/", models.overview, name="models"),
    path("desk/models/go-back/", models.go_back, name="model_go_back"),
]
