"""Ringing workers. A message is only a bell: the row says what is to be done, and a sweep finds rows whose bell was lost.

Messages leave from a thread of their own, so a slow or dead broker never holds up a request.
"""

import logging
import os
import queue
import threading
from typing import Any

import celery
from django.db import transaction

logger = logging.getLogger(__name__)

DEFAULT, URGENT, LATER = "default", "urgent", "later"
"""Queues; a worker takes from `later` only what finds the others empty."""
LONGEST_LINE = 10_000  # more waiting bells than this and the sweep serves better

_line: "queue.Queue[tuple[str, tuple[Any, ...], str]]" = queue.Queue(LONGEST_LINE)
_ringer: tuple[int, threading.Thread] | None = None
_lock = threading.Lock()


def ring(task: str, *args: int, to: str = DEFAULT) -> None:
    """Ask a worker to look at a row once the present transaction has committed. Never fails, never waits."""
    transaction.on_commit(lambda: _put(task, args, to))


def _put(task: str, args: tuple[Any, ...], to: str) -> None:
    try:
        _line.put_nowait((task, args, to))
    except queue.Full:
        return
    _wake_ringer()


def _wake_ringer() -> None:
    global _ringer
    if _ringer and _ringer[0] == os.getpid() and _ringer[1].is_alive():
        return
    with _lock:
        if _ringer and _ringer[0] == os.getpid() and _ringer[1].is_alive():
            return
        thread = threading.Thread(target=_ring_on, name="mulin-bell", daemon=True)
        _ringer = (os.getpid(), thread)
        thread.start()


def _ring_on() -> None:
    while True:
        task, args, to = _line.get()
        try:
            celery.current_app.send_task(task, args=args, queue=to, retry=False)
        except Exception as problem:  # the broker may fail in any way; the sweep finds the row
            logger.warning("bell lost (%s): the sweep will find the row", type(problem).__name__)
            _forget_waiting()


def _forget_waiting() -> None:
    """Drop what waits: while the broker is away each try would cost a time-out, and the sweep serves the rows anyway."""
    while True:
        try:
            _line.get_nowait()
        except queue.Empty:
            return


def drain() -> None:
    """Forget waiting bells. For tests."""
    _forget_waiting()
