"""A whole installation of Mulin for the fault tests: own PostgreSQL, Valkey, web server, workers and beat, under var/faults.

Everything listens on loopback only and is stopped by process id, whatever happens to the test.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import redis

from config import children, commands
from config.embedded import Embedded, Services
from config.supervisor import Supervisor, last_line
from tests.faults import client, mail
from tests.faults.client import Complaint

ROOT = Path(__file__).resolve().parents[2]
WHERE = ROOT / "var" / "faults"
SWEEP_SECONDS = 3
QUEUES = commands.QUEUES.split(",")
WEB, BEAT = "web", "beat"
WORKERS = ("worker-1", "worker-2")


@dataclass(frozen=True)
class Place:
    """A compound and the tokens of people who may file there."""

    area: int
    tokens: tuple[str, ...]


class Installation:
    """The services always run; programs (web, workers, beat) are started by each test that needs them."""

    def __init__(self, where: Path = WHERE) -> None:
        self.where = where
        self.embedded = Embedded(where, durable=True)
        self.sent_mail = where / "mail.txt"
        self.supervisor = Supervisor(where / "programs.json", where / "log", self._say)
        self.said: list[str] = []
        self.places: list[Place] = []
        self._lock = threading.Lock()
        self._services: Services | None = None
        self.port = 0

    def _say(self, line: str) -> None:
        self.said.append(line)

    # The services and the world

    def prepare(self) -> None:
        """Start over: an empty database, migrated by its owner, with a small world in it."""
        self.supervisor.stop_leftovers()
        self.embedded.stop()
        shutil.rmtree(self.where, ignore_errors=True)
        self._services = self.embedded.start()
        self.port = children.free_port()
        self.run([str(ROOT / "manage.py"), *commands.MIGRATE[1:]], MULIN_DB_ROLE="owner")
        listing = self.where / "world.json"
        self.run(["-m", "tests.faults.build_world", str(listing)])
        self.places = [Place(found["area"], tuple(found["tokens"])) for found in json.loads(listing.read_text())]

    def close(self) -> None:
        """Stop all that was started here."""
        try:
            self.supervisor.stop()
        finally:
            self.embedded.stop()

    @property
    def services(self) -> Services:
        assert self._services is not None, "prepare() comes first"
        return self._services

    @property
    def environment(self) -> dict[str, str]:
        """What every program gets: the demo's settings, quick sweeps, no throttles, mail that is counted."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("MULIN_", "PYTEST_"))}
        plenty = "1000000/min"
        return {
            **inherited,
            **self.services.environment(),
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "MULIN_ENV": "demo",
            "MULIN_VAR": str(self.where),
            "MULIN_SWEEP_SECONDS": str(SWEEP_SECONDS),
            "MULIN_THROTTLE_TOKEN": plenty,
            "MULIN_THROTTLE_FILING": plenty,
            "MULIN_EMAIL_BACKEND": "tests.faults.mail.RecordingBackend",
            mail.FOLDER_VARIABLE: str(self.sent_mail),
            "MULIN_LOG_LEVEL": "WARNING",
        }

    def run(self, argv: Sequence[str], **extra: str) -> None:
        """Run one of our commands to its end; raises RuntimeError with what it said."""
        done = subprocess.run(
            [sys.executable, *argv], cwd=ROOT, env={**self.environment, **extra}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(argv)} failed:\n{done.stdout}{done.stderr}")

    # The programs

    def command(self, name: str) -> tuple[str, ...]:
        """The very commands of the demo and of the compose file, each under a name of its own."""
        if name == WEB:
            return commands.web(f"127.0.0.1:{self.port}")
        if name.startswith(BEAT):
            return commands.beat(self.where / f"{name}.schedule")
        return (*commands.worker(), "--hostname", f"{name}@faults")

    def start(self, *names: str, **extra: str) -> None:
        """Start programs, or start them again; what a killed one left behind is killed first."""
        for name in names:
            self.start_as(name, self.command(name), **extra)

    def start_as(self, name: str, argv: Sequence[str], **extra: str) -> None:
        """Start a program of the test's own."""
        with self._lock:
            known = self.supervisor.programs.get(name)
            if known is not None:
                children.stop(known.child, (), orphans=True)
            self.supervisor.start(name, argv, {**self.environment, **extra})

    def look_after(self) -> None:
        """Start again what has ended by itself, as the demo's supervisor and the compose file do; at most five times each."""
        with self._lock:
            self.supervisor.restart_ended(self.environment)

    def pid(self, name: str) -> int | None:
        """Process id of a running program."""
        program = self.supervisor.programs.get(name)
        return program.child.pid if program and program.child and children.alive(program.child) else None

    def kill(self, name: str) -> None:
        """SIGKILL a program with all its children, and forget it."""
        with self._lock:
            program = self.supervisor.programs.pop(name, None)
            if program is not None:
                children.stop(program.child, (), orphans=True)

    def stop_programs(self) -> None:
        with self._lock:
            self.supervisor.stop()

    def wait_for_web(self, seconds: float = 60) -> None:
        """Until the web server answers. Raises TimeoutError with its last words."""
        wait_until(lambda: client.healthy(self.port), seconds, lambda: f"web: {last_line(self.where / 'log' / 'web.log')}")

    def log(self, name: str) -> str:
        path = self.where / "log" / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    # Looking at it from outside

    def ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of one statement, seen over the whole installation; waits while PostgreSQL recovers from a crash."""
        end = time.monotonic() + 60
        while True:
            try:
                return self._ask(statement, values)
            except psycopg2.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def _ask(self, statement: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(self.services.app_url, connect_timeout=5)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute("SELECT set_config('mulin.scope', '{(,)}', true)")
                cursor.execute(statement, values)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()

    def number(self, statement: str, *values: object) -> int:
        """The one number that a statement answers."""
        return int(self.ask(statement, *values)[0][0])

    def backends(self) -> list[int]:
        """Process ids of PostgreSQL's backends that work for the application."""
        connection = psycopg2.connect(self.embedded.superuser_url, connect_timeout=5)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute("SELECT pid FROM pg_stat_activity WHERE usename = 'mulin_app' ORDER BY pid")
                return [pid for (pid,) in cursor.fetchall()]
        finally:
            connection.close()

    def complaint(self, key: str, text: str) -> Complaint:
        """A complaint by a resident of the first compound; `key` must be new."""
        place = self.places[0]
        return Complaint(key=key, area=place.area, token=place.tokens[0], text=text, spot=key)

    def newest_ticket(self) -> int:
        """The highest id so far: a test looks only at what comes after."""
        return self.number("SELECT coalesce(max(id), 0) FROM complaints_ticket")

    def not_routed(self, after: int) -> int:
        """Tickets filed since that nobody has routed yet."""
        return self.number("SELECT count(*) FROM complaints_ticket WHERE state = 'submitted' AND id > %s", after)

    def mail_waiting(self) -> int:
        return self.number("SELECT count(*) FROM notices_notice WHERE state = 'queued'")

    def messages_waiting(self) -> int:
        """Messages that the broker holds, or has handed to a worker that is not done with them."""
        with self.broker() as broker:
            return sum(int(broker.llen(f"mulin:{queue}")) for queue in QUEUES) + int(broker.hlen("mulin:unacked"))

    def broker(self) -> "redis.Redis":
        return redis.Redis.from_url(self.services.valkey_url, socket_timeout=3)


def wait_until(true: Callable[[], bool], seconds: float, what: Callable[[], str]) -> float:
    """Wait until something is true; gives the seconds it took. Raises TimeoutError."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"not within {seconds:.0f} s: {what()}")
        time.sleep(0.2)
    return time.monotonic() - began


@contextmanager
def installed() -> Iterator[Installation]:
    """A prepared installation; only one at a time in this checkout."""
    WHERE.parent.mkdir(exist_ok=True)
    with (WHERE.parent / "faults.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = Installation()
        try:
            made.prepare()
            yield made
        finally:
            made.close()
