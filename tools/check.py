"""Runs every check and every test, each with its time, and ends with one summary. The exit status is 1 when any failed.

`--lint` leaves out what needs a database or a browser; `--faults` runs the fault tests alone.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from config import embedded  # noqa: E402 (the project is not installed; it runs from here)
from tools import browser  # noqa: E402

BIN = Path(sys.executable).parent
PYTEST = (sys.executable, "-m", "pytest", "--durations=5", "--durations-min=2")
NOWHERE = "postgres://nobody@127.0.0.1:1/none"  # checks that only read the settings need no database


@dataclass
class Part:
    """One check: its name and command. `shown` prints what it says as it goes, else only when it fails."""

    name: str
    argv: Sequence[str]
    shown: bool = False
    env: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    failed: bool = False
    closing: str = ""

    def run(self, env: dict[str, str]) -> None:
        began = time.monotonic()
        print(f"· {self.name} …" if self.shown else f"· {self.name}", flush=True)
        running = subprocess.Popen(
            self.argv, cwd=ROOT, env={**env, **self.env}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert running.stdout is not None
        said: list[str] = []
        for line in running.stdout:
            said.append(line)
            if self.shown:
                print(line, end="", flush=True)
        # pytest says 5 when it found no tests: a part that tests nothing has not passed.
        self.failed = running.wait() != 0
        self.seconds = time.monotonic() - began
        self.closing = next((line.strip("= \n") for line in reversed(said) if line.strip()), "")
        if self.failed and not self.shown:
            print(f"--- {self.name}\n{''.join(said)}---", flush=True)


def checks() -> list[Part]:
    """Checks without a database, the longest first: two run at a time."""
    templates = ["--configuration", "pyproject.toml", "templates"]
    return [
        Part("types (mypy)", [f"{BIN}/mypy", "."]),
        Part("style (ruff check)", [f"{BIN}/ruff", "check", "."]),
        Part("format (ruff format)", [f"{BIN}/ruff", "format", "--check", "."]),
        Part("templates (djlint)", [f"{BIN}/djlint", *templates, "--lint", "--quiet"]),
        Part("layers (import-linter)", [f"{BIN}/lint-imports"]),
        Part("messages complete", [sys.executable, "tools/messages.py", "check"]),
    ]


def tests() -> list[Part]:
    """Tests, in order: quick and many first, then real browsers, then real kills."""
    apart = ["--ignore=tests/journeys", "--ignore=tests/faults"]
    return [
        Part("messages compiled", [sys.executable, "tools/messages.py", "compile"]),
        Part("migrations complete", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]),
        Part("tests", [*PYTEST, "-n", "2", "--dist", "worksteal", *apart, "tests"], shown=True),
        Part("journeys in a browser", [*PYTEST, "-n", "2", "--dist", "loadfile", "tests/journeys"], shown=True),
        Part("faults", [*PYTEST, "tests/faults"], shown=True),
    ]


def run_checks(env: dict[str, str]) -> list[Part]:
    parts = checks()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda part: part.run(env), parts))
    return parts


def run_tests(env: dict[str, str], *, only_faults: bool) -> list[Part]:
    parts = [part for part in tests() if not only_faults or part.name == "faults"]
    env = {**env, **embedded.for_tests().environment()}
    if not only_faults:
        began = time.monotonic()
        chromium = browser.provide()
        provided = Part("a browser", (), seconds=time.monotonic() - began, failed=not chromium, closing=chromium)
        provided.closing = chromium or browser.ADVICE
        env["MULIN_CHROMIUM"] = chromium
        parts.insert(0, provided)
    for part in parts:
        if part.argv:
            part.run(env)
    return parts


def main(arguments: Sequence[str]) -> int:
    began = time.monotonic()
    env = {**os.environ, "MULIN_ENV": "test", "MULIN_VAR": str(ROOT / "var" / "test"), "PYTHONUNBUFFERED": "1"}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    if not os.access(env.get("HOME") or "/nonexistent", os.W_OK | os.X_OK):  # a browser wants to write there
        env["HOME"] = str(ROOT / "var" / "cache" / "home")
        Path(env["HOME"]).mkdir(parents=True, exist_ok=True)
    parts: list[Part] = []
    if "--faults" not in arguments:
        parts += run_checks({**env, "DATABASE_URL": NOWHERE})
    if "--lint" not in arguments:
        parts += run_tests(env, only_faults="--faults" in arguments)
    print("\nSummary")
    for part in parts:
        mark = "FAILED" if part.failed else "ok"
        print(f"  {mark:<7} {part.seconds:6.1f}s  {part.name:<26} {part.closing if part.shown or part.failed else ''}")
    failed = sum(part.failed for part in parts)
    verdict = f"{failed} of {len(parts)} parts failed" if failed else f"all {len(parts)} parts passed"
    print(f"  {verdict} in {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
