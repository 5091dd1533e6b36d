"""Keeps a few programs running: starts them, starts them again when they end, at last stops them and nothing else."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config import children
from config.children import Child

STOP_STEPS = ((signal.SIGTERM, 20.0), (signal.SIGQUIT, 5.0))  # finish what runs, then at once
MAX_RESTARTS = 5
HEALTHY_SECONDS = 600  # after so long without a fault, earlier ones are forgiven


class GaveUpError(RuntimeError):
    """A program ended again and again; the message says which and where to read why."""


@dataclass
class Program:
    """One program: its name, how to start it, and what has become of it."""

    name: str
    argv: Sequence[str]
    child: Child | None = None
    restarts: int = 0
    started_at: float = field(default_factory=time.monotonic)


class Supervisor:
    """Programs that live as long as it does. `register` is the file that keeps their ids, in case we are killed."""

    def __init__(self, register: Path, logs: Path, say: Callable[[str], None]) -> None:
        self.register = register
        self.logs = logs
        self.say = say
        self.programs: dict[str, Program] = {}

    def stop_leftovers(self) -> None:
        """Stop what an earlier supervisor started and, being killed, could not stop."""
        try:
            kept = json.loads(self.register.read_text())
        except (FileNotFoundError, ValueError):
            return
        for name, (pid, began) in kept.items():
            left = Child(pid, began)
            if children.alive(left):
                self.say(f"stopping {name} ({pid}), left over from a run that was killed")
                children.stop(left, STOP_STEPS, orphans=True)
        self.register.unlink()

    def start(self, name: str, argv: Sequence[str], env: Mapping[str, str]) -> None:
        """Start a program with the Python that runs us. Raises OSError when it cannot be started."""
        program = self.programs.setdefault(name, Program(name, argv))
        program.argv = argv
        program.child = children.spawn([sys.executable, *argv], log=self.logs / f"{name}.log", env=env)
        program.started_at = time.monotonic()
        self._keep()

    def restart_ended(self, env: Mapping[str, str]) -> None:
        """Start again whatever has ended. Raises GaveUpError after MAX_RESTARTS times."""
        for program in self.programs.values():
            if children.alive(program.child):
                continue
            if time.monotonic() - program.started_at > HEALTHY_SECONDS:
                program.restarts = 0
            program.restarts += 1
            log = self.logs / f"{program.name}.log"
            why = f"{last_line(log)} (more in {log})"
            if program.restarts > MAX_RESTARTS:
                raise GaveUpError(f"{program.name} ended {program.restarts} times: {why}")
            self.say(f"{program.name} ended; starting it again, {program.restarts} of {MAX_RESTARTS}: {why}")
            if program.child is not None:
                children.stop(program.child, (), orphans=True)  # its own children, when it was killed
            time.sleep(min(program.restarts - 1, 5))
            self.start(program.name, program.argv, env)

    def renew(self, names: Sequence[str], env: Mapping[str, str]) -> None:
        """Stop and start these programs, for new code."""
        for name in names:
            program = self.programs[name]
            children.stop(program.child, STOP_STEPS, orphans=True)
            self.start(name, program.argv, env)

    def stop(self) -> None:
        """Stop all programs, the newest first."""
        running = [program for program in reversed(self.programs.values()) if children.alive(program.child)]
        for program in running:  # all are told first, so that they end side by side
            if program.child is not None:
                children.send(program.child, signal.SIGTERM)
        for program in running:
            children.stop(program.child, STOP_STEPS, orphans=True)
        self.programs.clear()
        self.register.unlink(missing_ok=True)

    def _keep(self) -> None:
        kept = {p.name: (p.child.pid, p.child.began) for p in self.programs.values() if p.child is not None}
        fresh = self.register.with_suffix(".new")
        fresh.write_text(json.dumps(kept))
        os.replace(fresh, self.register)


def last_line(log: Path) -> str:
    """The last thing a program said."""
    try:
        lines = log.read_bytes()[-4000:].decode(errors="replace").strip().splitlines()
    except FileNotFoundError:
        lines = []
    return lines[-1] if lines else "it said nothing"
