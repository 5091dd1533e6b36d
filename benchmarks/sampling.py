"""Timing requests over loopback and statements on the same server, and what is made of the times."""

import http.client
import json
import math
import statistics
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

WARM_UPS = 5


@dataclass
class Figure:
    """One operation: milliseconds of its runs, statements it takes (None: not counted), and what stands beside it."""

    name: str
    reader: str = ""
    runs: int = 0
    median: float = 0.0
    p95: float = 0.0
    statements: int | None = None
    sql: float | None = None
    note: str = ""
    answers: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def figure(name: str, times: list[float], **more: Any) -> Figure:
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, math.ceil(len(ordered) * 0.95) - 1)]
    return Figure(name, runs=len(times), median=statistics.median(times), p95=p95, **more)


def timed(work: Callable[[], Any]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def repeated(work: Callable[[int], Any], times: int) -> list[float]:
    """Milliseconds of each run; the first ones warm up and do not count."""
    for run in range(WARM_UPS):
        work(run)
    return [timed(lambda run=run: work(run)) for run in range(WARM_UPS, WARM_UPS + times)]


def at_once(clients: int, work: Callable[[int], Any]) -> list[Any]:
    """What each of so many threads gives; raises what one of them raised."""
    gate, given, problems = threading.Barrier(clients), [None] * clients, []

    def run(number: int) -> None:
        try:
            gate.wait(30)
            given[number] = work(number)
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=run, args=[number]) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return given


class Browser:
    """One client with one kept connection, signed in by cookie or by token."""

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        self.port, self.headers = port, headers or {}
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
        sent = None if body is None else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = {} if body is None else {"Content-Type": "application/json"}
        for again in (True, False):
            try:
                self.connection.request(method, path, sent, {**self.headers, **kind, **named})
                with self.connection.getresponse() as answer:
                    return answer.status, answer.read()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.connection.close()  # the server may end a kept connection
                if not again:
                    raise
        raise AssertionError

    def get(self, path: str) -> bytes:
        status, body = self.ask("GET", path)
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
        return body


def tally(statuses: Iterable[int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for status in statuses:
        found[str(status)] = found.get(str(status), 0) + 1
    return dict(sorted(found.items()))
