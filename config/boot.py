"""What must be true before anything is served: called by the web server, the workers and beat when they start."""

import logging
import os
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.demo_data import mark
from tenancy.checks import broken_walls

logger = logging.getLogger(__name__)


def unsafe_settings() -> list[str]:
    """Settings that production must not run with."""
    problems = []
    if settings.DEBUG:
        problems.append("MULIN_DEBUG is on")
    if settings.SECRET_KEY == settings.DEMO_SECRET or len(settings.SECRET_KEY) < 40:
        problems.append("MULIN_SECRET_KEY is the demo's or shorter than 40 characters")
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        problems.append("MULIN_ALLOWED_HOSTS must name the hosts of this installation")
    if not settings.SECURE_COOKIES:
        problems.append("MULIN_SECURE_COOKIES is off")
    if not urlsplit(settings.VALKEY_URL).password:
        problems.append("VALKEY_URL has no password")
    return problems


def refuse_unsafe_boot() -> None:
    """Raise ImproperlyConfigured, naming every problem, when this installation must not serve.

    The walls (roles and policies) must stand everywhere, in the demo too; settings are judged in production only.
    """
    problems = broken_walls()
    if settings.IS_PRODUCTION:
        problems += unsafe_settings()
        if not problems and mark.loaded():  # without tables there is no record to read
            problems.append("the database holds the demo, whose passwords everybody knows")
    if problems:
        raise ImproperlyConfigured("Mulin does not start: " + "; ".join(problems))
    logger.info("boot checks passed (pid %s)", os.getpid())
