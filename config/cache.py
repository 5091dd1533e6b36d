"""The cache holds only throttle counters, so a lost Valkey must never fail a request, nor hold it up."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

REST_SECONDS = 5.0
"""How long a server that did not answer is left alone: a frozen one costs a time-out for each question (own rule)."""

_ask_again_at = 0.0


def forgiving(method: Callable[..., Any], answer_when_down: Any) -> Callable[..., Any]:
    """`method`, answering `answer_when_down` when the server fails or has failed within REST_SECONDS in this process."""

    def call(*args: Any, **kwargs: Any) -> Any:
        global _ask_again_at
        if time.monotonic() < _ask_again_at:
            return answer_when_down
        try:
            return method(*args, **kwargs)
        except RedisError:
            _ask_again_at = time.monotonic() + REST_SECONDS
            logger.warning("cache unreachable; going on without it for %.0f s", REST_SECONDS)
            return answer_when_down

    return call


def forget_failures() -> None:
    """Ask the server again at once. For tests."""
    global _ask_again_at
    _ask_again_at = 0.0


class ForgivingValkeyCache(RedisCache):
    """Django's Redis cache that answers "not there" while the server is away."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return forgiving(super().get, default)(key, default, version)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return forgiving(super().set, None)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return forgiving(super().add, True)(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return forgiving(super().delete, False)(*args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return forgiving(super().incr, 1)(*args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return forgiving(super().touch, False)(*args, **kwargs)
