"""Roles, as people would name them, and what kind of sight each gives."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    RESIDENT = "resident", _("resident")
    PROPERTY_STAFF = "property_staff", _("property staff")
    PROPERTY_MANAGER = "property_manager", _("property manager")
    STREET_CLERK = "street_clerk", _("street clerk")
    STREET_LEADER = "street_leader", _("street leader")
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
STAFF = PROPERTY | STREET | DEPARTMENT | {Role.SUPERVISOR} | ADMINISTRATORS
OF_AN_ORGANISATION = PROPERTY | STREET | DEPARTMENT
"""Roles that act for an organisation; their appointment names it."""
