"""What every route answers to every role at home: a reviewed table. `MULIN_REWRITE=1` writes it anew; read the diff."""

import os
from pathlib import Path
from typing import Any

from tests.isolation.conftest import estate  # noqa: F401  the same estate as the walk
from tests.isolation.walker import METHODS, PAYLOAD, READERS, ROUTES, Estate, client_of, values, visit

TABLE = Path(__file__).parent / "permissions.tsv"
REASON = "run MULIN_REWRITE=1 pytest tests/guards/test_permission_table.py and read the diff"


def answers(estate: Estate) -> str:  # noqa: F811
    clients = {role: client_of(estate, role) for role in READERS}
    lines = ["\t".join(["method", "route", *(str(role or "stranger") for role in READERS)])]
    for route in ROUTES:
        for method in METHODS:
            row = [visit(clients[role], route, method, values(estate, route, "own"), PAYLOAD).status for role in READERS]
            lines.append("\t".join([method, route.name, *map(str, row)]))
    return "\n".join(lines) + "\n"


def test_every_route_answers_every_role_as_reviewed(estate: Estate, django_db_blocker: Any) -> None:  # noqa: F811
    with django_db_blocker.unblock():
        now = answers(estate)
    if os.environ.get("MULIN_REWRITE"):
        TABLE.write_text(now, encoding="utf-8")
    reviewed = TABLE.read_text(encoding="utf-8")
    changed = [f"- {old}\n+ {new}" for old, new in zip(reviewed.splitlines(), now.splitlines(), strict=False) if old != new]
    assert now == reviewed, "\n".join([REASON, *changed[:20]])


def test_no_route_ever_fails(estate: Estate) -> None:  # noqa: F811
    statuses = {cell for line in TABLE.read_text(encoding="utf-8").splitlines()[1:] for cell in line.split("\t")[2:]}
    assert not {status for status in statuses if status.startswith("5")}
    assert {"200", "302", "403", "404", "405"} <= statuses
