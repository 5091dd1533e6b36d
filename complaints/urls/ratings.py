"""Routes of call-backs and of the three rates."""

from django.urls import URLPattern, path

from complaints.views import calls, rates

ONE = "desk/calls/<int:call_back_id>/"
urlpatterns: list[URLPattern] = [
    path("desk/calls/", calls.overview, name="calls"),
    path("desk/calls/calls.xlsx", calls.sheet, name="calls_sheet"),
    path("desk/rates/", rates.rates, name="rates"),
    path("desk/rates/tickets/", rates.tickets, name="rates_tickets"),
    path("desk/rates/tickets.xlsx", rates.sheet, name="rates_sheet"),
    path(ONE, calls.call, name="call"),
    path(f"{ONE}phone/", calls.phone, name="call_phone"),
    *(path(f"{ONE}{action.replace('_', '-')}/", calls.step, {"action": action}, name=f"call_{action}") for action in calls.STEPS),
]
