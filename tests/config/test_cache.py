"""The cache of throttle counters: a server that is away or frozen neither fails a request nor holds it up."""

import socket
import time
from collections.abc import Iterator

import pytest
import redis

from config import cache
from config.cache import ForgivingValkeyCache

OPTIONS = {"OPTIONS": {"socket_connect_timeout": 0.3, "socket_timeout": 0.3}}


@pytest.fixture(autouse=True)
def _no_earlier_failure() -> Iterator[None]:
    cache.forget_failures()
    yield
    cache.forget_failures()


@pytest.fixture
def silent_server() -> Iterator[str]:
    """Takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_a_frozen_server_is_asked_once_and_then_left_alone(silent_server: str) -> None:
    asked = ForgivingValkeyCache(silent_server, OPTIONS)
    began = time.monotonic()
    assert asked.get("count", 7) == 7
    first = time.monotonic() - began
    assert first >= 0.3
    began = time.monotonic()
    answers = [asked.get("count"), asked.add("count", 0), asked.incr("count"), asked.touch("count"), asked.delete("count")]
    assert answers == [None, True, 1, False, False]
    assert time.monotonic() - began < 0.1
    for pool in asked._cache._pools.values():
        pool.disconnect()


def test_after_a_rest_the_server_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def fails() -> None:
        tries.append(1)
        raise redis.ConnectionError

    ask = cache.forgiving(fails, "away")
    assert [ask(), ask(), len(tries)] == ["away", "away", 1]
    monkeypatch.setattr(cache, "REST_SECONDS", 0.0)
    cache.forget_failures()
    assert [ask(), ask(), len(tries)] == ["away", "away", 3]
