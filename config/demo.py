"""`make demo` and `make dev`: everything on this machine, from nothing to a page, until Ctrl-C.

`python -m config.demo [--reload] [--reset]`. It starts the embedded services, migrates, loads the demo, runs web, worker
and beat, and at the end stops all of them and nothing else.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import IO

from config import children, commands
from config.cluster import EmbeddedError
from config.embedded import Embedded
from config.fingerprints import Fingerprints
from config.supervisor import GaveUpError, Supervisor

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
FIRST_PORT = 8000
READY_SECONDS = 120
LOCK = ROOT / "requirements.lock"
APPS: tuple[str, ...] = (
    *("config", "dashboards", "committees", "enforcement", "projects", "complaints"),
    *("communities", "notices", "files", "people", "audit", "tenancy"),
)


class DemoError(RuntimeError):
    """The demo cannot go on; the message is for the person at the terminal."""


class Stopped(BaseException):
    """Ctrl-C, or the terminal went away."""


class Demo:
    """One run of the demo. `reload` watches the sources and renews what runs them."""

    def __init__(self, var: Path, *, reload: bool) -> None:
        self.var = var
        self.reload = reload
        self.began = time.monotonic()
        self.embedded = Embedded(var)
        self.supervisor = Supervisor(var / "running.json", var / "log", self.say)
        self.done = Fingerprints(var / "done.json")
        self.env: dict[str, str] = {}
        self.url = ""
        self._running: list[subprocess.Popen[str]] = []

    def say(self, text: str) -> None:
        """One line of progress, with the seconds since the start."""
        sys.stdout.write(f"{time.monotonic() - self.began:6.1f}s  {text}\n")
        sys.stdout.flush()

    def run(self, *, reset: bool) -> None:
        """Start everything and stay. Raises DemoError, EmbeddedError, GaveUpError, and Stopped when told to stop."""
        self.supervisor.stop_leftovers()
        if reset:
            self._start_over()
        try:
            self._start_services()
            self._prepare()
            self._start_programs()
            self._load_demo()
            self._wait_until_it_answers()
            self._ready()
            self._watch()
        finally:
            self._stop()

    def _start_over(self) -> None:
        self.say("starting over: the old data are removed")
        self.embedded.stop()
        for name in ("postgres", "valkey", "media", "beat"):
            shutil.rmtree(self.var / name, ignore_errors=True)
        for name in ("services.json", "demo.json", "done.json"):
            (self.var / name).unlink(missing_ok=True)
        self.done.forget()

    def _start_services(self) -> None:
        first = not (self.var / "services.json").exists()
        self.say("making the database, the first time" if first else "starting PostgreSQL and Valkey")
        services = self.embedded.start()
        self.done.renew(self.embedded.installation)
        wanted = int(os.environ.get("PORT") or FIRST_PORT)
        port = next((port for port in range(wanted, wanted + 200) if children.port_is_free(port, HOST)), None)
        if port is None:
            raise DemoError(f"no free port from {wanted} on; choose another: make demo PORT=9000")
        if port != wanted:
            self.say(f"port {wanted} is taken by another program: this is on port {port}")
        self.url = f"http://{HOST}:{port}"
        self.env = {
            **os.environ,
            **services.environment(),
            "MULIN_ENV": "demo",
            "MULIN_VAR": str(self.var),
            "MULIN_PUBLIC_URL": self.url,
            "PYTHONUNBUFFERED": "1",
        }
        if self.reload:
            self.env["MULIN_DEBUG"] = "1"

    def _prepare(self) -> None:
        """What needs the database and what does not, side by side."""
        code = [path for app in APPS for path in (ROOT / app).rglob("migrations/*.py")]
        reference = [path for app in APPS for path in (ROOT / app).rglob("*.json")]
        reference += [path for app in APPS for path in (ROOT / app).rglob("load_reference.py")]
        with ThreadPoolExecutor(1) as aside:
            pages = aside.submit(self._prepare_pages)
            try:
                self._once("migrating as the owner role", commands.MIGRATE, [*code, LOCK])
                self._once("loading catalogue, calendar and places", commands.LOAD_REFERENCE, [*reference, *code])
                pages.result()
            except BaseException:
                self._end_commands()
                raise

    def _prepare_pages(self) -> None:
        texts = list((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
        compiled = [path.with_suffix(".mo") for path in texts]
        self._once("compiling the messages", commands.COMPILE_MESSAGES, texts, compiled)
        if not self.reload:
            static = [path for path in (ROOT / "static").rglob("*") if path.is_file()]
            self._once("collecting static files", commands.COLLECT_STATIC, [*static, LOCK], [self.var / "static"])

    def _once(self, what: str, command: Sequence[str], sources: Iterable[Path], made: Iterable[Path] = ()) -> None:
        """Run a command of the project unless it ran with these very sources before, and what it made is still there."""
        if self.done.same(what, sources) and all(path.exists() for path in made):
            return
        self.say(what)
        if self._command(command):
            self.done.keep(what)

    def _command(self, command: Sequence[str]) -> bool:
        """Run to its end, its lines shown under ours. False, said aloud, when the project has no such command."""
        if not (ROOT / command[0]).exists():
            self.say(f"  {' '.join(command)} is not there yet; going on without it")
            return False
        running = subprocess.Popen(  # noqa: S603 (our own words)
            [sys.executable, *command],
            cwd=ROOT,
            env={"MULIN_LOG_LEVEL": "WARNING", **self.env},  # its own lines of progress are what is shown
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._running.append(running)
        last: list[str] = []
        assert running.stdout is not None
        with running.stdout:
            for line in running.stdout:
                last = [*last[-30:], line.rstrip()]
                if command is commands.LOAD_DEMO and line.strip():
                    self.say(f"  {line.rstrip()}")
        failed = running.wait() != 0
        self._running.remove(running)
        if failed and any("Unknown command" in line for line in last):
            self.say(f"  {' '.join(command)} is not there yet; going on without it")
            return False
        if failed:
            raise DemoError("\n".join([*last, f"{' '.join(command)} failed"]))
        return True

    def _end_commands(self) -> None:
        for running in self._running:
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGTERM)

    def _start_programs(self) -> None:
        self.say("starting web, worker and beat")
        bind = self.url.removeprefix("http://")
        (self.var / "beat").mkdir(exist_ok=True)
        web = (*commands.web(bind), "--reload") if self.reload else commands.web(bind)
        # The worker first: the demo's tickets are routed by it while they are being filed.
        self.supervisor.start("worker", commands.worker(), self.env)
        self.supervisor.start("beat", commands.beat(self.var / "beat" / "schedule"), self.env)
        self.supervisor.start("web", web, self.env)

    def _load_demo(self) -> None:
        what = "loading the demo: two counties, their people, and 120 tickets routed by the worker"
        if (self.var / "demo.json").exists() and self.done.same(what, ()):
            return
        self.done.same(what, ())
        self.say(what)
        if self._command(commands.LOAD_DEMO):
            self.done.keep(what)

    def _wait_until_it_answers(self) -> None:
        end = time.monotonic() + READY_SECONDS
        while not answers(f"{self.url}/healthz"):
            if time.monotonic() > end:
                raise DemoError(f"{self.url}/healthz does not answer; see {self.var}/log/web.log")
            self.supervisor.restart_ended(self.env)
            time.sleep(0.1)

    def _ready(self) -> None:
        accounts = write_url(self.var / "demo.json", self.url)
        self.say(f"READY   {self.url}   (logs in {self.var}/log, Ctrl-C stops)")
        for role, username, password, place in accounts:
            sys.stdout.write(f"         {role:<24} {username:<24} {password:<20} {place}\n")
        sys.stdout.flush()

    def _watch(self) -> None:
        seen = newest_source() if self.reload else 0.0
        while True:
            time.sleep(1)
            if not self.embedded.running():
                self.say("the database or the broker ended; starting it again")
                now_at = self.embedded.start().environment()
                if any(self.env[key] != value for key, value in now_at.items()):  # its port was taken meanwhile
                    self.env.update(now_at)
                    self.supervisor.renew(tuple(self.supervisor.programs), self.env)
            self.supervisor.restart_ended(self.env)
            if self.reload and (now := newest_source()) != seen:
                seen = now
                self.say("sources changed: worker and beat start anew")
                self.supervisor.renew(("worker", "beat"), self.env)

    def _stop(self) -> None:
        self.say("stopping what was started")
        self._end_commands()
        self.supervisor.stop()
        self.embedded.stop()
        self.say("stopped; the data stay in " + str(self.var))


def answers(url: str) -> bool:
    """Whether a page answers 200 now."""
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:  # noqa: S310 (our own http address)
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def write_url(path: Path, url: str) -> list[tuple[str, str, str, str]]:
    """Put this run's address into the list of accounts; gives one account per role as (role, user, password, place)."""
    try:
        found = json.loads(path.read_text())
    except FileNotFoundError:
        return []
    found["url"] = url
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    fresh.replace(path)
    first: dict[str, tuple[str, str, str, str]] = {}
    for account in found.get("accounts", []):
        row = (account["role"], account["username"], account["password"], str(account["place"]))
        first.setdefault(account["role"], row)
    return list(first.values())


def newest_source() -> float:
    """When a source of ours was last written, for the reloading worker."""
    return max((path.stat().st_mtime for app in APPS for path in (ROOT / app).rglob("*.py")), default=0.0)


def only_one(var: Path) -> IO[str]:
    """Hold the demo's lock. Raises DemoError when another demo of this checkout runs."""
    var.mkdir(parents=True, exist_ok=True)
    lock = (var / "demo.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise DemoError("a demo of this checkout is running already; stop it with Ctrl-C there") from None
    return lock


def main(argv: Sequence[str]) -> int:
    """Run the demo; the exit status is 0 when it was told to stop, 1 when it could not go on."""

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def told(number: int, frame: FrameType | None) -> None:
        for again in signals:  # stopping takes a few seconds and must not be stopped half-way; make repeats the signal
            signal.signal(again, signal.SIG_IGN)
        raise Stopped

    for number in signals:
        signal.signal(number, told)
    os.chdir(ROOT)
    var = Path(os.environ.get("MULIN_VAR") or ROOT / "var").resolve()
    reset = "--reset" in argv or os.environ.get("RESET") == "1"
    try:
        with only_one(var):
            Demo(var, reload="--reload" in argv).run(reset=reset)
    except Stopped:
        return 0
    except (DemoError, EmbeddedError, GaveUpError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
