"""A bare Django view beside which Mulin's pages are measured: no middleware, no session, no scope; one query, one template.

`gunicorn benchmarks.bare:application`, with `DATABASE_URL` and `BARE_AREA` (a street's code) in the environment.
"""

import os

import environ
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from benchmarks.statements import ROWS

STREET = int(os.environ.get("BARE_AREA", "0"))
PAGE = """<!doctype html><title>25 rows</title><table>{% for number, state, text, filed, compound, lead in rows %}
<tr><td>{{ number }}<td>{{ state }}<td>{{ text }}<td>{{ filed }}<td>{{ compound }}<td>{{ lead }}</tr>{% endfor %}</table>"""

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        SECRET_KEY="measured, never deployed",
        ROOT_URLCONF="benchmarks.bare",
        DATABASES={"default": {**environ.Env.db_url_config(os.environ["DATABASE_URL"]), "CONN_MAX_AGE": None}},
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        USE_TZ=True,
    )
    application = get_wsgi_application()


def rows(request: HttpRequest) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('mulin.scope', %s, true)", [f"{{[{STREET},{STREET + 10**6})}}"])
        cursor.execute(ROWS, {"first": STREET, "end": STREET + 10**6})
        found = cursor.fetchall()
    return HttpResponse(engines["django"].from_string(PAGE).render({"rows": found}))


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("nothing")


urlpatterns = [path("rows/", rows), path("nothing/", nothing)]
