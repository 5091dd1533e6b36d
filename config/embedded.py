"""Mulin's own PostgreSQL and Valkey, from pip-installed wheels, for development, tests and the demo.

Nothing outside the given directory is touched, nothing but loopback is listened on, and only what was started here is
stopped.
`python -m config.embedded env` starts both and prints their addresses; `python -m config.embedded stop` stops them.
"""

import atexit
import fcntl
import json
import os
import secrets
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import psycopg2
import redis

from config import children, cluster, commands
from config.children import Child
from config.cluster import POSTGRES_BIN, VALKEY_BIN, EmbeddedError
from config.unprivileged import Unprivileged

HERE = Path(__file__).resolve().parent
STOP_POSTGRES = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0))  # "fast", then "immediate" shutdown
STOP_VALKEY = ((signal.SIGTERM, 10.0),)
START_SECONDS = 60
LOG_LIMIT_BYTES = 20_000_000
STARTS_OVER = "`make demo RESET=1` starts over, without the old data"


@dataclass(frozen=True)
class Services:
    """Addresses, passwords included. `owner_url` migrates; `app_url` is what pages and workers use."""

    owner_url: str
    app_url: str
    valkey_url: str

    def environment(self) -> dict[str, str]:
        """The same as the environment variables that the settings read."""
        return {
            "DATABASE_URL": self.app_url,
            "MULIN_OWNER_DATABASE_URL": self.owner_url,
            "VALKEY_URL": self.valkey_url,
        }


class Embedded:
    """PostgreSQL and Valkey under `root`, kept between starts.

    `durable=False` trades crash safety for speed, for tests. Every method may be called again without harm, also from
    another process. Methods that start something raise EmbeddedError.
    """

    def __init__(self, root: Path, *, name: str = "mulin", durable: bool = True) -> None:
        self.root = root.resolve()
        self.name = name
        self.durable = durable
        self.home = self.root / "postgres"
        self.cluster = self.home / "cluster"
        self._rights = Unprivileged(self.home, POSTGRES_BIN / "postgres")

    def start(self) -> Services:
        """Start what is not running; on the first start, make the cluster, the roles and the database."""
        with self._locked():
            state = self._state()
            try:
                self._start_valkey(state)
                self._start_postgres(state)
                if not state["prepared"]:
                    cluster.create_roles(state, database=self.name)
                    state["prepared"] = True
                    self._keep(state)
            except OSError as error:
                raise EmbeddedError(str(error)) from error
        return Services(state["owner_url"], state["app_url"], state["valkey_url"])

    def stop(self) -> None:
        """Stop both services, if they run; their data stay."""
        self.stop_postgres()
        self.stop_valkey()

    def stop_postgres(self) -> None:
        """Stop PostgreSQL (fast shutdown: open transactions are rolled back)."""
        self._stop("postgres", STOP_POSTGRES)

    def stop_valkey(self) -> None:
        """Stop Valkey; what it held is gone."""
        self._stop("valkey", STOP_VALKEY)

    def running(self) -> bool:
        """Whether both services are up."""
        return self.postgres_pid is not None and self.valkey_pid is not None

    @property
    def postgres_pid(self) -> int | None:
        """Process id of the postmaster, None when it is not running."""
        return self._pid("postgres")

    @property
    def valkey_pid(self) -> int | None:
        """Process id of Valkey, None when it is not running."""
        return self._pid("valkey")

    @property
    def superuser_url(self) -> str:
        """The database superuser's address: for tests and for repairs, never for the application."""
        return str(self._read_state()["superuser_url"])

    @property
    def installation(self) -> str:
        """A random name of this database cluster; a new cluster has a new one."""
        return str(self._read_state()["installation"])

    def __enter__(self) -> Services:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    # The state file: passwords, ports, process ids

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "services.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _read_state(self) -> dict[str, Any]:
        path = self.root / "services.json"
        try:
            return dict(json.loads(path.read_text()))
        except FileNotFoundError:
            return {}
        except ValueError:
            raise EmbeddedError(f"{path} cannot be read; {STARTS_OVER}") from None

    def _state(self) -> dict[str, Any]:
        """The kept state, or a new one. A cluster that was never finished is removed; a finished one never."""
        state = self._read_state()
        if not state:
            if self.cluster.exists():
                raise EmbeddedError(f"{self.root}/services.json with the passwords is missing; {STARTS_OVER}")
            words = ("superuser_password", "owner_password", "app_password", "valkey_password")
            state = {word: secrets.token_urlsafe(24) for word in words}
            state |= {"installation": secrets.token_hex(8), "prepared": False, "postgres": {}, "valkey": {}}
            self._keep(state)
        if not state["prepared"]:
            children.stop(self._child(state, "postgres"), STOP_POSTGRES)
            shutil.rmtree(self.home, ignore_errors=True)
        return state

    def _keep(self, state: dict[str, Any]) -> None:
        ports = {service: state[service].get("port", 0) for service in ("postgres", "valkey")}
        address = f"127.0.0.1:{ports['postgres']}"
        for role, database in (("owner", self.name), ("app", self.name), ("superuser", "postgres")):
            login = "postgres" if role == "superuser" else f"mulin_{role}"
            state[f"{role}_url"] = f"postgres://{login}:{state[f'{role}_password']}@{address}/{database}"
        state["valkey_url"] = f"redis://:{state['valkey_password']}@127.0.0.1:{ports['valkey']}/0"
        self.root.mkdir(parents=True, exist_ok=True)
        fresh = self.root / "services.json.new"
        fresh.unlink(missing_ok=True)
        with open(fresh, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            json.dump(state, file, indent=2)
        fresh.replace(self.root / "services.json")

    def _child(self, state: dict[str, Any], service: str) -> Child | None:
        kept = state.get(service) or {}
        child = Child(kept["pid"], kept["began"]) if kept.get("pid") else None
        return child if children.alive(child) else None

    def _pid(self, service: str) -> int | None:
        child = self._child(self._read_state(), service)
        return child.pid if child else None

    def _stop(self, service: str, steps: tuple[tuple[signal.Signals, float], ...]) -> None:
        if not (self.root / "services.json").exists():
            return
        with self._locked():
            state = self._read_state()
            children.stop(self._child(state, service), steps)
            state[service].pop("pid", None)
            self._keep(state)

    def _launch(self, state: dict[str, Any], service: str, argv: list[str]) -> tuple[Child, IO[str]]:
        """Start a server and keep its id before anything else can go wrong. Also gives what it writes from now on."""
        log = self.root / "log" / f"{service}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
            log.replace(log.with_suffix(".log.old"))
        log.touch(mode=0o600)
        said = log.open(errors="replace")
        said.seek(0, os.SEEK_END)
        child = children.spawn([*self._rights.prefix(), *argv], log=log)
        state[service] |= {"pid": child.pid, "began": child.began}
        self._keep(state)
        return child, said

    # Valkey

    def _start_valkey(self, state: dict[str, Any]) -> None:
        running = self._child(state, "valkey")
        if running and _wait_ready(running, lambda: _can_ping(state["valkey_url"]), redis.RedisError):
            return
        children.stop(running, STOP_VALKEY)
        home = self.root / "valkey"
        for _ in range(5):
            port = state["valkey"]["port"] = children.free_port(state["valkey"].get("port"))
            self._rights.own(home)
            settings = {
                **commands.VALKEY_SETTINGS,
                "bind": "127.0.0.1",
                "port": str(port),
                "dir": str(home),
                "daemonize": "no",
                "requirepass": state["valkey_password"],
            }
            # A file, not arguments: arguments can be read by everybody on the machine.
            self._rights.write(home / "valkey.conf", "".join(f'{key} "{value}"\n' for key, value in settings.items()))
            child, said = self._launch(state, "valkey", [str(VALKEY_BIN), str(home / "valkey.conf")])
            with said:
                if _wait_ready(child, lambda: _can_ping(state["valkey_url"]), redis.RedisError):
                    return
                text = said.read()
            children.stop(child, STOP_VALKEY)
            if "Address already in use" not in text:
                raise EmbeddedError(f"Valkey did not start: {cluster.last_lines(text)}")
        raise EmbeddedError("Valkey found no free port")

    # PostgreSQL

    def _start_postgres(self, state: dict[str, Any]) -> None:
        running = self._child(state, "postgres")
        if running and _wait_ready(running, lambda: _can_connect(state["superuser_url"]), psycopg2.OperationalError):
            return
        children.stop(running, STOP_POSTGRES)
        self._rights.own(self.home)
        if not (self.cluster / "PG_VERSION").exists():
            cluster.create(self.cluster, state["superuser_password"], rights=self._rights, durable=self.durable)
        found = (self.cluster / "PG_VERSION").read_text().strip()
        if found != str(commands.POSTGRES_MAJOR):
            raise EmbeddedError(f"{self.cluster} is of PostgreSQL {found}, this is {commands.POSTGRES_MAJOR}; {STARTS_OVER}")
        cluster.clear_leftovers(self.cluster)
        settings = {
            **commands.POSTGRES_SETTINGS,
            **({} if self.durable else commands.POSTGRES_SETTINGS_NOT_DURABLE),
            # No socket files: their paths may not be longer than 107 bytes, and a project may lie deep.
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
        }
        for _ in range(5):
            port = state["postgres"]["port"] = children.free_port(state["postgres"].get("port"))
            argv = [str(POSTGRES_BIN / "postgres"), "-D", str(self.cluster), "-p", str(port)]
            argv += [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
            child, said = self._launch(state, "postgres", argv)
            with said:
                if _wait_ready(child, lambda: _can_connect(state["superuser_url"]), psycopg2.OperationalError):
                    return
                text = said.read()
            children.stop(child, STOP_POSTGRES)
            if "Address already in use" not in text and "could not bind" not in text:
                raise EmbeddedError(f"PostgreSQL did not start: {cluster.last_lines(text)}")
        raise EmbeddedError("PostgreSQL found no free port")


def _wait_ready(child: Child, answers: Callable[[], bool], refusal: type[Exception]) -> bool:
    """Wait until the server answers; False when it ended or stayed silent."""
    end = time.monotonic() + START_SECONDS
    while children.alive(child) and time.monotonic() < end:
        try:
            if answers():
                return True
        except refusal:
            time.sleep(0.03)
    return False


def _can_ping(url: str) -> bool:
    with redis.Redis.from_url(url, socket_timeout=2) as client:
        return bool(client.ping())


def _can_connect(url: str) -> bool:
    psycopg2.connect(url, connect_timeout=3).close()
    return True


_test_users: list[IO[str]] = []


def for_tests(root: Path = HERE.parent / "var" / "test") -> Services:
    """The services that all test runs of this checkout share, started when nobody has yet.

    Each calling process holds a shared lock till it ends, however it ends; the last one to leave stops the services.
    """
    embedded = Embedded(root, durable=False)
    root.mkdir(parents=True, exist_ok=True)
    with _door(root):
        if not _test_users:
            users = (root / "users.lock").open("w")
            fcntl.flock(users, fcntl.LOCK_SH)
            _test_users.append(users)
            atexit.register(_leave_tests, embedded, os.getpid())
        return embedded.start()


@contextmanager
def _door(root: Path) -> Iterator[None]:
    with (root / "door.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _leave_tests(embedded: Embedded, pid: int) -> None:
    if os.getpid() != pid:  # a fork of the one that came in
        return
    with _door(embedded.root), _test_users.pop() as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        embedded.stop()


def main(argv: list[str]) -> int:
    """`env` prints KEY=VALUE lines after making sure that the services run; `stop` stops them."""
    root = Path(os.environ.get("MULIN_VAR") or HERE.parent / "var")
    try:
        match argv:
            case ["env"]:
                for key, value in Embedded(root).start().environment().items():
                    sys.stdout.write(f"{key}={value}\n")
            case ["stop"]:
                Embedded(root).stop()
            case _:
                sys.stderr.write("usage: python -m config.embedded env|stop\n")
                return 2
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
