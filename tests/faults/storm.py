"""Thousands of filings through the real API while everything is killed at random, from a seed that replays the plan.

The seed fixes the texts, keys and places, which blow falls after how many filings, on which process and for how long it
stays down. How the machine interleaves them is not in anybody's hand.
"""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

import psutil
import psycopg2
import redis

from tests.faults import client
from tests.faults.client import Complaint, Report
from tests.faults.installation import BEAT, WEB, WORKERS, Installation

TEXTS = (
    "三号楼电梯又停了，老人下不来",
    "三号楼电梯又停了，有人被困在里面",
    "小区门口垃圾好几天没人清，臭得开不了窗",
    "楼上装修天天晚上敲墙，吵得睡不着",
    "地下车库漏水，车都泡了",
    "消防通道被私家车堵死，救护车进不来",
    "物业费涨了却没开会，凭什么",
    "楼道里有人给电动车飞线充电",
    "路灯坏了一个月，晚上看不见路",
    "邻居在绿化带里搭棚子种菜",
    "闻到很浓的煤气味，好像在漏",
    "说不清楚，你们来看看吧",
    "保安不查访客，谁都能进",
    "下水道堵了，污水漫到一楼",
    "公共收益从来没公示过",
    "楼顶有人违章加盖房子",
)
LONGEST_DOWN_SECONDS = 3.0
BROKER = "broker"
WAIT_FOR_TARGET_SECONDS = 60


class Blow(StrEnum):
    """What is struck, always with SIGKILL (but for FLUSH: the broker forgets everything and lives on)."""

    WEB_WORKER = "web worker"
    WEB_MASTER = "web master"
    TASK_CHILD = "task child"
    TASK_WORKER = "task worker"
    BEAT = "beat"
    BROKER = "broker"
    FLUSH = "broker flushed"
    BACKEND = "PostgreSQL backend"


@dataclass(frozen=True)
class Strike:
    """One planned blow: after how many filings begun, on the how-manieth target, down for how many seconds."""

    after: int
    blow: Blow
    pick: int
    down: float


@dataclass(frozen=True)
class Plan:
    """Everything that the seed decides."""

    seed: int
    complaints: tuple[Complaint, ...]
    strikes: tuple[Strike, ...]


def plan(installation: Installation, *, seed: int, filings: int, blows_each: int) -> Plan:
    dice = random.Random(seed)
    complaints = []
    for index in range(filings):
        place = dice.choice(installation.places)
        complaints.append(
            Complaint(
                key=f"storm-{seed}-{index}",
                area=place.area,
                token=dice.choice(place.tokens),
                text=dice.choice(TEXTS),
                spot=f"storm {seed} {index:05d}",
                hangs_up=dice.random() < 0.05,
                asks_twice=dice.random() < 0.05,
            )
        )
    blows = [blow for blow in Blow for _ in range(blows_each)]
    dice.shuffle(blows)
    times = sorted(dice.randrange(filings // 20, filings * 19 // 20) for _ in blows)
    strikes = [
        Strike(after, blow, dice.randrange(1000), dice.uniform(0, LONGEST_DOWN_SECONDS))
        for after, blow in zip(times, blows, strict=True)
    ]
    return Plan(seed, tuple(complaints), tuple(strikes))


@dataclass
class Outcome:
    """What happened while it stormed."""

    reports: list[Report]
    struck: Counter[Blow]
    seconds: float
    trouble: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)


class Storm:
    """Clients and the one who strikes, side by side; `run` ends when every complaint has its answer and all is up again."""

    def __init__(self, installation: Installation, planned: Plan, *, per_second: float, clients: int = 8) -> None:
        self.installation = installation
        self.plan = planned
        self.per_second = per_second
        self.clients = clients
        self.struck: Counter[Blow] = Counter()
        self.trouble: list[str] = []
        self._reports: list[Report] = []
        self._next = 0
        self._lock = threading.Lock()
        self._began = 0.0
        self._over = threading.Event()
        self._down: set[str] = set()
        self.ended: list[str] = []
        self._mending: list[threading.Thread] = []

    def run(self) -> Outcome:
        self._began = time.monotonic()
        striking = threading.Thread(target=self._guarded(self._strike_all), name="striking")
        keeping = threading.Thread(target=self._guarded(self._keep), name="keeping")
        filing = [threading.Thread(target=self._guarded(self._file_on), name=f"client-{n}") for n in range(self.clients)]
        for thread in (striking, keeping, *filing):
            thread.start()
        for thread in filing:
            thread.join()
        self._over.set()
        for thread in (striking, keeping, *self._mending):
            thread.join()
        return Outcome(self._reports, self.struck, time.monotonic() - self._began, self.trouble, self.ended)

    def _guarded(self, work: Callable[[], None]) -> Callable[[], None]:
        def guarded() -> None:
            try:
                work()
            except Exception as problem:  # a thread's error must reach the test
                self.trouble.append(f"{threading.current_thread().name}: {problem!r}")

        return guarded

    # Filing

    def _file_on(self) -> None:
        while True:
            with self._lock:
                index, self._next = self._next, self._next + 1
            if index >= len(self.plan.complaints):
                return
            time.sleep(max(0.0, self._began + index / self.per_second - time.monotonic()))
            report = client.file(self.installation.port, self.plan.complaints[index])
            with self._lock:
                self._reports.append(report)

    # Keeping

    def _keep(self) -> None:
        """Start again what ended without being struck, as a service manager does: a worker may end when its broker is killed."""
        while not self._over.wait(0.5):
            for name in (WEB, BEAT, *WORKERS):
                if name not in self._down and self.installation.pid(name) is None:
                    self.ended.append(name)
                    self.installation.start(name)

    # Striking

    def _strike_all(self) -> None:
        for strike in self.plan.strikes:
            while self._next < strike.after and not self._over.is_set():
                time.sleep(0.05)
            end = time.monotonic() + WAIT_FOR_TARGET_SECONDS
            while not self._strike(strike):
                if time.monotonic() > end:
                    raise TimeoutError(f"nothing to strike: {strike}")
                time.sleep(0.1)
            self.struck[strike.blow] += 1

    def _strike(self, strike: Strike) -> bool:
        """True when the blow fell; False when its target is not there just now."""
        match strike.blow:
            case Blow.WEB_WORKER:
                return self._kill_child_of(WEB, strike.pick)
            case Blow.TASK_CHILD:
                return self._kill_child_of(WORKERS[strike.pick % 2], strike.pick)
            case Blow.WEB_MASTER:
                return self._kill_program(WEB, strike.down)
            case Blow.TASK_WORKER:
                return self._kill_program(WORKERS[strike.pick % 2], strike.down)
            case Blow.BEAT:
                return self._kill_program(BEAT, strike.down)
            case Blow.BROKER:
                return self._kill_broker(strike.down)
            case Blow.FLUSH:
                return self._flush()
            case Blow.BACKEND:
                return self._kill_backend(strike.pick)

    def _kill_child_of(self, name: str, pick: int) -> bool:
        pid = self.installation.pid(name)
        with suppress(psutil.Error):
            found = psutil.Process(pid).children() if pid else []
            if found:
                found[pick % len(found)].kill()
                return True
        return False

    def _kill_program(self, name: str, down: float) -> bool:
        pid = self.installation.pid(name)
        if pid is None or name in self._down:
            return False
        self._down.add(name)
        os.kill(pid, signal.SIGKILL)
        self._mend(lambda: self._start(name), down)
        return True

    def _start(self, name: str) -> None:
        self.installation.start(name)
        self._down.discard(name)

    def _kill_broker(self, down: float) -> bool:
        pid = self.installation.embedded.valkey_pid
        if pid is None or BROKER in self._down:  # struck while it starts, nobody would start it again
            return False
        self._down.add(BROKER)
        os.kill(pid, signal.SIGKILL)
        self._mend(self._start_broker, down)
        return True

    def _start_broker(self) -> None:
        if self.installation.embedded.start() != self.installation.services:
            raise RuntimeError("the broker came back at another address")
        self._down.discard(BROKER)

    def _flush(self) -> bool:
        with suppress(redis.RedisError), self.installation.broker() as broker:
            broker.flushall()
            return True
        return False

    def _kill_backend(self, pick: int) -> bool:
        """PostgreSQL answers the death of one backend by ending all others and recovering from its log."""
        with suppress(psycopg2.OperationalError, ProcessLookupError):
            found = self.installation.backends()
            if found:
                os.kill(found[pick % len(found)], signal.SIGKILL)
                return True
        return False

    def _mend(self, start: Callable[[], None], after: float) -> None:
        """Start again what was killed, after a while, without holding up the next blow."""

        def mend() -> None:
            time.sleep(after)
            start()

        thread = threading.Thread(target=self._guarded(mend), name="mending")
        self._mending.append(thread)
        thread.start()
