"""How somebody likes to read: large type, light or dark. Kept in cookies, so it works before signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

CHOICES = {"type": {"normal", "large"}, "theme": {"auto", "light", "dark"}}
A_YEAR = 365 * 24 * 3600


@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Set `type` or `theme`, then go back to `next` (only within this site)."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = redirect(back)
    for name, allowed in CHOICES.items():
        value = request.POST.get(name)
        if value in allowed:
            response.set_cookie(f"mulin_{name}", value, max_age=A_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
    return response
