"""The database of all tests: built once for each state of the code, and copied for every process and after every race.

Building takes most of a minute, copying a fraction of a second. The blueprint is built anew when a file that could change
it does, and every day, for the world in it has dates.
"""

import fcntl
import hashlib
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from django.utils.timezone import localdate
from psycopg2 import sql

from config.embedded import Embedded
from tests.services import TEST_ROOT

ROOT = Path(__file__).resolve().parent.parent
OWNER = "mulin_owner"
APPS = "audit committees communities complaints config dashboards enforcement files notices people projects tenancy"
MAKES_IT = (*APPS.split(), "tests/factories")


def ready(run: str, *, build: Callable[[str], Any]) -> Any:
    """The world in the blueprint; `build(name)` makes both in a database of that name. One process builds, others wait."""
    kept = TEST_ROOT / f"blueprint-{run}.pickle"
    with _alone(kept.with_suffix(".lock")):
        wanted = _state_of_the_code()
        if kept.exists():
            state, world = pickle.loads(kept.read_bytes())
            if state == wanted and _exists(_name(run)):
                return world
            kept.unlink()
        drop(_name(run))
        world = build(_name(run))
        kept.write_bytes(pickle.dumps((wanted, world)))
        return world


def copy(run: str, name: str) -> None:
    """Make the database `name` a fresh copy; whoever is still connected to an older one is thrown out."""
    with _alone(TEST_ROOT / f"copy-{run}.lock"):  # PostgreSQL copies from a database that nobody else copies from
        drop(name)
        _do(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(*map(sql.Identifier, (name, OWNER, _name(run)))))


def drop(name: str) -> None:
    _do(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _name(run: str) -> str:
    return f"blueprint_{run}"


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _state_of_the_code() -> str:
    found = hashlib.sha256(str(localdate()).encode())
    for folder in MAKES_IT:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix not in {".pyc", ".html"}:
                found.update(str(path.relative_to(ROOT)).encode() + hashlib.sha256(path.read_bytes()).digest())
    found.update((ROOT / "requirements.lock").read_bytes())
    return found.hexdigest()


def _do(statement: sql.Composed) -> None:
    with _superuser() as cursor:
        cursor.execute(statement)


def _exists(name: str) -> bool:
    with _superuser() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


@contextmanager
def _superuser() -> Iterator[Any]:
    """Only a superuser may throw others out."""
    opened = psycopg2.connect(Embedded(TEST_ROOT).superuser_url)
    try:
        opened.autocommit = True
        with opened.cursor() as cursor:
            yield cursor
    finally:
        opened.close()
