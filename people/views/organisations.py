"""Organisations within the security administrator's places."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people import queries
from people.actions import appointments
from people.forms.accounts import OrganisationForm, put_on
from people.http import HttpRequest
from people.views.accounts import PLACES_OFFERED, for_security_administrators
from tenancy.refusals import Refusal


@for_security_administrators
def organisations(request: HttpRequest) -> HttpResponse:
    """The list, and a form for one more."""
    form = OrganisationForm(request.POST if request.method == "POST" else None, actor=request.actor)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            cleaned = form.cleaned_data
            try:
                appointments.found_organisation(
                    name=cleaned["name"],
                    name_en=cleaned["name_en"],
                    kind=cleaned["kind"].pk,
                    area=cleaned["place"],
                    phone=cleaned["phone"],
                    by=request.actor,
                )
            except Refusal as refusal:
                put_on(form, refusal)
            else:
                messages.success(request, _("The organisation is on record."))
                return redirect("people:organisations")
    rows = list(queries.organisations_of(request.actor))
    names = queries.place_names(row.area for row in rows)
    context = {
        "rows": [{"organisation": row, "place": names.get(row.area, row.area)} for row in rows],
        "form": form,
        "places": list(queries.places_of(request.actor)[:PLACES_OFFERED]),
    }
    return render(request, "people/organisations.html", context, status=status)
