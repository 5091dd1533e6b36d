"""`make bench`: every operation at 10,000, 100,000 and 1,000,000 tickets, beside minimal SQL and a bare Django view.

`python -m benchmarks.run [--sizes 10000,100000] [--write]`. Each size has its own PostgreSQL under `var/bench`, filled on the
first run (a million takes ten minutes and 6 GB) and kept. `--write` puts the table into `docs/performance.md`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
SIZES = "10000,100000,1000000"
BARE = "bare view, 25 rows"
Figures = dict[tuple[str, str], dict[str, Any]]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", default=SIZES, help="numbers of tickets, with commas between them")
    asked.add_argument("--backlog", type=int, default=20_000)
    asked.add_argument("--write", action="store_true", help=f"put the table into {PAGE.relative_to(ROOT)}")
    options = asked.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    found = {size: measured(size, options.backlog) for size in sizes}
    table = "\n".join([machine(), "", *rows(found)])
    print(table)
    if options.write:
        before, after = re.split(r"<!-- table -->.*?<!-- end of table -->", PAGE.read_text(), maxsplit=1, flags=re.S)
        PAGE.write_text(f"{before}<!-- table -->\n{table}\n<!-- end of table -->{after}")


def measured(size: int, backlog: int) -> Figures:
    """In a process of its own: Django knows one database."""
    out = ROOT / "var" / "bench" / f"{size}.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    arguments = ("--tickets", str(size), "--backlog", str(backlog), "--out", str(out))
    subprocess.run([sys.executable, "-m", "benchmarks.measure", *arguments], cwd=ROOT, check=True)
    return {(each["name"], each["reader"]): each for each in json.loads(out.read_text())}


def machine() -> str:
    """What it ran on, without a name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {metadata.version(name)}" for name in ("Django", "gunicorn", "celery"))
    parts = f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}, {packages}"
    services = "the embedded PostgreSQL 18 (256 MB shared buffers, fsync on) and Valkey 9; two web workers"
    return f"{datetime.now(UTC):%Y-%m-%d}: {parts}; {services}."


def rows(found: dict[int, Figures]) -> list[str]:
    """Median / 95 % in ms for each size; then, of the largest: statements, times the SQL, times the bare view."""
    sizes = list(found)
    largest = found[sizes[-1]]
    head = " | ".join(f"{size:,}" for size in sizes)
    lines = [f"| operation | reader | {head} | statements | × SQL | × bare view |", "|---" * (len(sizes) + 5) + "|"]
    for (name, reader), figure in largest.items():
        cells = [cell(found[size].get((name, reader))) for size in sizes]
        more = [
            "" if figure["statements"] is None else str(figure["statements"]),
            f"{figure['median'] / figure['sql']:.0f}" if figure["sql"] else "",
            f"{figure['median'] / largest[BARE, '']['median']:.1f}" if name.startswith(("list", "case", "search", "API")) else "",
        ]
        lines.append(f"| {name} | {reader} | {' | '.join([*cells, *more])} |")
    return lines


def cell(figure: dict[str, Any] | None) -> str:
    if figure is None:
        return ""
    said = [str(figure["note"])] if figure["note"] else []
    if figure["answers"]:
        said.append(", ".join(f"{many} × {status}" for status, many in figure["answers"].items()))
    times = f"{figure['median']:.1f} / {figure['p95']:.1f}" if figure["runs"] > 1 else f"{figure['median'] / 1000:.1f} s"
    return f"{times} ({'; '.join(said)})" if said else times


if __name__ == "__main__":
    main()
