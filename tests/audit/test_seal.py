"""The hash chain over the record, and the script that verifies it."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import environ
import psycopg2
import pytest
from django.db import connection, transaction

from audit import actions as audit
from audit import sealing, verify
from audit.models import Entry, Seal
from people import actors
from tenancy import scope
from tests.conftest import app_url, owner_url

SCRIPT = Path(verify.__file__)


def write(n: int, area: int = 350582_001_001_001) -> None:
    for number in range(n):
        audit.record(f"x{number}", "test.did", by=actors.system(), area=area, after={"文": "字", "n": number, "x": None})


def url_of(role_url: str) -> str:
    """The test database, as one of the two roles."""
    parts: Any = environ.Env.db_url_config(role_url)
    host, port = connection.settings_dict["HOST"], connection.settings_dict["PORT"]
    return f"postgresql://{parts['USER']}:{parts['PASSWORD']}@{host}:{port}/{connection.settings_dict['NAME']}"


@contextmanager
def as_owner() -> Iterator[Any]:
    """What somebody with the owner's password could do."""
    owner = psycopg2.connect(url_of(owner_url()))
    with owner, owner.cursor() as cursor:
        cursor.execute("SELECT set_config('mulin.scope', '{(,)}', false)")
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE audit_seal DISABLE TRIGGER USER")
        yield cursor
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
        cursor.execute("ALTER TABLE audit_seal ENABLE TRIGGER USER")
    owner.close()


def run(*arguments: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-I", str(SCRIPT), *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_sealing_twice_seals_once(world: Any) -> None:
    write(3)
    last = newest()
    assert sealing.seal_up_to(last) > 0
    assert sealing.seal_up_to(last) == 0
    write(2)
    assert sealing.seal_up_to(newest()) == 2
    first, second = Seal.objects.order_by("last_id")
    assert second.first_id > first.last_id
    assert first.digest != second.digest


def newest() -> int:
    with scope.everything(reason="test"):
        return int(Entry.objects.order_by("-id").values_list("id", flat=True)[0])


def test_a_long_backlog_is_sealed_in_steps(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "MOST", 10)
    sealing.seal_up_to(newest())
    assert set(Seal.objects.values_list("entries", flat=True)) == {10}


def test_a_canonical_line_does_not_depend_on_time_zone_or_order_of_keys() -> None:
    at = datetime(2026, 5, 1, 8, 0, tzinfo=timezone(timedelta(hours=8)))
    row = dict.fromkeys(verify.FIELDS, "x") | {"at": at, "before": {"b": 1, "a": 2}}
    turned = dict.fromkeys(reversed(verify.FIELDS), "x") | {"at": at.astimezone(UTC), "before": {"a": 2, "b": 1}}
    assert verify.canonical(row) == verify.canonical(turned)
    assert '"at":"2026-05-01T00:00:00.000000Z"' in verify.canonical(row)


def test_the_app_role_can_neither_change_nor_remove_the_record_nor_the_seals(world: Any) -> None:
    for statement in (
        "UPDATE audit_entry SET actor_id = 0",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "UPDATE audit_seal SET digest = ''",
        "DELETE FROM audit_seal",
    ):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_whatever_the_owner_changes_behind_the_back_is_found(tmp_path: Path) -> None:
    write(5)
    assert sealing.seal() >= 5
    write(5, area=350505_001_001_001)
    assert sealing.seal() == 5
    write(1)  # after the last seal: not judged yet
    database, copy = url_of(app_url()), tmp_path / "record.txt"
    code, said = run(database, "--export", str(copy))
    assert (code, said[:15]) == (0, "whole: 2 seals ")
    digest = said.split()[-1]
    assert run("--file", str(copy), "--expect", digest)[0] == 0
    last = Seal.objects.order_by("-last_id")[0].last_id

    tricks = {
        "another actor": f"UPDATE audit_entry SET actor_id = 1, actor_label = 'x' WHERE id = {last}",
        "another time": f"UPDATE audit_entry SET at = at - interval '1 second' WHERE id = {last}",
        "another place": f"UPDATE audit_entry SET area = area + 1 WHERE id = {last}",
        "another value": f"""UPDATE audit_entry SET after = '{{"n": 99}}' WHERE id = {last}""",
        "removed": f"DELETE FROM audit_entry WHERE id = {last - 1}",
        "put in between": "INSERT INTO audit_entry SELECT (jsonb_populate_record(e, jsonb_build_object('id', -1))).*"
        f" FROM audit_entry e WHERE id = {last}",
        "first seal gone": "DELETE FROM audit_seal WHERE id = (SELECT min(id) FROM audit_seal)",
        "seal made up": "UPDATE audit_seal SET digest = repeat('a', 64) WHERE id = (SELECT min(id) FROM audit_seal)",
    }
    for trick, statement in tricks.items():
        saved = _saved()
        with as_owner() as cursor:
            cursor.execute(statement)
            assert cursor.rowcount == 1, trick
        code, said = run(database)
        assert (code, said[:6]) == (1, "BROKEN"), trick
        _restore(saved)
        assert run(database)[0] == 0, trick

    with as_owner() as cursor:  # the end cut off, seal and all: only a digest kept elsewhere tells
        cursor.execute("DELETE FROM audit_seal WHERE id = (SELECT max(id) FROM audit_seal)")
    assert run(database)[0] == 0
    assert run(database, "--expect", digest)[0] == 1

    lines = copy.read_text(encoding="utf-8").splitlines()
    copy.write_text("\n".join(lines).replace('"n":3', '"n":4'), encoding="utf-8")
    assert run("--file", str(copy))[0] == 1
    assert run("--file", str(tmp_path / "absent"))[0] == 2


def _saved() -> dict[str, list[Any]]:
    with as_owner() as cursor:
        saved = {}
        for table in ("audit_entry", "audit_seal"):
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t")
            saved[table] = cursor.fetchall()
    return saved


def _restore(saved: dict[str, list[Any]]) -> None:
    with as_owner() as cursor:
        for table, rows in saved.items():
            cursor.execute(f"DELETE FROM {table}")
            cursor.executemany(f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, %s::jsonb)).*", rows)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_slow_transaction_is_waited_for_and_three_sealers_seal_once() -> None:
    slow = psycopg2.connect(url_of(app_url()))
    with slow.cursor() as cursor:
        cursor.execute("SELECT set_config('mulin.scope', '{(,)}', false)")
        cursor.execute(
            "INSERT INTO audit_entry (area, actor_id, actor_label, action, subject_type, subject_id, before, after, request_id)"
            " VALUES (0, 1, 'slow', 'test.slow', '', 'x', '{}', '{}', '')"
        )
    write(3)
    assert sealing.settled(patience=0.5) == 0
    slow.commit()
    slow.close()

    def seal_in_thread() -> None:
        try:
            sealing.seal()
        finally:
            connection.close()

    threads = [threading.Thread(target=seal_in_thread) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with scope.everything(reason="test"):
        assert sum(Seal.objects.values_list("entries", flat=True)) == Entry.objects.count()
    assert run(url_of(app_url()))[0] == 0
