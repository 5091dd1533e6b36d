"""Is the process up, and does it reach its database?"""

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse


@transaction.non_atomic_requests
def healthz(request: HttpRequest) -> HttpResponse:
    """200 "ok" when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
