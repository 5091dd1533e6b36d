"""What every page knows: who is there, where they can go, how they like to read."""

from functools import cache, partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communities.permissions import VERIFYING
from communities.queries import claims_waiting
from complaints.note_permissions import READERS
from notices.queries import unread_count
from people.actors import Actor
from people.roles import ADMINISTRATORS, DEPARTMENT, DESKS, PROPERTY, STAFF, STREET, Role
from tenancy import scope

BUSINESS = frozenset(Role) - ADMINISTRATORS
NEWCOMER = ""
"""Stands among the roles for whoever holds none yet."""
NAVIGATION: tuple[tuple[str, Any, str, frozenset[str]], ...] = (
    ("complaints:desk", _("Desk"), "inbox", BUSINESS - {Role.RESIDENT}),
    ("complaints:search", _("Search"), "search", BUSINESS - {Role.RESIDENT}),
    ("complaints:mine", _("My tickets"), "list", frozenset({Role.RESIDENT})),
    (
        "complaints:file",
        _("File a complaint"),
        "file",
        frozenset({Role.RESIDENT, Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER}) | STREET,
    ),
    ("complaints:rules", _("Routing rules"), "triage", DESKS | {Role.SUPERVISOR}),
    ("complaints:notes", _("Knowledge notes"), "reply", READERS),
    ("complaints:calls", _("Call-backs"), "phone", DESKS | {Role.SUPERVISOR}),
    ("complaints:rates", _("Three rates"), "chart", DESKS | {Role.SUPERVISOR}),
    ("complaints:models", _("Learned model"), "chart", frozenset({Role.COUNTY_CLERK, Role.SYSTEM_ADMIN})),
    ("projects:projects", _("Practical projects"), "project", BUSINESS),
    ("projects:board", _("Board of projects"), "chart", DESKS | {Role.SUPERVISOR}),
    ("enforcement:visits", _("Joint visits"), "shield", DESKS | DEPARTMENT | PROPERTY | {Role.SUPERVISOR}),
    ("enforcement:findings", pgettext_lazy("navigation", "Findings"), "warning", BUSINESS - {NEWCOMER}),
    ("enforcement:check_lists", _("Check lists"), "list", DESKS | DEPARTMENT | {Role.SUPERVISOR}),
    ("enforcement:meetings", _("Meetings"), "people", BUSINESS - {Role.RESIDENT}),
    ("enforcement:referrals", _("Judge's workstation"), "arbitration", STREET | DEPARTMENT),
    ("enforcement:consultations", _("Legal advice"), "help", BUSINESS - {Role.RESIDENT}),
    ("communities:compounds", _("Compounds"), "compound", BUSINESS),
    ("communities:homes", _("My homes"), "home", frozenset({Role.RESIDENT, NEWCOMER})),
    ("communities:claims", _("Homes to be confirmed"), "home", VERIFYING),
    ("calendars:here", _("Working calendar"), "calendar", STAFF - ADMINISTRATORS),
    ("people:accounts", _("Accounts"), "people", frozenset({Role.SECURITY_ADMIN})),
    ("dashboards:record", _("Record"), "shield", frozenset({Role.AUDIT_ADMIN})),
    ("complaints:partners", _("Other systems"), "send", frozenset({Role.SYSTEM_ADMIN})),
    ("dashboards:system", _("System"), "settings", frozenset({Role.SYSTEM_ADMIN})),
)
"""Route name, label, icon, and the roles that see it."""
COUNTS = {"communities:claims": lambda actor: claims_waiting(actor).count()}


OWN_PAGES: tuple[tuple[str, Any, str], ...] = (
    ("communities:homes", _("My homes"), "home"),
    ("account_change_password", _("Password"), "lock"),
    ("mfa_index", _("Second factor"), "shield"),
    ("usersessions_list", _("Where I am signed in"), "keyboard"),
)


def navigation(actor: Actor, path: str) -> list[dict[str, Any]]:
    """The entries this actor's roles open, the present one marked."""
    entries, held = [], actor.roles or {NEWCOMER}
    for route, label, icon, roles in NAVIGATION:
        if roles.isdisjoint(held):
            continue
        url = reverse(route)
        # Asked for only where a template shows it: a fragment shows no navigation.
        count = cache(partial(COUNTS[route], actor)) if route in COUNTS else None
        entries.append({"url": url, "label": label, "icon": icon, "current": False, "count": count})
    here = max((entry for entry in entries if path.startswith(entry["url"])), key=lambda entry: len(entry["url"]), default=None)
    if here is not None:  # of an entry and one below it, only the latter
        here["current"] = True
    return entries


def own_links() -> list[dict[str, Any]]:
    """The pages of one's own account, for the menu."""
    return [{"url": reverse(route), "label": label, "icon": icon} for route, label, icon in OWN_PAGES]


def page(request: HttpRequest) -> dict[str, Any]:
    """Context for every template. Error pages come without an actor; then there is nothing to show."""
    return {"demo_notice": settings.MULIN_ENV == "demo", **_of_reader(request)}


def _of_reader(request: HttpRequest) -> dict[str, Any]:
    display = {"type": request.COOKIES.get("mulin_type", "normal"), "theme": request.COOKIES.get("mulin_theme", "auto")}
    actor: Actor | None = getattr(request, "actor", None)
    rendered_late = scope.current() is None  # allauth renders its messages once the request's transaction has ended
    if actor is None or not actor.is_person or rendered_late:
        return {"display": display, "actor": actor, "nav": [], "unread_count": 0, "frame": "base_plain.html"}
    if getattr(request, "duty", ""):  # until it is done, no other page opens
        return {"display": display, "actor": actor, "nav": [], "unread_count": 0, "frame": "base_plain.html"}
    return {
        "display": display,
        "actor": actor,
        "frame": "base_desk.html" if actor.is_staff else "base_resident.html",
        "user_links": own_links(),
        "nav": navigation(actor, request.path),
        "unread_count": unread_count(actor),
    }
