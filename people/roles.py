"""Roles, as people would name them, and what kind of sight each gives."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    RESIDENT = "resident", _("resident")
    PROPERTY_STAFF = "property_staff", _("property staff")
    PROPERTY_MANAGER = "property_manager", _("property manager")
    STREET_CLERK = "street_clerk", _("street clerk")
    STREET_LEADER = "street_leader", _("street leader")
    COUNTY_CLERK = "county_clerk", _("county desk clerk")
    DEPARTMENT_HANDLER = "department_handler", _("department handler")
    DEPARTMENT_LEAD = "department_lead", _("department lead")
    SUPERVISOR = "supervisor", _("supervisor")
    SYSTEM_ADMIN = "system_admin", _("system administrator")
    SECURITY_ADMIN = "security_admin", _("security administrator")
    AUDIT_ADMIN = "audit_admin", _("audit administrator")


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
"""The three separated administrators (三员分立). Their appointments open no business row."""

PROPERTY = frozenset({Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER})
STREET = frozenset({Role.STREET_CLERK, Role.STREET_LEADER})
DEPARTMENT = frozenset({Role.DEPARTMENT_HANDLER, Role.DEPARTMENT_LEAD})
DESKS = STREET | {Role.COUNTY_CLERK}
"""The desks complaints come to, the street's and the county's: they see what happens all over their places."""
COUNTY_DESK = "HOTLINE"
"""The kind of organisation (catalogue: 12345 热线/受理中心) that a county desk clerk acts for."""
STAFF = PROPERTY | DESKS | DEPARTMENT | {Role.SUPERVISOR} | ADMINISTRATORS
OF_AN_ORGANISATION = PROPERTY | DESKS | DEPARTMENT
"""Roles that act for an organisation; their appointment names it."""
HEADS = frozenset({Role.DEPARTMENT_LEAD, Role.STREET_LEADER})
"""Who stands at the head of an office."""
