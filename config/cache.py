"""The cache holds only throttle counters, so a lost Valkey must never fail a request."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def forgiving(method: Callable[..., Any], answer_when_down: Any) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except RedisError:
            logger.warning("cache unreachable; going on without it")
            return answer_when_down

    return call


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
