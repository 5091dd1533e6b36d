"""Routes of compounds."""

from django.urls import URLPattern, path

from communities import views

app_name = "communities"
urlpatterns: list[URLPattern] = [
    path("compounds/", views.compounds, name="compounds"),
    path("compounds/<place:place>/", views.compound, name="compound"),
    path("compounds/<place:place>/claim/", views.claim, name="claim"),
    path("compounds/<place:place>/residencies/<int:residency>/verify/", views.verify, name="verify"),
    path("compounds/<place:place>/poster/", views.poster, name="poster"),
]
