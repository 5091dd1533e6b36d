"""Views that try to see, or to leave behind, more than they should. Routed only in `test_scope_of_requests`."""

from collections.abc import Iterator

from django.db import connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import path

from complaints.models import Ticket
from config.urls import urlpatterns as house
from people.http import HttpRequest
from tenancy import scope


def numbers() -> str:
    return " ".join(Ticket.objects.order_by("pk").values_list("number", flat=True))


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse(numbers())


def sql(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM complaints_ticket ORDER BY id")
        return HttpResponse(" ".join(number for (number,) in cursor.fetchall()))


def lazy(request: HttpRequest) -> TemplateResponse:
    """Rendered after the view has returned, outside its own transaction."""
    template = engines["django"].from_string("{% for ticket in tickets %}{{ ticket.number }} {% endfor %}")
    return TemplateResponse(request, template, {"tickets": Ticket.objects.order_by("pk")})


def stream(request: HttpRequest) -> StreamingHttpResponse:
    def rows() -> Iterator[bytes]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM complaints_ticket")
            yield " ".join(number for (number,) in cursor.fetchall()).encode()

    return StreamingHttpResponse(rows())


def crash(request: HttpRequest) -> HttpResponse:
    Ticket.objects.update(spot="half written")
    raise ZeroDivisionError


def wander(request: HttpRequest) -> HttpResponse:
    """Leaves an inner scope by an error and goes on."""
    try:
        with scope.place(350505_000_000_000), transaction.atomic():
            raise ZeroDivisionError
    except ZeroDivisionError:
        return HttpResponse(numbers())


urlpatterns = [path(view.__name__, view) for view in (plain, sql, lazy, stream, crash, wander)]
urlpatterns += house  # the page's frame links to its own routes
