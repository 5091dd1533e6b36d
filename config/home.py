"""The front door: everybody is taken to where their work is."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from people.http import HttpRequest
from people.roles import ADMINISTRATORS, Role

ADMINISTRATORS_HOME = {
    Role.AUDIT_ADMIN: "dashboards:record",
    Role.SECURITY_ADMIN: "people:accounts",
    Role.SYSTEM_ADMIN: "dashboards:system",
}


def home(request: HttpRequest) -> HttpResponse:
    """Staff to the desk, residents to their tickets, newcomers to their homes, administrators to their page."""
    actor = request.actor
    if not actor.is_person:
        return render(request, "home.html")
    if actor.roles & ADMINISTRATORS and not actor.scope.ranges:
        role = next(role for role in ADMINISTRATORS_HOME if role in actor.roles)
        return redirect(ADMINISTRATORS_HOME[role])
    if not actor.roles:
        return redirect("communities:homes")
    if actor.is_staff:
        return redirect("complaints:desk")
    return redirect("complaints:mine")
