"""What every page knows: who is there, where they can go, how they like to read."""

from typing import Any

from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """Context for every template. Error pages come without an actor; then there is nothing to show."""
    display = {"type": request.COOKIES.get("mulin_type", "normal"), "theme": request.COOKIES.get("mulin_theme", "auto")}
    actor = getattr(request, "actor", None)
    if actor is None:
        return {"display": display, "nav": [], "unread_count": 0}
    return {"display": display, "actor": actor, "nav": [], "unread_count": 0}
