"""What every route answers to every role at home: a reviewed table. `MULIN_REWRITE=1` writes it anew; read the diff."""

import os
from pathlib import Path
from typing import Any

import pytest

from people.roles import Role
from tests.isolation.conftest import estate  # noqa: F401  the same estate as the walk
from tests.isolation.walker import METHODS, PAYLOAD, READERS, ROUTES, Estate, client_of, values, visit

TABLE = Path(__file__).parent / "permissions.tsv"
REASON = "run MULIN_REWRITE=1 pytest -n 0 tests/guards/test_permission_table.py and read the diff"
LINES = [(method, route.name) for route in ROUTES for method in METHODS]
Table = dict[tuple[str, str], dict[str, str]]


def reviewed() -> Table:
    """The table by line and reader."""
    head, *lines = (line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines())
    return {(line[0], line[1]): dict(zip(head[2:], line[2:], strict=True)) for line in lines}


def rewrite(reader: str, answers: dict[tuple[str, str], str]) -> None:
    """Write one reader's column anew, with the routes and readers that there are now."""
    table, readers = reviewed(), [named(each) for each in READERS]
    rows = ["\t".join(["method", "route", *readers])]
    for line in LINES:
        cells = {**table.get(line, {}), reader: answers[line]}
        rows.append("\t".join([*line, *(cells.get(each, "?") for each in readers)]))
    TABLE.write_text("\n".join(rows) + "\n", encoding="utf-8")


def named(reader: Role | None) -> str:
    return str(reader or "stranger")


@pytest.mark.parametrize("reader", READERS, ids=named)
def test_every_route_answers_as_reviewed(estate: Estate, reader: Role | None, django_db_blocker: Any) -> None:  # noqa: F811
    with django_db_blocker.unblock():
        client = client_of(estate, reader)
        now = {
            (method, route.name): str(visit(client, route, method, values(estate, route, "own"), PAYLOAD).status)
            for route in ROUTES
            for method in METHODS
        }
    if os.environ.get("MULIN_REWRITE"):
        rewrite(named(reader), now)
    before = {line: answers.get(named(reader), "?") for line, answers in reviewed().items()}
    changed = [f"{line}: {now[line]}, reviewed: {before.get(line)}" for line in LINES if before.get(line) != now[line]]
    assert not changed, "\n".join([REASON, *changed[:20]])


def test_the_table_has_no_other_lines() -> None:
    assert list(reviewed()) == LINES, REASON


def test_no_route_ever_fails() -> None:
    statuses = {cell for answers in reviewed().values() for cell in answers.values()}
    assert not {status for status in statuses if not status.isdigit() or status.startswith("5")}
    assert {"200", "302", "403", "404", "405"} <= statuses
