"""Requests as our views see them: with an actor."""

from django.http import HttpRequest as DjangoRequest
from django_htmx.middleware import HtmxDetails

from people.actors import Actor


class HttpRequest(DjangoRequest):
    """A request that has passed `ScopeMiddleware`."""

    actor: Actor
    htmx: HtmxDetails
