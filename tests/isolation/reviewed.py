"""What every route answers to every role at home: `permissions.tsv`, a reviewed file."""

from pathlib import Path

from people.roles import Role
from tests.isolation.walker import METHODS, READERS, ROUTES

TABLE = Path(__file__).parent / "permissions.tsv"
LINES = [(method, route.name) for route in ROUTES for method in METHODS]
Table = dict[tuple[str, str], dict[str, str]]


def named(reader: Role | None) -> str:
    return str(reader or "stranger")


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


def changed(reader: str, now: dict[tuple[str, str], str]) -> list[str]:
    """Cells that are no longer as reviewed, in words."""
    before = {line: answers.get(reader, "?") for line, answers in reviewed().items()}
    return [f"{line}: {now[line]}, reviewed: {before.get(line)}" for line in LINES if before.get(line) != now[line]]
