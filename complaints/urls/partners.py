"""Routes of connections to other systems."""

from django.urls import URLPattern, path

from complaints.views import partners as views

urlpatterns: list[URLPattern] = [
    path("system/partners/", views.partners, name="partners"),
    path("system/partners/add/", views.add, name="partner_add"),
    path("system/partners/<int:partner_id>/", views.partner, name="partner"),
    path("system/partners/<int:partner_id>/secret/", views.change_secret, name="partner_secret"),
    path("system/partners/<int:partner_id>/address/", views.change_url, name="partner_url"),
    path("system/partners/<int:partner_id>/end/", views.end, name="partner_end"),
    path("system/partners/<int:partner_id>/again/", views.try_again, name="partner_again"),
    path("system/partners/<int:partner_id>/compare/", views.compare, name="partner_compare"),
]
