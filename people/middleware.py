"""One transaction and one scope around each request."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from people import actors
from people.http import HttpRequest
from people.models import User
from tenancy import scope

NO_DATABASE = ("/healthz", "/static/")


def actor_of(request: HttpRequest) -> actors.Actor:
    """Who is acting in this request. Appointments are read anew each time, so a revoked one is gone at once."""
    user = request.user
    if isinstance(user, AnonymousUser):
        return actors.visitor(request.session.session_key or "")
    assert isinstance(user, User)
    return actors.of_user(user, session=request.session.session_key or "")


class ScopeMiddleware:
    """Sets `request.actor` and puts the request inside the actor's scope.

    The transaction is opened here, not by the view: template responses are rendered after the view has returned, and must
    still see through the scope. `ATOMIC_REQUESTS` stays on as the inner savepoint that undoes a failing view.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(NO_DATABASE):
            return self.get_response(request)
        actor = actor_of(request)
        request.actor = actor
        with scope.limited_to(actor.scope):
            return self.get_response(request)
