"""How often one address may ask for something without an account. Counters live in the cache; without it nobody is held up."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.core.cache import cache
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from audit.actions import origin
from people.http import HttpRequest


def exceeded(what: str, *, most: int, seconds: int) -> bool:
    """Count one more `what` from the present client address; True when it is more than `most` within `seconds`."""
    key = f"throttle:{what}:{origin.get().address or 'unknown'}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) > most
    except ValueError:  # it ran out between the two calls
        return False


P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
View = Callable[Concatenate[HttpRequest, P], R]


def throttled(
    what: str, *, most: int, seconds: int, only_post: bool = False
) -> Callable[[View[P, R]], View[P, R | HttpResponse]]:
    """A view that answers 429 once an address has asked for `what` more than `most` times within `seconds`."""

    def around(view: View[P, R]) -> View[P, R | HttpResponse]:
        @wraps(view)
        def counted(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R | HttpResponse:
            counts = request.method == "POST" or not only_post
            if counts and exceeded(what, most=most, seconds=seconds):
                message = _("Too much came from your network in a short time, so this is held back for a while.")
                answer = render(request, "429.html", {"message": message}, status=429)
                answer["Retry-After"] = str(seconds)
                return answer
            return view(request, *args, **kwargs)

        return counted

    return around
