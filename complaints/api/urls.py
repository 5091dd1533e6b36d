"""Tickets and the catalogue."""

from django.urls import URLPattern, path

from complaints.api.photos import PhotoView
from complaints.api.steps import STEPS
from complaints.api.tickets import LeavesView, OrganisationsView, TicketsView, TicketView

urlpatterns: list[URLPattern] = [
    path("tickets/", TicketsView.as_view(), name="api_tickets"),
    path("tickets/<number:number>/", TicketView.as_view(), name="api_ticket"),
    path("tickets/<number:number>/organisations/", OrganisationsView.as_view(), name="api_ticket_organisations"),
    path("tickets/<number:number>/photos/<uuid:photo_id>/", PhotoView.as_view(), name="api_ticket_photo"),
    *(path(f"tickets/<number:number>/{name}/", step.as_view(), name=f"api_ticket_{name}") for name, step in STEPS.items()),
    path("catalogue/leaves/", LeavesView.as_view(), name="api_leaves"),
]
