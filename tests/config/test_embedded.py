"""The embedded services on a real directory: roles, data that stay, crashes, taken ports."""

import json
import os
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis
from psycopg2 import errors

from config import children
from config.cluster import EmbeddedError
from config.embedded import Embedded, Services


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    made = Embedded(tmp_path_factory.mktemp("embedded"), durable=False)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def services(embedded: Embedded) -> Services:
    return embedded.start()


def ask(url: str, *statements: str) -> list[tuple[object, ...]]:
    """Run statements in one committed transaction; gives the rows of the last."""
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []
    finally:
        connection.close()


def test_neither_role_can_escape_row_level_security(embedded: Embedded, services: Services) -> None:
    rows = ask(
        embedded.superuser_url,
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname LIKE 'mulin%' ORDER BY 1",
    )
    assert rows == [("mulin_app", False, False, False, False), ("mulin_owner", False, False, False, True)]
    assert ask(services.app_url, "SELECT current_user") == [("mulin_app",)]
    assert ask(services.owner_url, "SELECT current_user") == [("mulin_owner",)]


def test_the_app_role_writes_rows_but_neither_alters_nor_empties_tables(services: Services) -> None:
    ask(services.owner_url, "DROP TABLE IF EXISTS note", "CREATE TABLE note (id serial PRIMARY KEY, word text)")
    ask(services.app_url, "INSERT INTO note (word) VALUES ('邻')", "UPDATE note SET word = '睦'")
    assert ask(services.app_url, "SELECT word FROM note") == [("睦",)]
    for forbidden in ("TRUNCATE note", "ALTER TABLE note ADD more text", "CREATE TABLE other (id int)"):
        with pytest.raises(errors.InsufficientPrivilege):
            ask(services.app_url, forbidden)
    ask(services.app_url, "DELETE FROM note")


def test_a_database_made_for_tests_is_born_with_the_same_rights(services: Services) -> None:
    connection = psycopg2.connect(services.owner_url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE test_rights")
        as_owner, as_app = (url.rpartition("/")[0] + "/test_rights" for url in (services.owner_url, services.app_url))
        ask(as_owner, "CREATE TABLE note (id serial PRIMARY KEY)")
        assert ask(as_app, "INSERT INTO note DEFAULT VALUES RETURNING id") == [(1,)]
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE test_rights")
    finally:
        connection.close()


def test_text_sorts_by_code_point_on_every_machine(services: Services) -> None:
    rows = ask(
        services.app_url,
        "SELECT datlocprovider::text, datlocale, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'mulin'",
    )
    assert rows == [("b", "C.UTF-8", "UTF8")]


def test_a_second_start_keeps_the_data_the_ports_and_the_passwords(embedded: Embedded, services: Services) -> None:
    ask(services.owner_url, "DROP TABLE IF EXISTS kept", "CREATE TABLE kept AS SELECT 7 AS seven")
    embedded.stop()
    assert not embedded.running()
    assert embedded.start() == services
    assert ask(services.app_url, "SELECT seven FROM kept") == [(7,)]


def test_starting_what_runs_changes_nothing(embedded: Embedded, services: Services) -> None:
    before = (embedded.postgres_pid, embedded.valkey_pid)
    assert Embedded(embedded.root, durable=False).start() == services
    assert (embedded.postgres_pid, embedded.valkey_pid) == before


def test_killed_servers_come_back_with_the_data(embedded: Embedded, services: Services) -> None:
    ask(services.owner_url, "DROP TABLE IF EXISTS kept", "CREATE TABLE kept AS SELECT 8 AS eight")
    for pid in (embedded.postgres_pid, embedded.valkey_pid):
        assert pid is not None
        victim = children.Child(pid, psutil.Process(pid).create_time())
        children.send(victim, signal.SIGKILL)
        assert children.wait_gone(victim, 10)
    assert embedded.start() == services
    assert ask(services.app_url, "SELECT eight FROM kept") == [(8,)]


def test_a_pid_file_whose_number_belongs_to_a_stranger_does_not_stop_the_start(embedded: Embedded) -> None:
    embedded.stop()
    (embedded.cluster / "postmaster.pid").write_text(f"{os.getppid()}\n{embedded.cluster}\n1\n1\n\n\n")
    embedded.start()
    assert embedded.running()


def test_a_stranger_with_a_remembered_number_is_not_stopped(embedded: Embedded) -> None:
    embedded.stop()
    path = embedded.root / "services.json"
    state = json.loads(path.read_text())
    state["valkey"] |= {"pid": os.getppid(), "began": 1.0}
    path.write_text(json.dumps(state))
    assert embedded.valkey_pid is None
    embedded.stop()  # our parent would not survive this
    embedded.start()


def test_a_taken_port_is_another_port(embedded: Embedded, services: Services) -> None:
    embedded.stop()
    port = int(services.app_url.rpartition(":")[2].partition("/")[0])
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        moved = embedded.start()
    assert moved.app_url != services.app_url
    assert ask(moved.app_url, "SELECT 1") == [(1,)]


def test_passwords_are_needed_and_kept_from_other_people(embedded: Embedded) -> None:
    services = embedded.start()
    state = json.loads((embedded.root / "services.json").read_text())
    for password in ("superuser_password", "owner_password", "app_password", "valkey_password"):
        wrong = state["app_url"].replace(state["app_password"], "wrong")
        assert len(state[password]) >= 32
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(wrong)
    stranger = redis.Redis.from_url(services.valkey_url.replace(state["valkey_password"], "wrong"))
    with stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    assert stat.S_IMODE((embedded.root / "services.json").stat().st_mode) == 0o600
    for pid in (embedded.postgres_pid, embedded.valkey_pid):
        line = Path(f"/proc/{pid}/cmdline").read_text()
        assert not any(state[name] in line for name in state if name.endswith("_password"))


def test_a_full_broker_refuses_rather_than_forgets(embedded: Embedded) -> None:
    with redis.Redis.from_url(embedded.start().valkey_url, decode_responses=True) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("bind") == {"bind": "127.0.0.1"}


def test_a_start_that_was_broken_off_is_made_anew(tmp_path: Path) -> None:
    broken = Embedded(tmp_path / "broken", durable=False)
    broken._keep(broken._state())
    (broken.cluster / "base").mkdir(parents=True)
    with broken as services:
        assert ask(services.app_url, "SELECT 1") == [(1,)]
    assert not broken.running()


def test_data_without_their_passwords_are_not_thrown_away(tmp_path: Path) -> None:
    lost = Embedded(tmp_path)
    lost.cluster.mkdir(parents=True)
    (lost.cluster / "PG_VERSION").write_text("18\n")
    with pytest.raises(EmbeddedError, match="RESET=1"):
        lost.start()
    assert (lost.cluster / "PG_VERSION").exists()


def test_a_stopped_child_takes_its_own_children_along(tmp_path: Path) -> None:
    script = "sleep 60 & echo $! > child; wait"
    parent = children.spawn(["/bin/sh", "-c", f"cd {tmp_path}; {script}"], log=tmp_path / "log")
    assert children.alive(parent)
    while not (tmp_path / "child").exists() or not (tmp_path / "child").read_text().strip():
        assert children.alive(parent)
    grandchild = int((tmp_path / "child").read_text())
    children.stop(parent, ((signal.SIGTERM, 5.0),), orphans=True)
    assert not children.alive(parent)
    state = Path(f"/proc/{grandchild}/stat")
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] in {"Z", "X"}
