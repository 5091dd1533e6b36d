"""Starting, recognising and stopping the programs that we start ourselves, always by process id.

A process id alone may have been given to a stranger after a reboot or a crash, so each child is remembered
together with the moment it began; only when both still agree is it ours to stop.
"""

import os
import random
import signal
import socket
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

# Below the range from which the kernel gives ports to outgoing connections: there, a client that tries again and
# again to reach a server that is down can be given the server's own port and end up talking to itself.
PORTS = (21000, 31000)


@dataclass(frozen=True)
class Child:
    """A started program. `began` is in seconds since the epoch, as the system reports it."""

    pid: int
    began: float


def free_port(preferred: int | None = None) -> int:
    """A free port on 127.0.0.1: `preferred` when nobody has it, else another.

    Raises OSError when a hundred tries find none.
    """
    if preferred is not None:
        for _ in range(20):  # a server that was just killed holds its port a moment longer
            if port_is_free(preferred):
                return preferred
            time.sleep(0.05)
    for _ in range(100):
        port = random.randrange(*PORTS)  # noqa: S311 (not a secret)
        if port_is_free(port):
            return port
    raise OSError("no free port on 127.0.0.1")


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def spawn(argv: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None) -> Child:
    """Start `argv` in a session of its own (Ctrl-C at our terminal must not reach it), its output appended to `log`.

    Raises OSError when the program cannot be started.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    pid = os.posix_spawn(
        argv[0],
        list(argv),
        dict(os.environ if env is None else env),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
        setsigdef=[signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP],
        setsigmask=[],
    )
    try:
        return Child(pid, psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:  # it ended at once; whoever asks `alive` learns so
        return Child(pid, 0.0)


def alive(child: Child | None) -> bool:
    """Whether `child` is still running and still the same program."""
    if child is None:
        return False
    with suppress(ChildProcessError):
        os.waitpid(child.pid, os.WNOHANG)  # reap it, when it is a child of this very process
    try:
        found = psutil.Process(child.pid)
        return bool(abs(found.create_time() - child.began) < 0.1 and found.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_gone(child: Child, seconds: float) -> bool:
    """Wait at most `seconds`; True when the child has ended."""
    end = time.monotonic() + seconds
    while alive(child):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def stop(child: Child | None, steps: Iterable[tuple[signal.Signals, float]], *, orphans: bool = False) -> None:
    """Send each signal in turn and wait its seconds, until the child has ended; at last SIGKILL, to its whole group.

    The signals go to the child alone, which tells its own children as it sees fit. With `orphans`, those that it left
    behind are killed.
    """
    if child is None:
        return
    for number, seconds in steps:
        if not alive(child):
            break
        send(child, number)
        wait_gone(child, seconds)
    if alive(child):
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        wait_gone(child, 10)
    if orphans and child.began:
        _kill_orphans(child)


def send(child: Child, number: signal.Signals) -> None:
    """Send one signal; nothing happens when the child has ended."""
    if alive(child):
        with suppress(ProcessLookupError):
            os.kill(child.pid, number)


def _kill_orphans(child: Child) -> None:
    """Grandchildren left behind by a child that was killed: same group, begun after it."""
    killed = []
    for found in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if os.getpgid(found.pid) == child.pid and found.create_time() >= child.began - 0.1:
                found.kill()
                killed.append(Child(found.pid, found.create_time()))
    for orphan in killed:
        wait_gone(orphan, 5)
