"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from config.boot import refuse_unsafe_boot  # noqa: E402  needs Django set up

refuse_unsafe_boot()
