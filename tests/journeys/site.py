"""A running Mulin for the browser: the real web server on the test database, and a worker that routes."""

import logging
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db import close_old_connections, connection
from django.test import Client

from complaints import tasks
from config import children, commands
from config.supervisor import Supervisor, last_line
from people.roles import Role
from tests import conftest as harness
from tests.factories.world import World

ROOT = Path(__file__).resolve().parents[2]
WHERE = ROOT / "var" / "journeys"
SWEEP_SECONDS = 0.3
START_SECONDS = 180
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
"""Two may run side by side; each has a server, a log and a broker's database of its own."""
T = TypeVar("T")


def supervisor() -> Supervisor:
    """Keeps the server's process id, so that a run after one that was killed can stop it and have the database."""
    WHERE.mkdir(parents=True, exist_ok=True)
    return Supervisor(WHERE / f"programs-{os.environ.get('MULIN_TEST_DB', 'main')}-{WORKER}.json", WHERE / WORKER, print)


class Site:
    """The web server is a process of its own, as in production; the worker is a thread that sweeps for waiting rows.

    Playwright keeps an event loop in the main thread, and there Django refuses to ask the database: `run` does it beside.
    """

    def __init__(self) -> None:
        self.port = children.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = WHERE / WORKER / "server.log"
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="beside")
        self._quiet, self._ended = threading.Lock(), threading.Event()
        self._worker = threading.Thread(target=self._sweep, name="worker", daemon=True)
        self._supervisor = supervisor()
        self.worker_failed: list[str] = []

    def start(self) -> None:
        """Start both, and wait until pages are served. Raises TimeoutError with the server's last words."""
        self.log.unlink(missing_ok=True)
        self._supervisor.start("server", commands.web(f"127.0.0.1:{self.port}", workers=1), self._environment())
        waiting = threading.Event()
        for _ in range(START_SECONDS * 5):
            if self._answers():
                break
            waiting.wait(0.2)
        else:
            self.stop()
            raise TimeoutError(f"the server did not start: {last_line(self.log)}")
        self._worker.start()

    def _environment(self) -> dict[str, str]:
        database = urlsplit(harness.app_url())._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
        apart = f"/{9 + int(WORKER[2:])}"  # bells that no worker of another test hears
        broker = urlsplit(os.environ["VALKEY_URL"])._replace(path=apart).geturl()
        return {**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": database, "VALKEY_URL": broker}

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/accounts/login/", timeout=10) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _sweep(self) -> None:
        logging.getLogger("tenancy.scope").setLevel(logging.WARNING)  # it would fill the report of every failure
        while not self._ended.wait(SWEEP_SECONDS):
            with self._quiet:
                close_old_connections()  # or those that lost their database to `empty`
                try:
                    tasks.sweep()
                    tasks.sweep_replays()
                    tasks.sweep_exports()
                except Exception as problem:
                    self.worker_failed.append(repr(problem))
        connection.close()

    def stop(self) -> None:
        """Stop what was started here."""
        self._ended.set()
        if self._worker.is_alive():
            self._worker.join(30)
        self._supervisor.stop()
        self._beside.submit(connection.close)
        self._beside.shutdown()

    def run(self, ask: Callable[[], T]) -> T:
        """Do something with the database while the worker holds still."""

        def alone() -> T:
            with self._quiet:
                close_old_connections()
                return ask()

        return self._beside.submit(alone).result(300)

    def session_of(self, role: Role, place: str) -> str:
        """A session as signing in leaves it, for the cookie."""

        def sign_in() -> str:
            client = Client()
            client.force_login(self.world().user(role, place), backend="people.backends.NameOrPhoneBackend")
            return client.cookies[settings.SESSION_COOKIE_NAME].value

        return self.run(sign_in)

    def world(self) -> World:
        return harness._built["world"]

    def empty(self) -> None:
        """Leave the world as the next module, or any other test, wants to find it."""
        self.run(lambda: harness._start_over(None))


@contextmanager
def running() -> Any:
    site = Site()
    site.start()
    try:
        yield site
    finally:
        site.stop()
    assert not site.worker_failed, site.worker_failed
